"""What would a shock cost, through every layer, by lender, group, layer and path?"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party, Question
from api.answers.progress import Progress, Stage, untold
from api.answers.wording import money, plural
from api.contagion.ties import lends_of
from api.engine import Engine, View
from api.questions.asking import check_page, node_of
from api.questions.shocks.catalogue import called
from api.questions.shocks.felt import Fallen, Standing, fallen_said, standing_of, standing_said
from api.questions.shocks.gaps import Gap, caveat_of, gaps_of, untold_of
from api.questions.shocks.grounds import Grounds
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.sent import ASSUMED, Sent, send_scenario, view_of
from api.questions.shocks.traced import LAYERS_SAID, Step, traced
from graph.moment import Moment

Numbers = NDArray[np.float64]
GROUPS: Final = 10
"""Groups told."""


@dataclass(frozen=True)
class Cost:
    """What is lost on debts, in whole units of the answer's currency."""

    at_default: float
    """Owed by those who failed: drawn, and what conversion factors say of the undrawn parts."""
    static: float
    """That times the loss given default, as if nothing covered it."""
    loss: float
    """After the debtor's own collateral and means, and what guarantors pay."""
    without: float
    """What the shock alone costs, had nothing carried it on."""


@dataclass(frozen=True)
class Lender:
    """One lender's losses."""

    party: Party
    at_stake: float
    """Owed to it in all, as counted here."""
    cost: Cost
    failed: bool
    facts: tuple[str, ...]
    """Ids of the debts on which it loses most."""


@dataclass(frozen=True)
class Layer:
    """What one layer alone would have led to."""

    name: str
    name_zh: str
    loss: float
    """Lost on debts of those who fail by it and by the shock."""
    added: float
    """What of it is beyond the shock itself."""
    failed: int


@dataclass(frozen=True)
class Payer:
    """One who pays on guarantees, or with collateral, for those who failed."""

    party: Party
    asked: float
    """What it is called for."""
    paid: float
    """Less what those that counter its guarantees pay back."""
    failed: bool
    facts: tuple[str, ...]
    """Ids of the guarantees for which it is called most."""


@dataclass(frozen=True)
class Idle:
    """One whose output falls."""

    party: Party
    output: float
    """Fraction of its output that is lost by others or the scenario, whatever its own failure stops."""
    income: float | None
    """Income of a year that is lost with it; none where its revenue or costs are not known."""
    assumed: str
    """What stands in for revenue or costs that it does not state; empty where it states both."""
    assumed_zh: str
    failed: bool
    facts: tuple[str, ...]
    """Ids of the supplies by which it lost most, and of its statements."""


@dataclass(frozen=True)
class Round:
    """Those who failed at once; rounds tell the story, nothing rests on them."""

    number: int
    failed: int
    at_default: float
    loss: float


@dataclass(frozen=True)
class OfGroup:
    """Losses on one control group."""

    top: Party
    members: int
    """Those of it who failed."""
    loss: float
    facts: tuple[str, ...]
    """Ids of the debts on which most of it is lost."""


@dataclass(frozen=True)
class ShockAnswer:
    """What a shock costs."""

    name: str
    called: str
    """The same in words: a scenario of the catalogue as it is called there."""
    called_zh: str
    currency: str | None
    cost: Cost
    """Of all creditors, firms among them."""
    lenders: tuple[Lender, ...]
    """Those who lend, the largest loss first; the one asked about before all others."""
    layers: tuple[Layer, ...]
    coupling: float
    """What the layers together cost beyond the shock and what each adds alone; may be negative where they overlap."""
    rounds: tuple[Round, ...]
    fallen: tuple[Fallen, ...]
    fallen_page: Page
    standing: tuple[Standing, ...]
    """Those who lose most and stand."""
    standing_page: Page
    payers: tuple[Payer, ...]
    """Those who pay most for others."""
    payers_page: Page
    idle: tuple[Idle, ...]
    """Those who lose output by others or by the scenario, the most of all sales first."""
    idle_page: Page
    groups: tuple[OfGroup, ...]
    """Control groups whose failures cost most; they may overlap."""
    tree: Step | None
    """What the losses of the lender told first go back to."""
    carried: tuple[Fact, ...]
    """The debts, guarantees and supplies named with the lines above."""
    untold: int
    """Parties that lose and of whom equity, revenue or cost is not known: whether they fail cannot be told."""
    caveat: Gap | None
    """The same in words, with what to do about it; none where there are none."""
    gaps: tuple[Gap, ...]
    """What the answer rests on that is not known."""
    iterations: int
    residual: float


