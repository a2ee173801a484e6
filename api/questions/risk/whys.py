"""What moves a probability: figures with their values, links with amounts and sources, and over which they reach."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.learning.explaining.scene import Scene
from analytics.learning.explaining.trails import trails
from analytics.learning.features.channels import Linked
from analytics.learning.features.neighbours import BEFORE, EXPOSURE, FAILED, RISK, SECOND
from analytics.learning.models.forests import Forest
from analytics.learning.models.model import Fitted, Reason
from analytics.learning.models.sights import Surroundings
from analytics.learning.models.stack import Stacked
from analytics.learning.panel import Feature
from analytics.learning.serving.served import ServedNet
from analytics.rules.rule import Words
from api.answers.evidence import Evidence
from api.answers.frame import Fact
from api.learning.scoring import Scores
from api.learning.ties import kind_of
from graph.model import KINDS

LINKS: Final = 3
"""Links named behind a figure of neighbours."""


@dataclass(frozen=True)
class Why:
    """One thing that moves a probability, the strongest first."""

    rank: int
    name: Words
    figure: str
    """Name of the figure; empty where a link does it."""
    value: float | None
    """What the figure is, or what is at stake on the link; null where it is missing."""
    text: str
    """The value in words: the category of a code, `missing`."""
    unit: str
    effect: float
    """By how much it raises the probability: with it, less without it."""
    facts: tuple[Fact, ...]
    """The link itself; of a figure of neighbours the links that weigh most in it."""
    path: tuple[Fact, ...]
    """Over which links a link further off reaches the party, the nearest first."""


def whys(scores: Scores, evidence: Evidence, node: int, *, most: int) -> tuple[Why, ...]:
    """The strongest reasons for the probability of a scored party."""
    fitted = scores.ready.fitted
    # Trees choose by log odds, which in probability may come in another order.
    found = fitted.explain(scores.panel, 0, node, most=most)
    reasons = tuple(sorted(found, key=lambda reason: -abs(reason.effect)))
    known = {feature.name: feature for feature in features_of(fitted)} | {f.name: f for f in scores.panel.features}
    over = _paths(scores, fitted, node, reasons)
    return tuple(_why(scores, evidence, node, rank, reason, known, over) for rank, reason in enumerate(reasons, 1))


def features_of(fitted: Fitted) -> Iterator[Feature]:
    """Figures that trees make of neighbours, beside those of the panel."""
    if isinstance(fitted, Stacked):
        for leg in fitted.legs:
            yield from features_of(leg)
    elif isinstance(fitted, Forest):
        yield from fitted.tree.columns.features


def _why(
    scores: Scores, evidence: Evidence, node: int, rank: int, reason: Reason, known: dict[str, Feature],
    over: dict[tuple[str, int], list[tuple[str, int]]],
) -> Why:  # fmt: skip
    if reason.relation:
        kind = KINDS[kind_of(reason.relation).name]
        links = over.get((reason.relation, reason.link), [(reason.relation, reason.link)])
        facts = [_fact(scores, evidence, *link) for link in links]
        value = _number(reason.value)
        text = facts[-1].text or ("no amount known" if value is None else f"{value:,.0f}")
        return Why(rank, Words(kind.en, kind.zh), "", value, text, "", reason.effect, (facts[-1],),
                   tuple(facts) if len(facts) > 1 else ())  # fmt: skip
    feature = known.get(reason.feature)
    value = _number(reason.value)
    if feature is None:
        return Why(rank, Words(reason.feature, reason.feature), reason.feature, value, _said(value), "",
                   reason.effect, (), ())  # fmt: skip
    text = _said(value)
    if feature.categories and value is not None and 0 <= value < len(feature.categories):
        text = feature.categories[int(value)]
    facts = [_fact(scores, evidence, *link) for link in _behind(scores, node, feature.name)]
    return Why(rank, Words(feature.en, feature.zh), feature.name, value, text, feature.unit, reason.effect,
               tuple(facts), ())  # fmt: skip


def _fact(scores: Scores, evidence: Evidence, relation: str, link: int) -> Fact:
    return evidence.stated(kind_of(relation), [int(scores.wave.ties[relation].source[link])])[0]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _said(value: float | None) -> str:
    return "missing · 缺失" if value is None else f"{value:,.4g}"


def _paths(
    scores: Scores, fitted: Fitted, node: int, reasons: tuple[Reason, ...]
) -> dict[tuple[str, int], list[tuple[str, int]]]:
    """Over which links each link among the reasons reaches the party, itself last."""
    net = next((leg for leg in _legs(fitted) if isinstance(leg, ServedNet)), None)
    if net is None or not any(reason.relation for reason in reasons):
        return {}
    found = trails(Scene.of(net, scores.panel, 0, node), reasons)
    return {(t.reason.relation, t.reason.link): [(step.relation, step.link) for step in t.steps] for t in found}


def _legs(fitted: Fitted) -> Iterator[Fitted]:
    if isinstance(fitted, Stacked):
        for leg in fitted.legs:
            yield from _legs(leg)
    else:
        yield fitted


def _behind(scores: Scores, node: int, feature: str) -> list[tuple[str, int]]:
    """Links that weigh most in a figure of neighbours over one relation and way."""
    channel = next((c for c in _channels(scores.ready.fitted) if feature.startswith(f"{c.name}.")), None)
    if channel is None:
        return []
    wave, measure = scores.wave, feature.removeprefix(f"{channel.name}.")
    ties = wave.ties[channel.relation]
    ends, others = (ties.head, ties.tail) if channel.way == "in" else (ties.tail, ties.head)
    mine = ties.beside(np.array([node], np.int32))
    mine = mine[ends[mine] == node]
    sender = others[mine]
    weight = wave.weight(channel.relation, channel.way)[mine]
    risk = np.nan_to_num(scores.pd[sender])
    counts = {FAILED.name: wave.lately[sender], BEFORE.name: wave.public[sender] & ~wave.lately[sender],
              RISK.name: risk, SECOND.name: risk, EXPOSURE.name: np.ones(len(mine))}  # fmt: skip
    weight = weight * np.asarray(counts.get(measure, np.ones(len(mine))), np.float64)
    order = np.lexsort((mine, -weight))[:LINKS]
    return [(channel.relation, int(mine[at])) for at in order if weight[at] > 0]


def _channels(fitted: Fitted) -> Iterator[Linked]:
    for leg in _legs(fitted):
        if isinstance(leg, Forest) and isinstance(leg.sight, Surroundings):
            yield from (c for c in leg.sight.neighbours.channels.all if isinstance(c, Linked))
