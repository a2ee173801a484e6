from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions import control
from api.questions.group_report import group_report
from api.report import group_page
from api.report.words import Words
from tests.api.questions.ownership.test_control import held_by
from tests.api.world import Book, instant


@pytest.mark.parametrize(("held", "needed"), [((0.5, 0.3), True), ((0.6, 0.2), False)])
def test_a_proof_names_the_shares_without_a_vote_that_it_needs(
    tmp_path: Path, held: tuple[float, float], needed: bool
) -> None:
    """公司法 (2023) art. 116: own shares carry no vote; of 80 % that vote 50 % is a majority, of all it is none."""
    engine = held_by(tmp_path, [("p1", "t", held[0]), ("p2", "t", held[1]), ("t", "t", 0.2)])
    answer = control(engine, "r:t", moment=engine.moment())
    (fall,) = answer.answer.controllers[0].proof
    own = [(fact.tail.id, fact.head.id, fact.text) for fact in fall.own]
    assert own == [("r:t", "r:t", "20%")] * needed
    assert any("no vote on the 20%" in reason for reason in answer.reasons) is needed
    (told,) = answer.answer.standing.own
    assert {told.fact_id} <= {source.fact_id for source in answer.sources}
    for language in ("en", "zh"):
        page = group_page(group_report(engine, "r:t", moment=engine.moment()), language=language)
        assert (Words(language)("own_idle") in page) is needed


def test_where_votes_are_stated_own_shares_are_no_part_of_a_proof(tmp_path: Path) -> None:
    """Votes stated beside the share are net of the company's own: 40 % of the capital may be 55 % of the votes."""
    book = Book(tmp_path / "columns")
    facts = [
        ("OWNS", {"from": "r:p1", "to": "r:t", "share": 0.4, "votes": 0.55}),
        ("OWNS", {"from": "r:t", "to": "r:t", "share": 0.2}),
    ]
    book.load({"r:p1": "Person", "r:t": "Company"}, facts, closed_at=instant("2024-01-01"))
    engine = Engine.open(Place(tmp_path))
    value = control(engine, "r:t", moment=engine.moment()).answer
    assert [one.controller.id for one in value.controllers] == ["r:p1"]
    assert (value.controllers[0].proof[0].own, value.standing.own) == ((), ())


@pytest.mark.parametrize(("band", "certain"), [((0.5, 0.75, 1), True), ((0.2, 0.75, 0), False)])
def test_a_majority_of_all_that_is_or_may_be_needs_no_own_shares(
    tmp_path: Path, band: tuple[float, float, int], certain: bool
) -> None:
    """More than half is a majority of all, though its least is not; so is what may be three quarters."""
    engine = held_by(tmp_path, [("p1", "t", band), ("t", "t", 0.05)])
    answer = control(engine, "r:t", moment=engine.moment())
    (one,) = answer.answer.controllers
    assert (one.certain, one.proof[0].certain, one.proof[0].own) == (certain, certain, ())
    assert not any("no vote on" in reason for reason in answer.reasons)


def test_what_holders_may_have_together_is_told_with_both_ends(tmp_path: Path) -> None:
    engine = held_by(tmp_path, [("p", "h", 0.6), ("p", "t", (0.2, 0.35, 0)), ("h", "t", (0.2, 0.25, 0))])
    reasons = control(engine, "r:t", moment=engine.moment()).reasons
    (told,) = (reason for reason in reasons if "r:p may control r:t" in reason)
    assert "together 40–60%" in told
