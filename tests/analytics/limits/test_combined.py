"""Changes that pass only together: none where one alone does, each passes, and no mix moves less money."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.limits.application import Application, Cut
from analytics.limits.approval import check_credit
from analytics.limits.catalogue import shipped
from analytics.limits.combined import combinations
from analytics.limits.cover import Cover
from analytics.limits.exposure import Book
from analytics.limits.facility import Facility, Pledge
from analytics.limits.remedies import remedies_of
from analytics.limits.remedy import Remedy, Step
from analytics.limits.standing import Standing, standing_of
from analytics.limits.units import Readings, Units
from tests.analytics.limits.books import DAY, World, capital

GROUP, SINGLE = shipped().rule("CN_LE_GROUP_20"), shipped().rule("CN_LE_SINGLE_15")
CREDIT, LOAN = shipped().rule("CN_GROUP_CREDIT_15"), shipped().rule("CN_LOAN_SINGLE_10")
TOGETHER = Readings({"connected": Units.of([[1, 2, 3]]), "control": Units.of([[1, 2, 3]])})
Kinds = tuple[str, ...]


def found(standing: Standing, application: Application, **more: object) -> dict[Kinds, Remedy]:
    remedies = remedies_of(standing, application, check_credit(standing, application), **more)  # type: ignore[arg-type]
    return {tuple(step.kind for step in remedy.steps): remedy for remedy in remedies}


def passes(standing: Standing, application: Application) -> bool:
    return not any(line.breaks for line in check_credit(standing, application).limits)


def test_facilities_of_several_members_are_paid_down_the_largest_first() -> None:
    """210 of 200, 10 more asked for: 20 have to go, and the largest facility of others is 12."""
    rows = [(1, "bond", 190, 0, 0), (2, "bond", 8, 0, 0), (3, "bond", 12, 0, 0)]
    application = Application(1, Facility(10.0, kind="bond"), TOGETHER)
    # What the applicant owes is secured in part here, and so not paid down unit by unit.
    secured = World(rows, [(1, "certificate", 1, 0)], capital=(995, 1200))
    several = found(secured.standing((GROUP,)), application)["member_reduced", "member_reduced"]
    assert several.steps == (Step("member_reduced", 12.0, 3, 2), Step("member_reduced", 8.0, 2, 1))
    assert (several.change, several.check.verdict) == (20.0, "approve")
    its_own = found(World(rows).standing((GROUP,)), application)["member_reduced",]
    assert its_own.steps == (Step("member_reduced", 20.0, 1, 0),)


def test_a_smaller_amount_stands_beside_what_members_pay_down_where_these_do_not_suffice() -> None:
    """201 of 199 as it is, 10 asked for; the others owe 5 and 4 that may be paid down: 3 less are lent."""
    world = World(
        [(1, "bond", 193, 0, 0), (2, "bond", 5, 0, 0), (3, "bond", 4, 0, 0)], [(1, "certificate", 1, 0)],
        capital=(995, 1200),
    )  # fmt: skip
    standing = world.standing((GROUP, LOAN))
    remedies = found(standing, Application(1, Facility(10.0, kind="bond"), TOGETHER))
    assert remedies["member_reduced", "member_reduced", "amount"].steps == (
        Step("member_reduced", 5.0, 2, 1), Step("member_reduced", 4.0, 3, 2), Step("amount", 3.0),
    )  # fmt: skip


def test_a_guarantor_helps_one_rule_and_a_smaller_amount_the_other() -> None:
    """Large exposure 230 of 200 and credit 190 of 180 with 40 of a bond: a guarantee moves nothing of the second."""
    world = World([(1, "bond", 100, 0, 0), (2, "bond", 50, 0, 0), (4, "bond", 40, 0, 0)])
    groups = Readings({"connected": Units.of([[1, 2, 4]]), "control": Units.of([[1, 2]])})
    standing = world.standing((GROUP, CREDIT))
    application = Application(1, Facility(40.0, kind="bond"), groups)
    told = {tuple(s.kind for s in r.steps): r for r in combinations(standing, application, protectors=[5])}
    mixed = told["guarantor_added", "amount"]
    assert [(step.kind, round(step.change, 6)) for step in mixed.steps] == [("guarantor_added", 20.0), ("amount", 10.0)]
    assert passes(standing, mixed.application)


@given(st.floats(5, 30), st.floats(6.8, 7.3))
def test_nothing_is_paid_down_beyond_what_is_drawn(dollars: float, rate: float) -> None:
    """A facility in foreign money is no round sum in the book's; all of it would have to go, and more."""
    book = Book.lent(7, [0], [1], [dollars * rate])
    standing = standing_of(
        book, Cover.none(book), (GROUP, SINGLE), lender=0, capital=capital(1000, 1200), day=DAY,
    )  # fmt: skip
    remedies = found(standing, Application(1, Facility(300.0), Readings({})))
    paid = [step.change for one in remedies.values() for step in one.steps if step.kind == "member_reduced"]
    assert all(0 < change <= dollars * rate for change in paid)
    assert remedies


