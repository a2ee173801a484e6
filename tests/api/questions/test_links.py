import pytest

from api.engine import Engine
from api.questions import links
from graph.errors import InvalidQuestion
from tests.api.conftest import ALONE, HOLD, MINE, PERSON, RING1, RING2, SHOP, B


def test_the_shortest_tie_comes_first_with_its_facts(engine: Engine) -> None:
    answer = links(engine, [B, RING2], moment=engine.moment())
    first = answer.answer.paths[0]
    assert [party.id for party in first.parties] in ([B, PERSON, RING2], [B, MINE, RING2])
    lengths = [len(path.steps) for path in answer.answer.paths]
    assert lengths == sorted(lengths)
    shown = {fact.fact_id for path in answer.answer.paths for step in path.steps for fact in step.facts}
    assert shown <= {source.fact_id for source in answer.sources}


def test_paths_beyond_the_page_are_counted(engine: Engine) -> None:
    whole = links(engine, [B, RING2], moment=engine.moment()).answer
    page = links(engine, [B, RING2], limit=2, moment=engine.moment()).answer
    assert page.paths == whole.paths[:2]
    assert (page.page.total, page.page.left) == (len(whole.paths), len(whole.paths) - 2)
    assert sum(page.counts.values()) == len(whole.paths)


def test_a_common_controller_is_named_with_its_proof(engine: Engine) -> None:
    (shared,) = links(engine, [MINE, RING1], steps=1, moment=engine.moment()).answer.controllers[:1]
    assert shared.controller.id == B
    assert [proof[-1].company.id for proof in shared.proofs] == [MINE, RING1]


def test_parties_that_nothing_ties_are_told_so(engine: Engine) -> None:
    answer = links(engine, [ALONE, SHOP], moment=engine.moment())
    assert answer.answer.paths == ()
    assert any("No path" in reason for reason in answer.reasons)


@pytest.mark.parametrize("parties", [[B], [B, B], [f"register:s{n:03d}" for n in range(11)]])
def test_two_to_ten_different_parties_are_needed(engine: Engine, parties: list[str]) -> None:
    with pytest.raises(InvalidQuestion, match="different"):
        links(engine, parties, moment=engine.moment())


def test_joining_hands_through_the_state_is_no_tie(engine: Engine) -> None:
    paths = links(engine, [HOLD, SHOP], steps=6, moment=engine.moment()).answer.paths
    inner = {party.kind for path in paths for party in path.parties[1:-1]}
    assert "State" not in inner
