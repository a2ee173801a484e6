"""What an answer on failures does not know, and could make it more or less; and what of it is assumed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.structure.dependence.age import oldest_period
from api.answers.wording import money, plural
from api.contagion.collateral import beyond_assets, loose_of
from api.contagion.figures import FIGURES
from api.engine import View
from api.groups.overfull import overfull_among
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.sent import Sent, Setting
from graph.holding import EPOCH_DAY
from graph.model import GUARANTEES, PLEDGES

Flags = NDArray[np.bool_]
CUT: Final = {
    "keep": (
        "each holder loses by what the others would leave it of what is stated",
        "各持有人的损失只按其余持有人所余部分计算",
    ),
    "scale": (
        "each holder loses by what is left of its share, scaled down to all",
        "各持有人的损失按缩减至合计100%的比例计算",
    ),
    "refuse": ("such holdings are refused, and nobody loses by them", "此类持股不予采信，持有人不计损失"),
}
"""What becomes of holdings of which more than all is stated, by the policy."""
SHOWN: Final = 3
"""Parties named in one sentence."""
REMEDY: Final = '`missing = "medians"` (`--missing medians`)'
"""How a scenario lets medians stand in for figures that are not known."""


@dataclass(frozen=True)
class Gap:
    """Something that is not known, in both languages."""

    said: str
    said_zh: str


class Whose(NamedTuple):
    """Of whom something may not be known, and how they are called."""

    losing: Flags
    """Who may be brought down by what it loses, shape (n,)."""
    failing: Flags
    """Who fails, or may, shape (n,)."""
    lending: Flags
    """Whose losses are asked about, shape (n,)."""
    lose: tuple[str, str]
    """What the first do, `lose` and `受损`."""
    fail: tuple[str, str]
    """The same of the second."""


def gaps_of(view: View, sent: Sent) -> Iterator[Gap]:
    """What is not known about a shock, each with how many it touches."""
    setting, whole = sent.setting, sent.whole
    if not whole.failed.any():
        yield _nearest(view, sent)
    for one in sent.absent:
        marks = ", ".join(filter(None, (one.industry, one.region, one.product, *one.parties)))
        yield Gap(
            f"nobody here is of {marks}, whose output the scenario has fall: left out",
            f"情景所指产出下降的{marks}在此无主体：未计入",
        )
    if dim := int(((sent.output_lost > 1e-9) & np.isnan(setting.known.firms.margin)).sum()):
        yield Gap(
            f"of {plural(dim, 'party', 'parties')} whose output falls revenue or cost is not known: no income is lost "
            "by them",
            f"{dim:,} 个产出下降主体的收入或成本未知：不计其收入损失",
        )
    if odd := int(((sent.output_lost > 1e-9) & (view.snapshot.traits("industry").code < 0)).sum()):
        yield Gap(
            f"the industry of {plural(odd, 'party', 'parties')} whose output falls is not known: nobody stands in for "
            "them, and none of their inputs or goods counts as essential but where all do",
            f"{odd:,} 个产出下降主体的行业未知：无同业可替代，且除非全部视为必需，其投入与产品均不视为必需",
        )
    if setting.worse.any():
        yield Gap(
            "at the new exchange rates stand debts, guarantees, collateral and statements: what sales, costs and other "
            "assets gain or lose by them is not known, and who gains on its debts is no richer for it",
            "按新汇率计入债务、担保、押品和报表：销售、成本和其他资产的汇兑损益未知；债务上的汇兑收益不增加其净资产",
        )
    lending = np.zeros(len(whole.failed), np.bool_)
    lending[setting.debts.creditor[whole.by_debt > 0]] = True
    losing = (whole.lost > 0) & ~whole.failed
    if "shares" in sent.alone:
        yield from overfull_of(view, whole.passed > 0)
    yield from unknown_of(view, setting, Whose(losing, whole.failed, lending, ("lose", "受损"), ("fail", "违约")))
    if broken := int((whole.failed & (_paid(sent) > 0)).sum()):
        yield Gap(
            f"{plural(broken, 'guarantor that fails', 'guarantors that fail')} paid promises first, out of equity: "
            f"other creditors of {'it' if broken == 1 else 'them'} have what is left",
            f"{broken:,} 个违约担保人先以净资产履行代偿：其他债权人就余下部分受偿",
        )


def _nearest(view: View, sent: Sent) -> Gap:
    """Why nobody fails: who comes nearest to it, by its equity or, where it has less of that to lose, its liquidity."""
    whole, firms = sent.whole, sent.setting.known.firms
    cash = sent.shock.lost + whole.income + whole.called + whole.claims
    losses = ((whole.lost, firms.equity, "equity", "净资产"), (cash, firms.liquidity, "liquidity", "流动性"))
    parts = np.array([np.divide(lost, has, out=np.zeros(len(has)), where=has > 0) for lost, has, *_ in losses])
    if not parts.any():
        return Gap(
            "nobody fails: of none of those who lose is it known that they have equity or liquidity to lose",
            "无主体违约：受损主体中无一已知有净资产或流动性可损失",
        )
    which, nearest = (int(at) for at in np.unravel_index(np.argmax(parts), parts.shape))
    lost, has, en, zh = losses[which]
    name = view.snapshot.all_called(np.array([nearest]))[0]
    amounts = [money(float(one[nearest]), view.snapshot.moment.currency) for one in (lost, has)]
    in_cash, in_cash_zh = ("in cash ", "现金") if which else ("", "")
    return Gap(
        f"nobody fails: of those whose {en} is known {name} comes nearest, and loses {in_cash}{amounts[0]} of "
        f"{amounts[1]}",
        f"无主体违约：{zh}已知的主体中，{name}最接近违约，{in_cash_zh}损失 {amounts[0]}，{zh} {amounts[1]}",
    )


def _paid(sent: Sent) -> NDArray[np.float64]:
    """What each pays on promises, collateral apart."""
    made, paid = sent.setting.promised.layer.standing.sureties, sent.whole.by_guarantee
    mine = ~made.pledge[: len(paid)]
    return np.bincount(made.guarantor[: len(paid)][mine], paid[mine], minlength=len(sent.whole.failed)).astype(float)


def untold_of(sent: Sent) -> Flags:
    """Who loses of whom it is not known whether they fail."""
    known, whole = sent.setting.known, sent.whole
    unpriced = (sent.output_lost > 1e-9) & np.isnan(known.firms.margin)
    return np.asarray((((whole.lost > 0) & known.unknown) | unpriced) & ~whole.failed)


def caveat_of(view: View, scenario: Scenario, untold: Flags) -> Gap | None:
    """That of some it cannot be told whether they fail, and what to do about it."""
    if not (many := int(untold.sum())):
        return None
    age = age_of(view, untold)
    if scenario.missing == "medians":
        remedy, remedy_zh = "load newer statements of them", "请载入其较新的报表"
    else:
        remedy, remedy_zh = f"{REMEDY} lets medians of their industry stand in", f"{REMEDY} 以其行业中位数代替"
    who, it = plural(many, "party that loses", "parties that lose"), "it fails" if many == 1 else "they fail"
    return Gap(
        f"of {who} it cannot be told whether {it}, for equity, revenue or cost is not known{age.said}: {remedy}",
        f"{many:,} 个受损主体是否违约无法判定：净资产、收入或成本未知{age.said_zh}；{remedy_zh}",
    )


def age_of(view: View, some: Flags) -> Gap:
    """How many of some state a figure that is too old to count; nothing where none does."""
    if not (old := int((view.kept(("figures too old",), lambda: _too_old(view)) & some).sum())):
        return Gap("", "")
    since = oldest_period(view.snapshot.moment.valid_at)
    return Gap(
        f" (of {old:,} what is stated is of periods that ended before {since}, too old)",
        f"（其中 {old:,} 个所报数据早于 {since}，过旧不用）",
    )


def _too_old(view: View) -> Flags:
    """Who states a figure in old statements alone."""
    since, found = oldest_period(view.snapshot.moment.valid_at), np.zeros(view.snapshot.size, np.bool_)
    for items, of_a_year in FIGURES.values():
        newer = view.snapshot.items(items, of_a_year=of_a_year, since=since).row
        found |= (view.snapshot.items(items, of_a_year=of_a_year).row >= 0) & (newer < 0)
    return found


def unknown_of(view: View, setting: Setting, whose: Whose) -> Iterator[Gap]:
    """What is not known of some parties, and of what ties them, each with how many it touches."""
    yield from _figures(view, setting, whose)
    yield from _promises(view, setting, whose)
    yield from _collateral(view, setting, whose)
    yield from _periods(setting, whose.losing | whose.failing)


def _figures(view: View, setting: Setting, whose: Whose) -> Iterator[Gap]:
    known, (en, zh) = setting.known, whose.lose
    if dark := int((whose.losing & known.unknown).sum()):
        yield Gap(
            f"neither equity nor liquidity is known of {dark:,} of those who {en}: nothing brings them down",
            f"{dark:,} 个{zh}主体的净资产和流动性均未知：任何损失都不会使其违约",
        )
    if spent := int((whose.losing & known.excluded).sum()):
        yield Gap(
            f"{spent:,} of those who {en} had no equity left before: losses do not fail them",
            f"{spent:,} 个{zh}主体事先已无净资产：损失不使其违约",
        )
    if made_up := int(((whose.losing | whose.failing) & known.estimated).sum()):
        yield Gap(
            f"figures of {plural(made_up, 'party', 'parties')} that this rests on are medians of their industry",
            f"所依据的 {made_up:,} 个主体的数据为其行业中位数",
        )
    if odd := int(((whose.losing | whose.failing) & known.strange).sum()):
        yield Gap(
            f"{plural(odd, 'party that this rests on states', 'parties that this rests on state')} assets or "
            "liabilities below nothing: taken as not known",
            f"所依据的 {odd:,} 个主体所报资产或负债为负：视为未知",
        )
    yield from _below_holdings(view, setting, whose.losing | whose.failing)
    if strange := int(whose.failing[setting.layers.unmatched].sum()):
        yield Gap(
            f"known debts of {strange:,} of those who {whose.fail[0]} are more than the liabilities they state: the "
            "debts count",
            f"{strange:,} 个{whose.fail[1]}主体的已知债务多于其所报负债：以已知债务为准",
        )


def _below_holdings(view: View, setting: Setting, some: Flags) -> Iterator[Gap]:
    """Who states less equity than what it is known to hold of others' equity."""
    holder, company, share, _ = setting.shares
    equity = setting.known.firms.equity
    worth = np.bincount(holder, share * np.maximum(np.nan_to_num(equity), 0.0)[company], minlength=len(equity))
    if len(less := np.flatnonzero(some & (setting.assumed == 0) & (worth > 0) & (equity < worth * (1 - 1e-9)))):
        said, said_zh = _named(view, less)
        yield Gap(
            f"less equity is stated than what is held of others' equity comes to: by {said}; what is stated counts",
            f"所报净资产低于所持他人股权的净资产份额：{said_zh}；以所报为准",
        )


