"""Whether what is said of a day or a firm is a forecast, or rests on what the model was taught of just that."""

from collections.abc import Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from analytics.learning.evaluating.plan import GIVEN
from analytics.learning.panel import Part
from analytics.learning.panel.horizon import ends
from analytics.rules.rule import Words
from api.answers.wording import plural
from api.learning.outcomes import Stated
from api.learning.scoring import Scores
from graph.holding import When


def hindsight(scores: Scores, nodes: NDArray[np.integer]) -> Iterator[Words]:
    """Why what is said of some nodes is no forecast: their day or their own outcome taught the model.

    Nothing where it is one.
    """
    days = [date.fromisoformat(day) for day in scores.ready.manifest.get("learned_days", ())]
    asked = scores.view.snapshot.moment.valid_at
    if days and asked < (until := ends(max(days), scores.ready.head.horizon)):
        yield Words(f"The model learned from what happened up to {until}, after the day that is asked about: what it "
                    "says of that day is hindsight, no forecast.",
                    f"模型所学包含截至{until}的结果，晚于所问日期：此处为事后拟合，并非预测。")  # fmt: skip
    if scores.ready.manifest.get("split") == GIVEN and (taught := _taught(scores, nodes)):
        whose, who = (
            ("Its own stated outcome", "该企业") if len(nodes) == 1 else
            (f"The stated {plural(taught, 'outcome')} of {len(nodes):,} firms", f"{len(nodes):,}家企业中{taught:,}家")
        )  # fmt: skip
        yield Words(f"{whose} taught the model: what it says there is hindsight, no forecast.",
                    f"模型已学习{who}自身标注的结果：对此为事后拟合，并非预测。")  # fmt: skip


def _taught(scores: Scores, nodes: NDArray[np.integer]) -> int:
    """How many of some nodes have an outcome that taught or settled the model."""
    snapshot = scores.view.snapshot
    stated = Stated.of(snapshot.facts, snapshot.nodes, When.of(snapshot.moment, snapshot.version))
    learned = np.isin(stated.part, (Part.TRAIN, Part.VALIDATE))
    return int(np.isin(nodes, stated.node[learned]).sum())
