"""Who fails and who stands, by what equity, and what cannot be told: marked row by row, with what to do about it."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from api.answers.frame import Answer
from api.printing.paper import Cited
from api.printing.shocks import shock as printed
from api.questions.shocks.shock import ShockAnswer, reasons_of
from api.questions.shocks.traced import Step
from tests.api.questions.shocks.test_amounts import Said, asked, guaranteed, lent, made, told
from tests.api.questions.shocks.test_gaps import owed
from tests.api.questions.shocks.test_shock import stated
from tests.api.world import day

MEDIAN = "median of its industry"


def held(holder: str, company: str, share: float) -> Said:
    return "OWNS", {"from": f"r:{holder}", "to": f"r:{company}", "share": share, "directness": "direct"}


def page(found: Answer[ShockAnswer]) -> str:
    console = Console(width=400, file=io.StringIO())
    console.print(*printed(found.answer, Cited(found)), sep="\n")
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_assumed_equity_is_marked_by_row_and_is_no_less_than_what_is_held(tmp_path: Path) -> None:
    """b and d state nothing and get 5, the median; d holds half of z, which has 100: it stands, and b falls."""
    facts = [
        owed("a", "b", 50.0), held("d", "z", 0.5), owed("a", "d", 40.0), *stated("z", net_assets=100.0),
        *stated("c", net_assets=5.0), *[made(name, "C11") for name in "bcd"], owed("a", "c", 400.0),
    ]  # fmt: skip
    answer = asked(tmp_path, *facts, missing="medians")
    found, text = answer.answer, page(answer)
    fallen = {one.party.id: (one.equity, one.assumed, one.assumed_zh) for one in found.fallen}
    assert fallen["r:b"] == (5.0, MEDIAN, "行业中位数")
    assert fallen["r:c"] == (5.0, "", "")
    (one,) = [one for one in found.standing if one.party.id == "r:d"]
    assert (one.equity, one.assumed, one.assumed_zh) == (50.0, "worth of what it holds", "所持股权价值")
    assert one.lost == pytest.approx(18)
    assert row_says(text, "b", "行业中位数 · median of its industry")
    assert not row_says(text, "c", "median")


def row_says(text: str, name: str, words: str) -> bool:
    """Whether the row of a party says some words."""
    return any(line.split()[:1] == [name] and words in line for line in text.splitlines())


def test_who_loses_and_stands_is_told_by_layer_with_its_sources(tmp_path: Path) -> None:
    """Of 45 lost on a, c pays 20 and the bank loses 25; z holds 30 % of c, which lost 20 of its equity."""
    facts = [
        lent("a", 100.0), guaranteed("c", "a", 20.0), held("z", "c", 0.3), *stated("c", net_assets=500.0),
        *stated("z", net_assets=90.0),
    ]  # fmt: skip
    answer = asked(tmp_path, *facts)
    found = answer.answer
    told_of = [(one.party.id, {k: v for k, v in one.parts.items() if v}) for one in found.standing]
    assert told_of == [
        ("r:bank", {"debts": pytest.approx(25)}), ("r:c", {"guarantees": pytest.approx(20)}),
        ("r:z", {"shares": pytest.approx(6)}),
    ]  # fmt: skip
    assert sorted(one.party.id for one in found.fallen) == ["r:a"]
    kinds = {fact.fact_id: fact.kind for fact in found.carried}
    named = [{kinds[fact] for fact in one.facts if fact in kinds} for one in found.standing]
    assert named == [{"LENDS"}, {"GUARANTEES"}, {"OWNS"}]
    assert row_says(page(answer), "r:c", "CNY 20")


def test_the_headline_says_what_cannot_be_told_and_how_to_mend_it(tmp_path: Path) -> None:
    """b loses and states nothing: where medians may stand in, that is said; where they did and none was there, not."""
    facts = [lent("a", 100.0), owed("a", "b", 50.0), made("b", "C11")]
    answer = asked(tmp_path, *facts)
    found = answer.answer
    assert found.caveat
    first = next(reasons_of(found))
    for text in (first, page(answer).splitlines()[0]):
        assert "it cannot be told whether" in text
        assert '`missing = "medians"` (`--missing medians`)' in text
    assert "无法判定" in found.caveat.said_zh
    again = told(tmp_path / "medians", *facts, missing="medians")
    assert again.caveat
    assert "missing = " not in again.caveat.said
    assert "load newer statements" in again.caveat.said


def test_nothing_is_cautioned_where_everything_is_known(tmp_path: Path) -> None:
    sheets = [*stated("bank", net_assets=900.0), *stated("b", net_assets=500.0)]
    found = told(tmp_path, lent("a", 100.0), owed("a", "b", 50.0), *sheets)
    assert (found.untold, found.caveat) == (0, None)
    assert "cannot be told" not in next(reasons_of(found))


def test_figures_that_are_too_old_are_told_apart_from_those_never_stated(tmp_path: Path) -> None:
    kind, sheet = stated("b", net_assets=500.0)[0]
    old = (kind, {**sheet, "period_end": day("2015-12-31")})
    found = told(tmp_path, lent("a", 100.0), owed("a", "b", 50.0), old, *stated("bank", net_assets=900.0))
    assert found.caveat
    assert "(of 1 what is stated is of periods that ended before 20" in found.caveat.said
    assert "过旧" in found.caveat.said_zh


def test_the_tree_names_a_debtor_once_with_all_its_facilities(tmp_path: Path) -> None:
    facts = [lent("a", 100.0), lent("a", 60.0, facility_id="L-2"), lent("a", 40.0, facility_id="L-3")]
    found = told(tmp_path, *facts)
    assert found.tree
    (one,) = found.tree.causes
    assert (one.party.id, one.amount, one.many) == ("r:a", pytest.approx(90), 1)
    assert [fact.values["facility_id"] for fact in one.facts] == ["L-a-bank", "L-2", "L-3"]


def test_how_many_lines_are_asked_says_how_long_the_tree_is(tmp_path: Path) -> None:
    """Five debtors fail of themselves: of one line three are named, and two stand together."""
    names = "abcdx"
    facts = [lent(name, 100.0 + at) for at, name in enumerate(names)]
    failed = tuple(f"r:{name}" for name in names)
    answer, longer = (asked(tmp_path / str(limit), *facts, failed=failed, limit=limit) for limit in (1, 2))
    short, long = answer.answer, longer.answer
    assert short.tree
    assert long.tree
    assert [step.many for step in short.tree.causes] == [1, 1, 1, 2]
    assert [step.many for step in long.tree.causes] == [1] * 5
    assert sum(step.amount for step in short.tree.causes) == pytest.approx(0.45 * 510)
    assert named(short.tree) == ["x", "d", "c"]
    assert "2 more · 另有 2 项" in page(answer)


def named(tree: Step) -> list[str]:
    return [step.party.id.removeprefix("r:") for step in tree.causes if step.many == 1]