def overfull_of(view: View, some: Flags) -> Iterator[Gap]:
    """Companies whose losses their holders bear, and of which more than all is stated to be held."""
    if over := overfull_among(view, [np.flatnonzero(some)], layer="capital"):
        said, said_zh = _named(view, over)
        (cut, cut_zh), many = CUT[view.overfull], plural(len(over), "company", "companies")
        yield Gap(
            f"holders are stated to have more than all of {many}: {said}; {cut}",
            f"{len(over):,} 家公司的持股合计超过100%：{said_zh}；{cut_zh}",
        )


def _promises(view: View, setting: Setting, whose: Whose) -> Iterator[Gap]:
    en, zh = whose.fail
    if hidden := setting.debts.unknown:
        yield Gap(f"{plural(hidden, 'debt')} of unknown amount left out", f"{hidden:,} 笔金额未知的债务未计入")
    if poor := int(whose.failing[setting.promised.unable].sum()):
        yield Gap(
            f"{plural(poor, 'guarantee')} for those who {en}, of givers of whom neither equity nor liquidity is known: "
            "nothing is expected of them, and calls bring nobody down",
            f"{zh}主体的 {poor:,} 笔担保，其担保人净资产和流动性均未知：不预期其代偿，代偿要求也不使其违约",
        )
    if told := _guarantees(view, setting.promised.idle, whose):
        many, said, said_zh = told
        yield Gap(
            f"{plural(many, 'guarantee')} for those who {en}, behind which no known debt stands that calls reach, "
            f"counted for nothing: {said}",
            f"{zh}主体的 {many:,} 笔担保找不到可代偿的债务，未计入：{said_zh}",
        )
    if told := _guarantees(view, setting.promised.spent, whose):
        many, said, said_zh = told
        yield Gap(
            f"{plural(many, 'guarantee')} for those who {en}, whose period is over on the day or that "
            f"{'is' if many == 1 else 'are'} signed later, counted for nothing: {said}",
            f"{zh}主体的 {many:,} 笔担保在该日保证期间已届满或尚未签订，未计入：{said_zh}",
        )


