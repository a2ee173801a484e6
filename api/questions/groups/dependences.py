"""Dependences of a party in the words of an answer: figure, threshold, state and sources."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isinf
from typing import Final

from analytics.structure.dependence.rules import criterion_names
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.answers.wording import percent
from api.engine import View
from api.groups.untested import criteria_of, untested_on
from api.questions.groups.verdicts import Verdict, judged, verdict
from graph.model import KINDS, STATEMENT

FEW = 20
"""Facts shown behind one figure."""
MORE_THAN_ALL: Final = (
    "more than all there is, so amounts and statements seem to be in different units or of different times"
    " · 超过总额，金额与报表的单位或时点似不一致"
)
"""What is said of a part that is greater than its whole."""


STATES_ZH: Final = {"suspected": "疑似依存于", "confirmed": "已认定依存于", "rejected": "经认定不依存于"}


@dataclass(frozen=True)
class Dependence:
    """One dependence that figures suggest, and what became of it."""

    dependant: Party
    other: Party
    criterion: str
    name: str
    name_zh: str
    state: str
    """`suspected`, `confirmed` or `rejected`."""
    figure: str
    """Name of the figure, such as `receipts_share`."""
    value: float | None
    """The figure, a fraction; none where it passes every bound, as a claim on net assets that are gone."""
    threshold: float
    comparison: str
    at_least: bool
    """Whether amounts are unknown, so that the figure may be higher."""
    rebutted_by: str
    """What somebody could judge to take it away; empty where nothing does."""
    facts: tuple[Fact, ...]
    """What the figure was added up from, the first twenty."""
    statement: str
    """Id of the statement divided by, empty where there is none."""
    verdict: Verdict | None
    """The judgement on it."""
    verified: bool = True
    """Whether the criterion was read in its text."""
    note: str = ""
    """What of the threshold is our own reading, and not the text's; empty where nothing is."""
    note_zh: str = ""


@dataclass(frozen=True)
class Untested:
    """A criterion that cannot be tested for a party: not passed, but unknown."""

    criterion: str
    name: str
    name_zh: str
    others: int
    """With how many parties; 0 where no figure says anything and somebody must judge."""


def dependence(view: View, evidence: Evidence, position: int) -> Dependence:
    """One suspicion with its state and sources."""
    found = view.judged.dependences
    one, judgement = found.suspected.at(position), int(found.verdict[position])
    facts = [fact for kind, link in one.sources[:FEW] for fact in evidence.facts(KINDS[kind], [link])]
    statement = evidence.cite_rows(STATEMENT, [one.statement])[0] if one.statement >= 0 else ""
    return Dependence(
        evidence.party(one.dependant),
        evidence.party(one.other),
        one.criterion.id,
        one.criterion.name.en,
        one.criterion.name.zh,
        found.state_of(position),
        one.figure,
        None if isinf(one.value) else one.value,
        one.threshold,
        one.comparison,
        one.at_least,
        one.rebuttable,
        tuple(facts),
        statement,
        verdict(view, evidence, judgement) if judgement >= 0 else None,
        bool(one.criterion.verified),
        one.criterion.note.en if one.criterion.note else "",
        one.criterion.note.zh if one.criterion.note else "",
    )


def dependences_of(view: View, evidence: Evidence, node: int) -> tuple[Dependence, ...]:
    """All suspicions about a party, in every state."""
    return tuple(dependence(view, evidence, at) for at in view.judged.dependences.suspected.of(node))


def untested_of(view: View, node: int) -> Iterator[Untested]:
    """Criteria that cannot be tested for a party and nobody judged, and those that only somebody can judge."""
    suspected = view.judged.dependences.suspected
    silent = {criterion.id: many for criterion, many in criteria_of(view, untested_on(view, node)[1])}
    for criterion in view.judged.criteria:
        if criterion.id in silent or criterion.id in suspected.by_hand:
            yield Untested(criterion.id, criterion.name.en, criterion.name.zh, silent.get(criterion.id, 0))


def confirmed_of(view: View, evidence: Evidence, verdicts: Iterable[int]) -> Iterator[Dependence]:
    """What figures say today of dependences that somebody confirmed: of those for which they suggest one."""
    found = view.judged.dependences
    for judgement in verdicts:
        for at in found.suspected.of(int(found.verdicts.dependant[judgement])):
            if int(found.verdict[at]) == judgement:
                yield dependence(view, evidence, at)


def measured_by(fact: Fact, measured: Iterable[Dependence]) -> Dependence | None:
    """The figure by which a confirmed dependence can be computed today."""
    about = fact.head.id, fact.values["criterion"]
    return next((one for one in measured if (one.other.id, one.criterion) == about), None)


def confirmed(fact: Fact, measured: Iterable[Dependence]) -> str:
    """A confirmed dependence in a few words: by which criterion, with which figure today, and for what reason."""
    known = criterion_names().get(fact.values["criterion"])
    name = fact.values["criterion"] + (f" ({known.name.en})" if known else "")
    one = measured_by(fact, measured)
    figure = f": {_figure(one)}" if one else ""
    reason = f"; {fact.values['reason']}" if fact.values.get("reason") else ""
    return f"depends on {fact.head.name} by {name}{figure}{reason}"


def _figure(one: Dependence) -> str:
    figure = "without bound" if one.value is None else percent(one.value)
    least = "at least " if one.at_least else ""
    told = f"{one.figure.replace('_', ' ')} {least}{figure}, threshold {one.comparison} {percent(one.threshold)}"
    return f"{told}; {MORE_THAN_ALL}" if doubtful(one) else told


def doubtful(one: Dependence) -> bool:
    """Whether a figure says more than can be: a part that is greater than its whole."""
    return one.figure.endswith("_share") and one.value is not None and one.value > 1


def said(one: Dependence) -> str:
    """A dependence in a few words."""
    told = f" ({judged(one.verdict)})" if one.verdict else ""
    state = {"rejected": "not taken to depend", "suspected": "suspected to depend", "confirmed": "taken to depend"}
    return f"{state[one.state]} on {one.other.name}{told} by {one.criterion} ({one.name}): {_figure(one)}"


def said_zh(one: Dependence) -> str:
    """Who depends on whom, by what, in Chinese."""
    figure = "无上限" if one.value is None else f"{'不低于' if one.at_least else ''}{percent(one.value)}"
    return (
        f"{one.dependant.name}{STATES_ZH[one.state]}{one.other.name}：{one.criterion}（{one.name_zh}），"
        f"指标{figure}，门槛{one.comparison} {percent(one.threshold)}"
    )


def readings_said(ones: Iterable[Dependence]) -> Iterator[str]:
    """What of the thresholds that were reached is our own reading, each criterion once, in both languages."""
    told = {one.criterion: one for one in ones if one.note}
    for name, one in told.items():
        yield f"{name}: {one.note} · {name}：{one.note_zh}。"
