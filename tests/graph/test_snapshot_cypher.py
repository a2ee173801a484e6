"""A snapshot says what the store says when it is asked directly."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.field import Kind
from graph.model import GUARANTEES, LENDS, OWNS, RELATED_TO
from graph.moment import Moment, write_instant
from graph.snapshot import Snapshot
from graph.store import GraphStore
from tests.graph.loaded import load_both
from tests.graph.rows import Load, moments, worlds
from tests.graph.stores import Server, ask

Found = Counter[tuple[int, int, str]]


def counted(snapshot: Snapshot, kind: Kind) -> Found:
    """Facts of a snapshot between its nodes: those that count, and those set aside for another source's."""
    found: Found = Counter()
    for indirect in (False, True) if kind is OWNS else (False,):
        links = snapshot.links(kind, indirect=indirect)
        names = [source["fact_id"] for source in snapshot.sources(kind, links.fact)]
        found.update(zip(links.tail.tolist(), links.head.tolist(), names, strict=True))
    for tail in range(snapshot.size):
        for head in range(snapshot.size):
            found.update((tail, head, rival["fact"]["fact_id"]) for rival in snapshot.rivals(kind, tail, head))
    return found


def asked(store: GraphStore, snapshot: Snapshot, kind: Kind) -> Found:
    """The same from the store; what joining made a relation of a party to itself is left out."""
    rows = store.rows(
        "read/relations_at",
        kind.name,
        valid_at=snapshot.moment.valid_at.isoformat(),
        known_at=write_instant(snapshot.moment.known_at),
        version=snapshot.version,
    )
    found = Counter((snapshot.node(row["from"]), snapshot.node(row["to"]), row["fact_id"]) for row in rows)
    return Counter({link: count for link, count in found.items() if link[0] != link[1] or kind.to_itself})


@given(loads=worlds(), drawn=st.lists(moments, min_size=3, max_size=3), data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_snapshot_holds_what_direct_cypher_finds(
    loads: list[Load],
    drawn: list[Moment],
    data: st.DataObject,
    store: GraphStore,
    server: Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    ask(server, "MATCH (n) WHERE NOT n:Store DETACH DELETE n")
    facts = load_both(store, tmp_path_factory.mktemp("columns"), loads)
    for moment in drawn:
        snapshot = Snapshot.build(facts, replace(moment, version=data.draw(st.integers(1, len(loads)))))
        for kind in (OWNS, LENDS, GUARANTEES, RELATED_TO):
            assert counted(snapshot, kind) == asked(store, snapshot, kind)
