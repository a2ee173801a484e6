"""A store filled at once says the same as one written in batches."""

from pathlib import Path

import pyarrow as pa
import pytest

from graph.bulk import first_load, write_importer_files
from graph.delta import Delta
from graph.errors import StoreError, StoreLocked
from graph.local import LocalStore, open_store
from graph.model import KINDS
from graph.store import GraphStore
from tests.graph.conftest import neo4j_server
from tests.graph.stores import connect, given, put, record, shown, stored, world
from tests.neo4j_server import Neo4jServer


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


def test_a_local_store_filled_at_once_equals_one_written_in_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.bulk.CHUNK", 7)
    delta = world(parties=40, facts=30)
    first_load(tmp_path / "filled", delta, record(delta))
    for folder in ("filled", "written"):
        with open_store(tmp_path / folder) as store:
            if folder == "written":
                put(store, delta)
            assert_says(store, delta)
            assert_goes_on(store, delta)


def test_a_folder_that_has_a_store_is_not_filled(tmp_path: Path) -> None:
    delta = world()
    with LocalStore(tmp_path), pytest.raises(StoreLocked):
        first_load(tmp_path, delta, record(delta))
    with pytest.raises(StoreError, match="already"):
        first_load(tmp_path, delta, record(delta))


def test_a_failed_filling_leaves_nothing(tmp_path: Path) -> None:
    delta = world()
    (tmp_path / "store.new-1").mkdir()
    doubled = Delta(1, pa.concat_tables([delta.parties, delta.parties]), delta.added)
    with pytest.raises(StoreError):
        first_load(tmp_path, doubled, record(delta))
    assert [path.name for path in tmp_path.iterdir()] == ["store.lock"]
    first_load(tmp_path, delta, record(delta))
    with open_store(tmp_path) as store:
        assert_says(store, delta)


@pytest.mark.neo4j
def test_a_neo4j_filled_by_its_importer_equals_one_written_in_batches(tmp_path: Path) -> None:
    server = neo4j_server(tmp_path / "neo4j")
    if not isinstance(server, Neo4jServer):
        pytest.skip("a server of one's own is not stopped")
    delta = world(parties=40, facts=30)
    command = write_importer_files(tmp_path / "files", delta, record(delta))
    assert command[0] == "neo4j-admin"
    server.folder.mkdir(parents=True)
    server.admin(command[1:])
    server.start()
    try:
        with connect(server) as store:
            store.prepare()
            assert_says(store, delta)
            assert_goes_on(store, delta)
    finally:
        server.kill()
