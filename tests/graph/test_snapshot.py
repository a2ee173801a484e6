import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InvalidCurrency, InvalidQuestion, MissingRate, UnknownParty, UnknownVersion
from graph.field import Kind
from graph.model import GUARANTEES, LENDS, OWES, OWNS, PROFILE, RATE, RELATED_TO, RELATIONS
from graph.moment import Moment
from graph.snapshot import Snapshot
from tests.graph.rows import LATE, T0, Load, counting, fact, joined, keep, moments, shuffled, worlds, written

DAY = date(2024, 6, 30)
NOW = Moment(DAY, LATE)
COMPANIES = [("a:1", "Company", False), ("a:2", "Company", False), ("a:3", "Company", False)]


def links_of(snapshot: Snapshot, kind: Kind, *, indirect: bool = False) -> list[tuple[str, str, bytes]]:
    links = snapshot.links(kind, indirect=indirect)
    keys = snapshot.facts.column(kind, "key").take(links.fact).to_pylist()
    return list(zip(snapshot.ids(links.tail), snapshot.ids(links.head), keys, strict=True))


def everything(snapshot: Snapshot) -> list[object]:
    nodes = [snapshot.members(node) for node in range(snapshot.size)]
    names = snapshot.names(np.arange(snapshot.size))
    links = [links_of(snapshot, kind) for kind in RELATIONS] + [links_of(snapshot, OWNS, indirect=True)]
    fields = [{n: np.asarray(v).tolist() for n, v in snapshot.links(kind).fields.items()} for kind in RELATIONS]
    return [nodes, names, links, repr(fields)]


def world(folder: Path, loads: Sequence[Load], moment: Moment = NOW) -> Snapshot:
    return Snapshot.build(keep(folder, loads), moment)


