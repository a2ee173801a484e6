"""A small bank: a parent with two firms, who depends on them, a couple with two firms, and who guarantees whom."""

from pathlib import Path

from api.engine import Engine, Place
from tests.api.world import Book, day, instant

BANK = "r:bank"
OWED = {"a1": 100.0, "a2": 80.0, "s": 50.0, "t": 40.0, "f1": 30.0, "f2": 20.0, "solo": 10.0}
PROMISES = [  # guarantor, borrower, amount, creditor
    ("a1", "a2", 60.0, BANK),
    ("a2", "s", 70.0, BANK),
    ("s", "a1", 20.0, BANK),
    ("a2", "a1", 35.0, BANK),
    ("f1", "f2", 15.0, BANK),
    ("f2", "f1", None, BANK),
    ("solo", "f1", 25.0, "r:other"),
    ("solo", "x", 5.0, None),
]
ASSESSED = {"a1": (0.1, 0.5), "a2": (0.02, 0.4)}
NET_ASSETS = {"a1": 100.0, "s": 200.0}


def party(name: str) -> str:
    return f"r:{name}"


def bank(folder: Path, *more: tuple[str, dict[str, object]]) -> Engine:
    """An engine over it, with more facts where some are given."""
    persons = {"m": "Person", "w": "Person"}
    names = ["bank", "other", "p", "x", *OWED, *persons]
    facts = [
        ("Profile", {"party": BANK, "name": "Bank", "rule_sets": "CN"}),
        *[("OWNS", {"from": "r:p", "to": party(firm), "share": 0.6}) for firm in ("a1", "a2")],
        *[("OWNS", {"from": party(x), "to": "r:f1", "share": 0.3}) for x in persons],
        ("OWNS", {"from": "r:m", "to": "r:f2", "share": 0.6}),
        ("RELATED_TO", {"from": "r:m", "to": "r:w", "kind": "spouse"}),
        ("DEPENDS_ON", {"from": "r:s", "to": "r:a1", "criterion": "cn-annex1-1", "verdict": "confirmed"}),
        ("SUPPLIES", {"from": "r:t", "to": "r:a2", "amount": 60.0, "currency": "CNY"}),
        stated("t", "revenue", 100.0, months=12),
        *[stated(name, "net_assets", value) for name, value in NET_ASSETS.items()],
        *[lent(name, amount) for name, amount in OWED.items()],
        *[promised(*row) for row in PROMISES],
        *[
            ("Assessment", {"party": party(name), "author": "model", "horizon_months": 12, "pd": pd, "lgd": lgd})
            for name, (pd, lgd) in ASSESSED.items()
        ],
        *more,
    ]
    parties = {party(name): persons.get(name, "Company") for name in names}
    Book(folder / "columns").load(parties, facts, closed_at=instant("2024-01-15"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def lent(name: str, amount: float | None, **more: object) -> tuple[str, dict[str, object]]:
    facility = {"facility_id": f"L-{name}", "kind": "loan", "drawn": amount, "undrawn": 0.0, "currency": "CNY"}
    return "LENDS", {"from": BANK, "to": party(name), **facility, **more}


def promised(
    guarantor: str, borrower: str, amount: float | None, creditor: str | None
) -> tuple[str, dict[str, object]]:
    ends = {"from": party(guarantor), "to": party(borrower)}
    return "GUARANTEES", {**ends, "amount": amount, "currency": "CNY", "creditor": creditor}


def stated(name: str, item: str, value: float, months: int = 0) -> tuple[str, dict[str, object]]:
    period = {"period_end": day("2024-03-31"), "months": months, "standard": "CAS"}
    return "Statement", {"party": party(name), "item": item, "value": value, "unit": "CNY", **period}