def test_nothing_is_combined_where_one_change_passes() -> None:
    world = World([(1, "loan", 90, 0, 0), (2, "loan", 75, 0, 0)])
    assert {len(kinds) for kinds in found(world.standing((GROUP,)), Application(1, Facility(40.0), TOGETHER))} == {1}


def test_nothing_is_told_where_no_mix_passes() -> None:
    """All is secured by what cannot be paid down unit by unit, and the group stands above its limit."""
    world = World([(1, "bond", 300, 0, 0), (2, "bond", 90, 0, 0)], [(1, "certificate", 1, 0), (2, "deposit", 1, 1)])
    assert found(world.standing((GROUP,)), Application(1, Facility(10.0, kind="bond"), TOGETHER)) == {}


@pytest.mark.parametrize(
    ("rows", "amount", "capital"),
    [
        ([(1, "loan", 12, 0, 0), (2, "bond", 5, 0, 0), (3, "bond", 4, 0, 0)], 3, (100, 100)),
        ([(1, "loan", 9, 0, 0), (2, "bond", 7, 0, 0), (3, "loan", 5, 0, 0)], 4, (100, 80)),
        ([(1, "bond", 17, 0, 0), (2, "loan", 3, 0, 0), (3, "loan", 3, 0, 0)], 6, (80, 120)),
        ([(1, "loan", 10, 0, 0), (2, "loan", 2, 0, 0), (3, "bond", 9, 0, 0)], 2, (100, 100)),
    ],
)
def test_no_mix_of_whole_amounts_moves_less(rows: list[tuple], amount: int, capital: tuple[int, int]) -> None:  # type: ignore[type-arg]
    """Every smaller amount beside every reduction of the three facilities, tried one by one."""
    standing = World(rows, capital=capital).standing((GROUP, CREDIT, LOAN, SINGLE))
    application = Application(1, Facility(float(amount)), TOGETHER)
    check = check_credit(standing, application)
    assert any(line.breaks for line in check.limits)
    best = None
    for less, *cuts in product(range(amount), *(range(row[2] + 1) for row in rows)):
        if best is None or less + sum(cuts) < best:
            paid = tuple(Cut(k, rows[k][0], float(cut)) for k, cut in enumerate(cuts) if cut)
            if passes(standing, Application(1, Facility(float(amount - less)), TOGETHER, paid)):
                best = less + sum(cuts)
    mixes = [r for r in combinations(standing, application) if {s.kind for s in r.steps} <= MIX]
    assert best is not None
    assert mixes[0].change == pytest.approx(best)


MIX = {"amount", "member_reduced"}


def test_a_deposit_and_a_smaller_amount_share_what_each_rule_takes() -> None:
    """Loans 15 of 10, of which a deposit takes nothing off; credit 22 of 15: 5 less and a deposit of 2."""
    world = World([(1, "loan", 5, 0, 0), (2, "bond", 7, 0, 0)], [(2, "certificate", 0, 1)], capital=(1000, 100))
    standing = world.standing((CREDIT, LOAN))
    application = Application(1, Facility(10.0), TOGETHER)
    mixed = {tuple(s.kind for s in r.steps): r for r in combinations(standing, application)}[
        "collateral", "amount"]  # fmt: skip
    assert [step.change for step in mixed.steps] == [pytest.approx(2.0), pytest.approx(5.0)]
    facility = mixed.application.facility
    assert facility.collateral[-1] == Pledge("deposit", pytest.approx(2.0))
    assert facility.amount == pytest.approx(5.0)
