"""What a lender reckons about one borrower, by published formulas and rules, without learning.

::

    scores      Altman's family, Ohlson, Zmijewski: coefficients and zones as data (`scores.toml`)
    merton      default as equity that is gone: from the price of shares, and distance to default
    scaling     odds as points, so many to double them
    need        working capital that a borrower needs, and what of it is left to lend
    staging     stages of expected loss (`stages.toml`)
    classes     the five classes of assets of Chinese banks (`classes.toml`)

All take arrays, one entry a borrower. What is learned from a panel stands in `learning`.
"""
