"""What every store does, asked of the local one and of a real Neo4j."""

import threading
from dataclasses import replace

import pyarrow as pa
import pytest

from graph import undo
from graph.errors import LoadInProgress, StoreError, UnknownVersion, WrongVersion
from graph.field import Kind
from graph.model import KINDS, OWNS, PROFILE, SAME_AS
from graph.store import Batch, GraphStore
from graph.stored import ENDED_ROWS, PENDING_ROWS, from_stored, to_stored
from tests.graph.stores import NOW, SOURCE, Server, ask, batches, connect, given, open_load, put, stored, world

INSTANT = "2026-02-01T00:00:00.000000Z"


def ending(ids: list[str]) -> pa.Table:
    return pa.table({"fact_id": ids, "retracted_at": [INSTANT] * len(ids)}, schema=ENDED_ROWS)


def retract(store: GraphStore, load: int, kind: Kind, ids: list[str]) -> None:
    opened = open_load(store, digest=f"d{load}")
    assert opened.number == load
    store.write(load, Batch(kind=kind, ended=ending(ids)), position=1)


def test_making_the_schema_twice_makes_it_once(store: GraphStore, server: Server) -> None:
    names = "SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name"
    before = [row["name"] for row in ask(server, names)]
    store.prepare()
    ask(server, "MATCH (s:Store) DELETE s")
    store.prepare()
    assert [row["name"] for row in ask(server, names)] == before
    assert len(before) == len(KINDS) + 6


def test_data_of_a_newer_version_is_refused(store: GraphStore, server: Server) -> None:
    ask(server, "MATCH (s:Store) SET s.version = 99")
    with pytest.raises(WrongVersion, match="99"):
        store.prepare()
    with pytest.raises(WrongVersion, match="99"):
        connect(server)
    ask(server, "MATCH (s:Store) DELETE s")


def test_an_empty_store_is_version_0(store: GraphStore) -> None:
    assert store.version() == 0
    assert store.loads() == []
    assert list(store.facts(OWNS)) == []
    assert list(store.parties()) == []


def test_every_kind_of_fact_comes_back_as_it_was_kept(store: GraphStore) -> None:
    delta = world()
    put(store, delta)
    ids = delta.parties["id"].to_pylist()
    for name, kind in KINDS.items():
        back = [
            from_stored(kind, table, lambda some: pa.array([ids.index(i) for i in some.to_pylist()], pa.uint32()))
            for table in store.facts(kind)
        ]
        assert pa.concat_tables(back).sort_by("key").to_pylist() == delta.added[name].to_pylist(), name


def test_parties_come_back_by_load_and_id(store: GraphStore) -> None:
    first, second = world(1), world(2, facts=0)
    put(store, first)
    put(store, second)
    for delta, table in zip((first, second), store.parties(), strict=True):
        expected = [row | {"load": delta.load} for row in delta.parties.sort_by("id").to_pylist()]
        assert table.to_pylist() == expected
    assert store.new_parties(2)["id"].to_pylist() == sorted(second.parties["id"].to_pylist())


def test_a_load_is_seen_when_it_closes_and_not_before(store: GraphStore) -> None:
    delta = world()
    open_load(store)
    for position, batch in enumerate(batches(delta), 1):
        store.write(1, batch, position=position)
    assert store.version() == 0
    assert given(store, OWNS) == []
    assert list(store.parties()) == []
    with pytest.raises(UnknownVersion):
        store.changes(OWNS, 1)
    store.close_load(1, report="{}", closed_at=NOW)
    assert store.version() == 1
    assert given(store, OWNS) == stored(delta, OWNS)


def test_a_load_is_noted_with_all_that_was_said_of_it(store: GraphStore) -> None:
    put(store, world(facts=0))
    (load,) = store.loads()
    assert (load.number, load.source, load.digest, load.delivery) == (1, SOURCE, "d1", "full")
    assert (load.opened_at, load.closed_at, load.position) == (NOW, NOW, 1 + len(KINDS))
    assert (load.worker, load.report, load.trust) == ("here:1", '{"read": 1}', 0.9)
    assert store.trust() == {SOURCE: 0.9}


def test_a_batch_written_twice_is_kept_once(store: GraphStore) -> None:
    delta = world()
    load = open_load(store).number
    for position, batch in enumerate(batches(delta), 1):
        store.write(load, batch, position=position)
        store.write(load, batch, position=position)
    store.close_load(load, report="{}", closed_at=NOW)
    store.close_load(load, report="other", closed_at=NOW)
    assert store.loads()[0].report == "{}"
    assert given(store, PROFILE) == stored(delta, PROFILE)


def test_a_batch_may_not_be_left_out(store: GraphStore) -> None:
    open_load(store)
    with pytest.raises(StoreError, match="batch 2 came after batch 0"):
        store.write(1, Batch(parties=world().parties), position=2)


