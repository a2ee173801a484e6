import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from graph.convert import to_hetero, to_networkx
from graph.model import GUARANTEES, LENDS, OWNS, PROFILE, RELATIONS
from graph.moment import Moment
from graph.snapshot import Snapshot
from tests.conftest import ROOT
from tests.graph.rows import LATE, Load, fact, keep, moments, worlds

PARTIES = [("a:1", "Company", False), ("a:2", "State", False), ("a:3", "Person", False)]


def test_nodes_and_links_carry_what_is_known_of_them(tmp_path: Path) -> None:
    loan = fact(LENDS, "a:1", "a:2", facility_id="7", kind="bond", drawn=5.0, currency="CNY", maturity=date(2030, 1, 2))
    rows = [
        loan,
        fact(PROFILE, "a:1", name="甲"),
        fact(GUARANTEES, "a:3", "a:2"),
        fact(OWNS, "a:1", "a:1", share_low=0.1),
    ]
    graph = to_networkx(Snapshot.build(keep(tmp_path, [Load(PARTIES, rows)]), Moment(date(2024, 1, 1), LATE)))
    assert dict(graph.nodes(data=True))["a:1"] == {"kind": "Company", "name": "甲"}
    assert graph.nodes["a:2"]["kind"] == "State"
    assert graph.edges["a:1", "a:2", f"{loan[1]['key'].hex()}.1"] == {
        "relation": "LENDS",
        "facility_id": "7",
        "kind": "bond",
        "drawn": 5.0,
        "currency": "CNY",
        "maturity": date(2030, 1, 2),
    }
    assert graph.edges["a:3", "a:2", next(iter(graph["a:3"]["a:2"]))] == {"relation": "GUARANTEES"}


def test_some_nodes_bring_only_what_runs_between_them(tmp_path: Path) -> None:
    rows = [fact(OWNS, "a:1", "a:2", share_low=0.1), fact(OWNS, "a:2", "a:3", share_low=0.1)]
    snapshot = Snapshot.build(keep(tmp_path, [Load(PARTIES, rows)]), Moment(date(2024, 1, 1), LATE))
    graph = to_networkx(snapshot, nodes=[2, 1], kinds=[OWNS])
    assert sorted(graph.nodes) == ["a:2", "a:3"]
    assert [edge[:2] for edge in graph.edges] == [("a:2", "a:3")]


@given(loads=worlds(), moment=moments)
@settings(max_examples=20, deadline=None)
def test_every_link_becomes_one_edge_the_same_way_round(loads: list[Load], moment: Moment) -> None:
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Snapshot.build(keep(Path(folder), loads), moment)
        graph = to_networkx(snapshot)
        links = [snapshot.links(kind) for kind in RELATIONS]
        pairs = [pair for some in links for pair in zip(some.tail.tolist(), some.head.tolist(), strict=True)]
        assert sorted((snapshot.node(a), snapshot.node(b)) for a, b, _ in graph.edges) == sorted(pairs)
        assert len(graph) == snapshot.size


def test_types_of_nodes_and_links_are_kinds_of_parties_and_relations(tmp_path: Path) -> None:
    pytest.importorskip("torch_geometric")
    rows = [
        fact(LENDS, "a:1", "a:2", facility_id="7", kind="bond", drawn=5.0, currency="CNY"),
        fact(OWNS, "a:3", "a:1", share_low=0.25, share_high=0.5),
    ]
    data = to_hetero(Snapshot.build(keep(tmp_path, [Load(PARTIES, rows)]), Moment(date(2024, 1, 1), LATE)))
    assert data.node_types == ["Company", "Person", "State"]
    assert {key: store.edge_index.tolist() for key, store in data.edge_items()} == {
        ("Company", "LENDS", "State"): [[0], [0]],
        ("Person", "OWNS", "Company"): [[0], [0]],
    }
    assert data["Company", "LENDS", "State"].drawn.tolist() == [5.0]
    assert np.isnan(data["Company", "LENDS", "State"].undrawn.tolist()).all()
    assert data["Person", "OWNS", "Company"].share_low.tolist() == [0.25]
    assert data["Person"].ids == ["a:3"]


@given(loads=worlds(), moment=moments)
@settings(max_examples=15, deadline=None)
def test_a_hetero_graph_has_every_link_once_the_same_way_round(loads: list[Load], moment: Moment) -> None:
    pytest.importorskip("torch_geometric")
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Snapshot.build(keep(Path(folder), loads), moment)
        data = to_hetero(snapshot)
        found = sorted(
            (relation, int(data[tail].node[a]), int(data[head].node[b]))
            for (tail, relation, head), store in data.edge_items()
            for a, b in store.edge_index.T.tolist()
        )
        links = {kind.name: snapshot.links(kind) for kind in RELATIONS}
        expected = sorted(
            (name, a, b)
            for name, some in links.items()
            for a, b in zip(some.tail.tolist(), some.head.tolist(), strict=True)
        )
        assert found == expected
        assert sum(len(data[kind].node) for kind in data.node_types) == snapshot.size


def test_without_torch_it_says_what_to_install() -> None:
    code = (
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "from graph.convert import to_hetero\n"
        "from graph.errors import NotInstalled\n"
        "try:\n    to_hetero(None)\n"
        "except NotInstalled as told:\n    print(told.remedy)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "contagraph[gnn]" in done.stdout
