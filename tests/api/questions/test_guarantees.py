import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.answers.evidence import Evidence
from api.engine import Engine, Place
from api.questions import guarantees, guarantor
from api.questions.book.tallied import tally_of
from api.questions.guarantees import GuaranteesOf
from graph.errors import InvalidQuestion, UnknownParty
from tests.api.conftest import ALONE, MINE, RING1, RING2
from tests.api.world import Book, day, instant

CIRCLE = {RING1, RING2, MINE}


def small(
    folder: Path, *facts: tuple[str, dict[str, object]], on: str = "2024-06-30", currency: str | None = None
) -> GuaranteesOf:
    """What `g` guarantees, with these facts about it."""
    parties = {f"r:{name}": "Company" for name in "abcdefghpq"}
    Book(folder / "columns").load(parties, list(facts), closed_at=instant("2024-01-01"))
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))
    return guarantees(engine, "r:g", moment=engine.moment(valid_at=day(on), currency=currency)).answer


def promise(to: str, amount: float | None, **more: object) -> tuple[str, dict[str, object]]:
    return "GUARANTEES", {"from": "r:g", "to": f"r:{to}", "amount": amount, "currency": "CNY", **more}


def statement(item: str, value: float, end: str = "2023-12-31", of: str = "g") -> tuple[str, dict[str, object]]:
    said = {"party": f"r:{of}", "period_end": day(end), "months": 12, "standard": "CAS", "item": item, "unit": "CNY"}
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
    said = "It sits in 1 closed circle of up to 5 guarantees · 处于1个至多5笔担保的循环担保之中。"
    assert said in answer.reasons


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
    assert any(f"It sits in {counted:,} closed circles of up to {most} guarantees · " in why for why in told.reasons)
    assert any("too many to count" in reason for reason in told.reasons)


def test_an_undisclosed_amount_is_counted_and_keeps_no_limit(engine: Engine) -> None:
    answer = guarantees(engine, MINE, moment=engine.moment()).answer
    assert (answer.given_amount, answer.undisclosed, answer.customers) == (0.0, 1, 1)
    found = verdicts(answer)
    assert found.pop("RELATED_PARTY") == "broken"  # its holder controls whom it guarantees, by contract
    assert found.pop("MORE_THAN_5_GUARANTEED") == "within"
    assert set(found.values()) == {"cannot be tested"}


def test_tests_use_the_newest_net_assets(tmp_path: Path) -> None:
    """60 of 100 is over half, of which one of 55 is over a tenth, and 60 is not more than all."""
    said = [statement("net_assets", 100.0), statement("equity", 1.0, "2022-12-31")]
    answer = small(tmp_path, promise("a", 55.0), promise("b", 5.0), *said)
    assert (answer.net_assets, answer.ratio) == (100.0, 0.6)
    found = verdicts(answer)
    assert found["TOTAL_GT_50PCT_NET_ASSETS"] == found["SINGLE_GT_10PCT_NET_ASSETS"] == "broken"
    assert found["GUARANTEES_GT_NET_ASSETS"] == found["MORE_THAN_5_GUARANTEED"] == "within"
    assert found["RELATED_PARTY"] == "cannot be tested"


def told(answer: GuaranteesOf, rule: str) -> tuple[str, float | None, tuple[str, ...], list[str]]:
    (test,) = (test for test in answer.tests if test.rule == rule)
    return test.verdict, test.value, test.missing, [party.id for party in test.guaranteed]


TWELVE = "TOTAL_12M_GT_30PCT_TOTAL_ASSETS"
LEVERAGE = "GUARANTEED_PARTY_LEVERAGE_GT_70PCT"


@pytest.mark.parametrize(
    ("last", "broken"), [("2023-06-30", "within"), ("2023-07-01", "broken"), ("2024-06-30", "broken")]
)
def test_what_was_promised_within_twelve_months_is_held_against_total_assets(
    tmp_path: Path, last: str, broken: str
) -> None:
    """30 of 100 are at the limit; 1 more of the same twelve months, to 30 June 2024, passes it."""
    sure = promise("a", 30.0, signed=day("2024-01-01"))
    answer = small(tmp_path, sure, promise("b", 1.0, signed=day(last)), statement("total_assets", 100.0))
    assert told(answer, TWELVE) == (broken, 0.31 if broken == "broken" else 0.3, (), [])


def test_one_that_can_no_longer_be_called_was_promised_all_the_same(tmp_path: Path) -> None:
    """Due on 1 September 2023 it can be called to 1 March 2024; its 40 of 100 were promised within the year."""
    over = promise("a", 40.0, signed=day("2023-08-01"), due=day("2023-09-01"))
    answer = small(tmp_path, over, statement("total_assets", 100.0))
    assert (answer.given_amount, told(answer, TWELVE)) == (0.0, ("broken", 0.4, (), []))


def test_guarantees_without_a_day_of_signature_keep_no_limit_of_twelve_months(tmp_path: Path) -> None:
    assets = statement("total_assets", 100.0)
    unsigned = small(tmp_path / "1", promise("a", 40.0), assets)
    assert told(unsigned, TWELVE) == ("cannot be tested", 0.0, ("day of signature of 1 guarantee",), [])
    hidden = small(tmp_path / "2", promise("a", None, signed=day("2024-01-01")), assets, currency="CNY")
    assert told(hidden, TWELVE) == ("cannot be tested", 0.0, ("undisclosed amounts",), [])
    over = small(tmp_path / "3", promise("a", 40.0), promise("b", 31.0, signed=day("2024-01-01")), assets)
    assert told(over, TWELVE)[:2] == ("broken", 0.31)


