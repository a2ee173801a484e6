from pathlib import Path

from api.draw.scene import KEEP, scene
from api.engine import Engine, Place
from api.questions import network
from tests.api.conftest import BUYER, NAMES, B
from tests.api.world import Book, instant


def test_every_party_is_drawn_once_or_folded_once(engine: Engine) -> None:
    value = network(engine, BUYER, hops=2, limit=1000, moment=engine.moment()).answer
    drawn = scene(value)
    shown = [party.id for party in drawn.parties] + [party.id for fold in drawn.folds for party in fold.parties]
    assert sorted(shown) == sorted({value.party.id, *(around.party.id for around in value.parties)})
    facts = [fact.fact_id for fact in (*drawn.facts, *(fact for fold in drawn.folds for fact in fold.facts))]
    assert sorted(facts) == sorted(fact.fact_id for fact in value.links)


def test_a_hub_keeps_its_largest_leaves_and_counts_the_rest(engine: Engine) -> None:
    (fold,) = scene(network(engine, BUYER, limit=1000, moment=engine.moment()).answer).folds
    assert fold.label == f"+ {300 - KEEP} suppliers"
    assert {party.id for party in fold.parties}.isdisjoint({f"register:s{n}" for n in range(295, 300)})
    first = ", ".join(party.name for party in fold.parties[:KEEP])
    assert fold.said == f"+ {300 - KEEP} suppliers of {NAMES[BUYER]} in one mark: {first} and {300 - 2 * KEEP} more."


def test_parties_that_were_not_even_read_are_counted_too(engine: Engine) -> None:
    (fold,) = scene(network(engine, BUYER, limit=50, moment=engine.moment()).answer).folds
    assert fold.count == 300 - KEEP
    assert len(fold.parties) == 49 - KEEP


def test_a_small_network_is_drawn_whole(engine: Engine) -> None:
    assert scene(network(engine, B, hops=2, moment=engine.moment()).answer).folds == ()


def test_leaves_tied_twice_to_one_hub_are_folded_whatever_is_said_of_them_from_afar(tmp_path: Path) -> None:
    """As registers tell of a group: each firm is owned and controlled by its parent, and indirectly by the top."""
    firms = [f"r:{n:02d}" for n in range(20)]
    held = [("OWNS", {"from": "r:parent", "to": firm, "share": 1.0, "directness": "direct"}) for firm in firms]
    held += [
        ("CONTROLS", {"from": tail, "to": firm, "basis": "consolidation", "directness": directness})
        for firm in firms
        for tail, directness in (("r:parent", "direct"), ("r:top", "indirect"))
    ]
    held.append(("OWNS", {"from": "r:top", "to": "r:parent", "share": 1.0, "directness": "direct"}))
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys(["r:top", "r:parent", *firms], "Company"), held, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    (fold,) = scene(network(engine, "r:top", hops=2, moment=engine.moment()).answer).folds
    assert (fold.hub, fold.kind, fold.count) == ("r:parent", "OWNS", 20 - KEEP)
    assert len(fold.facts) == 3 * fold.count
