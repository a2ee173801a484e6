"""Owners in the end as published examples state them, against those that follow from their direct statements."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from analytics.structure.control import STATE, solve_control
from analytics.structure.owners.multiplied import Layer, Multiplied
from analytics.structure.votes import Holdings
from graph.field import PARTY_KINDS
from ingest.bods import Bods
from tests.ingest.delivered import Delivered, history, read

DAY, NOW = date(2026, 1, 9), datetime(2026, 1, 9)
CASES = {
    "indirect-ownership": [("Person 1", "Company A", 0.3)],
    "multiple-indirect-ownership": [("Person 1", "Company B", 0.6)],
    "mutilple-indirect-ownership-2": [("Person 1", "Company A", 0.6)],
    "bods-package-fi-soe": [("Suomen tasavalta", "Gasgrid Finland Oy", 1.0)],
}
"""Who is published as indirect owner of what, and how much of it."""
IN_ITS_NAME = {"Suomen tasavalta": "Valtiovarainministerio"}
"""The Republic holds through its ministry, which the statements tie to it without a holding."""


class Statements:
    """The direct statements of one example, by node, and the indirect ones that they must give."""

    def __init__(self, delivered: Delivered) -> None:
        facts = [f for f in history(delivered, replaces_record=True) if f.kind == "OWNS" and f.holds(DAY, NOW)]
        kinds = {row["id"]: row["kind"] for row in delivered.rows[""]}
        ids = sorted(kinds)
        self.name = {row["party"]: row["name"] for row in delivered.rows["Profile"]}
        self.node = {self.name[party]: k for k, party in enumerate(ids)}
        rows = [f.row for f in facts if f.row["directness"] != "indirect"]
        stated = [[0.0 if r["share_low"] is None else r["share_low"] for r in rows]]
        stated += [[1.0 if r["share_high"] is None else r["share_high"] for r in rows]]
        ends = [[ids.index(r[end]) for r in rows] for end in ("from", "to")]
        self.held = Holdings.between(len(ids), *ends, *stated, [r["share_ends"] or 0 for r in rows])
        self.kind = np.array([PARTY_KINDS.index(kinds[party]) for party in ids], np.uint8)
        self.indirect = sorted(
            (self.name[f.row["from"]], self.name[f.row["to"]], f.row["share_low"])
            for f in facts
            if f.row["directness"] == "indirect"
        )


@pytest.fixture(scope="module")
def statements(reference_data: Path) -> dict[str, Statements]:
    folder = reference_data / "bods-examples"
    return {name: Statements(read(Bods(), folder / f"{name}.json", settings={"hash_key": "00ff"})) for name in CASES}


@pytest.mark.parametrize("example", CASES)
def test_the_cases_are_what_is_published(statements: dict[str, Statements], example: str) -> None:
    assert statements[example].indirect == CASES[example]


@pytest.mark.parametrize("example", CASES)
def test_published_shares_in_the_end_lie_within_those_that_follow(
    statements: dict[str, Statements], example: str
) -> None:
    known = statements[example]
    for owner, company, share in CASES[example]:
        found = Multiplied(Layer.of(known.held), known.node[company])
        portion = found.of(known.node[IN_ITS_NAME.get(owner, owner)])
        assert portion.low - 1e-9 <= share <= portion.high + 1e-9
        assert portion.owner in found.holders


@pytest.mark.parametrize("example", CASES)
def test_whoever_is_published_is_the_only_one_whom_nobody_holds(
    statements: dict[str, Statements], example: str
) -> None:
    known = statements[example]
    for owner, company, _ in CASES[example]:
        holders = Multiplied(Layer.of(known.held), known.node[company]).holders.tolist()
        ends = [x for x in holders if not len(known.held.holders.at(x))]
        assert ends == [known.node[IN_ITS_NAME.get(owner, owner)]]


def test_the_ultimate_parent_of_the_state_owned_company_is_the_states_ministry(
    statements: dict[str, Statements],
) -> None:
    known = statements["bods-package-fi-soe"]
    control = solve_control(known.held, kind=known.kind)
    (top,) = control.ultimate_of(known.node["Gasgrid Finland Oy"]).tolist()
    assert top == known.node["Valtiovarainministerio"]
    assert known.kind[top] == STATE
