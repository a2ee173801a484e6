"""Stores for the tests: the local one and a real Neo4j, one server of each for the whole run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.local import LocalStore
from graph.store import GraphStore
from tests.graph.stores import GivenServer, Server, ask, connect
from tests.neo4j_server import Neo4jMissing, Neo4jServer


class KillableLocal(LocalStore):
    """The local store, whose child the tests may kill."""

    def kill(self) -> None:
        child, self._child = self._child, None
        if child:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe:
                    pipe.close()


def neo4j_server(folder: Path) -> Server:
    """A Neo4j to test on; where there can be none the test is skipped, and fails where CI=true."""
    if os.environ.get("CONTAGRAPH_TEST_NEO4J"):
        return GivenServer()
    try:
        return Neo4jServer(folder)
    except Neo4jMissing as problem:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"Neo4j may not be skipped here: {problem}")
        pytest.skip(f"no Neo4j: {problem}")


KINDS_OF_SERVER = ["local", pytest.param("neo4j", marks=pytest.mark.neo4j)]


@pytest.fixture(scope="session", params=KINDS_OF_SERVER)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("图 store")
    made: Server = KillableLocal(folder) if request.param == "local" else neo4j_server(folder)
    made.start()
    yield made
    made.close()


@pytest.fixture
def store(server: Server) -> Iterator[GraphStore]:
    """An empty store, its schema made."""
    with connect(server) as opened:
        opened.prepare()
        ask(server, "MATCH (n) WHERE NOT n:Store DETACH DELETE n")
        yield opened
