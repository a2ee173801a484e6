import sys

import pytest

from api.engine import Engine
from api.questions import network
from api.questions.parties.network import HUBS_NAMED
from graph.errors import InvalidQuestion
from tests.api.conftest import BANK, BUYER, HOLD, MINE, NOMINEE, PERSON, RING1, RING2, SHOP, SOE, STATE, B


def around(engine: Engine, party: str, **asked: object) -> dict[str, int]:
    value = network(engine, party, moment=engine.moment(), **asked).answer  # type: ignore[arg-type]
    return {one.party.id: one.hops for one in value.parties}


def test_parties_stand_as_many_steps_away_as_links_are_walked(engine: Engine) -> None:
    first = dict.fromkeys((HOLD, MINE, PERSON, NOMINEE, SOE), 1)
    second = dict.fromkeys((RING1, RING2, SHOP, BANK, STATE), 2)
    assert around(engine, B) == first
    assert around(engine, B, hops=2) == first | second


def test_only_the_relations_asked_for_are_followed(engine: Engine) -> None:
    assert around(engine, MINE, kinds=["GUARANTEES"], hops=3) == {RING1: 1, RING2: 1}
    with pytest.raises(InvalidQuestion, match="LIKES"):
        around(engine, MINE, kinds=["LIKES"])


def test_pages_of_a_hub_are_disjoint_complete_and_begin_with_the_largest(engine: Engine) -> None:
    pages = [list(around(engine, BUYER, limit=100, offset=offset)) for offset in (0, 100, 200, 300)]
    assert [len(page) for page in pages] == [100, 100, 100, 1]
    assert len(set().union(*pages)) == 301
    assert pages[0][:2] == [SHOP, "register:s299"]


def test_links_of_all_pages_together_are_those_of_one_large_page(engine: Engine) -> None:
    def links(**page: int) -> list[str]:
        return [fact.fact_id for fact in network(engine, B, hops=2, moment=engine.moment(), **page).answer.links]

    parts = [fact for offset in (0, 4, 8) for fact in links(limit=4, offset=offset)]
    assert sorted(parts) == sorted(links(limit=100))


def test_every_link_of_the_party_is_counted_shown_or_not(engine: Engine) -> None:
    counts = network(engine, BUYER, limit=5, moment=engine.moment()).answer.counts
    assert {(count.kind, count.direction): count.count for count in counts} == {
        ("SUPPLIES", "in"): 301,
        ("DEPENDS_ON", "in"): 1,
    }


def test_a_party_without_links_gets_an_empty_network_that_says_so(engine: Engine) -> None:
    answer = network(engine, B, kinds=["OWES"], moment=engine.moment())
    assert answer.answer.parties == ()
    assert "No relation" in answer.reasons[0]


def test_of_many_hubs_some_are_named_and_the_rest_counted(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one link makes a hub, all 301 suppliers of the buyer are one."""
    monkeypatch.setattr(sys.modules[network.__module__], "HUB", 0)
    answer = network(engine, BUYER, hops=2, moment=engine.moment())
    assert (len(answer.answer.hubs), answer.answer.hubs_left) == (HUBS_NAMED, 301 - HUBS_NAMED)
    assert {hub.hops for hub in answer.answer.hubs} == {1}
    assert sum("not widened" in reason for reason in answer.reasons) == HUBS_NAMED + 1
    assert f"{301 - HUBS_NAMED} more parties" in answer.reasons[-1]
