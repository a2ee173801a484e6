"""By which facts companies fall to a controller, one after the other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from analytics.structure.control import Control
from analytics.structure.proof import Step, prove_each
from api.answers.chinese import gist_zh
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.answers.wording import band
from api.engine import View
from api.groups.concerts import JointProof, joint_proof, needed_ties
from graph.model import CONTROLS, OWNS, RELATED_TO


@dataclass(frozen=True)
class Fall:
    """One company that falls to a controller, and the facts by which it does."""

    company: Party
    by: tuple[Fact, ...]
    low: float
    """Least votes held together, a fraction; 0 where control rests on another basis."""
    high: float
    certain: bool = True
    """Whether these facts give it for certain, once those before do; else bands or a doubtful tie only allow it."""
    concert: tuple[Fact, ...] = ()
    """What makes the holders act in concert, where the controller needs the votes of others who do."""
    own: tuple[Fact, ...] = ()
    """What the company holds of itself, where the others have no majority but for its carrying no vote."""


def proofs(
    view: View,
    evidence: Evidence,
    owner: int,
    companies: Sequence[int],
    *,
    certain: bool = True,
    control: Control | None = None,
) -> list[tuple[Fall, ...]]:
    """The facts by which a party controls each of several companies, one fallen company after the other."""
    found = prove_each(view.control if control is None else control, owner, companies, possible=not certain)
    return [falls_of(view, evidence, steps, owner) for steps in found]


def falls_of(view: View, evidence: Evidence, steps: Iterable[Step], owner: int) -> tuple[Fall, ...]:
    """The steps of a proof with the facts behind them; what a concert controls by the proof of the concert."""
    told: dict[str, Fall] = {}
    for step in steps:
        joint = joint_proof(view, step.edges[0]) if step.edges else None
        falls = [fallen(view, evidence, step)] if joint is None else joint_falls(view, evidence, joint, step.holders[0])
        for fall in falls if step.company != owner else ():
            told.setdefault(fall.company.id, fall)
    return tuple(told.values())


def joint_falls(view: View, evidence: Evidence, joint: JointProof, member: int) -> Iterator[Fall]:
    """The proof of a concert, as a member tells it: where votes of others count, with what makes them act together."""
    for step in joint.steps:
        ties = needed_ties(view, joint, step, member)
        yield replace(fallen(view, evidence, step), concert=evidence.facts(RELATED_TO, ties))


def fallen(view: View, evidence: Evidence, step: Step) -> Fall:
    """One step of a proof, with the facts behind it."""
    held = evidence.facts(OWNS, list(step.holdings)) if step.holdings else ()
    other = evidence.facts(CONTROLS, view.other_control[list(step.edges)]) if step.edges else ()
    own = own_shares(view, evidence, step.company) if step.idle else ()
    return Fall(evidence.party(step.company), (*held, *other), step.low, step.high, step.certain, own=own)


def own_shares(view: View, evidence: Evidence, company: int) -> tuple[Fact, ...]:
    """What a company holds of itself, where votes are not stated net of it: it carries none, the rest vote as all."""
    held = view.control.holdings
    if held.netted[company]:
        return ()
    own = [k for k in held.holders.links_at(company).tolist() if held.tail[k] == company and held.high[k] > 0]
    return evidence.facts(OWNS, own)


def in_words(fall: Fall) -> str:
    """Why a company falls: its holders and their shares, or the basis of control."""
    by = " and ".join(f"{fact.tail.name} ({fact.text or fact.kind})" for fact in fall.by)
    together = f", together {band(fall.low, fall.high)}" if _several(fall) else ""
    own = f", with no vote on the {' and '.join(fact.text for fact in fall.own)} it holds of itself" if fall.own else ""
    return f"{fall.company.name} by {by}{together}{own}{', in concert' if fall.concert else ''}"


def in_words_zh(fall: Fall) -> str:
    """The same in Chinese."""
    by = "、".join(f"{fact.tail.name}（{gist_zh(fact)}）" for fact in fall.by)
    together = f"，合计{band(fall.low, fall.high)}" if _several(fall) else ""
    own = f"（公司自持的{'、'.join(fact.text for fact in fall.own)}无表决权）" if fall.own else ""
    return f"{fall.company.name}由{by}控制{together}{own}{'（一致行动）' if fall.concert else ''}"


def _several(fall: Fall) -> bool:
    """Whether several holdings make the votes together."""
    return len(fall.by) > 1 and fall.high > 0
