"""What a limit counts of a group, member by member: before protection, what is taken off, and what is left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.limits.lines import Line
from analytics.limits.numerators import NUMERATORS, Numerator
from analytics.limits.stakes import Stakes
from analytics.limits.standing import Standing
from analytics.limits.threshold import FINEST
from analytics.limits.units import Nodes
from api.answers.evidence import Evidence
from api.answers.frame import Page, Party
from api.engine import View
from api.questions.limits.arising import Coming, comings
from graph.model import COLLATERAL, FACILITIES

UNDRAWN: Final = {
    "none": ("undrawn amounts do not count", "未用额度不计"),
    "converted": ("undrawn amounts times their conversion factors", "未用额度乘以信用转换系数"),
    "whole": ("undrawn amounts whole, as they are granted", "未用额度按授信全额计"),
}
COLLATERAL_ZH: Final = {"deposit": "保证金存款", "certificate": "存单", "government bond": "国债"}
FACILITIES_ZH: Final = {"loan": "贷款"}


@dataclass(frozen=True)
class Way:
    """One way to count, as some of the rules of an answer want it."""

    counts: str
    counts_zh: str
    how: str
    how_zh: str
    rules: tuple[str, ...]
    """Ids of the rules that count so."""


@dataclass(frozen=True)
class Counted:
    """What is counted with one member, in whole units of the answer's currency: `before` − `off` + `over`."""

    party: Party
    before: float
    """What its facilities count before protection."""
    off: float
    """What of that collateral takes off, an eligible guarantor takes over, or the rule leaves out."""
    over: float
    """What it takes over itself, as an eligible guarantor of others."""
    counted: float
    coming: Coming | None
    """Of a group that stands only if what cannot be tested holds, why this member would come in."""


@dataclass(frozen=True)
class Tally:
    """The sum that some rules hold against one group."""

    lines: tuple[int, ...]
    """Positions of the lines it is the sum of, among those of the answer."""
    counts: str
    counts_zh: str
    members: tuple[Counted, ...]
    """Those with most first."""
    page: Page
    rest: float
    """What is counted with the members that are not listed."""
    promised: float
    """What the members guarantee for others, where the rule counts that."""
    total: float


def ways_of(lines: Sequence[Line]) -> Iterator[Way]:
    """How the rules of some lines count, each way once."""
    for name in dict.fromkeys(line.rule.numerator for line in lines):
        one, rules = NUMERATORS[name], dict.fromkeys(line.rule.id for line in lines if line.rule.numerator == name)
        en, zh = zip(*_how(one), strict=True)
        yield Way(one.name.en, one.name.zh, "; ".join(en), "；".join(zh), tuple(rules))


def tallies(
    view: View, evidence: Evidence, standing: Standing, party: int, lines: Sequence[Line], *, limit: int
) -> Iterator[Tally]:
    """The sum behind every line that speaks of several parties together, the same sum once."""
    places: dict[tuple[str, bytes], list[int]] = {}
    for k, line in enumerate(lines):
        if len(line.members) > 1:
            places.setdefault((line.rule.numerator, line.members.tobytes()), []).append(k)
    for (name, _), at in places.items():
        line, stakes = lines[at[0]], standing.stakes[name]
        own = stakes.own[line.members]
        order = np.lexsort((line.members, -own))[:limit]
        shown = line.members[order]
        why = {} if line.tested else comings(view, evidence, line, party, lender=standing.lender)
        members = tuple(_counted(stakes, evidence, shown, why))
        page = Page(len(own), 0, len(members))
        whole, listed = float(own.sum()), float(own[order].sum())
        given, counts = line.before - whole, stakes.numerator.name
        yield Tally(
            tuple(at), counts.en, counts.zh, members, page, _some(whole - listed), _some(given), line.before,
        )  # fmt: skip


def _counted(stakes: Stakes, evidence: Evidence, members: Nodes, why: dict[int, Coming]) -> Iterator[Counted]:
    for x, party in zip(members.tolist(), evidence.parties(members.tolist()), strict=True):
        own, rows = float(stakes.own[x]), np.searchsorted(stakes.facility, stakes.of.links_at(x))
        before, kept = float(stakes.gross[rows].sum()), float(stakes.kept[rows].sum())
        kept = min(kept, own)  # of an institution that the rule leaves out nothing is
        yield Counted(party, before, _some(before - kept), _some(own - kept), own, why.get(x))


def _some(amount: float) -> float:
    """An amount, or nothing where only rounding is left of it."""
    return amount if amount > FINEST else 0.0


def _how(one: Numerator) -> Iterator[tuple[str, str]]:
    """A way to count, clause by clause, in both languages."""
    if one.facilities == FACILITIES:
        yield "drawn amounts of every kind of facility", "各类授信的已用金额"
    else:
        kinds_zh = "、".join(FACILITIES_ZH.get(kind, kind) for kind in one.facilities)
        yield f"drawn amounts of these kinds alone: {', '.join(one.facilities)}", f"仅计{kinds_zh}的已用金额"
    yield UNDRAWN[one.undrawn]
    if one.netted:
        kinds = [kind for kind in COLLATERAL if kind in one.netted]
        yield (
            f"collateral taken off: {', '.join(kinds)}",
            f"扣除{'、'.join(COLLATERAL_ZH.get(kind, kind) for kind in kinds)}",
        )
    else:
        yield "no collateral is taken off", "不扣除押品"
    if one.moved:
        yield "what an eligible guarantor protects counts with that guarantor", "合格保证人保障的部分计入该保证人"
    if one.promised:
        yield (
            "with what is guaranteed for others outside the group, at most up to what those owe",
            "另计为集团外他人提供的担保，以被担保方所欠债务为限",
        )
    if one.clients == "nonbank":
        yield "institutions left out", "不计同业客户"
