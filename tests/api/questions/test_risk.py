"""How likely default is: what is told of one firm and of a book, and of whom nothing can be told."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.contagion.shock.firms import LGD
from api import questions
from api.engine import Engine, Place
from api.engine.authors import FIRST_STAGE, without_network
from api.learning.registry import named, ready
from api.learning.scoring import scores
from api.questions.book.assumed import Assumed
from api.questions.book.odds import odds_of
from api.questions.risk.hindsight import hindsight
from api.questions.risk.risk import RiskOf
from graph.errors import NotFound, UnknownParty
from graph.moment import Moment
from tests.api.conftest import CLOCK
from tests.api.learning.served import DAYS, learned, promoted, run_of
from tests.api.questions.book.test_losses import BANK as LENDER
from tests.api.questions.book.test_losses import assessed, engine_of
from tests.api.world import Book, day, instant


def statement(party: str, item: str, value: float) -> tuple[str, dict[str, object]]:
    """Of 2024."""
    return "Statement", {"party": party, "period_end": day("2024-12-31"), "months": 0, "standard": "CAS", "item": item,
                         "value": value, "unit": "CNY"}  # fmt: skip


FIRMS = ("r:a", "r:b", "r:c", "r:d", "r:e")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """a guarantees b, who guarantees c; d has failed; e is dissolved; a person; a bank that lends to a, b, d."""
    folder = tmp_path_factory.mktemp("small")
    items = (("total_assets", 100.0), ("total_liabilities", 60.0), ("net_profit", 3.0))
    facts = [statement(firm, item, value) for firm in FIRMS[:4] for item, value in items]
    facts += [("Profile", {"party": "r:e", "name": "E", "status": "dissolved"}),
              ("GUARANTEES", {"from": "r:a", "to": "r:b", "amount": 30.0, "currency": "CNY"}),
              ("GUARANTEES", {"from": "r:b", "to": "r:c", "amount": 30.0, "currency": "CNY"}),
              ("GUARANTEES", {"from": "r:c", "to": "r:d", "amount": 40.0, "currency": "CNY"}),
              ("Event", {"party": "r:d", "kind": "default", "happened": day("2024-06-01")}),
              ("Assessment", {"party": "r:b", "author": "agency", "horizon_months": 12, "lgd": 0.6}),
              *[("LENDS", {"from": "r:bank", "to": to, "facility_id": to, "drawn": 10.0, "undrawn": 0.0,
                           "currency": "CNY"}) for to in ("r:a", "r:b", "r:d")]]  # fmt: skip
    book = Book(folder / "columns")
    parties = dict.fromkeys((*FIRMS, "r:bank"), "Company") | {"r:p": "Person"}
    book.load(parties, facts, closed_at=instant("2025-01-15T00:00:00"))
    promoted(folder, run_of(folder))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: CLOCK)


def at(engine: Engine) -> Moment:
    return engine.moment(valid_at=date(2025, 1, 31))


def told(engine: Engine, party: str, **more: Any) -> RiskOf:
    return questions.risk(engine, party, moment=at(engine), **more).answer


@pytest.mark.parametrize(
    ("party", "state"), [("r:a", "scored"), ("r:d", "defaulted"), ("r:e", "gone"), ("r:p", "no firm"),
                         ("r:bank", "nothing known")],
)  # fmt: skip
def test_who_is_no_standing_firm_has_no_probability_and_the_answer_says_why(
    small: Engine, party: str, state: str
) -> None:
    found = told(small, party)
    assert (found.state, found.pd is not None) == (state, state == "scored")
    assert found.grade == {"scored": found.grade, "defaulted": "D"}.get(state)


def test_the_probability_lies_in_its_interval_and_both_ends_are_graded(small: Engine) -> None:
    found = told(small, "r:c")
    assert 0 < found.low <= found.pd <= found.high < 1
    assert found.low < found.high
    assert found.verdict in {"sound", "defaults", "cannot tell", "unlike any"}
    assert found.model.run == "firms@1"
    assert found.model.promoted_by == "analyst, validator"
    assert found.model.learned_until == DAYS[-3].isoformat()  # the last two judged


def test_a_verdict_says_no_more_than_the_firms_that_settled_it_bear_out(small: Engine) -> None:
    """Of those that met the other fate, fewer than one in ten had as low a probability, or as high a one."""
    run = ready(named(small.place.folder, "firms@1"))
    assert run.conformal is not None
    for party in ("r:a", "r:b", "r:c"):
        found = told(small, party)
        lower, higher = np.mean(run.conformal.defaults <= found.pd), np.mean(run.conformal.sound >= found.pd)
        assert ("fewer than one in ten defaulters" in found.verdict_name.en) == (lower < 0.1 <= higher)
        assert ("fewer than one in ten others" in found.verdict_name.en) == (higher < 0.1 <= lower)


def test_contagion_is_what_a_failed_neighbour_adds(small: Engine) -> None:
    """c guarantees d, which has failed; a's like figures stand behind a sound firm."""
    hit, calm = told(small, "r:c"), told(small, "r:a")
    assert hit.first_stage == pytest.approx(calm.first_stage)  # own figures are alike
    assert hit.contagion.added > 0
    assert hit.pd - hit.contagion.without == pytest.approx(hit.contagion.added)
    facts = [fact for why in hit.whys for fact in why.facts]
    assert ("r:c", "r:d") in {(fact.tail.id, fact.head.id) for fact in facts}
    assert {fact.fact_id for fact in facts} <= {source.fact_id for source in
                                                questions.risk(small, "r:c", moment=at(small)).sources}  # fmt: skip