def test_an_interrupted_load_goes_on_where_it_was(store: GraphStore, server: Server) -> None:
    delta = world()
    every = list(batches(delta))
    open_load(store)
    for position, batch in enumerate(every[:4], 1):
        store.write(1, batch, position=position)
    with connect(server) as second:
        load = open_load(second, worker="there:2")
        assert (load.number, load.position) == (1, 4)
        for position, batch in enumerate(every, 1):
            second.write(1, batch, position=position)
        second.close_load(1, report="{}", closed_at=NOW)
        for kind in KINDS.values():
            assert given(second, kind) == stored(delta, kind)


def test_who_lost_a_load_to_another_process_can_no_longer_write_it(store: GraphStore, server: Server) -> None:
    open_load(store)
    with connect(server) as second:
        open_load(second, worker="there:2")
        with pytest.raises(LoadInProgress, match="there:2"):
            store.write(1, Batch(parties=world().parties), position=1)


def test_a_second_load_is_refused_while_one_is_open(store: GraphStore) -> None:
    open_load(store)
    with pytest.raises(LoadInProgress) as caught:
        open_load(store, digest="other")
    assert (caught.value.number, caught.value.source) == (1, SOURCE)


def test_a_closed_load_takes_no_more(store: GraphStore) -> None:
    put(store, world(facts=0))
    with pytest.raises(StoreError, match="not open"):
        store.write(1, Batch(), position=99)
    with pytest.raises(StoreError, match="stays"):
        store.roll_back(1)


def test_a_retracted_fact_stays_for_those_who_ask_the_older_version(store: GraphStore) -> None:
    delta = world()
    put(store, delta)
    for load, kind in ((2, OWNS), (3, PROFILE)):
        ids = [str(row["fact_id"]) for row in stored(delta, kind)[:2]]
        retract(store, load, kind, ids)
        before = given(store, kind)
        assert before == stored(delta, kind), "an ending is not seen before its load closes"
        store.close_load(load, report="{}", closed_at=NOW)
        after = given(store, kind)
        assert [row["fact_id"] for row in after if row["retracted_by"] == load] == ids
        assert {row["retracted_at"] for row in after if row["retracted_by"] == load} == {INSTANT}
        assert given(store, kind, version=load - 1) == before
        assert store.changes(kind, load)[1].to_pylist() == ending(ids).to_pylist()
        assert len(store.changes(kind, load)[0]) == 0


def test_changes_are_told_by_the_number_of_the_load(store: GraphStore) -> None:
    first = world(1)
    put(store, first)
    ids = first.parties["id"].combine_chunks()
    second = replace(world(2, parties=0, seed=1, known=ids))
    put(store, second, ids)
    for name, kind in KINDS.items():
        assert store.changes(kind, 2)[0].to_pylist() == stored(second, kind, ids), name
        assert store.changes(kind, 1)[0].to_pylist() == stored(first, kind), name


def test_rolling_back_leaves_nothing_of_a_load(store: GraphStore, server: Server) -> None:
    first = world(1)
    put(store, first)
    ids = first.parties["id"].combine_chunks()
    before = {name: given(store, kind) for name, kind in KINDS.items()}
    second = world(2, seed=1, known=ids)
    every = pa.concat_arrays([ids, second.parties["id"].combine_chunks()])
    retract(store, 2, OWNS, [str(row["fact_id"]) for row in before["OWNS"]])
    store.write(2, Batch(kind=PROFILE, ended=ending([str(before["Profile"][0]["fact_id"])])), position=2)
    for position, batch in enumerate(batches(second, every), 3):
        store.write(2, batch, position=position)
    store.roll_back(2)
    store.roll_back(2)
    assert [load.number for load in store.loads()] == [1]
    assert {name: given(store, kind) for name, kind in KINDS.items()} == before
    assert ask(server, "MATCH (n {load: 2}) RETURN count(n) AS n")[0]["n"] == 0
    assert ask(server, "MATCH ()-[r {load: 2}]->() RETURN count(r) AS n")[0]["n"] == 0


def test_rolling_back_goes_on_where_it_was_interrupted(store: GraphStore, monkeypatch: pytest.MonkeyPatch) -> None:
    delta = world(facts=5)
    open_load(store)
    for position, batch in enumerate(batches(delta), 1):
        store.write(1, batch, position=position)
    monkeypatch.setattr(undo, "SIZE", 2)
    real, calls = undo._all, iter(range(100))

    def cut(*given: object, **named: object) -> None:
        if next(calls) == 9:
            raise KeyboardInterrupt
        real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(undo, "_all", cut)
    with pytest.raises(KeyboardInterrupt):
        store.roll_back(1)
    with pytest.raises(StoreError, match="not open"):
        store.write(1, Batch(), position=99)
    again = open_load(store)
    assert again.position == 0
    put(store, delta)
    assert given(store, SAME_AS) == stored(delta, SAME_AS)


