"""Judgements in the words of an answer: who judged, why, on what evidence and until when; ring fences of a party."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.answers.wording import ended
from api.engine import View
from graph.model import DEPENDS_ON


@dataclass(frozen=True)
class Verdict:
    """One judgement that holds at the moment."""

    fact: Fact
    until: date | None
    """First day on which it no longer holds."""


@dataclass(frozen=True)
class KeptOut:
    """One whom a ring fence keeps out of a group."""

    party: Party
    fence: Verdict


def verdict(view: View, evidence: Evidence, position: int) -> Verdict:
    """The judgement at a position of DEPENDS_ON."""
    (fact,) = evidence.facts(DEPENDS_ON, [position])
    row = view.snapshot.links(DEPENDS_ON).fact[[position]]
    return Verdict(fact, view.snapshot.sources(DEPENDS_ON, row)[0]["valid_to"])


def fences_of(view: View, evidence: Evidence, node: int) -> tuple[Verdict, ...]:
    """Ring fences of a party: its control by another, or of another, that forms no single risk as judged."""
    at, ends = view.kept(("fences",), lambda: _fences(view))
    mine = at[(ends == node).any(axis=0)]
    return tuple(verdict(view, evidence, int(position)) for position in mine)


def keeping_out(view: View, evidence: Evidence, members: NDArray[np.uint32]) -> tuple[KeptOut, ...]:
    """Whom ring fences keep out of a group: who controls a member, or is controlled by one, and is none."""
    at, ends = view.kept(("fences",), lambda: _fences(view))
    inside, found = np.isin(ends, members), list[KeptOut]()
    for k in np.flatnonzero(inside[0] != inside[1]).tolist():
        controlled, controller = int(ends[0, k]), int(ends[1, k])
        if _controlled(view, controlled, controller):
            out = controller if inside[0, k] else controlled
            found.append(KeptOut(evidence.party(out), verdict(view, evidence, int(at[k]))))
    return tuple(found)


def kept_out_said(one: KeptOut, top: Party) -> str:
    """Whom a ring fence keeps out of a group, in both languages."""
    fact, out = one.fence.fact, one.party.name
    return ended(
        f"{out} is kept out of the group of {top.name}: the control of {fact.head.name} over {fact.tail.name} is "
        f"ring-fenced ({judged(one.fence)}) · {out}不计入{top.name}所在组：{fact.head.name}对{fact.tail.name}的控制"
        f"经认定为风险隔离（{judged_zh(one.fence)}）"
    )


def _fences(view: View) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Positions of all ring fences, and who is controlled and who controls; looked for once."""
    verdicts = view.verdicts
    at = np.sort(verdicts.fences)
    return at, np.stack([verdicts.dependant[at], verdicts.other[at]])


def overruled_of(view: View, evidence: Evidence, node: int) -> tuple[Verdict, ...]:
    """Rejections of a dependence or control of a party, or on or by it, that do not count as it was confirmed too."""
    verdicts = view.verdicts
    at = verdicts.overruled
    mine = at[(verdicts.dependant[at] == node) | (verdicts.other[at] == node)]
    return tuple(verdict(view, evidence, int(position)) for position in mine)


def overruled(one: Verdict) -> str:
    """A rejection that does not count as a sentence."""
    return (
        f"That {one.fact.tail.name} does not depend on {one.fact.head.name} ({one.fact.values['criterion']}; "
        f"{judged(one)}) does not count, as another judgement confirms that it does"
    )


def overruled_zh(one: Verdict) -> str:
    """The same in Chinese."""
    return (
        f"{one.fact.tail.name}不依存于{one.fact.head.name}的认定（{one.fact.values['criterion']}；{judged_zh(one)}）"
        "不予采用：另有认定确认其依存"
    )


def judgements_said(view: View, evidence: Evidence, node: int) -> list[str]:
    """Ring fences of a party, and rejections that do not count, as sentences."""
    fences = [f"{fenced(view, one)} · {fenced_zh(view, one)}" for one in fences_of(view, evidence, node)]
    rejected = [f"{overruled(one)} · {overruled_zh(one)}" for one in overruled_of(view, evidence, node)]
    return [ended(said) for said in (*fences, *rejected)]


def fenced(view: View, one: Verdict) -> str:
    """A ring fence as a sentence; of one that keeps nobody apart, since there is no control, that."""
    controlled, controller = (view.snapshot.node(party.id) for party in (one.fact.tail, one.fact.head))
    if not _controlled(view, controlled, controller):
        return (
            f"A ring fence between {one.fact.tail.name} and {one.fact.head.name} changes nothing: {one.fact.head.name} "
            f"is not known to control {one.fact.tail.name} on this day, nor possible to ({judged(one)})"
        )
    return (
        f"The control of {one.fact.head.name} over {one.fact.tail.name} is ring-fenced and joins them into no group "
        f"of connected clients ({judged(one)})"
    )


def fenced_zh(view: View, one: Verdict) -> str:
    """The same in Chinese."""
    controlled, controller = one.fact.tail.name, one.fact.head.name
    if not _controlled(view, *(view.snapshot.node(party.id) for party in (one.fact.tail, one.fact.head))):
        return (
            f"{controlled}与{controller}之间的风险隔离认定不起作用：当日未知{controller}控制或可能控制{controlled}"
            f"（{judged_zh(one)}）"
        )
    return f"{controller}对{controlled}的控制经认定为风险隔离，不据以归入同一关联客户组（{judged_zh(one)}）"


def _controlled(view: View, controlled: int, controller: int) -> bool:
    """Whether there is control, possible at least, that a ring fence can take out of the risk."""
    return controller in view.control.controllers_of(controlled, possible=True)


def judged_zh(one: Verdict) -> str:
    """The same as `judged`, in Chinese."""
    said = one.fact.values
    parts = (
        f"认定人：{said.get('author') or '数据来源'}",
        f"理由：{said['reason']}" if said.get("reason") else "",
        f"依据：{said['evidence']}" if said.get("evidence") else "",
        f"自{one.until}起不再有效" if one.until else "",
    )
    return "；".join(part for part in parts if part)


def judged(one: Verdict) -> str:
    """Who judged, why, on what evidence and until when."""
    said = one.fact.values
    parts = (
        f"judged by {said.get('author') or 'the source'}",
        f"reason: {said['reason']}" if said.get("reason") else "",
        f"evidence: {said['evidence']}" if said.get("evidence") else "",
        f"no longer from {one.until} on" if one.until else "",
    )
    return "; ".join(part for part in parts if part)
