"""Whose failure costs a lender most: worked by hand on INT-03, against shocks sent one by one, and pages."""

from pathlib import Path

import pytest

from api.answers.frame import Answer
from api.engine import Engine, Place
from api.questions import book_systemic, shock
from api.questions.book.systemic import BookSystemic
from api.questions.shocks.scenario import Scenario
from graph.errors import InvalidQuestion, UnknownParty
from tests.api.questions.shocks.test_shock import NAMES, WORLD, lent, stated
from tests.api.world import Book, instant

BANK = "r:bank"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    parties = {f"r:{name}": "Company" for name in NAMES}
    facts = [*WORLD, ("OWES", {"from": "r:h", "to": "r:e", "amount": 90.0, "currency": "CNY"})]
    Book(tmp_path / "columns").load(parties, facts, closed_at=instant("2024-05-01"))
    return Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))


def told(engine: Engine, **more: int | str) -> Answer[BookSystemic]:
    return book_systemic(engine, BANK, moment=engine.moment(currency="CNY"), **more)  # type: ignore[arg-type]


def test_who_brings_down_other_debtors_is_dearer_than_what_it_owes(engine: Engine) -> None:
    """With a loss given default of 45 %: a pays 110 of 200, of the 90 left c pays all and fails not, d loses output.

    d's 28 of income are more than its 25 of equity; e's 12 are not. h owes nothing to the bank, and brings e down,
    which had 25 and loses 45 % of 90.
    """
    found = {one.party.id: one for one in told(engine, order="beyond").answer.systemic}
    a, h = found["r:a"], found["r:h"]
    assert [a.exposure, a.own_loss, a.beyond] == pytest.approx([200, 0, 0.45 * 25])
    assert [(one.party.id, one.why, one.round) for one in a.carried] == [("r:d", "lost output", 2)]
    assert [h.exposure, h.own_loss, h.beyond, h.failed] == pytest.approx([0, 0, 0.45 * 40, 1])
    assert h.carried[0].why == "more lost than its equity"
    assert list(found)[:2] == ["r:h", "r:a"]
    assert [one.rank for one in found.values()] == list(range(1, len(found) + 1))


def test_each_costs_what_a_shock_of_it_alone_costs(engine: Engine) -> None:
    answer = told(engine, order="all").answer
    assert answer.systemic
    for one in answer.systemic:
        scenario = Scenario(failed=(one.party.id,), lender=BANK)
        lender = shock(engine, scenario, moment=engine.moment(currency="CNY")).answer.lenders[0]
        assert one.loss == pytest.approx(lender.cost.loss)
        assert one.at_default == pytest.approx(lender.cost.at_default)
    losses = [one.loss for one in answer.systemic]
    assert losses == sorted(losses, reverse=True)


def test_whoever_is_not_told_costs_nothing(engine: Engine) -> None:
    answer = told(engine).answer
    for party in {f"r:{name}" for name in NAMES} - {one.party.id for one in answer.systemic} - {BANK}:
        scenario = Scenario(failed=(party,), lender=BANK)
        assert shock(engine, scenario, moment=engine.moment(currency="CNY")).answer.cost.loss == pytest.approx(0)


def test_sales_that_stop_are_told_as_the_index(engine: Engine) -> None:
    """a buys all that is sold: 70 of d's revenue of 100 and 30 of e's; d and e themselves sell nothing to each other.

    By Diem et al., eq. 1, weights are sales to others, 70 and 30: a's failure takes 70 % of the first and 30 % of the
    second; of its own sales there are none.
    """
    found = {one.party.id: one.esri for one in told(engine).answer.systemic}
    assert found["r:a"] == pytest.approx((70 * 0.7 + 30 * 0.3) / 100)
    assert found["r:h"] is None