def test_a_fact_id_is_kept_once(store: GraphStore) -> None:
    delta = world()
    put(store, delta)
    ids = delta.parties["id"].combine_chunks()
    open_load(store, digest="d2")
    for kind in (OWNS, PROFILE):
        added = to_stored(kind, delta.added[kind.name].slice(0, 1), ids)
        with pytest.raises(StoreError, match="Constraint"):
            store.write(2, Batch(kind=kind, added=added), position=1)
        assert given(store, kind) == stored(delta, kind)
    with pytest.raises(StoreError, match="Constraint"):
        store.write(2, Batch(parties=delta.parties.slice(0, 1)), position=1)


def test_a_fact_about_a_party_that_is_not_there_is_refused_with_its_whole_batch(store: GraphStore) -> None:
    delta = world()
    store_ids = pa.array([f"nobody:{n}" for n in range(len(delta.parties))])
    open_load(store)
    every = list(batches(delta, store_ids))
    with pytest.raises(StoreError, match="not there"):
        store.write(1, replace(every[1], parties=delta.parties), position=1)
    assert store.loads()[0].position == 0
    store.write(1, Batch(parties=delta.parties), position=1)
    store.close_load(1, report="{}", closed_at=NOW)
    assert given(store, OWNS) == []


def test_ending_a_fact_that_is_not_there_is_refused(store: GraphStore) -> None:
    open_load(store)
    for kind in (OWNS, PROFILE):
        with pytest.raises(StoreError, match="not there"):
            store.write(1, Batch(kind=kind, ended=ending(["0" * 32 + ".1"])), position=1)


def pending(*names: str) -> pa.Table:
    rows = [{"id": name, "kind": "OWNS", "missing": ["s:甲", "s:b"], "row": '{"share": 1}'} for name in names]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(PENDING_ROWS)[:4]))


def test_pending_facts_wait_until_a_load_settles_them(store: GraphStore) -> None:
    open_load(store)
    store.write(1, Batch(pending=pending("a", "b")), position=1)
    assert len(store.pending()) == 0
    store.close_load(1, report="{}", closed_at=NOW)
    waiting = store.pending()
    assert waiting.schema == PENDING_ROWS
    assert waiting.drop_columns(["load", "settled_by"]).to_pylist() == pending("a", "b").to_pylist()
    open_load(store, digest="d2")
    store.write(2, Batch(settled=["a"], pending=pending("c")), position=1)
    assert store.pending()["id"].to_pylist() == ["a", "b"]
    store.roll_back(2)
    assert store.pending()["id"].to_pylist() == ["a", "b"]
    open_load(store, digest="d2")
    store.write(2, Batch(settled=["a"], pending=pending("b", "c")), position=1)
    store.close_load(2, report="{}", closed_at=NOW)
    assert store.pending().select(["id", "load"]).to_pylist() == [{"id": "b", "load": 1}, {"id": "c", "load": 2}]


def together(*works: object) -> list[Exception | None]:
    """Run at the same moment; what each raised."""
    gate, raised = threading.Barrier(len(works)), dict.fromkeys(range(len(works)))

    def go(at: int) -> None:
        gate.wait()
        try:
            works[at]()  # type: ignore[operator]
        except Exception as problem:
            raised[at] = problem  # type: ignore[assignment]

    threads = [threading.Thread(target=go, args=(at,)) for at in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(raised.values())


def test_of_loads_opened_at_once_one_is_opened(store: GraphStore) -> None:
    raised = together(*(lambda name=name: open_load(store, digest=name) for name in "abcd"))
    assert [type(problem) for problem in raised if problem] == [LoadInProgress] * 3
    assert len(store.loads()) == 1


def test_a_batch_written_by_four_at_once_is_kept_once(store: GraphStore) -> None:
    delta = world(facts=20)
    open_load(store)
    for position, batch in enumerate(list(batches(delta))[:4], 1):
        raised = together(*(lambda b=batch, p=position: store.write(1, b, position=p) for _ in range(4)))
        assert raised == [None] * 4
    store.close_load(1, report="{}", closed_at=NOW)
    assert given(store, OWNS) == stored(delta, OWNS)


def test_a_large_load_is_read_in_parts(store: GraphStore, monkeypatch: pytest.MonkeyPatch) -> None:
    delta = world(parties=30, facts=90)
    put(store, delta)
    monkeypatch.setattr("graph.reading.ANSWER", 20)
    monkeypatch.setattr("graph.reading.GROUP", 4)
    for kind in (OWNS, PROFILE):
        assert len(list(store.facts(kind))) == 5
        assert given(store, kind) == stored(delta, kind)
