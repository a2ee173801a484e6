"""A shock as a picture has it: who fails in which round, who loses what by whom, the foremost of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.causes import Cause, Flows
from analytics.contagion.shock.coupled import CAUSES
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Party, Question
from api.answers.progress import Progress, Stage, untold
from api.engine import Engine, View
from api.questions.shocks.grounds import FEW
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.sent import Sent, flows_of, itself_of
from api.questions.shocks.shock import ShockAnswer, begun, reasons_of, told
from api.questions.shocks.traced import CAUSES_ZH, LAYERS_SAID, Step, facts_of
from graph.model import LENDS
from graph.moment import Moment

Numbers = NDArray[np.float64]
LENDERS: Final = 4
"""Lenders shown at most."""
LINES: Final = 3
"""Losses shown at most, for each party shown."""


@dataclass(frozen=True)
class Struck:
    """One who fails, pays or loses."""

    party: Party
    round: int
    """In which it failed; 0 where it did not."""
    why: str
    why_zh: str
    lost: float
    """In the end, whatever the cause, what came back to it included."""
    by_itself: float | None
    """What the scenario itself took from it; none where the scenario has it fail."""
    taken: dict[str, float]
    """The same by how it did: `lost`, `rates`, `stopped`."""
    lends: bool


@dataclass(frozen=True)
class Passed:
    """What one lost by another, through one layer."""

    source: Party
    into: Party
    layer: str
    how: str
    how_zh: str
    amount: float
    late: bool
    """Whether it struck one that had failed before, so that it brought nobody down."""
    facts: tuple[Fact, ...]
    """Those of the largest amounts."""


@dataclass(frozen=True)
class Cascade:
    """A shock and the foremost of its way."""

    shock: ShockAnswer
    said: tuple[str, ...]
    """What it costs in words, and what is not known."""
    struck: tuple[Struck, ...]
    """Lenders first, then who led to the loss of the first, then who fails, then who loses and stands."""
    passed: tuple[Passed, ...]
    """Losses between them, the largest first."""
    more: dict[int, int]
    """How many more fail in each round."""
    standing: int
    """How many more lose and stand."""
    lines: int
    """How many more losses there are between those shown."""


def cascade(
    engine: Engine, scenario: Scenario, *, limit: int = 30, moment: Moment, progress: Progress = untold
) -> Answer[Cascade]:
    """How does a shock run, round by round, from who fails first to who loses in the end?"""
    view, evidence, sent, asked = begun(engine, scenario, limit=limit, moment=moment, progress=progress)
    progress(Stage(0.9, "choosing what to show", "选取主要路径"))
    value = told(view, evidence, scenario, sent, asked, limit)
    flows = flows_of(sent)
    chosen = _chosen(view, value, sent, flows, limit)
    passed, left = _passed(view, evidence, sent, flows, chosen)
    itself = itself_of(sent)
    struck = tuple(_struck(view, evidence, sent, itself, x) for x in chosen)
    shown = set(chosen)
    failed, lost = sent.whole.failed, np.flatnonzero(~sent.whole.failed & (sent.whole.lost > 0))
    more = Counter(int(sent.whole.round[x]) for x in np.flatnonzero(failed).tolist() if x not in shown)
    standing = sum(x not in shown for x in lost.tolist())
    said = tuple(reasons_of(evidence.distinguished(value)))
    found = Cascade(value, said, struck, passed, dict(sorted(more.items())), standing, left)
    parameters = {"scenario": scenario.model_dump(), "limit": limit}
    return view.answer(Question("cascade", parameters), found, evidence, reasons=list(said))


def _chosen(view: View, value: ShockAnswer, sent: Sent, flows: Flows, limit: int) -> list[int]:
    """Lenders, then what the foremost loss goes back to, then who fails, by what others lose by it, then who stands."""
    size, whole, arrows = view.snapshot.size, sent.whole, flows.arrows
    amount = flows.amount[arrows.link]
    losing = [one for place, one in enumerate(value.lenders) if not place or one.cost.loss > 0]
    lenders = [view.snapshot.node(one.party.id) for one in losing[:LENDERS]][:limit]
    given = np.bincount(arrows.head, amount, minlength=size)
    failed = np.flatnonzero(whole.failed)
    fallen = failed[np.lexsort((failed, -whole.lost[failed], -given[failed]))].tolist()
    causes = [view.snapshot.node(step.party.id) for step in _foremost(value.tree)]
    chosen = list(dict.fromkeys([*lenders, *causes, *fallen]))[:limit]
    among = np.zeros(size, np.bool_)
    among[chosen] = True
    tied = np.bincount(arrows.tail, amount * among[arrows.head], minlength=size)
    tied += np.bincount(arrows.head, amount * among[arrows.tail], minlength=size)
    # Where nobody fails, who loses most tells what the shock does.
    others = np.flatnonzero(((tied > 0) if len(failed) else (whole.lost > 0)) & ~among)
    # Who pays for others comes before who only holds shares of them, or sells to them.
    order = others[np.lexsort((others, -whole.lost[others], -tied[others], -whole.called[others]))]
    room = limit - len(chosen) if len(failed) else limit // 3
    return [*chosen, *order[:room].tolist()]


def _foremost(tree: Step | None) -> list[Step]:
    """Steps of a tree of causes, the largest amounts first, of equals those nearer to the loss."""
    if tree is None:
        return []
    found = [tree]
    for step in found:
        found.extend(step.causes)
    return sorted(found, key=lambda step: -step.amount)


def _passed(
    view: View, evidence: Evidence, sent: Sent, flows: Flows, chosen: list[int]
) -> tuple[tuple[Passed, ...], int]:
    """The largest losses between some, those of one pair and layer together, and how many are left out."""
    arrows, among = flows.arrows, np.zeros(view.snapshot.size, np.bool_)
    among[chosen] = True
    mine = np.flatnonzero(among[arrows.tail] & among[arrows.head] & (arrows.tail != arrows.head))
    together: dict[tuple[int, int, int], list[int]] = {}
    for at in mine.tolist():
        link = int(arrows.link[at])
        ends = int(arrows.head[at]), int(arrows.tail[at]), int(flows.layer[link])
        together.setdefault(ends, []).append(link)
    summed = {ends: float(flows.amount[links].sum()) for ends, links in together.items()}
    order = sorted(summed, key=lambda ends: (-summed[ends], ends))
    kept = order[: LINES * len(chosen)]
    return tuple(
        Passed(
            evidence.party(source), evidence.party(into), flows.layers[layer], *LAYERS_SAID[flows.layers[layer]],
            summed[source, into, layer], _late(flows, source, into),
            tuple(_facts(view, evidence, sent, flows, into, together[source, into, layer], source)),
        )
        for source, into, layer in kept
    ), len(order) - len(kept)  # fmt: skip


def _late(flows: Flows, source: int, into: int) -> bool:
    """Whether what came from one struck another that had failed before: as the tree of causes has it."""
    return bool(np.isinf(flows.own[into])) or flows.late(source, into)


def _facts(
    view: View, evidence: Evidence, sent: Sent, flows: Flows, into: int, links: list[int], source: int
) -> Iterator[Fact]:
    """The facts of the largest losses of one pair and layer."""
    largest = sorted(links, key=lambda link: -flows.amount[link])[:FEW]
    places = tuple(int(flows.place[link]) for link in largest if flows.place[link] >= 0)
    amount = float(flows.amount[largest].sum())
    yield from facts_of(view, evidence, sent, Cause(source, flows.layers[flows.layer[links[0]]], places, amount), into)


def _struck(view: View, evidence: Evidence, sent: Sent, itself: Mapping[str, Numbers], x: int) -> Struck:
    whole, why = sent.whole, int(sent.whole.cause[x])
    taken = {name: float(amount[x]) for name, amount in itself.items() if amount[x] > 0}
    lends = bool(len(view.snapshot.links(LENDS).leaving(x)))
    return Struck(
        evidence.party(x), int(whole.round[x]), CAUSES[why], CAUSES_ZH[why], float(whole.lost[x]),
        None if sent.shock.failed[x] else sum(taken.values()), taken, lends,
    )  # fmt: skip
