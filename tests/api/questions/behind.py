"""A listed company with a concert, a deadlock, a closed block, and a company of which too much is held."""

from pathlib import Path

from analytics.structure.ownership.stakes import Policy
from api.engine import Engine, Place
from tests.api.conftest import owns
from tests.api.world import Book, instant

COMPANIES = ("listed", "fund", "twin", "left", "right", "loop1", "loop2", "looped", "full", "below", "north", "south")
PERSONS = ("ann", "bea", "cid", "dan")


def r(name: str) -> str:
    return f"register:{name}"


def engine_of(folder: Path, *, overfull: Policy = "keep") -> Engine:
    """What stands behind each:

    - `listed`: Ann 20 %, Bea 11 % in concert, Cid 9 %; Dan sits on its board of two with Ann
    - `fund`: Ann 60 %, Bea 40 %; votes the other way round
    - `twin`: `left` and `right` half each, held by Ann and by Bea
    - `looped`: half by `loop1`, which holds all of `loop2` and is held by it; half undisclosed
    - `full`: `north` 100 % by one source record, `south` 50 % by another; it holds half of `below`
    """
    people = {r(name): "Person" for name in PERSONS}
    firms = {r(name): "Company" for name in COMPANIES}
    facts = [
        ("Profile", {"party": r("listed"), "listed": True, "jurisdiction": "CN"}),
        owns(r("ann"), r("listed"), 0.2),
        owns(r("bea"), r("listed"), 0.11),
        owns(r("cid"), r("listed"), 0.09),
        ("RELATED_TO", {"from": r("ann"), "to": r("bea"), "kind": "concert"}),
        ("HOLDS_OFFICE", {"from": r("ann"), "to": r("listed"), "role": "董事"}),
        ("HOLDS_OFFICE", {"from": r("dan"), "to": r("listed"), "role": "Director"}),
        owns(r("ann"), r("fund"), 0.6, votes=0.4),
        owns(r("bea"), r("fund"), 0.4, votes=0.6),
        owns(r("left"), r("twin"), 0.5),
        owns(r("right"), r("twin"), 0.5),
        owns(r("ann"), r("left"), 1.0),
        owns(r("cid"), r("right"), 1.0),
        owns(r("loop1"), r("loop2"), 1.0),
        owns(r("loop2"), r("loop1"), 1.0),
        owns(r("loop1"), r("looped"), 0.5),
        owns(r("north"), r("full"), 1.0),
        owns(r("south"), r("full"), 0.5),
        owns(r("full"), r("below"), 0.5),
    ]
    Book(folder / "columns").load({**people, **firms}, facts, closed_at=instant("2024-02-01"))
    place = Place(folder)
    return Engine(place, place.facts(), overfull=overfull, clock=lambda: instant("2025-01-01"))
