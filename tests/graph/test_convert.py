import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings

from graph.convert import to_networkx
from graph.model import GUARANTEES, LENDS, OWNS, PROFILE, RELATIONS
from graph.moment import Moment
from graph.snapshot import Snapshot
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