def test_what_was_screened_only_is_named_and_pages_follow_each_other(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.questions.book.sending.WORK", 1)
    answer = told(engine, top=2, limit=1)
    value = answer.answer
    assert (value.sent, value.unsent_page.total) == (2, value.screened - 2)
    assert value.unsent[0].estimate <= min(one.estimate for one in value.systemic)
    assert any("screened only" in reason for reason in answer.reasons)
    second = told(engine, top=2, limit=1, offset=1).answer
    assert [one.rank for one in (*value.systemic, *second.systemic)] == [1, 2]
    assert second.page.left == 0


def test_the_dearest_is_found_however_many_have_a_higher_estimate(tmp_path: Path) -> None:
    """z owes 100, of which 45 are lost. Each of ten others takes 47 of the 50 that each of two debtors has, who would
    cost 27 each: by the estimate 51, but both stand, and it costs nothing."""
    facts, names = [lent("z", 100.0)], ["bank", "z"]
    for k in range(10):
        names += [f"p{k}", f"q{k}", f"s{k}"]
        for name in (f"q{k}", f"s{k}"):
            owed = {"from": f"r:p{k}", "to": f"r:{name}", "amount": 105.0, "currency": "CNY"}
            facts += [lent(name, 60.0), ("OWES", owed), *stated(name, net_assets=50.0)]
    Book(tmp_path / "columns").load({f"r:{name}": "Company" for name in names}, facts, closed_at=instant("2024-05-01"))
    answer = told(Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30")),
                  top=1, order="all").answer  # fmt: skip
    assert [(one.party.id, one.loss) for one in answer.systemic] == [("r:z", pytest.approx(45))]


def test_every_facility_shown_is_a_source(engine: Engine) -> None:
    answer = told(engine)
    shown = {fact.fact_id for one in answer.answer.systemic for fact in one.facts}
    shown |= {fact.fact_id for one in answer.answer.systemic for each in one.carried for fact in each.facts}
    assert len(shown) == 4
    assert shown <= {source.fact_id for source in answer.sources}


def test_medians_stand_in_for_who_states_nothing(tmp_path: Path) -> None:
    """d is in e's industry and states nothing: e's 25 of equity, and its 40 of margin, of which 70 % stop."""
    facts = [
        *(one for one in WORLD if one[0] != "Profile" and not (one[0] == "Statement" and one[1]["party"] == "r:d")),
        *[("Profile", {"party": f"r:{name}", "name": name, "industry": "C11" if name in "de" else "C2"}) for name in
          NAMES],
    ]  # fmt: skip
    parties = {f"r:{name}": "Company" for name in NAMES}
    Book(tmp_path / "columns").load(parties, facts, closed_at=instant("2024-05-01"))
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    beyond = {
        missing: {one.party.id: one.beyond for one in told(asked, missing=missing).answer.systemic}.get("r:a", 0)
        for missing in ("left out", "medians")
    }
    assert beyond == {"left out": 0, "medians": pytest.approx(0.45 * 25)}


def test_a_lender_of_nobody_has_nobody(engine: Engine) -> None:
    answer = book_systemic(engine, "r:c", moment=engine.moment(currency="CNY"))
    assert (answer.answer.screened, answer.answer.systemic) == (0, ())
    assert "Nobody's failure" in answer.reasons[0]


def test_a_failure_that_ends_the_lender_itself_says_so(tmp_path: Path) -> None:
    """45 % of 200 are more than the 60 that the lender has; 45 % of 100 are not."""
    facts = [lent("a", 200.0), lent("c", 100.0), *stated("bank", net_assets=60.0)]
    parties = {f"r:{name}": "Company" for name in NAMES}
    Book(tmp_path / "columns").load(parties, facts, closed_at=instant("2024-05-01"))
    answer = told(Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30")))
    assert {one.party.id: one.lender_fails for one in answer.answer.systemic} == {
        "r:a": "more lost than its equity", "r:c": "",
    }  # fmt: skip
    assert any("brings" in reason and "down itself: more lost than its equity" in reason for reason in answer.reasons)
    assert not any("whether it would fail itself" in gap for gap in answer.answer.gaps)


def test_that_nothing_is_known_of_the_lender_is_told(engine: Engine) -> None:
    (gap,) = [gap for gap in told(engine).answer.gaps if "whether it would fail itself" in gap]
    assert "无法判断" in gap


def test_who_is_far_away_is_sent_as_well_or_told_to_come_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """f0 owes f1, f1 owes f2, and so on; f9 owes the bank, which loses 45 whoever of them fails first. f0, f1 and f2
    are more than the six steps from it that the estimate looks ahead."""
    names = [f"f{k}" for k in range(10)]
    facts = [
        lent("f9", 100.0), *(fact for name in names for fact in stated(name, net_assets=10.0)),
        *[("OWES", {"from": f"r:f{k}", "to": f"r:f{k + 1}", "amount": 90.0, "currency": "CNY"}) for k in range(9)],
    ]  # fmt: skip
    parties = {f"r:{name}": "Company" for name in ("bank", *names)}
    Book(tmp_path / "columns").load(parties, facts, closed_at=instant("2024-05-01"))
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    value = told(asked).answer
    assert (value.screened, value.sent, value.farther) == (10, 10, 0)
    assert {one.party.id: one.loss for one in value.systemic} == {f"r:{name}": pytest.approx(45) for name in names}
    monkeypatch.setattr("api.questions.book.sending.WORK", 1)
    few = told(asked, top=2)
    assert (few.answer.sent, few.answer.unsent_page.total, few.answer.farther) == (2, 8, 3)
    assert "Of them 3 are more than 6 steps away from its debtors: the estimate puts them last." in few.reasons
    assert any("may cost" in reason and "more than those told" in reason for reason in few.reasons)


def test_who_is_brought_down_by_what_comes_back_to_it_is_sent(tmp_path: Path) -> None:
    """f has 60, pays the 10 that come first, and costs the bank nothing by itself. But g, to which 50 of 100 are lost,
    falls, of whose 120 f loses 45 %: so that 6 of the 60 are left for the 10."""
    facts = [
        lent("f", 10.0), *stated("f", total_assets=60.0, total_liabilities=110.0),
        ("OWES", {"from": "r:f", "to": "r:g", "amount": 100.0, "currency": "CNY", "seniority": 1}),
        ("OWES", {"from": "r:g", "to": "r:f", "amount": 120.0, "currency": "CNY"}), *stated("g", net_assets=20.0),
    ]  # fmt: skip
    parties = {f"r:{name}": "Company" for name in ("bank", "f", "g")}
    Book(tmp_path / "columns").load(parties, facts, closed_at=instant("2024-05-01"))
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    (first, *_) = told(asked).answer.systemic
    assert (first.party.id, first.own_loss) == ("r:f", pytest.approx(4))


@pytest.mark.parametrize(
    ("more", "where"), [({"top": 0}, "top"), ({"order": "size"}, "order"), ({"missing": "zero"}, "missing")]
)
def test_what_cannot_be_asked_names_its_place(engine: Engine, more: dict[str, int | str], where: str) -> None:
    with pytest.raises(InvalidQuestion) as problem:
        told(engine, **more)
    assert problem.value.where == where


def test_an_unknown_lender_and_several_currencies_are_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UnknownParty, match="given as the lender"):
        book_systemic(engine, "r:nobody", moment=engine.moment())
    parties = {f"r:{name}": "Company" for name in NAMES}
    mixed = [*WORLD, lent("h", 5.0, currency="USD", facility_id="L-usd"), *stated("h", net_assets=1.0)]
    Book(tmp_path / "mixed" / "columns").load(parties, mixed, closed_at=instant("2024-05-01"))
    place = Place(tmp_path / "mixed")
    asked = Engine(place, place.facts(), clock=lambda: instant("2024-06-30"))
    with pytest.raises(InvalidQuestion, match=r"amounts stand in [A-Z]{3}, [A-Z]{3}"):
        book_systemic(asked, BANK, moment=asked.moment())
