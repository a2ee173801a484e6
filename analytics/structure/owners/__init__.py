"""Who stands behind a company in law: beneficial owners by regime, and close links.

A regime is a file of `regimes`, a variant of close links a file of `variants`: thresholds, whether they
count themselves, how indirect holdings count, who stands in where nobody passes, with citations and
dates. A new one is a new file; `analytics.rules` reads them and refuses what it does not know.

A `Portion` is what one party has of a company: `portions` says what it holds itself and with all that it
controls, `multiplied` what it has in the end, which `ownership` beside this package solves. `register`
holds what is known, once for a snapshot, and what was measured of one company. `grounds` puts everybody to
the tests of a regime, `standins` says who is reported for want of an owner and who need not report,
`beneficial` joins them; `close_links` pairs parties that a lender may not take as independent of each
other, by a reading of `variants`. All say certain, or possible within bands, and by which holdings and
steps of control.
"""
