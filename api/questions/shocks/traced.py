"""The way a loss came, step by step, each with the facts it rests on."""

from dataclasses import dataclass
from typing import Final

from analytics.contagion.shock.causes import OTHERS, SELF, Cause, explain
from analytics.contagion.shock.coupled import CAUSES
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.engine import View
from api.questions.shocks.grounds import between, debt_fact, surety_fact
from api.questions.shocks.sent import CARRIED, Sent, flows_of
from graph.field import Kind
from graph.model import OWNS, SUPPLIES

LAYERS_SAID: Final = CARRIED | {
    SELF: ("the shock itself", "初始冲击"),
    OTHERS: ("others, smaller", "其余较小来源"),
    "": ("all that is lost", "损失合计"),
}
CAUSES_ZH: Final = ("", "初始冲击", "产出损失", "担保代偿", "损失超过净资产", "现金损失超过流动性")
STEPS: Final = 3
"""Steps told of one tree, the largest, for each line that is told of another table."""


@dataclass(frozen=True)
class Step:
    """A party that lost, by what what stands above lost by it, and what led to that."""

    party: Party
    how: str
    """In a word or two: `unpaid debt`, `called guarantee`, `lost output`, `shares worth less`, `the shock itself`."""
    how_zh: str
    amount: float
    failed: int
    """In which round it failed; 0 where it did not."""
    why: str
    """Why it failed; empty where it did not."""
    why_zh: str
    facts: tuple[Fact, ...]
    """The debts, guarantees, holdings or supplies it came through."""
    causes: tuple["Step", ...]
    open: bool
    """Whether more led to it that is not told."""
    many: int
    """How many steps stand together in this one; 1 of all but `others, smaller`, which names the party above."""


def traced(view: View, evidence: Evidence, sent: Sent, party: int, *, limit: int) -> Step:
    """What a party's loss goes back to, told the longer the more lines are."""
    root = Cause(party, "", (), float(sent.whole.lost[party]))
    return _step(view, evidence, sent, explain(flows_of(sent), root, most=STEPS * limit + 1), None)


def _step(view: View, evidence: Evidence, sent: Sent, cause: Cause, above: int | None) -> Step:
    whole, said = sent.whole, LAYERS_SAID[cause.layer]
    why = int(whole.cause[cause.party])
    return Step(
        evidence.party(cause.party),
        *said,
        cause.amount,
        int(whole.round[cause.party]),
        CAUSES[why],
        CAUSES_ZH[why],
        facts_of(view, evidence, sent, cause, above),
        tuple(_step(view, evidence, sent, one, cause.party) for one in cause.causes),
        cause.open,
        cause.many,
    )


def facts_of(view: View, evidence: Evidence, sent: Sent, cause: Cause, above: int | None) -> tuple[Fact, ...]:
    """What one step rests on."""
    if cause.layer == "production" and above is not None:
        return evidence.facts(SUPPLIES, between(view, SUPPLIES, cause.party, above))
    found = [_place(view, sent, cause.layer, place) for place in cause.places]
    return tuple(fact for kind, at in dict.fromkeys(found) for fact in evidence.facts(kind, [at]))


def _place(view: View, sent: Sent, layer: str, place: int) -> tuple[Kind, int]:
    """The relation and link of a debt, a guarantee or a holding."""
    if layer == "debts":
        return debt_fact(sent, place)
    return (OWNS, place) if layer == "shares" else surety_fact(view, sent, place)