@given(loads=worlds(), moment=moments, data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_snapshot_is_what_its_definition_says_row_by_row(
    loads: list[Load], moment: Moment, data: st.DataObject
) -> None:
    moment = replace(moment, version=data.draw(st.none() | st.integers(1, len(loads))))
    with tempfile.TemporaryDirectory() as folder:
        snapshot = world(Path(folder), loads, moment)
        blocks = joined(loads, moment)
        nodes = sorted({tuple(sorted(block)) for block in blocks.values()})
        assert [tuple(snapshot.members(node)) for node in range(snapshot.size)] == nodes
        assert all(snapshot.id(snapshot.node(party)) == min(block) for party, block in blocks.items())
        for kind in (OWNS, LENDS, GUARANTEES, RELATED_TO):
            assert links_of(snapshot, kind) == counting(loads, moment, kind)
        assert links_of(snapshot, OWNS, indirect=True) == counting(loads, moment, OWNS, indirect=True)


@given(loads=worlds(), moment=moments, data=st.data())
@settings(max_examples=25, deadline=None)
def test_the_order_of_files_in_a_load_changes_nothing(loads: list[Load], moment: Moment, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first = keep(Path(one), loads)
        second = keep(Path(other), shuffled(data, loads))
        assert first.ids.equals(second.ids)
        for kind in (*RELATIONS, PROFILE):
            assert written(first, kind).equals(written(second, kind))
        assert everything(Snapshot.build(first, moment)) == everything(Snapshot.build(second, moment))


@given(loads=worlds(), moment=moments, data=st.data())
@settings(max_examples=25, deadline=None)
def test_the_order_of_loads_changes_no_node_and_no_link(loads: list[Load], moment: Moment, data: st.DataObject) -> None:
    parties = Load([party for load in loads for party in load.parties])
    later = [replace(load, parties=[], ended=[]) for load in loads]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first = world(Path(one), [parties, *later], moment)
        second = world(Path(other), [parties, *data.draw(st.permutations(later))], moment)
        assert everything(first) == everything(second)


@given(loads=worlds(loads=2), more=worlds(loads=1), moment=moments)
@settings(max_examples=30, deadline=None)
def test_a_version_answers_the_same_for_ever(loads: list[Load], more: list[Load], moment: Moment) -> None:
    with tempfile.TemporaryDirectory() as folder:
        then = world(Path(folder), loads, moment)
        before = everything(then)
        later = [replace(load, parties=[(f"z{p}", k, a) for p, k, a in load.parties]) for load in more]
        renamed = [replace(load, facts=[(k, _moved(k, row)) for k, row in load.facts]) for load in later]
        facts = keep(Path(folder), renamed, first=len(loads) + 1)
        again = Snapshot.build(facts, replace(moment, version=len(loads)))
        assert everything(again) == before
        assert again.name == then.name


def _moved(kind: Kind, row: dict[str, Any]) -> dict[str, Any]:
    return row | {end: f"z{row[end]}" for end in kind.ends} | {"key": row["key"][::-1]}


def test_known_at_before_a_correction_gives_the_old_value(tmp_path: Path) -> None:
    corrected = datetime(2024, 3, 1, tzinfo=UTC)
    old = fact(OWNS, "a:1", "a:2", share_low=0.5, share_high=0.5)
    new = fact(OWNS, "a:1", "a:2", share_low=1.0, share_high=1.0, recorded_at=corrected)
    facts = keep(tmp_path, [Load(COMPANIES, [old]), Load([], [new], [(OWNS, old[1]["key"], corrected)])])
    shares = [
        Snapshot.build(facts, Moment(DAY, known, version)).links(OWNS).fields["share_low"].tolist()
        for known, version in (
            (corrected - timedelta(microseconds=1), None),
            (corrected, None),
            (LATE, None),
            (LATE, 1),
        )
    ]
    assert shares == [[0.5], [1.0], [1.0], [0.5]]


@given(loads=worlds(), moment=moments)
@settings(max_examples=25, deadline=None)
def test_both_ways_through_links_meet_every_link_once(loads: list[Load], moment: Moment) -> None:
    with tempfile.TemporaryDirectory() as folder:
        snapshot = world(Path(folder), loads, moment)
        for kind in RELATIONS:
            links = snapshot.links(kind)
            out = [at for node in range(snapshot.size) for at in links.leaving(node)]
            into = [at for node in range(snapshot.size) for at in links.arriving(node)]
            assert out == sorted(into) == list(range(len(links)))
            assert all((links.tail[links.leaving(node)] == node).all() for node in range(snapshot.size))
            assert all((links.head[links.arriving(node)] == node).all() for node in range(snapshot.size))


def test_missing_votes_are_the_share_and_what_is_unknown_spans_everything(tmp_path: Path) -> None:
    rows = [
        fact(OWNS, "a:1", "a:2", share_low=0.3, share_high=0.3, share_ends=0),
        fact(OWNS, "a:1", "a:3", share_low=0.3, share_high=0.5, share_ends=3, votes_low=0.6, votes_high=0.6),
        fact(OWNS, "a:2", "a:1"),
        fact(OWNS, "a:3", "a:1", share_low=0.25, share_ends=1),
    ]
    fields = world(tmp_path, [Load(COMPANIES, rows)]).links(OWNS).fields
    said = [list(fields[f"{band}_{part}"]) for band in ("share", "votes") for part in ("low", "high", "ends")]
    assert said[:3] == [[0.3, 0.3, 0.0, 0.25], [0.3, 0.5, 1.0, 1.0], [0, 3, 0, 1]]
    assert said[3:] == [[0.3, 0.6, 0.0, 0.25], [0.3, 0.6, 1.0, 1.0], [0, 0, 0, 1]]
    assert fields["share_known"].tolist() == [True, True, False, True]
    assert fields["votes_stated"].tolist() == [False, True, False, False]


def test_a_whole_number_that_nobody_stated_is_none_and_not_zero(tmp_path: Path) -> None:
    rows = [
        fact(RELATED_TO, "a:1", "a:2", kind="kin", generations=0),
        fact(RELATED_TO, "a:1", "a:3", kind="kin"),
        fact(RELATED_TO, "a:2", "a:3", kind="kin", generations=2),
    ]
    fields = world(tmp_path, [Load(COMPANIES, rows)]).links(RELATED_TO).fields
    assert np.array_equal(fields["generations"], [0, np.nan, 2], equal_nan=True)


def test_amounts_come_in_the_only_currency_or_in_the_one_asked_for(tmp_path: Path) -> None:
    loan = fact(LENDS, "a:1", "a:2", facility_id="1", kind="loan", drawn=100.0, currency="CNY")
    bond = fact(LENDS, "a:1", "a:2", facility_id="2", kind="bond", drawn=10.0, currency="USD")
    rate = fact(RATE, base="USD", quote="CNY", rate=7.0, day=DAY - timedelta(days=3))
    one = keep(tmp_path / "one", [Load(COMPANIES, [loan])])
    two = keep(tmp_path / "two", [Load(COMPANIES, [loan, bond, rate])])
    alone = Snapshot.build(one, NOW)
    assert (alone.moment.currency, alone.links(LENDS).fields["drawn"].tolist()) == ("CNY", [100.0])
    with pytest.raises(InvalidQuestion, match="CNY, USD"):
        Snapshot.build(two, NOW).links(LENDS).fields["drawn"]
    assert len(Snapshot.build(two, NOW).links(LENDS)) == 2
    asked = {c: Snapshot.build(two, replace(NOW, currency=c)).links(LENDS).fields["drawn"] for c in ("CNY", "USD")}
    assert sorted(asked["CNY"]) == [70.0, 100.0]
    assert np.allclose(sorted(asked["USD"]), [10.0, 100 / 7], rtol=1e-15)
    with pytest.raises(MissingRate, match="2024-07-08"):
        Snapshot.build(two, replace(NOW, valid_at=date(2024, 7, 8), currency="CNY")).links(LENDS).fields["drawn"]


def test_an_amount_without_a_currency_is_unknown_beside_others(tmp_path: Path) -> None:
    named = fact(OWES, "a:1", "a:2", amount=100.0, currency="CNY")
    unnamed = fact(OWES, "a:2", "a:3", amount=50.0)
    both = world(tmp_path / "both", [Load(COMPANIES, [named, unnamed])]).links(OWES).fields["amount"]
    assert both[0] == 100.0
    assert np.isnan(both[1])
    alone = world(tmp_path / "alone", [Load(COMPANIES, [unnamed])])
    assert (alone.moment.currency, alone.links(OWES).fields["amount"].tolist()) == ("XXX", [50.0])


def test_what_cannot_be_asked_is_refused(tmp_path: Path) -> None:
    facts = keep(tmp_path, [Load(COMPANIES)])
    with pytest.raises(UnknownParty):
        Snapshot.build(facts, NOW).node("a:9")
    with pytest.raises(UnknownVersion):
        Snapshot.build(facts, replace(NOW, version=2))
    with pytest.raises(InvalidCurrency):
        Snapshot.build(facts, replace(NOW, currency="Yuan"))
    with pytest.raises(UnknownParty):
        Snapshot.build(facts, replace(NOW, version=0)).node("a:1")


def test_a_name_tells_moments_apart(tmp_path: Path) -> None:
    facts = keep(tmp_path, [Load(COMPANIES)])
    moments = [NOW, replace(NOW, version=0), replace(NOW, valid_at=T0.date()), replace(NOW, currency="CNY")]
    assert len({Snapshot.build(facts, moment).name for moment in moments}) == 4
    assert Snapshot.build(facts, replace(NOW, currency="CNY")).name == "v1 2024-06-30 2030-01-01T00:00:00.000000Z CNY"
