"""How likely is a party to default, and why?"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.learning.explaining.alone import alone
from analytics.learning.models.scale import Scale
from analytics.learning.models.stack import Stacked
from analytics.learning.serving.served import ServedNet
from analytics.rules.rule import Words
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Party, Question
from api.answers.wording import percent, plural
from api.engine import Engine
from api.learning.scoring import Scores, reads_graph
from api.learning.wording import foretold_said
from api.questions.asking import check_range, node_of
from api.questions.risk.hindsight import hindsight
from api.questions.risk.missing import Missing, missing
from api.questions.risk.served import ServedBy, scale, scored
from api.questions.risk.whys import Why, whys
from graph.moment import Moment

PEERS: Final = 20
"""Firms alike that are needed to compare with."""
MOST: Final = 20
VERDICTS: Final = {
    "sound": Words("as who does not default: fewer than one in ten defaulters look so",
                   "与未违约者相同：违约者中不足一成如此"),
    "defaults": Words("as who defaults: fewer than one in ten others look so", "与违约者相同：未违约者中不足一成如此"),
    "cannot tell": Words("cannot be told", "无法判断"),
    "unlike any": Words("unlike any firm that settled it", "与已知企业均不相似"),
}  # fmt: skip
STATES: Final = {
    "scored": Words("scored", "已评分"), "defaulted": Words("in default already", "已违约"),
    "no firm": Words("no firm: only firms are scored", "非企业，不予评分"),
    "gone": Words("no longer there", "已不存续"),
    "nothing known": Words("nothing is known of it but links", "除关联外一无所知"),
}  # fmt: skip


@dataclass(frozen=True)
class Peers:
    """Scored firms alike."""

    industry: str | None
    """Category of industry that is shared; null where it does not narrow."""
    size: str | None
    count: int
    below: float
    """Part of them that are less likely to default."""
    median: float
    """Their middle probability."""


@dataclass(frozen=True)
class Contagion:
    """What neighbours add."""

    without: float
    """Probability once that is taken away."""
    added: float
    """What is said, less that."""
    of: Words
    """What is taken away."""
    meaning: Words


@dataclass(frozen=True)
class RiskOf:
    """How likely one party is to default."""

    party: Party
    state: str
    """scored, defaulted, no firm, gone, or nothing known: only the first has a probability."""
    state_name: Words
    pd: float | None
    low: float | None
    """Least and most it may be, by the firms that settled it; null where the run did not keep that."""
    high: float | None
    grade: str | None
    """On the master scale."""
    grade_low: str | None
    grade_high: str | None
    scale: str
    first_stage: float | None
    """By own figures and events alone, no network; what cascades start from."""
    verdict: str | None
    """What can be told, wrong for at most one in ten of either class on average over firms of years like those that
    judged the model, not for any one firm or industry: sound, defaults, cannot tell, unlike any."""
    verdict_name: Words | None
    contagion: Contagion | None
    """Null where the model sees no network."""
    peers: Peers | None
    whys: tuple[Why, ...]
    hindsight: tuple[Words, ...]
    """Why what is said is no forecast: the model was taught what became of this day or party."""
    missing: tuple[Missing, ...]
    model: ServedBy


def risk(engine: Engine, party: str, *, model: str = "", reasons: int = 5, moment: Moment) -> Answer[RiskOf]:
    """Probability of default with interval, grade, reasons, peers and what contagion adds.

    By the model that is served, or the run named. Raises NotFound where none is.
    """
    check_range(reasons, where="reasons", low=1, high=MOST)
    scores, by = scored(engine, model, moment=moment)
    view = scores.view
    node = node_of(view.snapshot, party)
    evidence, on = Evidence(view.snapshot), scale()
    state = state_of(scores, node)
    value = _scored(scores, evidence, node, by, on, reasons) if state == "scored" else _unscored(
        evidence, node, state, by, on)  # fmt: skip
    question = Question("risk", {"party": party, "model": model, "reasons": reasons})
    return view.answer(question, value, evidence, reasons=_reasons(evidence.distinguished(value)))


def state_of(scores: Scores, node: int) -> str:
    """Whether a node has a probability, and why not."""
    stood = scores.stood
    if not np.isnan(scores.pd[node]):
        return "scored"
    if not stood.company[node]:
        return "no firm"
    if not np.isnan(stood.since[node]):
        return "defaulted"
    return "gone" if stood.gone[node] else "nothing known"


def _scored(scores: Scores, evidence: Evidence, node: int, by: ServedBy, on: Scale, most: int) -> RiskOf:
    ready, pd = scores.ready, float(scores.pd[node])
    low, high = (None, None) if ready.band is None else (float(end[0]) for end in ready.band.interval([pd]))
    verdict = None if ready.conformal is None else ready.conformal.verdicts([pd])[0]
    first = scores.first
    return RiskOf(
        evidence.party(node), "scored", STATES["scored"], pd, low, high, on.grade(pd),
        None if low is None else on.grade(low), None if high is None else on.grade(high), on.id,
        None if first is None else float(first[node]), verdict, VERDICTS[verdict] if verdict else None,
        _contagion(scores, node, pd), _peers(scores, node, pd), whys(scores, evidence, node, most=most),
        tuple(hindsight(scores, np.array([node]))), tuple(missing(scores, node)), by,
    )  # fmt: skip


def _unscored(evidence: Evidence, node: int, state: str, by: ServedBy, on: Scale) -> RiskOf:
    defaulted = state == "defaulted"
    return RiskOf(
        evidence.party(node), state, STATES[state], None, None, None, on.defaulted if defaulted else None, None, None,
        on.id, None, None, None, None, None, (), (), (), by,
    )  # fmt: skip


_TREES: Final = (
    Words("its neighbours' risk", "邻居的风险"),
    Words("who stands around it stays, and none of them has failed or may", "保留其关联，视其邻居均未违约且无违约风险"),
)
_NETS: Final = (
    Words("its links", "其关联"),
    Words("a net is asked without links: how many there are counts too, which is no contagion",
          "网络模型按无关联计算：关联数量的影响也计算在内，并不等于传染"),
)  # fmt: skip
_STACK: Final = (
    Words("its links and its neighbours' risk", "其关联与邻居的风险"),
    Words("trees keep who stands around it; the net is asked without links, so that how many there are counts too",
          "树模型保留其关联；网络模型按无关联计算，关联数量的影响也计算在内"),
)  # fmt: skip


def _contagion(scores: Scores, node: int, pd: float) -> Contagion | None:
    fitted = scores.ready.fitted
    if not reads_graph(fitted):
        return None
    without = alone(fitted, scores.panel, 0, node)
    of = _STACK if isinstance(fitted, Stacked) else _NETS if isinstance(fitted, ServedNet) else _TREES
    return Contagion(without, pd - without, *of)


def _peers(scores: Scores, node: int, pd: float) -> Peers | None:
    alike, industry, size = scores.peers.alike(node, least=PEERS)
    others = scores.pd[alike]
    if len(others) < 2:
        return None
    below = float((others < pd).sum() / (len(others) - 1))
    return Peers(industry or None, size or None, len(others), below, float(np.median(others)))


def _reasons(value: RiskOf) -> list[str]:
    by = value.model
    who = f"promoted by {by.promoted_by}" if by.champion else "not the one served: it was asked for by name"
    said = [f"Said by {by.run} ({by.model}), {who}; default {foretold_said(by.definition, by.horizon_months).en}."]
    if value.pd is None:
        return [f"It has no probability: {value.state_name.en} · {value.state_name.zh}.", *said]
    if value.verdict == "cannot tell":
        said.insert(
            0, "Whether it will default cannot be told: firms of either fate look like it · 无法判断其是否违约。"
        )
    if value.contagion is not None:
        of, added = value.contagion.of.en, value.contagion.added
        does = "raises" if added >= 0 else "lowers"
        said.append(f"With {of} it is {percent(value.pd)}, without {percent(value.contagion.without)}: "
                    f"that {does} it by {percent(abs(added))}.")  # fmt: skip
    if value.peers is not None:
        kin = " and ".join(["industry"] * bool(value.peers.industry) + ["size"] * bool(value.peers.size))
        of = f"of like {kin}" if kin else "scored"
        said.append(f"{percent(value.peers.below)} of {plural(value.peers.count, 'firm')} {of} are less likely to "
                    "default.")  # fmt: skip
    said += [f"{one.en} {one.zh}" for one in value.hindsight]
    return [*said, *(f"{one.what.en} {one.what.zh}" for one in value.missing)]
