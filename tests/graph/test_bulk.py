"""A store filled at once says the same as one written in batches."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from graph.bulk import write_in_process
from graph.delta import PARTIES, Delta
from graph.errors import Cancelled, StoreError, StoreUnavailable
from graph.local import open_store, spawn
from graph.model import KINDS
from graph.store import GraphStore
from tests.graph.stores import NOW, given, open_load, put, record, shown, stored, world


def assert_says(store: GraphStore, delta: Delta) -> None:
    (parties,) = store.parties()
    expected = delta.parties.append_column("load", pa.array([1] * len(delta.parties), pa.int32()))
    assert parties.to_pylist() == expected.sort_by("id").to_pylist()
    for name, kind in KINDS.items():
        assert given(store, kind) == stored(delta, kind), name
    assert store.trust() == {record(delta).source: record(delta).trust}
    assert shown(store.loads()) == [record(delta)]


def assert_goes_on(store: GraphStore, delta: Delta) -> None:
    """The filled store takes a further load, and knows what is there twice."""
    ids = delta.parties["id"].combine_chunks()
    second = world(2, seed=5, known=ids)
    put(store, second, pa.concat_arrays([ids, second.parties["id"].combine_chunks()]))
    assert store.version() == 2
    with pytest.raises(StoreError, match="Constraint"):
        put(store, Delta(3, delta.parties))


def put_in_process(store: GraphStore, delta: Delta, ids: pa.Array) -> None:
    """As `put`, but in process."""
    load = open_load(store, digest=f"d{delta.load}")
    write_in_process(store, delta, ids, position=1, told=silent)
    assert {kept.position for kept in store.loads() if kept.number == load.number} == {1}
    store.close_load(load.number, report=record(delta).report, closed_at=NOW)


def silent(_done: int) -> None:
    """Nobody is told."""


def ids_of(*deltas: Delta) -> pa.Array:
    return pa.concat_arrays([delta.parties["id"].combine_chunks() for delta in deltas])


def test_a_local_store_written_in_process_equals_one_written_in_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.bulk.CHUNK", 7)
    delta = world(parties=40, facts=30)
    for folder in ("filled", "written"):
        with open_store(tmp_path / folder) as store:
            if folder == "written":
                put(store, delta)
            else:
                put_in_process(store, delta, ids_of(delta))
            assert_says(store, delta)
            assert_goes_on(store, delta)


def test_a_folder_may_be_named_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    delta = world()
    with open_store("facts") as store:
        put_in_process(store, delta, ids_of(delta))
        assert_says(store, delta)


def test_a_later_load_written_in_process_equals_one_written_in_batches(tmp_path: Path) -> None:
    first = world(parties=40, facts=30)
    second = world(2, parties=25, facts=20, seed=5, known=ids_of(first))
    said = []
    for folder, way in (("filled", put_in_process), ("written", put)):
        with open_store(tmp_path / folder) as store:
            put(store, first)
            way(store, second, ids_of(first, second))
            assert store.version() == 2
            said.append([given(store, kind) for kind in KINDS.values()])
            for name, rows in second.added.items():
                with pytest.raises(StoreError, match="Constraint"):
                    put(store, Delta(3, PARTIES.empty_table(), {name: rows}), ids_of(first, second))
                store.roll_back(3)
    assert said[0] == said[1]


def test_a_failed_or_cancelled_writing_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    delta = world()
    doubled = Delta(1, pa.concat_tables([delta.parties, delta.parties]), delta.added)

    def stop(_done: int) -> None:
        raise Cancelled("store")

    with open_store(tmp_path) as store:
        open_load(store)
        with pytest.raises(StoreError):
            write_in_process(store, doubled, ids_of(doubled), position=1, told=silent)
        with pytest.raises(Cancelled):
            write_in_process(store, delta, ids_of(delta), position=1, told=stop)
        assert [kept.position for kept in store.loads()] == [0]
        assert store.rows("read/parties", load=1) == []
        store.roll_back(1)
        put_in_process(store, delta, ids_of(delta))
        assert_says(store, delta)
    assert {path.name for path in tmp_path.iterdir()} == {"store", "store.lock"}


def test_a_writing_whose_process_is_killed_is_said_to_have_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delta, writing = world(), []

    def kept(*asked: Any, **more: Any) -> "subprocess.Popen[bytes]":
        writing.append(spawn(*asked, **more))
        return writing[-1]

    def kill(done: int) -> None:
        writing[-1].kill()

    monkeypatch.setattr("graph.bulk.spawn", kept)
    with open_store(tmp_path) as store:
        open_load(store)
        with pytest.raises(StoreUnavailable, match="stopped before it was done") as caught:
            write_in_process(store, delta, ids_of(delta), position=1, told=kill)
        assert "start" not in str(caught.value)
        assert "repeat the command" in caught.value.remedy
        assert store.rows("read/parties", load=1) == []


@pytest.mark.parametrize("left", [("store.old", "store.new"), ("store.old", "store"), ("store", "store.new")])
def test_a_swap_cut_in_two_is_ended_when_the_store_is_opened(tmp_path: Path, left: tuple[str, ...]) -> None:
    delta = world()
    with open_store(tmp_path) as store:
        put(store, delta)
    for name in left:
        if name == "store.new":
            (tmp_path / name).mkdir()
        elif name != "store":
            shutil.copytree(tmp_path / "store", tmp_path / name)
    if "store" not in left:
        shutil.rmtree(tmp_path / "store")
    with open_store(tmp_path) as store:
        assert_says(store, delta)
    assert {path.name for path in tmp_path.iterdir()} == {"store", "store.lock"}
