"""Columns read back from the store are those that were appended while loading."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import UnreadableFile
from graph.facts import Facts
from graph.model import KINDS, OWNS
from graph.segments import MANIFEST
from graph.store import GraphStore
from tests.graph.loaded import load_both
from tests.graph.rows import LATE, Load, fact, worlds, written
from tests.graph.stores import Server, ask

SHARED = [HealthCheck.function_scoped_fixture]
A = [("a:1", "Company", False), ("a:2", "Person", True)]
HOLDING = fact(OWNS, "a:2", "a:1", share_low=0.5, share_high=0.5)


def empty(server: Server) -> None:
    ask(server, "MATCH (n) WHERE NOT n:Store DETACH DELETE n")


def assert_same(one: Facts, other: Facts) -> None:
    assert one.ids.equals(other.ids)
    assert one.loads == other.loads
    assert one.trust == other.trust
    assert one.order.tolist() == other.order.tolist()
    assert one.party_kind.tolist() == other.party_kind.tolist()
    assert one.anonymous.tolist() == other.anonymous.tolist()
    assert one.numbers(other.ids).tolist() == other.numbers(one.ids).tolist()
    for name, kind in KINDS.items():
        assert written(one, kind).equals(written(other, kind)), name


@given(loads=worlds(), data=st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=SHARED)
def test_columns_from_the_store_are_those_that_loading_wrote(
    loads: list[Load], data: st.DataObject, store: GraphStore, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty(server)
    home = tmp_path_factory.mktemp("columns")
    seen = data.draw(st.integers(0, len(loads)))
    appended = load_both(store, home / "appended", loads[:seen])
    behind = Facts.rebuild(home / "refreshed", store)
    assert_same(appended, behind)
    appended = load_both(store, home / "appended", loads[seen:], first=seen + 1)
    assert_same(appended, behind.refresh(store))
    assert_same(appended, Facts.rebuild(home / "rebuilt", store))


def test_refreshing_what_is_new_already_reads_nothing(store: GraphStore, tmp_path: Path) -> None:
    facts = load_both(store, tmp_path, [Load(A, [HOLDING])])
    names = sorted(path.name for path in tmp_path.iterdir())
    assert_same(facts, facts.refresh(store))
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_damaged_folder_is_made_anew(store: GraphStore, tmp_path: Path) -> None:
    facts = load_both(store, tmp_path, [Load(A, [HOLDING]), Load([], [], [(OWNS, HOLDING[1]["key"], LATE)])])
    path = random.Random(1).choice(sorted(tmp_path.glob("*.arrow")))  # noqa: S311 — any file will do
    path.unlink()  # what has the old file mapped keeps it
    path.write_bytes(b"")
    with pytest.raises(UnreadableFile):
        Facts.open(tmp_path)
    assert_same(facts, Facts.rebuild(tmp_path, store))
    (tmp_path / MANIFEST).write_text("{", encoding="utf-8")
    assert_same(facts, Facts.rebuild(tmp_path, store))


def test_columns_of_another_store_are_made_anew(store: GraphStore, server: Server, tmp_path: Path) -> None:
    other = load_both(store, tmp_path / "one", [Load([("x:1", "Company", False)], source="x")])
    empty(server)
    facts = load_both(store, tmp_path / "two", [Load(A, [HOLDING])])
    assert_same(facts, other.refresh(store))


def test_an_open_load_is_not_seen(store: GraphStore, tmp_path: Path) -> None:
    facts = load_both(store, tmp_path / "kept", [Load(A, [HOLDING])])
    opened = store.open_load(
        source="b", trust=0.1, digest="open", delivery="full", delivered=LATE.date(), worker="w", opened_at=LATE
    )
    assert opened.number == 2
    assert_same(facts, facts.refresh(store))
    assert_same(facts, Facts.rebuild(tmp_path / "again", store))
    assert replace(facts.loads[0], number=2) not in facts.loads
