"""Ultimate parents as a real register publishes them, against those that follow from its direct statements."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.structure.control import Control, solve_control
from analytics.structure.votes import Arrows, Holdings

Pair = tuple[str, str]


def published(folder: Path, kind: str) -> Iterator[Pair]:
    """Parent and child of the consolidation statements of one kind."""
    for line in (folder / "bods-bp" / "bp.jsonl").read_text(encoding="utf-8").splitlines():
        statement = json.loads(line)
        details = statement["recordDetails"]
        for interest in details.get("interests", []):
            if kind in interest.get("details", ""):
                yield details["interestedParty"], details["subject"]


@pytest.fixture(scope="module")
def solved(reference_data: Path) -> tuple[Control, list[str]]:
    direct = list(published(reference_data, "IS_DIRECTLY_CONSOLIDATED_BY"))
    names = sorted({name for pair in direct for name in pair})
    tail, head = ([names.index(pair[end]) for pair in direct] for end in (0, 1))
    none: list[int] = []
    return solve_control(Holdings.exact(len(names), none, none, none), Arrows.of(len(names), tail, head)), names


def test_ultimate_parents_follow_from_direct_ones_as_published(
    solved: tuple[Control, list[str]], reference_data: Path
) -> None:
    control, names = solved
    ultimate = dict(pair[::-1] for pair in published(reference_data, "IS_ULTIMATELY_CONSOLIDATED_BY"))
    found = {
        child: [names[x] for x in control.ultimate_of(names.index(child))]
        for child in ultimate
        if child in names and len(control.controllers_of(names.index(child)))
    }
    reached = [child for child, tops in found.items() if tops == [ultimate[child]]]
    assert len(reached) > 50
    for child in found.keys() - set(reached):
        # The register does not say who holds the last party of this chain, or only who does in the end.
        (top,) = found[child]
        assert ultimate.get(top, ultimate[child]) == ultimate[child]
    assert len(found) - len(reached) == 10
