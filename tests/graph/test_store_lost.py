"""Servers that go away, come back, refuse or are full: typed errors, and nothing accepted is lost."""

from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

from graph.bolt import check_agent, in_our_words
from graph.errors import AccessRefused, StoreFull, StoreUnavailable, WrongVersion
from graph.local import free_port, open_store
from graph.model import OWNS, PROFILE
from graph.store import GraphStore
from tests.graph.conftest import KINDS_OF_SERVER, KillableLocal, neo4j_server
from tests.graph.stores import NOW, GivenServer, Server, batches, connect, given, open_load, stored, world


@pytest.fixture(params=KINDS_OF_SERVER)
def mortal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    made: Server = KillableLocal(tmp_path) if request.param == "local" else neo4j_server(tmp_path)
    if isinstance(made, GivenServer):
        pytest.skip("a server of one's own is not killed")
    made.start()
    yield made
    made.kill()
    made.close()


def test_a_store_goes_on_after_its_server_was_killed_and_started_again(mortal: Server) -> None:
    delta = world(facts=4)
    with connect(mortal) as store:
        store.prepare()
        open_load(store)
        for position, batch in enumerate(batches(delta), 1):
            store.write(1, batch, position=position)
            if position == 5:
                mortal.kill()
                mortal.start()
                assert store.loads()[0].position == 5
        store.close_load(1, report="{}", closed_at=NOW)
        mortal.kill()
        mortal.start()
        for kind in (OWNS, PROFILE):
            assert given(store, kind) == stored(delta, kind)


def test_a_server_that_is_gone_is_said_to_be_gone(mortal: Server) -> None:
    with connect(mortal, patience=0.5) as store:
        mortal.kill()
        with pytest.raises(StoreUnavailable) as caught:
            store.version()
    assert caught.value.where == mortal.address
    with pytest.raises(StoreUnavailable):
        connect(mortal, patience=0.5)


def test_a_wrong_password_is_refused(server: Server) -> None:
    with pytest.raises(AccessRefused):
        GraphStore.connect(server.address, user=server.user, password="wrong", database=server.database)  # noqa: S106


def test_a_database_that_is_not_there_is_named_as_such(server: Server) -> None:
    with pytest.raises(StoreUnavailable):
        GraphStore.connect(server.address, user=server.user, password=server.password, database="nosuch", patience=0.5)


def test_nothing_listening_is_unavailable_at_once() -> None:
    with pytest.raises(StoreUnavailable):
        open_store(f"bolt://127.0.0.1:{free_port()}", user="u", password="p", patience=0.2)  # noqa: S106


def test_an_address_that_is_none_is_unavailable() -> None:
    with pytest.raises(StoreUnavailable):
        open_store("http://127.0.0.1:1")


def test_a_server_older_than_what_was_tried_is_refused() -> None:
    with pytest.raises(WrongVersion):
        check_agent("Neo4j/4.4.30", "bolt://old")
    check_agent("Neo4j/5.26.20", "bolt://new")
    check_agent("Neo4j/2025.05.0", "bolt://newer")


@pytest.mark.parametrize(
    "said",
    ["java.io.IOException: No space left on device", "Out of disk space while writing", "File too large"],
)
def test_a_full_disk_is_said_to_be_full(said: str) -> None:
    problem = neo4j.exceptions.TransientError(said)
    assert isinstance(in_our_words(problem, "bolt://x"), StoreFull)


def test_a_local_store_whose_process_died_is_started_again_by_itself(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        open_load(store)
        local = store.server
        assert local
        local._child.kill()
        local._child.wait()
        assert store.loads()[0].position == 0
        store.close_load(1, report="{}", closed_at=NOW)
    with open_store(tmp_path) as store:
        assert store.version() == 1
