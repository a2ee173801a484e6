"""How much a book of loans loses, in closed form and without contagion.

::

    vasicek        many small loans with one common factor: quantile and expected shortfall
    irb            Basel's capital and risk weights, which rest on it (irb.toml)
    granularity    what few and large loans add to it
    creditrisk     CreditRisk+: losses in whole units, by the recursion of Panjer, in sectors
    davis_lo       defaults that infect others
    discrete       value at risk and expected shortfall of any losses with their probabilities
    concentration  how unevenly a book is spread over names, groups, industries or regions
    given          what probabilities may be

Shares, probabilities and losses given default are fractions; money is whole units of one currency.
"""
