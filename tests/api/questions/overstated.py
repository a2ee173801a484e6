"""A bank whose clients stand below a company of which more than all is stated to be held."""

from pathlib import Path

from analytics.structure.ownership.stakes import Policy
from api.engine import Engine, Place
from tests.api.world import Book, day, instant

BANK, FULL = "r:bank", "r:full"
SUB, SIB, ONE, TWO = "r:sub", "r:sib", "r:one", "r:two"
HELD = {(ONE, FULL): 0.6, (TWO, FULL): 0.55, (FULL, SUB): 1.0, (FULL, SIB): 0.8}
OWED = {SUB: 50.0, SIB: 60.0, ONE: 20.0, TWO: 10.0}


def stated(party: str, item: str, value: float) -> tuple[str, dict[str, object]]:
    period = {"period_end": day("2024-03-31"), "months": 0, "standard": "CAS"}
    return "Statement", {"party": party, "item": item, "value": value, "unit": "CNY", **period}


def write(folder: Path, *more: tuple[str, dict[str, object]], held: dict[tuple[str, str], float] = HELD) -> Path:
    """60 % of `full` by `one`, 55 % by `two`; it holds `sub` and `sib`. The bank lends to all four and is held to
    limits of its capital of 1,000."""
    facts = [
        ("Profile", {"party": BANK, "name": "Bank", "rule_sets": "CN"}),
        *[("OWNS", {"from": holder, "to": company, "share": share}) for (holder, company), share in held.items()],
        *[stated(BANK, item, 1000.0) for item in ("tier1", "net_capital")],
        *[
            ("LENDS", {"from": BANK, "to": x, "facility_id": f"L-{x}", "kind": "loan", "drawn": amount, "undrawn": 0.0,
                       "currency": "CNY"})
            for x, amount in OWED.items()
        ],
        *more,
    ]  # fmt: skip
    parties = dict.fromkeys([BANK, FULL, *OWED, *(x for pair in held for x in pair)], "Company")
    Book(folder / "columns").load(parties, facts, closed_at=instant("2024-04-01"))
    return folder


def opened(folder: Path, policy: Policy) -> Engine:
    """An engine over it, with more than all kept as bands, scaled or refused."""
    return Engine(Place(folder), Place(folder).facts(), overfull=policy, clock=lambda: instant("2024-06-30"))
