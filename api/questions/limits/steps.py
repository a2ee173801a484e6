"""One step by which a party comes into a group, and the facts by which it falls to another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from analytics.structure.control import Control
from analytics.structure.kinship import lender as circle
from analytics.structure.proof import Step as Fallen
from analytics.structure.proof import prove_each
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.engine import View
from api.groups.concerts import may_unite
from api.questions.groups.dependences import Dependence
from api.questions.ownership.falls import Fall, falls_of
from graph.model import CONTROLS, OWNS

TOP, NO_TOP, HELD, MAY_HOLD, RING, FAMILY, MAY_UNITE, DEPENDS, SUSPECTED, WOULD = (
    "on top", "in a ring whose members control each other, nobody on top", "controlled", "may be controlled", "ring",
    "with relatives", "perhaps with relatives or in concert",
    "dependent", "suspected to depend", "would depend by what is offered or asked for",
)  # fmt: skip
HOWS_ZH = {
    TOP: "顶端", NO_TOP: "位于相互控制的环内，无最终控制人",
    HELD: "受控制", MAY_HOLD: "可能受控制", RING: "互相控制", FAMILY: "与近亲属共同控制",
    MAY_UNITE: "可能与近亲属或一致行动人共同控制", DEPENDS: "已认定经济依存", SUSPECTED: "疑似经济依存",
    WOULD: "因拟提供的担保或所申请的授信而依存",
}  # fmt: skip
RELATED_ZH = {
    circle.HOLDER: "贷款人的主要股东", circle.OFFICER: "贷款人的董监高", circle.RELATIVE: "近亲属",
    circle.CONTROLLED: "受关联方控制", circle.CONTROLLER: "控制贷款人", circle.MAY_HOLD: "可能的主要股东",
    circle.MAY_CONTROL: "可能控制贷款人", circle.MAY_FALL: "可能受关联方控制", circle.MAY_BE_KIN: "可能的近亲属",
}  # fmt: skip
BY_DEPENDENCE = (DEPENDS, SUSPECTED, WOULD)
"""Steps by dependence; all others are by control, or of the lender's own circle."""


class Behind(NamedTuple):
    """Control behind groups of a kind: what counts for certain, and what counts as possible."""

    name: str
    certain: Control
    possible: Control


@dataclass(frozen=True)
class Step:
    """One step of a proof: why a party is in, and through whom."""

    party: Party
    how: str
    """`on top`, `in a ring whose members control each other, nobody on top`, `controlled`, `may be controlled`,
    `ring`, `with relatives`, `perhaps with relatives or in concert`,
    `dependent`, `suspected to depend` or `would depend by what is offered or asked for`; of a lender's related parties
    also `holder`, `officer`, `kin`, `controller`, within bands `possible holder`, `possible controller` and `possibly
    controlled`, and of unstated degree `possible kin`."""
    how_zh: str
    through: Party | None
    proof: tuple[Fall, ...]
    """The companies that fall one after the other, the party last."""
    facts: tuple[Fact, ...]
    """What else it rests on."""
    suspected: tuple[Dependence, ...]
    measured: tuple[Dependence, ...] = ()
    """What figures say today of confirmed dependences among these facts, where they can be computed."""


def step_of(
    evidence: Evidence,
    party: int,
    how: str,
    *,
    through: int | None = None,
    proof: Sequence[Fall] = (),
    facts: Sequence[Fact] = (),
    suspected: Sequence[Dependence] = (),
    measured: Iterable[Dependence] = (),
) -> Step:
    """One step in words; what is only of the lender's circle has its Chinese from `RELATED_ZH`."""
    by = None if through is None else evidence.party(through)
    return Step(
        evidence.party(party),
        how,
        HOWS_ZH.get(how, ""),
        by,
        tuple(proof),
        tuple(facts),
        tuple(suspected),
        tuple(measured),
    )


def first_of(evidence: Evidence, top: int, control: Control) -> Step:
    """The first step: who is on top, or the first of a ring that nobody is on top of."""
    return step_of(evidence, top, NO_TOP if len(control.ring_of(top)) else TOP)


def fall(
    view: View, evidence: Evidence, top: int, party: int, behind: Behind, *, brief: bool = False
) -> Iterator[Step]:
    """How a party falls to a top, `brief` without the facts; nothing where it is the top itself."""
    if party == top:
        return
    how = held(behind, top, party)
    proof = () if brief or how == RING else proof_of(view, evidence, top, party, behind, certain=how == HELD)
    yield step_of(evidence, party, how, through=top, proof=proof)


def held(behind: Behind, top: int, party: int) -> str:
    """How a party falls to a top, another: surely, perhaps, or not but by a ring."""
    if (behind.certain.certain.of(top) == party).any():
        return HELD
    return MAY_HOLD if (behind.possible.possible.of(top) == party).any() else RING


def proof_of(
    view: View, evidence: Evidence, owner: int, company: int, behind: Behind, *, certain: bool
) -> tuple[Fall, ...]:
    """The facts by which a party controls another."""
    return falls_of(view, evidence, _proved(view, owner, company, behind, certain=certain), owner)


def _proved(view: View, owner: int, company: int, behind: Behind, *, certain: bool) -> Sequence[Fallen]:
    """The steps of such a proof, kept, since groups of all kinds rest on them."""
    return _kept(view, owner, company, behind, certain, lambda: _prove(behind, owner, [company], certain=certain)[0])


def _kept(
    view: View, owner: int, company: int, behind: Behind, certain: bool, make: Callable[[], Sequence[Fallen]]
) -> Sequence[Fallen]:
    return view.kept(("proof", owner, company, certain, behind.name), make, most=256)


def _prove(behind: Behind, owner: int, companies: Sequence[int], *, certain: bool) -> Sequence[Sequence[Fallen]]:
    return prove_each(behind.certain if certain else behind.possible, owner, companies, possible=not certain)


def read_ahead(view: View, evidence: Evidence, pairs: Iterable[tuple[int | None, int]], behind: Behind) -> None:
    """Work out some proofs at once, owner by owner, and read all their facts: what a column costs to read hardly hangs
    on how many rows."""
    some = [(owner, x) for owner, x in pairs if owner is not None and owner != x]
    under: dict[tuple[int, str], list[int]] = {}
    for owner, x in some:
        under.setdefault((owner, held(behind, owner, x)), []).append(x)
    steps: list[Fallen] = []
    for (owner, how), companies in under.items():
        if how == RING:
            continue
        proofs = _prove(behind, owner, companies, certain=how == HELD)
        for x, proof in zip(companies, proofs, strict=True):
            steps += _kept(view, owner, x, behind, how == HELD, partial(tuple, proof))
    evidence.parties([*(step.company for step in steps), *(x for _, x in some)])
    evidence.facts(OWNS, sorted({link for step in steps for link in step.holdings}))
    stated = len(view.other_control)  # what a concert controls is told by its own proof
    edges = sorted({link for step in steps for link in step.edges if link < stated})
    evidence.facts(CONTROLS, view.other_control[edges])


def alone(view: View) -> Behind:
    """Control of parties, whatever concerts do."""
    return Behind("parties", view.control, view.control)


def clients(view: View) -> Behind:
    """Control of parties, what a concert controls among what each of its members may."""
    return Behind("clients", view.control, may_unite(view))
