"""Planted worlds the tests look at, each drawn once."""

from functools import cache

from ingest.synthetic.planted import Name, Planted, Truth, planted, truth

NAMES: tuple[Name, ...] = ("S0", "S1", "S2", "S3")


@cache
def known(name: Name, count: int = 3_000) -> tuple[Planted, Truth]:
    """A world and what is true of it."""
    world = planted(name, count=count, seed=5)
    return world, truth(world, draws=2_000)
