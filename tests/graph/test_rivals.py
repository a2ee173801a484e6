from datetime import date, timedelta
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest

from graph.field import Kind
from graph.links import Aside, Links
from graph.model import CONTROLS, GUARANTEES, HOLDS_OFFICE, LENDS, OWNS, RELATED_TO, SAME_AS, SUPPLIES
from graph.moment import Moment
from graph.snapshot import Snapshot
from tests.graph.rows import LATE, T0, Load, Row, fact, keep

NOW = Moment(date(2024, 6, 30), LATE)
PARTIES = [(f"{source}:{n}", "Company", False) for source in "abc" for n in (1, 2)]
LATER = T0 + timedelta(days=1)


def snapshot(folder: Path, *rows: tuple[Kind, Row]) -> Snapshot:
    """`b` is trusted more than `a` and `c`, which are trusted alike."""
    loads = [Load(PARTIES, source="b", trust=0.9), Load(source="a"), Load([], list(rows), source="c")]
    return Snapshot.build(keep(folder, loads), NOW)


def holding(source: str, share: float, *ends: str, **more: object) -> tuple[Kind, Row]:
    return fact(OWNS, *(ends or ("a:1", "a:2")), source=source, share_low=share, share_high=share, **more)


def shares(given: Snapshot) -> list[float]:
    return sorted(given.links(OWNS).fields["share_low"].tolist())


def test_facts_of_one_source_add_up(tmp_path: Path) -> None:
    given = snapshot(tmp_path, holding("a", 0.2), holding("a", 0.3, source_ref="2"))
    assert shares(given) == [0.2, 0.3]
    assert given.rivals(OWNS, 0, 1) == []


def test_the_more_trusted_source_is_believed_and_the_others_are_shown(tmp_path: Path) -> None:
    given = snapshot(tmp_path, holding("a", 0.2, recorded_at=LATER), holding("b", 0.3), holding("c", 0.4))
    assert shares(given) == [0.3]
    others = given.rivals(OWNS, given.node("a:1"), given.node("a:2"))
    assert sorted((rival["share_low"], rival["fact"]["source"]) for rival in others) == [(0.2, "a"), (0.4, "c")]
    assert given.rivals(OWNS, given.node("a:2"), given.node("a:1")) == []


def test_of_sources_trusted_alike_the_one_that_spoke_last_is_believed_whenever_it_was_loaded(tmp_path: Path) -> None:
    said = T0 - timedelta(days=30)
    given = snapshot(tmp_path, holding("a", 0.2, recorded_at=LATER, said_at=said), holding("c", 0.4))
    assert shares(given) == [0.4]


class Unscanned(np.ndarray):
    """An array that is not compared element by element."""

    def __eq__(self, other: object) -> NoReturn:
        raise AssertionError("every fact set aside was looked at")

    __hash__ = None


def test_rivals_of_a_pair_are_found_without_a_look_at_those_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [("a:1", "a:2"), ("a:2", "a:1"), ("a:1", "b:1"), ("b:1", "b:2"), ("a:1", "b:2")]
    shares = np.arange(1, 6) / 10
    rows = [holding(source, share, *pair) for share, pair in zip(shares, pairs, strict=True) for source in "ab"]
    given = snapshot(tmp_path, *rows)
    relation = given._relation

    def guarded(kind: Kind, *, indirect: bool) -> tuple[Links, Aside]:
        links, aside = relation(kind, indirect=indirect)
        return links, Aside(aside.tail.view(Unscanned), aside.head.view(Unscanned), aside.fact)

    monkeypatch.setattr(given, "_relation", guarded)
    found = [given.rivals(OWNS, given.node(tail), given.node(head)) for tail, head in pairs]
    assert [[(rival["share_low"], rival["fact"]["source"]) for rival in one] for one in found] == [
        [(share, "a")] for share in shares
    ]


