"""Every statement loads, says what it takes and gives, runs on every server, and starts from an index."""

import re
from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

import cypher
from cypher import BadStatement
from graph.field import PARTY_KINDS
from graph.model import KINDS, RECORDS, RELATIONS
from graph.store import GraphStore
from tests.graph.stores import Server, put, world

OF = {"relation": [kind.name for kind in RELATIONS], "record": [kind.name for kind in RECORDS], "party": PARTY_KINDS}
SMALL = {"read/loads", "read/sources"}
"""Read whole by purpose: a few hundred nodes."""
WHOLE_RELATION = {"read/relations_at"}
"""Asks every fact of a relation by purpose."""
GIVEN: dict[str, Any] = {
    "load": 1, "version": 1, "position": 1, "worker": "w", "closed_at": "2026-01-01T00:00:00.000000Z", "report": "{}",
    "source": "s", "trust": 0.5, "low": "", "high": "g", "digits": 1, "columns": ["note"], "party": "工商登记:1",
    "valid_at": "2026-01-01", "known_at": "2026-01-01T00:00:00.000000Z", "size": 10, "instants": {},
    "ids": ["0"],
}  # fmt: skip
HEADER = "// About.\n//\n// params\n//   $x : string  meaning\n// returns\n//   y : string  meaning\n"


def every() -> Iterator[tuple[str, str]]:
    for name in cypher.names():
        kinds = cypher.parse(name, (cypher.FOLDER / f"{name}.cypher").read_text(encoding="utf-8")).kinds
        for kind in OF[kinds] if kinds else [""]:
            yield name, kind


def parameters(name: str) -> dict[str, Any]:
    if name == "write/open_load":
        return {"load": {"number": 7}}
    if name == "write/delete_parties":
        return GIVEN | {"load": 0}
    row = {"id": "p", "fact_id": "f"}
    if name == "write/add_relations":
        row = {"from": "a", "to": "b", "fact": {"fact_id": "f"}}  # type: ignore[dict-item]
    return GIVEN | {"rows": [row]}


@pytest.mark.parametrize("name", cypher.names())
def test_every_statement_says_what_it_is_about(name: str) -> None:
    source = (cypher.FOLDER / f"{name}.cypher").read_text(encoding="utf-8")
    statement = cypher.parse(name, source)
    assert statement.about.endswith(".")
    assert statement.text
    assert ";" not in statement.text


@pytest.mark.parametrize("name", [name for name in cypher.names() if name.startswith("read/")])
def test_every_result_has_a_total_order(name: str) -> None:
    statement = cypher.parse(name, (cypher.FOLDER / f"{name}.cypher").read_text(encoding="utf-8"))
    ordered = statement.text.splitlines()[-1]
    assert ordered.startswith("ORDER BY ")
    assert re.search(r"(fact_id|part|number|source|version|id|n)$", ordered)


@pytest.mark.parametrize("name", [name for name in cypher.names() if name.startswith("schema/")])
def test_every_change_of_the_schema_may_be_repeated(name: str) -> None:
    assert " IF NOT EXISTS " in (cypher.FOLDER / f"{name}.cypher").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "trouble"),
    [
        (HEADER + "RETURN 1 AS y", "parameters"),
        (HEADER + "RETURN $x + $z AS y", "parameters"),
        (HEADER + "RETURN $x AS z", "columns"),
        (HEADER + "MATCH (n:KIND) RETURN $x AS y", "KIND"),
        (HEADER.replace("params", "takes") + "RETURN $x AS y", "params"),
        (HEADER.replace("string", "words") + "RETURN $x AS y", "cannot read"),
        (HEADER.replace(" : string  meaning", "") + "RETURN $x AS y", "cannot read"),
    ],
)
def test_a_header_that_does_not_fit_its_body_is_refused(source: str, trouble: str) -> None:
    assert cypher.parse("good", HEADER + "RETURN $x AS y").columns == {"y": "string: meaning"}
    with pytest.raises(BadStatement, match=trouble):
        cypher.parse("bad", source)


@pytest.mark.parametrize("kind", ["OWNS]-() DELETE r //", "O`W", "所有", "", "A" * 80, "A B"])
def test_only_a_plain_word_becomes_a_kind(kind: str) -> None:
    with pytest.raises(BadStatement):
        cypher.load("read/count_relations", kind)


def test_a_statement_of_no_kind_takes_none() -> None:
    with pytest.raises(BadStatement, match="takes no kind"):
        cypher.load("read/loads", "OWNS")


@pytest.mark.parametrize("kind", [*KINDS, *PARTY_KINDS])
def test_every_name_of_the_model_is_a_plain_word(kind: str) -> None:
    assert re.fullmatch(r"[A-Za-z_]+", kind)


@pytest.fixture
def filled(store: GraphStore) -> GraphStore:
    put(store, world(parties=60, facts=40))
    return store


def test_every_statement_runs_and_gives_the_columns_it_promises(filled: GraphStore, server: Server) -> None:
    with neo4j.GraphDatabase.driver(server.address, auth=(server.user, server.password)) as driver:
        for name, kind in every():
            statement = cypher.load(name, kind)
            with driver.session(database=server.database) as session:
                if name.startswith("schema/"):
                    session.run(statement.text).consume()  # type: ignore[arg-type]
                    continue
                with session.begin_transaction() as transaction:
                    result = transaction.run(statement.text, parameters(name))  # type: ignore[arg-type]
                    rows, keys = list(result), list(result.keys())
                    transaction.rollback()
                # The local server names no columns where there is no row.
                assert keys == list(statement.columns) or not rows, (name, kind)


def operators(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"].split("@")[0]
    for child in plan.get("children", []):
        yield from operators(child)


def test_every_statement_starts_from_an_index(filled: GraphStore, server: Server) -> None:
    with neo4j.GraphDatabase.driver(server.address, auth=(server.user, server.password)) as driver:
        if "ArcadeDB" in driver.get_server_info().agent:
            pytest.skip("its plans do not tell a scan of nothing from one of everything")
        for name, kind in every():
            if name.startswith("schema/"):
                continue
            text = "EXPLAIN " + cypher.load(name, kind).text
            plan = driver.execute_query(text, parameters(name), database_=server.database).summary.plan  # type: ignore[arg-type]
            assert plan
            scans = {operator for operator in operators(plan) if "Scan" in operator and "Index" not in operator}
            allowed = {"NodeByLabelScan"} if name in SMALL else set()
            if name in WHOLE_RELATION:
                allowed = {"DirectedRelationshipTypeScan", "NodeByLabelScan"}
            assert scans <= allowed, (name, kind, scans)
