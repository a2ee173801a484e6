"""Demonstration worlds: invented parties, written as the files a user would get, with the answers beside them.

::

    cast         who plays a part in a story        ┐
    group_b      B集团, statement by statement       │ planted, the same in every world
    platform     a start-up and a supply web         │
    credit       what the first bank is asked for    │
    collateral   what covers loans, and haircuts     │
    shocks       failures, and what comes of them    ┘
    population   invented companies and persons      ┐
    relations    who holds, guarantees, supplies     │ drawn from the seed
    background   all of it, and what is known of it  ┘
    register · bank · platform · abroad · reports    one source a file: what it delivers, and when
    dirt         rows no program should take, counted
    answers      what is true in the planted parts, by plain methods
    names · identifiers · days · files · world       what all of them are written with
    writing      all of it put together

Nothing here calls the product's own analytics: the answers would then prove nothing. Nothing names a
real firm or person. The same seed gives the same bytes.
"""

from ingest.synthetic.world import Delivered, World
from ingest.synthetic.writing import write_second_delivery, write_world

__all__ = ["Delivered", "World", "write_second_delivery", "write_world"]