def test_between_equals_the_newer_then_the_first_by_name_is_believed(tmp_path: Path) -> None:
    newer = snapshot(tmp_path / "newer", holding("a", 0.2), holding("c", 0.4, recorded_at=LATER))
    named = snapshot(tmp_path / "named", holding("c", 0.4), holding("a", 0.2))
    assert (shares(newer), shares(named)) == ([0.4], [0.2])


def test_a_source_speaks_with_its_latest_word(tmp_path: Path) -> None:
    rows = holding("c", 0.1), holding("c", 0.4, source_ref="2", recorded_at=LATER), holding("a", 0.2)
    assert shares(snapshot(tmp_path, *rows)) == [0.1, 0.4]


def test_rivals_are_judged_after_records_are_joined(tmp_path: Path) -> None:
    same = [fact(SAME_AS, "a:1", "b:1", verdict="confirmed"), fact(SAME_AS, "a:2", "b:2", verdict="confirmed")]
    given = snapshot(tmp_path, *same, holding("a", 0.2), holding("b", 0.3, "b:1", "b:2"))
    assert shares(given) == [0.3]
    assert [rival["share_low"] for rival in given.rivals(OWNS, 0, 1)] == [0.2]


def test_direct_and_unsaid_are_rivals_and_indirect_stands_apart(tmp_path: Path) -> None:
    rows = holding("a", 0.2, directness="direct"), holding("b", 0.3), holding("b", 0.9, directness="indirect")
    given = snapshot(tmp_path, *rows, holding("a", 0.8, directness="indirect"))
    assert shares(given) == [0.3]
    assert given.links(OWNS, indirect=True).fields["share_low"].tolist() == [0.9]
    assert sorted(rival["share_low"] for rival in given.rivals(OWNS, 0, 1)) == [0.2, 0.8]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (LENDS, {"facility_id": "1", "kind": "loan"}, {"facility_id": "2", "kind": "loan"}),
        (RELATED_TO, {"kind": "spouse"}, {"kind": "kin"}),
        (CONTROLS, {"basis": "board"}, {"basis": "contract"}),
        (HOLDS_OFFICE, {"role": "董事"}, {"role": "监事"}),
        (SUPPLIES, {"product": "steel"}, {"product": None}),
        (GUARANTEES, {"creditor": "a:2"}, {"creditor": "a:1"}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_what_key_fields_tell_apart_are_no_rivals(tmp_path: Path, kind: Kind, one: Row, other: Row) -> None:
    first, second = fact(kind, "a:1", "a:2", source="a", **one), fact(kind, "a:1", "a:2", source="b", **other)
    third = fact(kind, "a:1", "a:2", source="c", **one)
    given = snapshot(tmp_path, first, second, third)
    sources = sorted(source["source"] for source in given.sources(kind, given.links(kind).fact))
    assert sources == ["a", "b"]
    assert [rival["fact"]["source"] for rival in given.rivals(kind, 0, 1)] == ["c"]


def test_two_ids_of_one_creditor_are_one_creditor(tmp_path: Path) -> None:
    same = fact(SAME_AS, "a:2", "b:2", verdict="confirmed")
    one = fact(GUARANTEES, "a:1", "c:1", source="a", creditor="a:2")
    other = fact(GUARANTEES, "a:1", "c:1", source="b", creditor="b:2")
    given = snapshot(tmp_path, same, one, other)
    assert given.links(GUARANTEES).text("creditor").to_pylist() == ["b:2"]


def test_an_indirect_control_is_a_rival_of_a_direct_one(tmp_path: Path) -> None:
    one = fact(CONTROLS, "a:1", "a:2", source="a", basis="votes", directness="direct")
    other = fact(CONTROLS, "a:1", "a:2", source="b", basis="votes", directness="indirect")
    given = snapshot(tmp_path, one, other)
    assert given.links(CONTROLS).text("directness").to_pylist() == ["indirect"]
