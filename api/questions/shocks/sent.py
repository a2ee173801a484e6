"""A scenario sent through all layers of a moment, and through each alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.contagion.calls.book import NONE
from analytics.contagion.shock.causes import Flows
from analytics.contagion.shock.coupled import Aftermath, Shock, send
from analytics.contagion.shock.holders import no_less_than_held
from analytics.contagion.shock.layers import LAYERS, Layers
from analytics.contagion.shock.supplying import Output, Supplies, origins
from analytics.contagion.supply.network import SupplyNetwork
from api.answers.progress import Progress, Stage, untold
from api.contagion.figures import Known, known_of
from api.contagion.goods import network_of
from api.contagion.rates import moves_of
from api.contagion.ties import Debts, Promised, debts_of, promised_of, shares_of
from api.engine import Engine, View
from api.questions.shocks.hit import shock_of
from api.questions.shocks.scenario import Scenario, Stopped
from graph.moment import Moment

Numbers = NDArray[np.float64]
CARRIED: Final = {
    "production": ("lost output", "产出损失"),
    "guarantees": ("called guarantee", "担保代偿"),
    "debts": ("unpaid debt", "债权损失"),
    "shares": ("shares worth less", "股权减值"),
}
"""By what each layer carries a loss on, in both languages."""
TAKEN: Final = {
    "lost": ("as the scenario says", "情景所列损失"),
    "rates": ("by exchange rates", "汇率所致损失"),
    "stopped": ("of income", "收入损失"),
}
"""How what the scenario itself takes from somebody is called, by what says it there, in both languages."""


ASSUMED: Final = (("", ""), ("median of its industry", "行业中位数"), ("worth of what it holds", "所持股权价值"))
"""What stands in for equity that is not stated, in both languages."""
Held = tuple[NDArray[np.uint32], NDArray[np.uint32], Numbers, NDArray[np.int64]]


@dataclass(frozen=True)
class Setting:
    """What a scenario runs along."""

    known: Known
    debts: Debts
    promised: Promised
    network: SupplyNetwork | None
    layers: Layers
    shares: Held
    worse: Numbers
    """What each loses by exchange rates alone, shape (n,)."""
    assumed: NDArray[np.int8]
    """What the equity of each is by ASSUMED, a position there, shape (n,)."""
    by_medians: NDArray[np.bool_]
    """Whose income of a year is reckoned by medians of its industry, shape (n,)."""


@dataclass(frozen=True)
class Sent:
    """What a scenario came to."""

    setting: Setting
    shock: Shock
    whole: Aftermath
    output: Output | None
    without: Aftermath
    """What the shock alone costs, where nothing carries it on."""
    alone: Mapping[str, Aftermath]
    """What each layer alone would have come to."""
    absent: tuple[Stopped, ...] = ()
    """Marks of the scenario that fit nobody."""

    @property
    def output_lost(self) -> Numbers:
        """Fraction of its output that each lost by others or by the scenario, whatever its own failure stopped."""
        return self.shock.stopped if self.output is None else np.maximum(self.output.by_others, self.shock.stopped)


def view_of(engine: Engine, scenario: Scenario, moment: Moment) -> View:
    """The view a scenario is sent in: of its day. Raises InvalidDate, and InvalidQuestion where both name one."""
    return engine.view(replace(moment, valid_at=scenario.day(moment.valid_at, engine.moment().valid_at)))


def check_scenario(view: View, scenario: Scenario) -> None:
    """Raise what keeps a scenario from being sent: InvalidQuestion, and UnknownParty."""
    _one_currency(view)
    shock_of(view, scenario.checked())
    moves_of(view, scenario.rates)


def _one_currency(view: View) -> None:
    if view.snapshot.mixed:
        raise view.snapshot.several


def setting_of(view: View, scenario: Scenario) -> Setting:
    """What a scenario runs along; kept for the next one that assumes the same."""
    _one_currency(view)
    assumed = (
        scenario.lgd, *(tuple(sorted(some.items())) for some in (scenario.haircuts, scenario.rates)), scenario.calls,
        scenario.essential, scenario.substitution, scenario.missing,
    )  # fmt: skip
    return view.kept(("shock", *assumed), lambda: _setting(view, scenario), most=4)


def _setting(view: View, scenario: Scenario) -> Setting:
    moves = moves_of(view, scenario.rates)
    moved = None if moves is None else moves.figures
    known = known_of(view, lgd=scenario.lgd, medians=scenario.missing == "medians", moved=moved)
    shares = shares_of(view)
    stated = known_of(view, lgd=scenario.lgd, moved=moved)
    by_medians = np.isnan(stated.firms.margin) & ~np.isnan(known.firms.margin)
    known, assumed = _held(known, stated, shares)
    worse = np.zeros(known.firms.size)
    if moves is not None:
        worse, known = moves.lost(view), replace(known, firms=moves.at_new_rates(view, known.firms))
    debts = debts_of(view, scenario.haircuts, moves)
    promised = promised_of(view, known, debts, scenario.haircuts, moves, in_full=scenario.calls == "in full")
    network = network_of(view, known, essential=scenario.essential, rationed=scenario.substitution)
    layers = Layers.of(
        known.firms,
        debts=(debts.debtor, debts.creditor, debts.amount),
        covered=debts.covered,
        cut=debts.cut,
        seniority=debts.seniority,
        shares=shares[:3],
        production=None if network is None else Supplies(network),
        guarantees=promised.layer,
    )
    return Setting(known, debts, promised, network, layers, shares, worse, assumed, by_medians)


def _held(known: Known, stated: Known, shares: Held) -> tuple[Known, NDArray[np.int8]]:
    """Figures with assumed equity no less than what is held of others, and by what it is assumed."""
    given = known.firms.equity
    made_up = np.isnan(stated.firms.equity) & ~np.isnan(given)
    if not made_up.any():
        return known, np.zeros(len(given), np.int8)
    equity = no_less_than_held(given, made_up, *shares[:3])
    by = made_up.astype(np.int8) + (made_up & (equity > given))
    return replace(known, firms=replace(known.firms, equity=equity)), by.astype(np.int8)


def send_scenario(view: View, scenario: Scenario, progress: Progress = untold) -> Sent:
    """Send a scenario through the layers it names, and through each alone."""
    progress(Stage(0.0, "gathering debts, guarantees, supplies and shares", "汇集债权、担保、供应与股权"))
    setting, hit = setting_of(view, scenario.checked()), shock_of(view, scenario)
    shock = replace(hit.shock, worse=setting.worse)
    names = [name for name in LAYERS if name in scenario.layers]
    sending = _Sending(setting, shock, scenario, progress, runs=len(names) + 2)
    alone = {name: sending.through((name,), f"{CARRIED[name][0]} alone", f"仅{CARRIED[name][1]}") for name in names}
    without = sending.through((), "the shock alone", "仅初始冲击")
    whole = sending.through(scenario.layers, "all layers together", "各渠道合并")
    produced = whole.produced if isinstance(whole.produced, Output) else None
    return Sent(setting, shock, whole, produced, without, alone, hit.absent)


@dataclass
class _Sending:
    """Runs of one shock through some layers after others, each round of them told."""

    setting: Setting
    shock: Shock
    scenario: Scenario
    progress: Progress
    runs: int
    done: int = 0

    def through(self, names: Sequence[str], said: str, said_zh: str) -> Aftermath:
        """Send the shock through layers of these names."""
        # The setting before the first run and the telling after the last take about as long as a run each.
        at = (self.done + 1) / (self.runs + 2)

        def told(rounds: int, failed: int) -> None:
            en, zh = f"{said}: round {rounds}, {failed:,} failed", f"{said_zh}：第{rounds}轮，{failed:,}家违约"
            self.progress(Stage(at, en, zh))

        self.progress(Stage(at, said, said_zh))
        layers, firms = self.setting.layers.only_some(tuple(names)), self.setting.known.firms
        found = send(firms, layers, self.shock, kept=self.scenario.kept, progress=told)
        self.done += 1
        return found


def itself_of(sent: Sent) -> Mapping[str, Numbers]:
    """What the scenario itself takes from each, by what it says of them, shape (n,) each."""
    return {"lost": sent.shock.lost, "rates": sent.shock.worse, "stopped": _own_output(sent)}


def flows_of(sent: Sent) -> Flows:
    """What of each party's loss came from which other."""
    whole, debts, made = sent.whole, sent.setting.debts, sent.setting.promised.layer.standing
    holder, company, share, links = sent.setting.shares
    sureties = made.sureties
    counters = sureties.counters != NONE
    behind = np.where(counters, sureties.guarantor[sureties.counters], made.loans.debtor[sureties.loan])
    parts: list[tuple[str, ArrayLike, ArrayLike, ArrayLike, ArrayLike | None]] = [
        ("debts", debts.debtor, debts.creditor, whole.by_debt, np.arange(len(whole.by_debt))),
        (
            "guarantees",
            behind,
            sureties.guarantor,
            _or_none(whole.by_guarantee, len(sureties)),
            np.arange(len(sureties)),
        ),
        ("shares", company, holder, share * whole.passed[company], links),
        *_production(sent),
    ]
    own = np.where(sent.shock.failed, np.inf, np.sum(list(itself_of(sent).values()), axis=0))
    return Flows.of(parts, own=own, order=whole.order)


def _production(sent: Sent) -> Iterator[tuple[str, ArrayLike, ArrayLike, ArrayLike, ArrayLike | None]]:
    """Income lost by what others did not deliver or order."""
    if sent.output is None:
        return
    by = origins(sent.output)
    income = np.maximum(sent.whole.income - _own_output(sent), 0.0)[by.into] * by.part
    yield "production", by.source, by.into, income, None


def _own_output(sent: Sent) -> Numbers:
    """Income that each lost by what the scenario stopped itself."""
    margin = np.nan_to_num(np.maximum(sent.setting.known.firms.margin, 0.0))
    return np.asarray(np.minimum(sent.whole.income, sent.shock.stopped * margin))


def _or_none(paid: Numbers, many: int) -> Numbers:
    """What guarantees paid; nothing where that layer carried nothing."""
    return paid if len(paid) == many else np.zeros(many)
