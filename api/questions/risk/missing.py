"""What is not known of a firm, and would be read if it were."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.rules.rule import Words
from api.answers.wording import listed, plural
from api.learning.scoring import Scores
from graph.model import EVENT, STATEMENT

NAMED: Final = 8


@dataclass(frozen=True)
class Missing:
    """One thing that is not known, and how to mend it."""

    what: Words
    count: int
    remedy: Words


def missing(scores: Scores, node: int) -> Iterator[Missing]:
    """Figures without value, statements, events and amounts of links that are not there."""
    snapshot, wave = scores.view.snapshot, scores.wave
    if not len(snapshot.record_rows(STATEMENT, node)):
        yield Missing(Words("It states no item of a statement.", "没有任何财务报表科目。"), 1,
                      Words("load its statements: contagraph load PATH", "请加载其财务报表"))  # fmt: skip
    own = {feature.name for feature in scores.ready.head.features if feature.scope == "own"}
    # What nobody states tells nothing of this firm.
    told = [(feature, wave.values[node, at]) for at, feature in enumerate(scores.panel.features)
            if feature.name in own and scores.told[at]]  # fmt: skip
    empty = [feature for feature, value in told if np.isnan(value)]
    if empty:
        names = [listed([getattr(f, language) for f in empty], most=NAMED, chinese=language == "zh", unit="项")
                 for language in ("en", "zh")]  # fmt: skip
        yield Missing(
            Words(f"{plural(len(empty), 'figure')} of {len(told)} {'is' if len(empty) == 1 else 'are'} missing: "
                  f"{names[0]}.", f"{len(told)}项指标中缺{len(empty)}项：{names[1]}。"),
            len(empty), Words("state the items they are made of", "请补充相应报表科目"),
        )  # fmt: skip
    if not snapshot.facts.rows(EVENT):
        none = Words("No event of any party is known: nobody is seen to have failed.",
                     "没有任何主体的事件记录：无从知晓谁已违约。")  # fmt: skip
        yield Missing(none, 1, Words("load events: defaults, insolvencies, lawsuits", "请加载违约、破产、涉诉等事件"))
    silent = total = 0
    for ties in wave.ties.values():
        mine = ties.beside(np.array([node], np.int32))
        stakes = ties.stake[mine]
        # Where no link of a relation has an amount, it has none by its nature.
        if not np.isnan(ties.stake).all():
            silent, total = silent + int(np.isnan(stakes).sum()), total + len(mine)
    if silent:
        yield Missing(
            Words(f"Of {plural(total, 'link')} of it {silent:,} {'has' if silent == 1 else 'have'} no amount; the "
                  "middle of the others of their kind stands in.",
                  f"其{total:,}条关联中{silent:,}条没有金额，以同类中位数代替。"),
            silent, Words("state the amounts", "请补充金额"),
        )  # fmt: skip
