from collections import Counter
from collections.abc import Iterator
from itertools import combinations, permutations
from pathlib import Path

import pytest

from api.engine import Engine
from api.questions import book_guarantees
from api.questions.book.guarantees import BookGuarantees
from graph.errors import InvalidQuestion, UnknownParty
from tests.api.questions.lending import ASSESSED, BANK, OWED, PROMISES, bank, lent, promised

Pairs = set[tuple[str, str]]
PAIRS: Pairs = {(guarantor, borrower) for guarantor, borrower, _, _ in PROMISES}
COST = {(g, b): 70.0 if amount is None else amount for g, b, amount, _ in PROMISES}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return bank(tmp_path)


def asked(engine: Engine, **more: object) -> BookGuarantees:
    return book_guarantees(engine, BANK, moment=engine.moment(), **more).answer  # type: ignore[arg-type]


def circles(pairs: Pairs) -> Iterator[tuple[str, ...]]:
    """Every closed circle, from its smallest party on, by trying all orders of all parties."""
    parties = sorted({end for pair in pairs for end in pair})
    for size in range(2, len(parties) + 1):
        for order in permutations(parties, size):
            if order[0] == min(order) and {*zip(order, (*order[1:], order[0]), strict=True)} <= pairs:
                yield order


def together(pairs: Pairs) -> list[set[str]]:
    """Parties that hang together."""
    parts: list[set[str]] = []
    for pair in pairs:
        joined = [part for part in parts if part & set(pair)]
        parts = [part for part in parts if part not in joined] + [set(pair).union(*joined)]
    return parts


def test_circles_are_counted_as_by_trying_all_orders(engine: Engine) -> None:
    told = asked(engine)
    assert {one.guarantees: one.circles for one in told.census} == Counter(map(len, circles(PAIRS)))
    assert {tuple(one.id.removeprefix("r:") for one in each.parties) for each in told.closed} == set(circles(PAIRS))
    for each in told.closed:
        ids = [one.id for one in each.parties]
        steps = zip(ids, [*ids[1:], ids[0]], strict=True)
        assert [(fact.tail.id, fact.head.id) for fact in each.guarantees] == list(steps)


def test_circles_longer_than_asked_for_are_not_counted(engine: Engine) -> None:
    assert [one.guarantees for one in asked(engine, length=2).census] == [2]


def test_forms_are_named_in_both_languages(engine: Engine) -> None:
    told = asked(engine)
    assert [(one.chinese, one.parties, one.pairs) for one in told.forms] == [("复合担保圈", 7, 8)]
    assert [(one.page.total, one.clients, one.owed, one.undisclosed) for one in told.circles] == [
        (3, 3, 230.0, 0), (4, 3, 60.0, 1),
    ]  # fmt: skip


def test_what_may_be_called_is_the_lesser_of_promise_and_debt(engine: Engine) -> None:
    told = asked(engine)
    to_bank = [row for row in PROMISES if row[3] in (BANK, None)]
    counted = {(g, b): min(amount, OWED.get(b, 0.0)) for g, b, amount, _ in to_bank if amount is not None}
    assert told.sums.gross == sum(counted.values())
    expected = sum(amount * ASSESSED[b][0] * ASSESSED[b][1] for (_, b), amount in counted.items() if b in ASSESSED)
    assert told.sums.expected == pytest.approx(expected, rel=1e-12)
    assert told.sums.unrated == sum(amount for (_, b), amount in counted.items() if b not in ASSESSED)
    given: Counter[str] = Counter()
    for _, b, amount, _ in to_bank:
        given[b] += amount or 0.0  # type: ignore[assignment]
    assert told.sums.covered == sum(min(amount, OWED.get(b, 0.0)) for b, amount in given.items())
    assert (told.sums.undisclosed, told.sums.undisclosed_most) == (1, OWED["f1"])


@pytest.mark.parametrize(
    ("promise", "owed", "told"),
    [
        ((None, 30.0), {}, (0.0, 30.0, 1, 0)),
        ((50.0, None), {}, (0.0, 50.0, 1, 0)),
        ((50.0, None), {"undrawn": 20.0}, (20.0, 50.0, 0, 0)),
        ((None, None), {}, (0.0, None, 1, 1)),
        ((None, 0.0), {}, (0.0, 0.0, 0, 0)),
        ((50.0, 30.0), {}, (30.0, 30.0, 0, 0)),
    ],
)
def test_of_a_promise_and_a_debt_the_known_one_bounds_what_may_be_called(
    tmp_path: Path, promise: tuple[float | None, float | None], owed: dict[str, float],
    told: tuple[float, float | None, int, int],
) -> None:  # fmt: skip
    """What is known at least and at most, and of how many pairs nothing is counted, or nothing bounds it."""
    amount, drawn = promise
    base = asked(bank(tmp_path / "without")).sums
    value = asked(bank(tmp_path / "with", lent("p", drawn, **owed), promised("t", "p", amount, BANK)))
    one = next(row for row in value.guarantors if row.party.id == "r:t")
    least, most, hidden, unbounded = told
    assert (one.counted, one.most, value.sums.unbounded) == (least, most, unbounded)
    assert (value.sums.gross - base.gross, value.sums.undisclosed - base.undisclosed) == (least, hidden)
    assert value.sums.undisclosed_most - base.undisclosed_most == (0.0 if most is None else most - least)