def test_a_guaranteed_party_that_owes_over_seventy_percent_of_its_assets_is_named(tmp_path: Path) -> None:
    """70 of 100 is at the limit, 71 above it; who has liabilities and no assets is above any."""
    a = [statement("total_assets", 100.0, of="a"), statement("total_liabilities", 70.0, of="a")]
    b = [statement("total_assets", 100.0, of="b"), statement("total_liabilities", 71.0, of="b")]
    c = [statement("total_assets", 0.0, of="c"), statement("total_liabilities", 1.0, of="c")]
    to = {name: promise(name, 5.0) for name in "abcd"}
    assert told(small(tmp_path / "1", to["a"], *a), LEVERAGE) == ("within", 0.7, (), [])
    assert told(small(tmp_path / "2", to["a"], to["b"], *a, *b), LEVERAGE) == ("broken", 0.71, (), ["r:b"])
    assert told(small(tmp_path / "3", to["b"], to["c"], *b, *c), LEVERAGE) == ("broken", None, (), ["r:c", "r:b"])
    some = told(small(tmp_path / "4", to["a"], to["d"], *a), LEVERAGE)
    assert some == ("cannot be tested", 0.7, ("assets or liabilities of 1 guaranteed party",), [])


@pytest.mark.parametrize(
    ("holdings", "related"),
    [
        ([("a", "g", 0.01)], ["r:a"]),  # a shareholder
        ([("p", "g", 0.6), ("p", "a", 0.6)], ["r:a"]),  # a company of its controller
        ([("p", "q", 0.6), ("q", "g", 0.6), ("p", "a", 0.6)], ["r:a"]),  # of one further up
        ([("p", "g", 0.6), ("g", "a", 0.6)], []),  # its own company
        ([("p", "g", 0.6), ("p", "a", 0.4)], []),  # a holding that controls nothing
    ],
)
def test_a_guarantee_for_a_holder_or_a_company_of_its_controller_is_for_a_related_party(
    tmp_path: Path, holdings: list[tuple[str, str, float]], related: list[str]
) -> None:
    """That nobody is related is never certain."""
    owned = [("OWNS", {"from": f"r:{x}", "to": f"r:{y}", "share": share, "votes": share}) for x, y, share in holdings]
    verdict, _, missing, named = told(small(tmp_path, promise("a", 5.0), *owned), "RELATED_PARTY")
    assert (verdict, named) == ("broken" if related else "cannot be tested", related)
    assert bool(missing) is not bool(related)


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
    name = "Nobody's Friend Ltd"
    assert answer.reasons[0] == f"{name} gives and takes no guarantee · {name}未提供也未接受担保。"


def test_what_cannot_be_asked_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidQuestion, match="out of range"):
        guarantees(engine, MINE, length=1, moment=engine.moment())
    with pytest.raises(UnknownParty):
        guarantees(engine, "nobody", moment=engine.moment())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_one_guarantor_and_all_of_a_book_are_tested_alike_for_related_parties(tmp_path: Path, seed: int) -> None:
    """On random worlds of holders, circles, agreements, persons and a government body; two ways, one definition."""
    rng = np.random.default_rng(seed)
    names = [f"r:{k}" for k in range(8)]
    kinds = rng.choice(["Company", "Company", "Company", "Person"], 7).tolist()
    parties = dict(zip(names, [*kinds, "State"], strict=True))
    firms = [name for name in names if parties[name] == "Company"] or names[:1]
    parties |= dict.fromkeys(firms, "Company")
    facts: list[tuple[str, dict[str, object]]] = []
    for company in firms:
        holders = [x for x in rng.permutation(names)[: rng.integers(0, 4)].tolist() if x != company]
        for x, part in zip(holders, rng.dirichlet(np.ones(len(holders))) if holders else [], strict=True):
            share = round(float(part), 4)
            facts.append(("OWNS", {"from": x, "to": company, "share": share, "votes": share}))
        if rng.random() < 0.3:
            by = str(rng.choice([x for x in names if x != company]))
            facts.append(("CONTROLS", {"from": by, "to": company, "basis": "agreement"}))
    for _ in range(int(rng.integers(3, 12))):
        giver, taker = rng.permutation(names)[:2].tolist()
        facts.append(("GUARANTEES", {"from": giver, "to": taker, "amount": 5.0, "currency": "CNY"}))
    folder = tmp_path / f"{seed}-{len(list(tmp_path.iterdir()))}"
    Book(folder / "columns").load(parties, facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))
    view = engine.view(engine.moment(currency="CNY"))
    for giver in {str(said["from"]) for kind, said in facts if kind == "GUARANTEES"}:
        each = guarantor.tests_of(view, Evidence(view.snapshot), view.snapshot.node(giver), None)
        (one,) = [test for test in each if test.rule == "RELATED_PARTY"]
        many = tally_of(view, np.array([view.snapshot.node(giver)], np.int64))
        (counted,) = [test for test in many if test.rule == "RELATED_PARTY"]
        assert (counted.broken, counted.untested) == (one.verdict == "broken", one.verdict == "cannot be tested")
