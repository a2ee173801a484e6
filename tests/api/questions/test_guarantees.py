import math
from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions import guarantees
from api.questions.guarantees import GuaranteesOf
from graph.errors import InvalidQuestion, UnknownParty
from tests.api.conftest import ALONE, MINE, RING1, RING2
from tests.api.world import Book, day, instant

CIRCLE = {RING1, RING2, MINE}


def small(
    folder: Path, *facts: tuple[str, dict[str, object]], on: str = "2024-06-30", currency: str | None = None
) -> GuaranteesOf:
    """What `g` guarantees, with these facts about it."""
    parties = {f"r:{name}": "Company" for name in "abcdefgh"}
    Book(folder / "columns").load(parties, list(facts), closed_at=instant("2024-01-01"))
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))
    return guarantees(engine, "r:g", moment=engine.moment(valid_at=day(on), currency=currency)).answer


def promise(to: str, amount: float | None, **more: object) -> tuple[str, dict[str, object]]:
    return "GUARANTEES", {"from": "r:g", "to": f"r:{to}", "amount": amount, "currency": "CNY", **more}


def statement(item: str, value: float, end: str = "2023-12-31") -> tuple[str, dict[str, object]]:
    said = {"party": "r:g", "period_end": day(end), "months": 12, "standard": "CAS", "item": item, "unit": "CNY"}
    return "Statement", {**said, "value": value}


def verdicts(answer: GuaranteesOf) -> dict[str, str]:
    return {test.rule: test.verdict for test in answer.tests}


@pytest.mark.parametrize("party", sorted(CIRCLE))
def test_each_party_of_a_circle_is_shown_the_circle_with_its_guarantees(engine: Engine, party: str) -> None:
    answer = guarantees(engine, party, moment=engine.moment())
    (circle,) = answer.answer.circles
    assert {one.id for one in circle.parties} == CIRCLE
    steps = [(fact.tail.id, fact.head.id) for fact in circle.guarantees]
    ids = [one.id for one in circle.parties]
    assert steps == list(zip(ids, [*ids[1:], ids[0]], strict=True))
    assert answer.answer.together is not None
    assert (answer.answer.together.shape, answer.answer.together.core) == ("cycle", 3)
    assert {source.fact_id for source in answer.sources} >= {fact.fact_id for fact in circle.guarantees}
    assert "It sits in 1 closed circle of up to 5 guarantees." in answer.reasons


def test_a_circle_longer_than_asked_for_is_not_counted(engine: Engine) -> None:
    assert guarantees(engine, MINE, length=2, moment=engine.moment()).answer.circles_page.total == 0


def test_of_circles_too_many_to_count_those_that_were_counted_are_told(tmp_path: Path) -> None:
    """Fourteen who all guarantee each other: of length l there are 13!/(14 − l)! through each."""
    pool = [f"r:{k}" for k in range(14)]
    facts = [
        ("GUARANTEES", {"from": a, "to": b, "amount": 5.0, "currency": "CNY"}) for a in pool for b in pool if a != b
    ]
    Book(tmp_path / "columns").load(dict.fromkeys(pool, "Company"), facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    told = guarantees(engine, pool[0], length=12, moment=engine.moment(currency="CNY"))
    most = told.answer.length
    assert 5 <= most < 12
    counted = sum(math.perm(13, length - 1) for length in range(2, most + 1))
    assert f"It sits in {counted:,} closed circles of up to {most} guarantees." in told.reasons
    assert any("too many to count" in reason for reason in told.reasons)


def test_an_undisclosed_amount_is_counted_and_keeps_no_limit(engine: Engine) -> None:
    answer = guarantees(engine, MINE, moment=engine.moment()).answer
    assert (answer.given_amount, answer.undisclosed, answer.customers) == (0.0, 1, 1)
    assert set(verdicts(answer).values()) == {"cannot be tested", "within"}
    assert [rule for rule, verdict in verdicts(answer).items() if verdict == "within"] == ["MORE_THAN_5_GUARANTEED"]


def test_tests_use_the_newest_net_assets(tmp_path: Path) -> None:
    """60 of 100 is over half, of which one of 55 is over a tenth, and 60 is not more than all."""
    said = [statement("net_assets", 100.0), statement("equity", 1.0, "2022-12-31")]
    answer = small(tmp_path, promise("a", 55.0), promise("b", 5.0), *said)
    assert (answer.net_assets, answer.ratio) == (100.0, 0.6)
    found = verdicts(answer)
    assert found["TOTAL_GT_50PCT_NET_ASSETS"] == found["SINGLE_GT_10PCT_NET_ASSETS"] == "broken"
    assert found["GUARANTEES_GT_NET_ASSETS"] == found["MORE_THAN_5_GUARANTEED"] == "within"
    assert found["RELATED_PARTY"] == "cannot be tested"


@pytest.mark.parametrize("item", ["net_assets", "total_equity", "equity"])
def test_net_assets_are_known_by_each_of_their_names_and_in_any_currency_with_a_rate(tmp_path: Path, item: str) -> None:
    """10 dollars at 7 are 70, of which 14 are a fifth."""
    kind, said = statement(item, 10.0)
    rate = "Rate", {"base": "USD", "quote": "CNY", "day": day("2024-06-28"), "rate": 7.0}
    answer = small(tmp_path, promise("a", 14.0), (kind, {**said, "unit": "USD"}), rate, currency="CNY")
    assert (answer.net_assets, answer.ratio) == (pytest.approx(70.0), pytest.approx(0.2))


def test_without_a_statement_nothing_is_passed_against_net_assets(tmp_path: Path) -> None:
    found = verdicts(small(tmp_path, *(promise(to, 1.0) for to in "abcdef")))
    assert found.pop("MORE_THAN_5_GUARANTEED") == "broken"
    assert set(found.values()) == {"cannot be tested"}


def test_a_guarantee_past_its_period_is_shown_and_counts_nowhere(tmp_path: Path) -> None:
    """Due on 1 January it can be called to 1 July (民法典 692)."""
    late = promise("a", 7.0, due=day("2024-01-01"), signed=day("2023-01-01"))
    for on, counts in (("2024-07-01", True), ("2024-07-02", False)):
        answer = small(tmp_path / on, late, on=on)
        (one,) = answer.given
        assert (one.last_day, one.liability, one.callable) == (day("2024-07-01"), "general", counts)
        assert answer.given_amount == (7.0 if counts else 0.0)


def test_a_party_without_guarantees_says_so(engine: Engine) -> None:
    answer = guarantees(engine, ALONE, moment=engine.moment())
    assert answer.answer.together is None
    assert answer.reasons[0] == "Nobody's Friend Ltd gives and takes no guarantee."


def test_what_cannot_be_asked_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidQuestion, match="out of range"):
        guarantees(engine, MINE, length=1, moment=engine.moment())
    with pytest.raises(UnknownParty):
        guarantees(engine, "nobody", moment=engine.moment())
