"""What is not known of a book's losses, or was given and does not count."""

from pathlib import Path

import pytest

from api.questions import shock
from api.questions.shocks.scenario import Scenario
from tests.api.questions.book.test_losses import BANK, assessed, engine_of, guarantee, told
from tests.api.questions.shocks.test_shock import lent, stated


def test_what_is_given_and_does_not_count_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.questions.book.untold.ALIKE", 1)
    engine = engine_of(tmp_path, lent("a", 200.0), lent("b", 100.0), assessed("a", 0.1, grade="BB"))
    said = {
        "pd": {"rest": 0.1, "grades": {"BB": 0.2, "nosuch": 0.5}, "industries": {"ZZZ": 0.9}},
        "factors": {"all": 0.1}, "infection": 0.1, "draws": 100,
    }  # fmt: skip
    gaps = " ".join(gap.said for gap in told(engine, **said).answer.gaps)
    assert "nobody is of nosuch, ZZZ" in gaps
    assert "BB" not in gaps
    assert "correlation does not count" in gaps
    assert "Davis–Lo is left out: 2 borrowers" in gaps
    plain = " ".join(gap.said for gap in told(engine, pd={"rest": 0.1}, draws=100).answer.gaps)
    assert not any(word in plain for word in ("nobody is of", "correlation", "Davis", "several guarantors"))


def test_several_guarantors_of_one_loan_pay_less_than_in_a_shock_and_it_is_told(tmp_path: Path) -> None:
    """Of a's 90 c and d pay 45 each; where c has failed d pays all of it in a shock, here its 45."""
    facts = (lent("a", 200.0), guarantee("c", "a", 200.0), guarantee("d", "a", 200.0),
             *stated("c", net_assets=1000.0), *stated("d", net_assets=1000.0))  # fmt: skip
    engine = engine_of(tmp_path, *facts)
    failed = Scenario(failed=("r:a", "r:c"), lender=BANK)
    sent = shock(engine, failed, moment=engine.moment(currency="CNY")).answer.lenders[0].cost.loss
    found = told(engine, pd={"parties": {"r:a": 1.0, "r:c": 1.0}}, draws=100).answer
    assert (sent, found.losses.expected.value) == (pytest.approx(0), pytest.approx(45))
    assert any("behind 1 loan stand several guarantors" in gap.said for gap in found.gaps)


def test_a_guarantor_that_fails_pays_nothing_in_a_year_and_it_is_told(tmp_path: Path) -> None:
    """Of a's 90 c can pay 30 and fails by it: it pays these in a shock and in a year sent as one, else nothing."""
    engine = engine_of(tmp_path, lent("a", 200.0), guarantee("c", "a", 200.0), *stated("c", net_assets=30.0))
    sent = shock(engine, Scenario(failed=("r:a",), lender=BANK), moment=engine.moment(currency="CNY")).answer
    years = {"pd": {"parties": {"r:a": 1.0}}, "draws": 100}
    plain, every = (told(engine, **years, **more).answer for more in
                    ({}, {"layers": ("production", "guarantees", "debts", "shares")}))  # fmt: skip
    assert sent.lenders[0].cost.loss == pytest.approx(60)
    assert every.losses.expected.value == pytest.approx(60)
    assert plain.losses.expected.value == pytest.approx(90)
    assert any("a guarantor that fails pays nothing" in gap.said for gap in plain.gaps)
    assert not any("a guarantor that fails pays nothing" in gap.said for gap in every.gaps)
