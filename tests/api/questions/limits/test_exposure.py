from pathlib import Path

import pytest
from rich.table import Table

from api.engine import Engine, Place
from api.printing import amounts
from api.printing.paper import Cited
from api.questions import exposure, guarantees
from graph.errors import MissingRate
from tests.api.conftest import BANK, HOLD, MINE, B
from tests.api.world import Book, day, instant


def small(folder: Path, *facts: tuple[str, dict[str, object]]) -> Engine:
    """Banks `a` and `b` lend 100 and 60 to `firm`; `g` may guarantee it."""
    loans = [
        ("LENDS", {"from": f"r:{bank}", "to": "r:firm", "facility_id": bank, "kind": "loan", "drawn": drawn})
        for bank, drawn in (("a", 100.0), ("b", 60.0))
    ]
    parties = {f"r:{name}": "Company" for name in ("a", "b", "firm", "g")}
    Book(folder / "columns").load(parties, [*loans, *facts], closed_at=instant("2024-01-01"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def guarantee(number: str, amount: float, **more: object) -> tuple[str, dict[str, object]]:
    return "GUARANTEES", {"from": "r:g", "to": "r:firm", "facility_id": number, "amount": amount, **more}


def test_a_guarantee_to_a_bank_that_is_no_party_here_counts_for_no_lender(tmp_path: Path) -> None:
    engine = small(tmp_path, guarantee("1", 80.0, creditor="r:elsewhere"), guarantee("2", 7.0))
    stakes = [exposure(engine, "r:g", lender=lender, moment=engine.moment()).answer.alone for lender in ("r:a", "r:b")]
    assert [stake.contingent for stake in stakes] == [7.0, 7.0]


def test_a_guarantee_counts_until_its_last_day_and_then_is_told(tmp_path: Path) -> None:
    engine = small(tmp_path, guarantee("1", 80.0, creditor="r:a", expires=day("2024-06-30")))
    last = exposure(engine, "r:g", lender="r:a", moment=engine.moment(valid_at=day("2024-06-30")))
    after = exposure(engine, "r:g", lender="r:a", moment=engine.moment(valid_at=day("2024-07-01")))
    assert (last.answer.alone.contingent, after.answer.alone.contingent) == (80.0, 0.0)
    assert not any("last day" in reason for reason in last.reasons)
    said = "1 guarantee that can no longer be called is not counted · 1笔担保已过保证期间，未计入。"
    assert said in after.reasons


def test_a_facility_whose_drawn_amount_is_missing_is_told(tmp_path: Path) -> None:
    part = {"from": "r:a", "to": "r:g", "facility_id": "3", "kind": "loan", "undrawn": 40.0}
    engine = small(tmp_path, ("LENDS", part))
    answer = exposure(engine, "r:g", moment=engine.moment())
    assert (answer.answer.alone.direct, answer.answer.alone.unknown_drawn) == (40.0, 1)
    assert any("unknown drawn amount" in reason for reason in answer.reasons)


def test_what_is_undrawn_without_a_conversion_factor_counts_whole_and_is_told(tmp_path: Path) -> None:
    part = {"from": "r:a", "to": "r:g", "kind": "loan", "drawn": 1.0, "undrawn": 40.0}
    facilities = [("LENDS", {**part, "facility_id": "3"}), ("LENDS", {**part, "facility_id": "4", "ccf": 0.5})]
    engine = small(tmp_path, *facilities)
    answer = exposure(engine, "r:g", moment=engine.moment())
    assert (answer.answer.alone.undrawn, answer.answer.alone.unconverted) == (60.0, 1)
    said = "1 undrawn amount without a conversion factor counted whole · 1笔未用额度缺少转换系数，按全额计入。"
    assert said in answer.reasons
    assert not any(
        "conversion factor" in reason for reason in exposure(engine, "r:firm", moment=engine.moment()).reasons
    )


def test_a_facility_counts_drawn_and_the_converted_rest(engine: Engine) -> None:
    """50 m drawn and 40 % of 10 m undrawn are 54 m."""
    stake = exposure(engine, MINE, lender=BANK, moment=engine.moment()).answer.alone
    assert (stake.drawn, stake.undrawn, stake.direct) == (5e7, 4e6, 5.4e7)
    assert [part.amount for part in stake.facilities] == [5.4e7]


def test_the_group_carries_what_its_members_guarantee_outside(engine: Engine) -> None:
    """The group owes 54 m and guarantees 80 m of an outsider's 90 m."""
    answer = exposure(engine, B, lender=BANK, moment=engine.moment())
    (group,) = answer.answer.groups
    assert (answer.answer.alone.direct, group.stake.direct, group.stake.contingent) == (0.0, 5.4e7, 8e7)
    assert {member.id for member in group.members} == {B, HOLD, MINE, "register:ring1"}
    parts = (*group.stake.facilities, *group.stake.guarantees)
    assert {part.fact.fact_id for part in parts} <= {source.fact_id for source in answer.sources}


def test_another_lender_has_nothing_at_stake(engine: Engine) -> None:
    value = exposure(engine, MINE, lender=HOLD, moment=engine.moment()).answer
    assert value.alone.direct == 0
    assert value.alone.facilities == ()


def test_an_amount_without_a_rate_is_no_number(engine: Engine) -> None:
    with pytest.raises(MissingRate, match="CNY/USD"):
        exposure(engine, MINE, moment=engine.moment(currency="USD"))


@pytest.mark.parametrize(("asked", "callable_"), [("2024-06-30", True), ("2024-07-01", False)])
def test_a_guarantee_ends_by_law_where_its_contract_names_no_day(tmp_path: Path, asked: str, callable_: bool) -> None:
    """Six months after 30 December 2023: exposures count it as long as the question of guarantees says it holds."""
    said = {"creditor": "r:a", "signed": day("2022-01-01"), "due": day("2023-12-30")}
    engine = small(tmp_path, guarantee("1", 80.0, **said))
    moment = engine.moment(valid_at=day(asked))
    value = exposure(engine, "r:g", lender="r:a", moment=moment).answer.alone
    (promise,) = guarantees(engine, "r:g", moment=moment).answer.given
    assert promise.callable is callable_
    assert (value.contingent, value.expired_guarantees) == ((80.0, 0) if callable_ else (0.0, 1))


def test_each_amount_is_held_against_each_limit(engine: Engine) -> None:
    """Of 10 % of 1.2 bn net capital 50 m are used, and of 20 % of 1 bn the group's 54 m. If what cannot be tested held,
    RING2 with 90 m, which guarantees MINE, and SHOP with 20 m, which buys of it, would join: that binds, at 164 m."""
    answer = exposure(engine, MINE, lender=BANK, moment=engine.moment())
    found = answer.answer.against
    assert found.rule_sets == ("CN",)
    assert (found.binding.rule.id, found.binding.headroom) == ("CN_LE_GROUP_20", 3.6e7)
    assert (found.binding.tested, found.binding.before) == (False, 1.64e8)
    used = {(held.rule.id, held.parties): (held.before, held.use, held.headroom) for held in found.lines}
    assert used["CN_LOAN_SINGLE_10", 1] == (5e7, pytest.approx(5 / 12), 7e7)
    assert used["CN_LE_SINGLE_15", 1] == (5.4e7, pytest.approx(0.36), 9.6e7)
    assert used["CN_LE_GROUP_20", 4] == (5.4e7, pytest.approx(0.27), 1.46e8)
    # Credit counts what is undrawn whole.
    assert used["CN_GROUP_CREDIT_15", 4] == (6e7, pytest.approx(1 / 3), 1.2e8)
    group = found.groups[next(h.group for h in found.lines if h.rule.id == "CN_LE_GROUP_20" and h.tested)]
    assert {share.party.id for share in group.members} == {B, HOLD, MINE, "register:ring1"}
    assert {held.limit.statement for held in found.lines} <= {source.fact_id for source in answer.sources}
    assert any("大额风险暴露管理办法（银保监会令2018年第1号）第8条" in reason for reason in answer.reasons)


def test_a_lender_without_rules_and_one_with_unknown_ones_are_told_so(tmp_path: Path, engine: Engine) -> None:
    found = exposure(engine, MINE, lender=HOLD, moment=engine.moment()).answer.against
    assert (found.lines, found.binding) == ((), None)
    assert "rule_sets" in found.left_out
    named = small(tmp_path, ("Profile", {"party": "r:a", "name": "a", "rule_sets": "MARS"}))
    found = exposure(named, "r:firm", lender="r:a", moment=named.moment()).answer
    assert (found.alone.direct, found.against.lines) == (100.0, ())
    assert "MARS" in found.against.left_out
    assert exposure(engine, MINE, moment=engine.moment()).answer.against.left_out == ""


def test_what_is_not_disclosed_is_never_told_as_nothing(tmp_path: Path) -> None:
    """One facility of unknown amount alone; with 5 known beside it; a guarantee of unknown amount for nobody known."""
    hidden = ("LENDS", {"from": "r:a", "to": "r:g", "facility_id": "3", "kind": "loan"})
    known = ("LENDS", {"from": "r:a", "to": "r:g", "facility_id": "4", "kind": "loan", "drawn": 5.0})
    for name, facts, said, said_zh in (
        ("dark", [hidden], "what is at stake with r:g is not known, the amounts of its facilities are not disclosed",
         "对r:g的敞口未知，其授信金额未披露"),
        ("partly", [hidden, known], "5 and 1 undisclosed directly at stake with r:g",
         "对r:g的直接敞口5（另有1笔金额未披露）"),
        ("bright", [known], "5 directly at stake with r:g", "对r:g的直接敞口5"),
        ("none", [], "nothing at stake with r:g", "对r:g无敞口"),
    ):  # fmt: skip
        engine = small(tmp_path / name, *facts)
        answer = exposure(engine, "r:g", lender="r:a", moment=engine.moment())
        assert f"r:a: {said} · r:a：{said_zh}。" in answer.reasons
        rows = " ".join(text for part in amounts.exposure(answer.answer, Cited(answer)) for text in cells(part))
        assert ("not disclosed" in rows, "undisclosed" in rows) == (name == "dark", name == "partly")


def cells(part: object) -> list[str]:
    """What the first table of a printed answer says; nothing of other parts."""
    columns = part.columns if isinstance(part, Table) and str(part.title).startswith("at stake") else []
    return [str(cell) for column in columns for cell in column.cells]
