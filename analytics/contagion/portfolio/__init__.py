"""How much a book of loans loses: in closed form, in drawn years with contagion and without, and at the worst.

::

    vasicek        many small loans with one common factor: quantile and expected shortfall
    irb            Basel's capital and risk weights, which rest on it (irb.toml)
    granularity    what few and large loans add to it
    creditrisk     CreditRisk+: losses in whole units, by the recursion of Panjer, in sectors
    davis_lo       defaults that infect others
    discrete       value at risk and expected shortfall of any losses with their probabilities
    concentration  how unevenly a book is spread over names, groups, industries or regions
    factors        what makes borrowers default together, and how years are drawn
    montecarlo     drawn years, each followed by whom its defaults bring down
    losses         expected loss, value at risk, expected shortfall of them, with errors and contributions
    reverse        the fewest failures, or the likeliest, that cost a given amount
    given          what probabilities may be

Shares, probabilities and losses given default are fractions; money is whole units of one currency.
"""
