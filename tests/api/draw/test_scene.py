from api.draw.scene import KEEP, scene
from api.engine import Engine
from api.questions import network
from tests.api.conftest import BUYER, B


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


def test_parties_that_were_not_even_read_are_counted_too(engine: Engine) -> None:
    (fold,) = scene(network(engine, BUYER, limit=50, moment=engine.moment()).answer).folds
    assert fold.count == 300 - KEEP
    assert len(fold.parties) == 49 - KEEP


def test_a_small_network_is_drawn_whole(engine: Engine) -> None:
    assert scene(network(engine, B, hops=2, moment=engine.moment()).answer).folds == ()
