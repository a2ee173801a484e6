"""Figures of a firm, each declared once, and how each is worked out.

::

    items        what items of statements are called, of a day or of a year
    ratios       ratios of statements: profit, solvency, efficiency, growth, and what published scores read   ┐
    events       lawsuits, enforcement and other events: how many, how lately, how large                      │ own
    profile      age, size, industry, region                                                                  ┘
    engine       measures of the engine over the network, declared; values come with the panel
    neighbours   of each relation and way: how many, how much, who has failed, how likely they are to
    persons      firms two steps away, over persons they share

Directions are given only where they are certain: trees are held to them.
"""