def test_a_lender_is_no_guarantor_of_what_it_lends(tmp_path: Path) -> None:
    base = asked(bank(tmp_path / "without"))
    value = asked(bank(tmp_path / "with", promised("bank", "a1", 80.0, None)))
    assert BANK not in {one.party.id for one in value.guarantors}
    assert value.sums == base.sums


def test_guarantors_stand_with_their_tests_those_with_most_to_call_first(engine: Engine) -> None:
    told = asked(engine)
    assert [(one.party.id, one.counted) for one in told.guarantors][:2] == [("r:a2", 85.0), ("r:a1", 60.0)]
    by_id = {one.party.id: one for one in told.guarantors}
    assert by_id["r:a1"].ratio == 0.6
    assert by_id["r:a2"].net_assets is None
    broken = {test.rule for test in by_id["r:a1"].tests if test.verdict == "broken"}
    assert "TOTAL_GT_50PCT_NET_ASSETS" in broken
    counts = {one.rule: (one.broken, one.untested) for one in told.tests}
    assert list(counts) == [test.rule for test in by_id["r:a1"].tests]
    for rule, (failed, untested) in counts.items():
        verdicts = Counter(test.verdict for one in told.guarantors for test in one.tests if test.rule == rule)
        assert (failed, untested) == (verdicts["broken"], verdicts["cannot be tested"]), rule


@pytest.mark.parametrize(("scope", "many"), [("all", 8), ("clients", 7), ("lender", 7)])
def test_a_scope_leaves_out_guarantees_for_others_and_to_others(engine: Engine, scope: str, many: int) -> None:
    told = asked(engine, scope=scope)
    assert (told.guarantees, told.scope) == (many, scope)


def cheapest(pairs: Pairs, kept_is_enough: object) -> float:
    """By trying every set of pairs."""
    enough = kept_is_enough
    return min(
        sum(COST[pair] for pair in gone)
        for size in range(len(pairs) + 1)
        for gone in combinations(sorted(pairs), size)
        if enough(pairs - set(gone))  # type: ignore[operator]
    )


@pytest.mark.parametrize("most", [1, 2, 3])
def test_no_choice_unwinds_circles_for_less(engine: Engine, most: int) -> None:
    plan = asked(engine, unwind=f"circles:{most}").plan
    gone = {(one.guarantor.id.removeprefix("r:"), one.borrower.id.removeprefix("r:")) for one in plan.steps}
    assert all(len(circle) <= most for circle in circles(PAIRS - gone))
    assert plan.cost == sum(COST[pair] for pair in gone)
    assert plan.proven
    assert plan.cost == pytest.approx(cheapest(PAIRS, lambda p: all(len(c) <= most for c in circles(p))))
    assert [fact.head.id for one in plan.steps for fact in one.guarantees] == [one.borrower.id for one in plan.steps]
    assert not plan.steps or plan.steps[-1].remaining == 0


@pytest.mark.parametrize("most", [2, 3])
def test_no_choice_unwinds_parts_for_less(engine: Engine, most: int) -> None:
    plan = asked(engine, unwind=f"parts:{most}").plan
    gone = {(one.guarantor.id.removeprefix("r:"), one.borrower.id.removeprefix("r:")) for one in plan.steps}
    assert all(len(part) <= most for part in together(PAIRS - gone))
    assert plan.cost == pytest.approx(cheapest(PAIRS, lambda p: all(len(part) <= most for part in together(p))))


def test_a_plan_around_a_party_leaves_the_rest_alone(engine: Engine) -> None:
    plan = asked(engine, unwind="circles:1:r:f1").plan
    assert {(one.guarantor.id, one.borrower.id) for one in plan.steps} == {("r:f1", "r:f2")}
    assert (plan.parts, plan.unpriced, plan.left_parts) == (1, 1, 0)


def test_what_cannot_be_asked_is_said(engine: Engine) -> None:
    with pytest.raises(InvalidQuestion, match="no scope some"):
        asked(engine, scope="some")
    with pytest.raises(InvalidQuestion, match="cannot unwind"):
        asked(engine, unwind="all")
    with pytest.raises(InvalidQuestion, match="out of range"):
        asked(engine, unwind="circles:0")
    with pytest.raises(UnknownParty):
        asked(engine, unwind="circles:2:r:nobody")