def _guarantees(view: View, some: NDArray[np.int64], whose: Whose) -> tuple[int, str, str] | None:
    """How many of some guarantees are for those who fail, and the first of them in words; None where none is."""
    given = view.snapshot.links(GUARANTEES)
    mine = some[whose.failing[given.head[some]]]
    if not len(mine):
        return None
    pairs = zip(*(view.snapshot.all_called(end[mine[:SHOWN]]) for end in (given.tail, given.head)), strict=True)
    names = [(f"{giver} for {whom}", f"{giver}为{whom}") for giver, whom in pairs]
    said, said_zh = (_listed([name[k] for name in names], len(mine), k) for k in (0, 1))
    return len(mine), said, said_zh


def _collateral(view: View, setting: Setting, whose: Whose) -> Iterator[Gap]:
    pledges, loose = view.snapshot.links(PLEDGES), loose_of(view)
    if len(loose := loose[whose.lending[pledges.head[loose]]]):
        givers = np.unique(pledges.tail[loose])
        said, said_zh = _named(view, givers)
        yield Gap(
            f"it is not known which facility {plural(len(loose), 'pledge')} of {said} secures: counted for nothing",
            f"{said_zh}提供的 {len(loose):,} 笔押品未指明此处已知的授信，未计入",
        )
    some = np.flatnonzero(whose.losing | whose.failing)
    if len(more := np.intersect1d(beyond_assets(view, setting.known.firms.assets), some)):
        said, said_zh = _named(view, more)
        yield Gap(
            f"collateral is stated to be worth more than all assets that its giver states: of {said}",
            f"押品所报价值超过其提供者所报总资产：{said_zh}",
        )


def _periods(setting: Setting, some: Flags) -> Iterator[Gap]:
    oldest, newest = (days[some] for days in setting.known.days)
    first, last = int(oldest.min(initial=np.iinfo(np.int32).max)), int(newest.max(initial=np.iinfo(np.int32).min))
    if first < last:
        days = [EPOCH_DAY + timedelta(days=day) for day in (first, last)]
        yield Gap(
            f"statements of different periods stand beside each other: the oldest used ends on {days[0]}, the newest "
            f"on {days[1]}",
            f"所用报表期末日不一：最早 {days[0]}，最晚 {days[1]}",
        )


def _named(view: View, nodes: ArrayLike) -> tuple[str, str]:
    some = np.asarray(nodes)
    names = view.snapshot.all_called(some[:SHOWN])
    return _listed(names, len(some), 0), _listed(names, len(some), 1)


def _listed(names: list[str], many: int, chinese: int) -> str:
    """Some names, and how many they are where not all are named."""
    said = ("、" if chinese else ", ").join(names)
    if many <= len(names):
        return said
    return f"{said}等 {many:,} 个" if chinese else f"{said} and {many - len(names):,} more"