def test_a_day_told_with_what_became_known_later_says_so(small: Engine) -> None:
    early = small.moment(valid_at=date(2025, 1, 10))
    hindsight = "what became known after 2025-01-10"
    assert hindsight in " ".join(questions.risk(small, "r:c", moment=early).reasons)
    assert "became known after" not in " ".join(questions.risk(small, "r:c", moment=at(small)).reasons)


def test_reasons_are_the_strongest_first_and_as_many_as_asked(small: Engine) -> None:
    effects = [abs(why.effect) for why in told(small, "r:c", reasons=8).whys]
    assert len(effects) == 8
    assert effects == sorted(effects, reverse=True)


def test_scores_are_those_of_the_model_on_the_same_panel_and_kept_once(small: Engine) -> None:
    found = scores(small, ready(named(small.place.folder, "firms@1")), moment=at(small))
    again = scores(small, ready(named(small.place.folder, "firms@1")), moment=at(small))
    assert found is again
    rows = ~np.isnan(found.pd)
    np.testing.assert_array_equal(found.pd[rows], learned().predict(found.panel, 0)[rows])


def test_a_model_of_own_figures_tells_no_contagion_and_is_a_first_stage_itself(small: Engine) -> None:
    run_of(small.place.folder, name="own", fitted=learned("lightgbm"))
    found = told(small, "r:c", model="own")
    assert found.contagion is None
    assert found.first_stage == found.pd
    assert not found.model.champion


@pytest.mark.parametrize(("day", "known"), [(date(2022, 12, 30), True), (date(2022, 12, 31), False)])
def test_a_day_whose_year_taught_the_model_is_no_forecast(small: Engine, day: date, known: bool) -> None:
    """It learned from days up to 2021-12-31, and so from what happened up to the end of 2022."""
    found = scores(small, ready(named(small.place.folder, "firms@1")), moment=small.moment(valid_at=day))
    said = list(hindsight(found, np.array([0])))
    assert bool(said) is known
    assert not said or "2022-12-31" in said[0].en


def test_a_book_is_listed_by_probability_with_expected_loss(small: Engine) -> None:
    found = questions.book_risk(small, "r:bank", moment=at(small)).answer
    assert found.riskiest[0].party.id == "r:d"
    assert found.riskiest[0].expected_loss == pytest.approx(LGD * 10)
    pds = [one.pd for one in found.riskiest]
    assert pds == sorted(pds, reverse=True)
    by = {one.party.id: one for one in found.riskiest}
    assert by["r:b"].lgd == 0.6
    assert by["r:b"].expected_loss == pytest.approx(by["r:b"].pd * 0.6 * 10)
    assert found.expected_loss == pytest.approx(sum(one.expected_loss for one in found.riskiest))
    assert sum(one.borrowers for one in found.grades) == found.borrowers == 3
    pages = [questions.book_risk(small, "r:bank", limit=1, offset=k, moment=at(small)).answer for k in range(3)]
    assert [page.riskiest[0] for page in pages] == list(found.riskiest)


def test_nobody_and_no_model_are_told_as_errors(small: Engine, tmp_path: Path) -> None:
    with pytest.raises(UnknownParty):
        told(small, "r:nobody")
    with pytest.raises(NotFound, match="no such run"):
        told(small, "r:a", model="other")
    bare = engine_of(tmp_path)
    with pytest.raises(NotFound) as none:
        questions.risk(bare, "r:a", moment=bare.moment())
    assert "contagraph train" in none.value.remedy


def test_cascades_never_start_from_a_model_of_the_network(tmp_path: Path) -> None:
    """Its PD has contagion in it; that of own figures, an agency's and a person's have not."""
    authors = {"a": "contagraph/firms@1", "b": f"{FIRST_STAGE}firms/1", "g": "agency"}
    engine = engine_of(tmp_path, *[assessed(firm, 0.25, author=author) for firm, author in authors.items()])
    view = engine.view(engine.moment())
    odds = odds_of(view, Assumed(), view.snapshot.node(LENDER))
    known = {firm: not np.isnan(odds.pd[view.snapshot.node(f"r:{firm}")]) for firm in authors}
    assert known == {"a": False, "b": True, "g": True}
    assert not without_network("Contagraph/x@1")


def test_with_both_known_the_first_stage_is_taken_however_often_the_other_is_said(tmp_path: Path) -> None:
    both = [assessed("a", 0.9, author="contagraph/firms@1"), assessed("a", 0.1, author=f"{FIRST_STAGE}firms/1")]
    engine = engine_of(tmp_path, *both, *both[:1])
    view = engine.view(engine.moment())
    assert odds_of(view, Assumed(), view.snapshot.node(LENDER)).pd[view.snapshot.node("r:a")] == 0.1


def test_risk_and_scoring_never_import_torch(small: Engine) -> None:
    code = f"""
import sys
from datetime import date
import api.app
from api import questions
from api.engine import Engine, Place
place = Place(__import__("pathlib").Path({str(small.place.folder)!r}))
engine = Engine(place, place.facts())
found = questions.risk(engine, "r:c", moment=engine.moment(valid_at=date(2025, 1, 31)))
assert found.answer.pd > 0
assert not {{"torch", "torch_geometric"}} & set(sys.modules), "torch"
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
