"""What a book loses in a year, on worlds whose answers are worked by hand: enumerated, binomial, closed forms."""

import io
import re
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from analytics.contagion.shock.layers import LAYERS
from api.answers.frame import Answer
from api.answers.progress import Stage
from api.engine import Engine, Place
from api.questions import book_losses, shock
from api.questions.book.assumed import Assumed, Shared, read_file
from api.questions.book.drawn import lasting
from api.questions.book.losses import BookLosses, Told
from api.questions.book.odds import odds_of
from api.questions.book.staked import staked
from api.questions.meant import named_assumed
from api.questions.shocks.scenario import Scenario
from graph.errors import Cancelled, InvalidInput, InvalidQuestion, UnknownParty
from tests.api.questions.shocks.test_shock import lent, stated
from tests.api.world import Book, instant
from tests.conftest import ROOT

BANK = "r:bank"
LGD = 0.45
Fact = tuple[str, dict[str, object]]


def engine_of(folder: Path, *facts: Fact, state: str = "") -> Engine:
    names = {str(row[end]) for _, row in facts for end in ("from", "to", "party") if end in row} | {BANK}
    parties = {name: "State" if name == state else "Company" for name in names}
    said = {str(row["party"]): row for kind, row in facts if kind == "Profile"}
    profiles = [("Profile", {"party": name, "name": name[2:].upper()}) for name in sorted(names) if name not in said]
    Book(folder / "columns").load(parties, [*facts, *profiles], closed_at=instant("2024-05-01"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def told(engine: Engine, *, limit: int = 20, offset: int = 0, **said: Any) -> Answer[BookLosses]:
    assumed = Assumed.model_validate({"correlation": 0.0, **said})
    return book_losses(engine, BANK, assumed, limit=limit, offset=offset, moment=engine.moment(currency="CNY"))


def near(found: Told, wanted: float) -> bool:
    assert found.error is not None
    return abs(found.value - wanted) <= 4 * found.error + 1e-9


def assessed(name: str, pd: float, *, months: int = 12, **more: object) -> Fact:
    return "Assessment", {"party": f"r:{name}", "author": "desk", "horizon_months": months, "pd": pd, **more}


def owes(debtor: str, creditor: str, amount: float) -> Fact:
    return "OWES", {"from": f"r:{debtor}", "to": f"r:{creditor}", "amount": amount, "currency": "CNY"}


def guarantee(giver: str, borrower: str, amount: float) -> Fact:
    said = {"from": f"r:{giver}", "to": f"r:{borrower}", "amount": amount, "currency": "CNY", "creditor": BANK}
    return "GUARANTEES", {**said, "liability": "general"}


def test_one_borrower_loses_pd_times_lgd_times_exposure(tmp_path: Path) -> None:
    answer = told(engine_of(tmp_path, lent("a", 200.0)), pd={"rest": 0.1}).answer
    assert near(answer.losses.expected, 0.1 * LGD * 200)
    assert near(answer.losses.deviation, LGD * 200 * np.sqrt(0.1 * 0.9))
    for one in answer.losses.levels:
        assert (one.value_at_risk.value, one.expected_shortfall.value) == (pytest.approx(90), pytest.approx(90))
    assert answer.losses == answer.without
    assert (answer.owed, answer.at_risk) == (pytest.approx(200), pytest.approx(90))
    assert answer.contributions[0].expected == pytest.approx(9)
    assert [(one.index, one.tops[0].share) for one in answer.concentration] == [(1.0, 1.0)] * 4


BOTH = (
    # a's failure costs d 45 % of 100, more than its 40: it brings d down.
    lent("a", 200.0), lent("d", 60.0), owes("a", "d", 100.0), *stated("d", net_assets=40.0),
)  # fmt: skip
ODDS = {"r:a": 0.3, "r:d": 0.2}


@pytest.mark.parametrize("sampling", ["plain", "antithetic", "sobol", "importance"])
def test_two_borrowers_one_of_whom_brings_down_the_other(tmp_path: Path, sampling: str) -> None:
    found = told(engine_of(tmp_path, *BOTH), pd={"parties": ODDS}, sampling=sampling, level=0.9).answer
    outcomes = {(a, d): (0.3 if a else 0.7) * (0.2 if d else 0.8) for a, d in product((0, 1), repeat=2)}
    alone = sum(chance * (90 * a + 27 * d) for (a, d), chance in outcomes.items())
    whole = sum(chance * (90 * a + 27 * max(a, d)) for (a, d), chance in outcomes.items())
    assert near(found.without.expected, alone)
    assert near(found.losses.expected, whole)
    squares = sum(chance * (90 * a + 27 * max(a, d)) ** 2 for (a, d), chance in outcomes.items())
    assert near(found.losses.deviation, np.sqrt(squares - whole**2))
    assert found.losses.most == pytest.approx(117)
    by = {one.party.id: one for one in found.contributions}
    # In the worst tenth a fails always, and d with it; alone d fails as well in half of them, which are all taken.
    assert (by["r:a"].shortfall, by["r:d"].shortfall) == (pytest.approx(90), pytest.approx(27))
    assert (found.losses.defaults - found.without.defaults) == pytest.approx(0.3 * 0.8, abs=0.03)


@pytest.mark.parametrize(("lgd", "assets", "lost"), [(LGD, 20.0, 180.0), (LGD, 150.0, 90.0), (0.0, 20.0, 180.0)])
def test_a_borrower_pays_no_more_than_its_assets_as_in_a_shock(
    tmp_path: Path, lgd: float, assets: float, lost: float
) -> None:
    engine = engine_of(tmp_path, lent("a", 200.0), *stated("a", total_assets=assets, net_assets=assets - 200.0))
    failed = Scenario(failed=("r:a",), lender=BANK, lgd=lgd)
    sent = shock(engine, failed, moment=engine.moment(currency="CNY")).answer.lenders[0].cost.loss
    found = told(engine, pd={"parties": {"r:a": 1.0}}, lgd=lgd).answer
    assert (sent, found.losses.expected.value) == (pytest.approx(lost), pytest.approx(lost))


@pytest.mark.parametrize("sampling", ["plain", "antithetic", "sobol", "importance"])
def test_each_sampling_tells_the_mean_of_many_small_loans_as_far_off_as_seeds_are(
    tmp_path: Path, sampling: str
) -> None:
    """200 loans of 10 at 2 %: 18 are lost on average, however years are drawn; 4 fail."""
    engine = engine_of(tmp_path, *[lent(f"b{k}", 10.0) for k in range(200)])
    said = {"pd": {"rest": 0.02}, "correlation": "irb", "sampling": sampling, "draws": 2000}
    found = [told(engine, limit=1, seed=seed, **said).answer for seed in range(1, 21)]
    off = [(one.losses.expected.value - 18.0) / (one.losses.expected.error or np.nan) for one in found]
    assert np.sqrt(np.mean(np.square(off))) <= 1.6
    assert np.mean([one.losses.defaults for one in found]) == pytest.approx(4.0, rel=0.05)
    spread = np.std([one.losses.deviation.value for one in found], ddof=1)
    # 20 spreads stray by 16 % on average.
    assert spread == pytest.approx(np.mean([one.losses.deviation.error for one in found]), rel=0.65)


def test_without_the_layer_of_debts_nobody_is_brought_down(tmp_path: Path) -> None:
    found = told(engine_of(tmp_path, *BOTH), pd={"parties": ODDS}, layers=["guarantees"])
    assert found.answer.losses == found.answer.without
    assert any("claims on those who default" in gap.said for gap in found.answer.gaps)


def test_all_layers_bring_down_by_shares_and_output_and_say_so(tmp_path: Path) -> None:
    """a fails in 3 of 10 years; d holds half of its equity of 100, which is more than its own 40."""
    held = ("OWNS", {"from": "r:d", "to": "r:a", "share": 0.5, "directness": "direct"})
    engine = engine_of(
        tmp_path, lent("a", 200.0), lent("d", 60.0), held, *stated("a", net_assets=100.0), *stated("d", net_assets=40.0)
    )
    said = {"pd": {"parties": {"r:a": 0.3, "r:d": 0.0}}, "layers": ["production", "guarantees", "debts", "shares"]}
    found = told(engine, **said).answer
    assert near(found.losses.expected, 0.3 * (90 + 27))
    assert near(found.without.expected, 0.3 * 90)
    assert found.sampling.layers == ("production", "guarantees", "debts", "shares")
    assert any("sent through its layers as a shock" in gap.said for gap in found.gaps)
    by = {one.party.id: (one.shortfall, one.without) for one in found.contributions}
    assert by == {"r:a": (pytest.approx(90), pytest.approx(90)), "r:d": (pytest.approx(27), 0.0)}


def test_alike_borrowers_default_as_a_binomial_number(tmp_path: Path) -> None:
    count, pd = 12, 0.05
    engine = engine_of(tmp_path, *[lent(f"b{k}", 100.0) for k in range(count)])
    found = told(engine, pd={"rest": pd}, draws=40_000, infection=0.02).answer
    for one in found.losses.levels:
        assert one.value_at_risk.value == pytest.approx(45 * binom.ppf(one.level, count, pd))
    years = found.sampling.years
    for passed in found.distribution[:-1]:
        chance = binom.sf(np.floor(passed.loss / 45 + 1e-9), count, pd)
        assert abs(passed.chance - chance) <= 4 * np.sqrt(chance * (1 - chance) / years) + 1e-12
    by = {one.name: one for one in found.closed}
    assert by["Davis–Lo"].expected == pytest.approx(45 * count * (1 - (1 - pd) * (1 - pd * 0.02) ** (count - 1)))
    assert [one.index for one in found.concentration] == [pytest.approx(1 / count)] * 4
    assert found.concentration[0].effective == pytest.approx(count)
    assert found.concentration[2].unknown == 1.0


def test_a_guarantor_that_stands_pays_and_one_that_fails_pays_nothing(tmp_path: Path) -> None:
    """c promises 200 for a, and is called for the 90 that a does not pay: its 100 of equity bear that."""
    facts = (lent("a", 200.0), lent("c", 30.0), guarantee("c", "a", 200.0), *stated("c", net_assets=100.0))
    found = told(engine_of(tmp_path, *facts), pd={"parties": {"r:a": 0.3, "r:c": 0.2}}).answer
    wanted = 0.3 * 0.2 * 90 + 0.2 * 13.5
    assert near(found.losses.expected, wanted)
    assert found.losses == found.without
    unpaid = told(engine_of(tmp_path / "none", *facts), pd={"parties": {"r:a": 0.3, "r:c": 0.2}}, layers=[]).answer
    assert near(unpaid.losses.expected, 0.3 * 90 + 0.2 * 13.5)


def test_a_guarantor_too_small_falls_and_pays_nothing(tmp_path: Path) -> None:
    facts = (lent("a", 200.0), lent("c", 30.0), guarantee("c", "a", 200.0), *stated("c", net_assets=80.0))
    found = told(engine_of(tmp_path, *facts), pd={"parties": {"r:a": 0.3}}).answer
    assert near(found.losses.expected, 0.3 * (90 + 13.5))
    # Alone it would have stood, and paid.
    assert found.without.expected.value == pytest.approx(0)
    assert any("1 borrower" in gap.said and "no PD" in gap.said for gap in found.gaps)


def test_a_guarantor_of_unknown_means_pays_nothing(tmp_path: Path) -> None:
    found = told(engine_of(tmp_path, lent("a", 200.0), guarantee("c", "a", 200.0)), pd={"parties": {"r:a": 0.3}}).answer
    assert near(found.losses.expected, 0.3 * 90)
    assert any("1 guarantee of givers" in gap.said for gap in found.gaps)


def test_the_most_particular_pd_counts_and_each_says_whose_it_is(tmp_path: Path) -> None:
    facts = [
        *[lent(name, 100.0) for name in "abcdefg"],
        *[("Profile", {"party": f"r:{name}", "name": name, "industry": code}) for name, code in
          (("a", "C381"), ("b", "C381"), ("c", "C381"), ("d", "C381"), ("e", "C99"), ("f", "D44"), ("g", "C381"))],
        assessed("a", 0.06), assessed("b", 0.06, grade="BBB"), assessed("g", 0.9, months=36),
        ("Assessment", {"party": "r:c", "author": "desk", "horizon_months": 12, "grade": "BBB"}),
    ]  # fmt: skip
    engine = engine_of(tmp_path, *facts, state="r:g")
    chances = {"parties": {"r:a": 0.07}, "grades": {"BBB": 0.05}, "industries": {"C": 0.03, "C38": 0.04}, "rest": 0.02}
    view = engine.view(engine.moment(currency="CNY"))
    node = view.snapshot.node
    odds = odds_of(view, Assumed.model_validate({"pd": chances}), node(BANK))
    told_ = {name: float(odds.pd[node(f"r:{name}")]) for name in "abcdef"}
    assert told_ == {"a": 0.07, "b": 0.06, "c": 0.05, "d": 0.04, "e": 0.03, "f": 0.02}
    # A government body is of no rest; nor does one default over three years count for one.
    assert np.isnan(odds.pd[node("r:g")])
    assert np.isnan(odds.pd[node(BANK)])
    without = odds_of(view, Assumed.model_validate({"pd": {**chances, "assessed": False}}), node(BANK))
    assert float(without.pd[node("r:b")]) == 0.05
    answer = told(engine, pd=chances)
    assert {one.source: one.borrowers for one in answer.answer.chances} == {
        "named by party": 1, "assessment, 12 months": 1, "by grade": 1, "by industry": 2, "the rest": 1,
    }  # fmt: skip
    cited = {source.fact_id for source in answer.sources if source.kind == "Assessment"}
    assert cited == set(next(one for one in answer.answer.contributions if one.party.id == "r:b").facts) & cited
    assert len(cited) == 1


def test_contributions_sum_to_the_shortfall_page_by_page(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, *[lent(f"b{k}", 100.0 + 10 * k) for k in range(9)])
    said = {"pd": {"rest": 0.04}, "correlation": 0.2, "level": 0.99}
    pages = [told(engine, limit=5, offset=offset, **said).answer for offset in (0, 5)]
    every = [one for page in pages for one in page.contributions]
    assert [one.rank for one in every] == list(range(1, 10))
    assert sum(one.shortfall for one in every) == pytest.approx(pages[0].losses.levels[0].expected_shortfall.value)
    assert sum(one.without for one in every) == pytest.approx(pages[0].without.levels[0].expected_shortfall.value)


def test_one_party_named_twice_needs_one_pd(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, lent("a", 200.0))
    moment = engine.moment(currency="CNY")
    for parties in ({"r:a": 0.1, "A": 0.5}, {"A": 0.5, "r:a": 0.1}):
        with pytest.raises(InvalidQuestion, match="of another PD"):
            named_assumed(engine, Assumed.model_validate({"pd": {"parties": parties}}), moment=moment)
    same = Assumed.model_validate({"pd": {"parties": {"A": 0.1, "r:a": 0.1}}})
    assert named_assumed(engine, same, moment=moment).pd.parties == {"r:a": 0.1}


def test_several_factors_tie_borrowers_by_what_they_share(tmp_path: Path) -> None:
    facts = [
        *[lent(name, 100.0) for name in "abcd"],
        *[("Profile", {"party": f"r:{name}", "name": name, "industry": code, "jurisdiction": place}) for
          name, code, place in (("a", "C381", "CN"), ("b", "C382", "CN"), ("c", "D44", "CN"), ("d", "D44", "DE"))],
    ]  # fmt: skip
    engine = engine_of(tmp_path, *facts)
    view = engine.view(engine.moment(currency="CNY"))
    shared = Shared(all=0.1, industry=0.2, region=0.05, industries={"D": 0.3})
    assumed = Assumed.model_validate({"pd": {"rest": 0.02}, "factors": shared.model_dump()}).checked()
    book = staked(view, assumed, view.snapshot.node(BANK))
    weights = book.portfolio.factors.loading[book.portfolio.factors.cell]
    place = {int(node): k for k, node in enumerate(book.nodes)}
    a, b, c, d = (weights[place[view.snapshot.node(f"r:{name}")]] for name in "abcd")
    assert (a @ b, a @ c, a @ d, c @ d) == tuple(map(pytest.approx, (0.35, 0.15, 0.1, 0.4)))
    assert (a @ a, d @ d) == (pytest.approx(0.35), pytest.approx(0.45))


def test_groups_are_told_with_what_their_clients_add(tmp_path: Path) -> None:
    held = ("OWNS", {"from": "r:h", "to": "r:a", "share": 0.6, "directness": "direct"})
    also = ("OWNS", {"from": "r:h", "to": "r:b", "share": 0.6, "directness": "direct"})
    engine = engine_of(tmp_path, lent("a", 100.0), lent("b", 50.0), lent("c", 50.0), held, also)
    found = told(engine, pd={"rest": 0.1}).answer
    (group,) = found.groups
    by = {one.party.id: one.shortfall for one in found.contributions}
    assert (group.top.id, group.clients, group.owed) == ("r:h", 2, pytest.approx(150))
    assert group.shortfall == pytest.approx(by["r:a"] + by["r:b"])
    index = {one.by: one.index for one in found.concentration}
    assert index["group"] == pytest.approx(0.75**2 + 0.25**2)
    assert index["borrower"] == pytest.approx(0.5**2 + 2 * 0.25**2)


@pytest.mark.parametrize(
    ("said", "where", "word"),
    [
        ({}, "pd", "no probability of default"),
        ({"pd": {"parties": {BANK: 0.1}, "rest": 0.1}}, f"pd.parties.{BANK}", "lender itself"),
        ({"pd": {"rest": 0.1}, "layers": ["rumours"]}, "layers", "rumours"),
        ({"pd": {"rest": 0.1}, "haircuts": {"gold teeth": 0.1}}, "haircuts", "gold teeth"),
        ({"pd": {"rest": 0.1}, "factors": {"all": 0.5, "industry": 0.5}}, "factors", "nothing of a borrower's own"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_by_its_place(
    tmp_path: Path, said: dict[str, Any], where: str, word: str
) -> None:
    event = ("Event", {"party": "r:a", "kind": "default", "happened": instant("2024-01-01").date()})
    with pytest.raises(InvalidQuestion, match=word) as problem:
        told(engine_of(tmp_path, lent("a", 200.0), event), **said)
    assert problem.value.where == where


def test_too_much_work_and_unknown_parties_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_of(tmp_path, lent("a", 200.0))
    with pytest.raises(UnknownParty):
        told(engine, pd={"parties": {"r:nobody": 0.1}})
    with pytest.raises(InvalidQuestion, match="owe it anything"):
        book_losses(engine, "r:a", Assumed(), moment=engine.moment(currency="CNY"))
    monkeypatch.setattr("api.questions.book.drawn.WORK", 5000)
    with pytest.raises(InvalidQuestion, match="10,000 years are too many"):
        told(engine, pd={"rest": 0.1})


def test_years_are_counted_while_they_are_drawn(tmp_path: Path) -> None:
    seen: list[Stage] = []
    engine = engine_of(tmp_path, lent("a", 200.0))
    assumed = Assumed.model_validate({"pd": {"rest": 0.1}, "draws": 1000})
    moment = engine.moment(currency="CNY")
    book_losses(engine, BANK, assumed, moment=moment, progress=seen.append)
    assert seen[0] == (0.0, "drawing years", "抽取年度")
    assert (1.0, "drawing years: 1,000 of 1,000", "抽取年度：1,000/1,000") in seen
    laid = [one for one in seen if one.doing.startswith("laying the worst years on borrowers, ")]
    assert {one.doing.split(", ")[1].split(":")[0] for one in laid} == {"with contagion", "without"}
    assert [one for one in laid if "最差年度分摊" in one.doing_zh] == laid == seen[-len(laid) :]


def test_who_waits_may_stop_while_the_worst_years_are_laid_on_borrowers(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, lent("a", 200.0))

    def stop(stage: Stage) -> None:
        if stage.doing.startswith("laying"):
            raise Cancelled(stage.doing)

    assumed = Assumed.model_validate({"pd": {"rest": 0.1}, "draws": 1000})
    with pytest.raises(Cancelled, match="laying the worst years"):
        book_losses(engine, BANK, assumed, moment=engine.moment(currency="CNY"), progress=stop)


def test_how_long_years_sent_as_shocks_take_is_told_before_they_are_drawn(tmp_path: Path) -> None:
    seen: list[Stage] = []
    engine = engine_of(tmp_path, lent("a", 200.0))
    assumed = Assumed.model_validate({"pd": {"rest": 0.1}, "draws": 100, "layers": LAYERS})
    book_losses(engine, BANK, assumed, moment=engine.moment(currency="CNY"), progress=seen.append)
    assert seen[0] == (0.0, "drawing years, each sent as a shock (a few seconds)", "抽取年度并逐年传导（数秒）")
    gaps = told(engine, pd={"rest": 0.1}, draws=1_000_000).answer.gaps
    assert any("takes a few seconds for all 2 parties" in gap.said and "数秒" in gap.said_zh for gap in gaps)


@pytest.mark.parametrize(("years", "text"), [(4, "a few seconds"), (50, "about 50 seconds"), (600, "about 10 minutes")])
def test_time_grows_with_years_and_parties(years: int, text: str) -> None:
    found = lasting(years * 10_000, 1000, production=True)
    assert found == lasting(years * 1000, 10_000, production=True)
    assert found[0] == text


def test_a_file_says_what_the_readme_shows(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(name = \"a plain year\".*?)```", readme, re.DOTALL)
    file = tmp_path / "assumed.toml"
    file.write_text(shown, encoding="utf-8")
    found = read_file(file, io.StringIO())
    assert (found.lgd, found.draws, found.pd.industries["C36"], found.infection) == (0.45, 20_000, 0.03, 0.001)
    assert found.correlation == "irb"
    file.write_text(re.sub(r"^# (\[factors\]|\w+ = )", r"\1", shown, flags=re.MULTILINE), encoding="utf-8")
    assert read_file(file, io.StringIO()).factors == Shared(all=0.1, industry=0.1, region=0.05)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[pd]\nrest = 1.2", "pd.rest"),
        ("[pd]\nleft = 0.1", "pd.left: is not known here"),
        ("draws = 10", "draws"),
        ('sampling = "often"', "sampling"),
        ('correlation = "high"', "correlation"),
    ],
)
def test_a_file_that_cannot_be_meant_names_its_field(tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "assumed.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as problem:
        read_file(file, io.StringIO())
    assert word in str(problem.value)


def test_a_party_of_a_file_may_be_called_by_its_exact_name(tmp_path: Path) -> None:
    profile = ("Profile", {"party": "r:a", "name": "Velmora Steel Ltd"})
    engine = engine_of(tmp_path, lent("a", 200.0), profile)
    moment = engine.moment(currency="CNY")
    said = Assumed.model_validate({"pd": {"parties": {"Velmora Steel Ltd": 0.1}}})
    assert named_assumed(engine, said, moment=moment).pd.parties == {"r:a": 0.1}
    with pytest.raises(UnknownParty):
        named_assumed(engine, Assumed.model_validate({"pd": {"parties": {"Velmora": 0.1}}}), moment=moment)
