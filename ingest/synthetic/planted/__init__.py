"""Planted worlds: seeded firms whose true probability of default is known, to judge what learns it.

::

    firms     what each firm is, and its community     ┐
    figures   what it states of itself, year by year   │ drawn from the seed
    links     who vouches for, sells to, owes whom     ┘
    own       how likely it fails by itself            ┐
    hits      how a failure travels over links         │ the law, in formulas
    cascade   failures within the year                 ┘
    world     all of it, lived through eight years
    truth     how likely each default was, and through whom
    dated · writing   the files a user would get

`S0` has no contagion; in `S1` failures of the past year, which are public, bring others down; in `S2` a cascade
within the coming year does, which nobody sees; in `S3` both. A shared address is a placebo and carries nothing.
"""

from ingest.synthetic.planted.figures import FLOWS, ITEMS, STOCKS, Figures
from ingest.synthetic.planted.firms import REGIONS, Firms
from ingest.synthetic.planted.hits import Hits
from ingest.synthetic.planted.links import RELATIONS, Links, Relation, Ties
from ingest.synthetic.planted.truth import Causes, Truth, truth
from ingest.synthetic.planted.world import DAYS, LAWS, SOURCE, Law, Name, Planted, planted
from ingest.synthetic.planted.writing import write

__all__ = [
    "DAYS",
    "FLOWS",
    "ITEMS",
    "LAWS",
    "REGIONS",
    "RELATIONS",
    "SOURCE",
    "STOCKS",
    "Causes",
    "Figures",
    "Firms",
    "Hits",
    "Law",
    "Links",
    "Name",
    "Planted",
    "Relation",
    "Ties",
    "Truth",
    "planted",
    "truth",
    "write",
]  # fmt: skip