def shock(
    engine: Engine, scenario: Scenario, *, limit: int = 20, moment: Moment, progress: Progress = untold
) -> Answer[ShockAnswer]:
    """What would a shock cost, through every layer?"""
    view, evidence, sent, asked = begun(engine, scenario, limit=limit, moment=moment, progress=progress)
    progress(Stage(0.9, "telling losses, failures and causes", "整理损失、违约与成因"))
    value = told(view, evidence, scenario, sent, asked, limit)
    parameters = {"scenario": scenario.model_dump(), "limit": limit}
    return view.answer(
        Question("shock", parameters), value, evidence, reasons=list(reasons_of(evidence.distinguished(value)))
    )


def begun(
    engine: Engine, scenario: Scenario, *, limit: int, moment: Moment, progress: Progress
) -> tuple[View, Evidence, Sent, int | None]:
    """A scenario sent at its moment, and the lender whose losses are told first."""
    check_page(limit)
    view = view_of(engine, scenario, moment)
    asked = node_of(view.snapshot, scenario.lender, where="lender") if scenario.lender.strip() else None
    return view, Evidence(view.snapshot), send_scenario(view, scenario, progress), asked


def told(view: View, evidence: Evidence, scenario: Scenario, sent: Sent, asked: int | None, limit: int) -> ShockAnswer:
    """What a scenario came to, in words and amounts."""
    whole, debts = sent.whole, sent.setting.debts
    grounds = Grounds(view, evidence, sent)
    lenders = _lenders(view, grounds, scenario, sent, asked, limit)
    first = asked if asked is not None else (view.snapshot.node(lenders[0].party.id) if lenders else None)
    failed = np.flatnonzero(whole.failed)
    order = failed[np.lexsort((failed, -whole.lost[failed], whole.round[failed]))]
    idle, standing = _idle(sent), standing_of(sent)
    base = float(sent.without.by_debt.sum())
    layers = tuple(
        Layer(name, LAYERS_SAID[name][1], loss, loss - base, int(found.failed.sum()))
        for name, found in sent.alone.items()
        for loss in [float(found.by_debt.sum())]
    )
    cost = _cost(sent, np.ones(len(debts.amount), np.bool_), scenario.lgd)
    tree = None
    if first is not None and whole.lost[first] > 0:
        tree = traced(view, evidence, sent, first, limit=limit)
    words = called(scenario)
    return ShockAnswer(
        scenario.name,
        words.en,
        words.zh,
        view.snapshot.moment.currency,
        cost,
        lenders,
        layers,
        cost.loss - base - sum(one.added for one in layers) if layers else 0.0,
        tuple(_rounds(sent)),
        tuple(fallen_said(grounds, sent, x) for x in order[:limit].tolist()),
        Page(len(order), 0, min(limit, len(order))),
        tuple(standing_said(grounds, sent, x) for x in standing[:limit].tolist()),
        Page(len(standing), 0, min(limit, len(standing))),
        *_payers(grounds, sent, limit),
        tuple(_idle_said(grounds, sent, x) for x in idle[:limit].tolist()),
        Page(len(idle), 0, min(limit, len(idle))),
        tuple(_groups(view, grounds, sent)),
        tree,
        grounds.named,
        int(untold_of(sent).sum()),
        caveat_of(view, scenario, untold_of(sent)),
        tuple(gaps_of(view, sent)),
        whole.rounds,
        whole.residual,
    )


def _cost(sent: Sent, mine: NDArray[np.bool_], lgd: float) -> Cost:
    """What is lost on some debts."""
    debts = sent.setting.debts
    failed = sent.whole.failed[debts.debtor] & mine
    due = float(debts.amount[failed].sum())
    return Cost(due, due * lgd, float(sent.whole.by_debt[mine].sum()), float(sent.without.by_debt[mine].sum()))


