"""What questions ask for in the same way: parties, pages, kinds of relation."""

from collections.abc import Iterable

from api.engine.view import WALKED
from graph.errors import InvalidQuestion, UnknownParty
from graph.field import Kind
from graph.snapshot import Snapshot

MOST = 1000
"""Entries of one page."""


def node_of(snapshot: Snapshot, party: str, *, where: str = "id") -> int:
    """Node of a party that a question names by its parameter `where`. Raises InvalidQuestion and UnknownParty."""
    if not party.strip():
        raise InvalidQuestion("no party is named", where=where, remedy="give the id of one; a search finds it")
    try:
        return snapshot.node(party)
    except UnknownParty:
        raise UnknownParty(party, given_as="lender" if where == "lender" else "") from None


def check_page(limit: int, offset: int = 0) -> None:
    """Raise InvalidQuestion where a page cannot be."""
    if not 1 <= limit <= MOST:
        raise InvalidQuestion(f"{limit} entries on a page", where="limit", remedy=f"ask for 1 to {MOST}")
    if offset < 0:
        raise InvalidQuestion(f"a page that starts at {offset}", where="offset", remedy="start at 0 or later")


def check_range(value: int, *, where: str, low: int, high: int) -> None:
    """Raise InvalidQuestion where a number is out of range."""
    if not low <= value <= high:
        raise InvalidQuestion(f"{value} is out of range", where=where, remedy=f"give {low} to {high}")


def kinds_of(names: Iterable[str] | None) -> tuple[Kind, ...]:
    """The relations of these names in the model's order; all where none is named."""
    asked = {name.upper() for name in names or ()}
    unknown = asked - {kind.name for kind in WALKED}
    if unknown:
        allowed = ", ".join(kind.name for kind in WALKED)
        raise InvalidQuestion(
            f"no relation {', '.join(sorted(unknown))}", where="kinds", remedy=f"name some of {allowed}"
        )
    return tuple(kind for kind in WALKED if not asked or kind.name in asked)
