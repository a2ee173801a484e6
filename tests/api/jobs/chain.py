"""A chain of firms, each the creditor of the one before it: every round brings down one more."""

from itertools import pairwise
from pathlib import Path

from tests.api.world import Book, day, instant

LENDER = "r:bank"


def firm(number: int) -> str:
    return f"r:c{number:05d}"


def chain(folder: Path, firms: int) -> Path:
    """A store with such a chain, and a lender to the last of it."""
    names = [firm(number) for number in range(firms)]
    stated = {"period_end": day("2024-12-31"), "months": 0, "standard": "CAS", "unit": "CNY"}
    owed = {"amount": 100.0, "currency": "CNY"}
    loan = {"facility_id": "L1", "kind": "loan", "drawn": 100.0, "undrawn": 0.0, "currency": "CNY"}
    facts = [
        ("LENDS", {"from": LENDER, "to": names[-1], **loan}),
        *[("OWES", {"from": debtor, "to": creditor, **owed}) for debtor, creditor in pairwise(names)],
        *[("Statement", {"party": name, "item": "net_assets", "value": 10.0, **stated}) for name in names],
    ]  # fmt: skip
    Book(folder / "columns").load(dict.fromkeys([LENDER, *names], "Company"), facts, closed_at=instant("2025-05-01"))
    return folder