def _lenders(
    view: View, grounds: Grounds, scenario: Scenario, sent: Sent, asked: int | None, limit: int
) -> tuple[Lender, ...]:
    debts, size = sent.setting.debts, view.snapshot.size
    lending = np.flatnonzero(lends_of(view))
    loss = np.bincount(debts.creditor, sent.whole.by_debt, minlength=size)
    failed = sent.whole.failed[debts.debtor]
    due = np.bincount(debts.creditor[failed], debts.amount[failed], minlength=size)
    order = lending[np.lexsort((lending, -due[lending], -loss[lending]))]
    chosen = order[(loss[order] > 0) | (due[order] > 0)][:limit].tolist()
    if asked is not None:
        chosen = [asked, *(x for x in chosen if x != asked)][:limit]
    owed = np.bincount(debts.creditor, debts.amount, minlength=size)
    return tuple(
        Lender(
            grounds.party(x), float(owed[x]), _cost(sent, debts.creditor == x, scenario.lgd),
            bool(sent.whole.failed[x]), grounds.lent(x),
        )
        for x in chosen
    )  # fmt: skip


def _rounds(sent: Sent) -> Iterator[Round]:
    whole, debts = sent.whole, sent.setting.debts
    of = whole.round[debts.debtor]
    for number in np.unique(whole.round[whole.failed]).tolist():
        mine = of == number
        failed = int((whole.round == number).sum())
        yield Round(number, failed, float(debts.amount[mine].sum()), float(whole.by_debt[mine].sum()))


def _payers(grounds: Grounds, sent: Sent, limit: int) -> tuple[tuple[Payer, ...], Page]:
    whole, made = sent.whole, sent.setting.promised.layer.standing.sureties
    asked = np.zeros(sent.setting.known.firms.size)
    if len(whole.asked):
        asked += np.bincount(made.guarantor, whole.asked, minlength=len(asked))
    found = np.flatnonzero(asked > 0)
    found = found[np.lexsort((found, -whole.called[found]))]
    told = tuple(
        Payer(grounds.party(x), float(asked[x]), float(whole.called[x]), bool(whole.failed[x]), grounds.called(x))
        for x in found[:limit].tolist()
    )
    return told, Page(len(found), 0, len(told))


def _idle(sent: Sent) -> NDArray[np.int64]:
    """Who loses output and does not fail by the scenario, the most sales lost first."""
    setting, output = sent.setting, sent.output_lost
    lost = output * (np.nan_to_num(setting.known.revenue) if setting.network is None else setting.network.revenue)
    found = np.flatnonzero((output > 1e-9) & ~sent.shock.failed)
    return found[np.lexsort((found, -lost[found]))]


def _idle_said(grounds: Grounds, sent: Sent, x: int) -> Idle:
    known = not np.isnan(sent.setting.known.firms.margin[x])
    income = float(sent.whole.income[x]) if known else None
    facts = (*grounds.traded(x), *grounds.stated(x))
    assumed = ASSUMED[int(sent.setting.by_medians[x])]
    return Idle(grounds.party(x), float(sent.output_lost[x]), income, *assumed, bool(sent.whole.failed[x]), facts)


def _groups(view: View, grounds: Grounds, sent: Sent) -> Iterator[OfGroup]:
    debts, whole = sent.setting.debts, sent.whole
    loss = np.bincount(debts.debtor, whole.by_debt, minlength=view.snapshot.size)
    found, mine = Counter[int](), defaultdict[int, list[int]](list)
    for x in np.flatnonzero(whole.failed).tolist():
        for group in view.groups.of(x).tolist():
            top = int(view.groups.top[group])
            found[top] += float(loss[x])  # type: ignore[assignment]
            mine[top].append(x)
    for top, amount in sorted(found.items(), key=lambda one: (-one[1], one[0]))[:GROUPS]:
        yield OfGroup(grounds.party(top), len(mine[top]), float(amount), grounds.owed(*mine[top]))


def reasons_of(value: ShockAnswer) -> Iterator[str]:
    """A shock's cost in words, and what the answer lacks."""
    failed = value.fallen_page.total
    caveat = f"; {value.caveat.said}" if value.caveat else ""
    yield (
        f"{plural(failed, 'party fails', 'parties fail')} in {plural(len(value.rounds), 'round')}; creditors lose "
        f"{money(value.cost.loss, value.currency)}; the shock alone, carried by no layer and paid for by no guarantor, "
        f"would cost them {money(value.cost.without, value.currency)}{caveat}"
    )
    yield from (gap.said for gap in value.gaps)
