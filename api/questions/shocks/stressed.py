"""What has a lender at stake with a party and its groups, and what of it would a scenario take?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.coupled import CAUSES
from analytics.rules.rule import Words
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Question
from api.answers.wording import money, percent, plural
from api.contagion.ties import lends_of
from api.engine import Engine, View
from api.groups.together import CONFIRMED, groups_told
from api.limits.criteria import seen_by
from api.questions.asking import node_of
from api.questions.limits.exposure import ExposureTo
from api.questions.limits.exposure import exposure as exposed
from api.questions.limits.stress import LostAlone, Stressed, StressedStake
from api.questions.shocks.catalogue import called, named
from api.questions.shocks.gaps import gaps_of
from api.questions.shocks.grounds import Grounds
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.sent import Sent, send_scenario, view_of
from api.questions.shocks.traced import CAUSES_ZH, LAYERS_SAID
from graph.moment import Moment

Flags = NDArray[np.bool_]
ITSELF: Final = "self"
"""The scenario that the party itself fails."""


def exposure(
    engine: Engine,
    party: str,
    *,
    lender: str | None = None,
    scenario: Scenario | str | None = None,
    limit: int = 20,
    moment: Moment,
) -> Answer[ExposureTo]:
    """Add up facilities and guarantees with a party, alone and by group; with a scenario also what it would take.

    A scenario is one of the catalogue by name, one of one's own, or `self`: the party itself fails.
    """
    if scenario is None or scenario == "":
        return exposed(engine, party, lender=lender, limit=limit, moment=moment)
    said, name = _scenario(scenario, party, lender)
    view = view_of(engine, said, moment)
    plain = exposed(
        engine, party, lender=lender, limit=limit, moment=replace(moment, valid_at=view.snapshot.moment.valid_at)
    )
    of = None if lender is None else node_of(view.snapshot, lender)
    node, evidence = node_of(view.snapshot, party), Evidence(view.snapshot)
    sent = send_scenario(view, said)
    groups = [one.clients for one in groups_told(seen_by(view, of), node, CONFIRMED)[0]]
    words = Words("it fails itself", "自身违约") if scenario == ITSELF else called(said)
    told = _stressed(sent, Grounds(view, evidence, sent), (name, words), node, groups, _owed_to(view, sent, of))
    value = replace(plain.answer, stressed=told)
    parameters = {**plain.question.parameters, "scenario": name if isinstance(scenario, str) else said.model_dump()}
    cited = {one.fact_id: one for one in (*plain.sources, *evidence.sources)}
    gaps = [gap.said for gap in gaps_of(view, sent)]
    return replace(
        plain, question=Question("exposure", parameters), answer=value,
        reasons=(*_reasons(value, told), *gaps, *plain.reasons), sources=tuple(cited.values()),
    )  # fmt: skip


def _scenario(scenario: Scenario | str, party: str, lender: str | None) -> tuple[Scenario, str]:
    """The scenario that is meant, and what it is called."""
    if isinstance(scenario, Scenario):
        return scenario, scenario.name
    if scenario == ITSELF:
        return Scenario(failed=(party,), lender=lender or ""), ITSELF
    return named(scenario, lender=lender or ""), scenario


def _owed_to(view: View, sent: Sent, lender: int | None) -> Flags:
    """Debts to a lender, or to all who lend to anybody: what suppliers and others are owed is no lender's."""
    creditor = sent.setting.debts.creditor
    return np.asarray(lends_of(view)[creditor] if lender is None else creditor == lender)


def _stressed(
    sent: Sent,
    grounds: Grounds,
    said: tuple[str, Words],
    party: int,
    groups: Sequence[NDArray[np.uint32]],
    mine: Flags,
) -> Stressed:
    whole, debtor = sent.whole, sent.setting.debts.debtor
    inside = np.isin(debtor, np.concatenate([np.array([party]), *groups]))
    failed = bool(whole.failed[party])
    why, (name, words) = int(whole.cause[party]) if failed else 0, said
    return Stressed(
        name, words.en, words.zh, int(whole.round[party]), CAUSES[why], CAUSES_ZH[why],
        _stake(sent, np.array([party]), mine),
        tuple(_stake(sent, members, mine) for members in groups),
        float(whole.by_debt[mine & ~inside].sum()), float(whole.by_debt[mine].sum()),
        grounds.of_failure(party) if failed else (),
    )  # fmt: skip


def _stake(sent: Sent, members: NDArray[np.int64] | NDArray[np.uint32], mine: Flags) -> StressedStake:
    """What some members owe, and what of it is lost."""
    whole, debts = sent.whole, sent.setting.debts
    some = mine & np.isin(debts.debtor, members)
    due = float(debts.amount[some & whole.failed[debts.debtor]].sum())
    base = float(sent.without.by_debt[some].sum())
    layers = tuple(
        LostAlone(LAYERS_SAID[name][0], LAYERS_SAID[name][1], loss, loss - base)
        for name, found in sent.alone.items()
        for loss in [float(found.by_debt[some].sum())]
    )
    lgd = 1 - sent.setting.known.firms.recovered
    static = float((debts.amount * lgd[debts.debtor])[some & whole.failed[debts.debtor]].sum())
    return StressedStake(
        float(debts.amount[some].sum()), len(members), int(whole.failed[members].sum()), due, static,
        float(whole.by_debt[some].sum()), base, layers,
    )  # fmt: skip


def _reasons(value: ExposureTo, told: Stressed) -> Iterator[str]:
    who = value.lender.name if value.lender else "All lenders together"
    name, currency = value.party.name, value.currency
    under = f"If {name} fails" if told.scenario == ITSELF else f"Under {_quoted(told.called)}"
    verb = "loses" if value.lender else "lose"
    part = f" ({percent(told.alone.loss / told.alone.owed)})" if told.alone.owed > 0 else ""
    yield (
        f"{under} {who} {verb} {money(told.alone.loss, currency)} of {money(told.alone.owed, currency)} that "
        f"{name} owes{part}, {money(told.loss, currency)} in all."
    )
    if told.scenario != ITSELF:
        yield f"{name} fails in round {told.round}: {told.why}." if told.round else f"{name} stands."
    for group, stake in zip(value.groups, told.groups, strict=True):
        yield (
            f"Of the group of {group.top.name} {plural(stake.failed, 'party fails', 'parties fail')}; of "
            f"{money(stake.owed, currency)} that it owes {money(stake.loss, currency)} is lost."
        )
    yield from _by_layer(told.alone.layers, name, currency)


def _quoted(called: str) -> str:
    return f"“{called}”" if called else "the scenario"


def _by_layer(layers: Iterable[LostAlone], name: str, currency: str | None) -> Iterator[str]:
    """Which layers alone would have taken more than the scenario itself."""
    for one in layers:
        if abs(one.added) >= 1:
            sign = "more" if one.added > 0 else "less"
            yield f"{one.name} alone would take {money(abs(one.added), currency)} {sign} of what {name} owes."
