"""A Neo4j that was filled by its offline importer holds what the folder held."""

from pathlib import Path

import pytest

from graph.importer import write_importer_files
from graph.local import open_store
from graph.model import KINDS
from graph.store import GraphStore
from tests.graph.conftest import neo4j_server
from tests.graph.stores import NOW, connect, given, open_load, shown
from tests.ingest.loading.small import Workspace, company, contents, owns
from tests.neo4j_server import Neo4jServer

WAVES = (
    [
        company('a,"b"'),
        company("c", "Person"),
        company("d\n"),
        owns('a,"b"', "d\n"),
        owns("c", "c;x"),
        owns("c", "nobody"),
    ],
    [company('a,"b"'), company("d\n"), owns('a,"b"', "d\n", 0.6)],
)


def everything(store: GraphStore) -> list[object]:
    # The columns know no difference between a party not said to be anonymous and one said not to be.
    parties = [row | {"anonymous": bool(row["anonymous"])} for table in store.parties() for row in table.to_pylist()]
    facts = [given(store, kind) for kind in KINDS.values()]
    return [parties, facts, shown(store.loads()), store.trust(), store.pending().to_pylist()]


@pytest.mark.neo4j
def test_a_neo4j_filled_by_its_importer_holds_all_that_the_folder_held(tmp_path: Path) -> None:
    server = neo4j_server(tmp_path / "neo4j")
    if not isinstance(server, Neo4jServer):
        pytest.skip("a server of one's own is not stopped")
    place = Workspace(tmp_path / "place")
    for number, rows in enumerate(WAVES, 1):
        place.load(*rows, delivered=f"2025-0{number}-01")
    with open_store(place.folder) as local:
        held = everything(local)
        assert len(local.pending()) == 2
        command = write_importer_files(tmp_path / "files", place.facts, local.loads(), local.pending())
    assert command[0] == "neo4j-admin"
    server.folder.mkdir(parents=True)
    server.admin(command[1:])
    server.start()
    try:
        with connect(server) as store:
            store.prepare()
            assert everything(store) == held
            assert contents(place.facts.refresh(store)) == contents(place.facts.rebuild(tmp_path / "columns", store))
            assert open_load(store).number == len(WAVES) + 1
            store.close_load(len(WAVES) + 1, report="{}", closed_at=NOW)
    finally:
        server.kill()
