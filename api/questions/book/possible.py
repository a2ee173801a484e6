"""What could break a limit of a book if what cannot be tested held, in the words of an answer."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan

import numpy as np

from api.answers.evidence import Evidence
from api.answers.frame import Page, Party
from api.answers.wording import listed, money, names_of, plural
from api.book.check import Checked
from api.book.untested import Possible, possible_breaks
from api.engine import View

SHOWN = 50
"""Of them so many are shown."""
MEMBERS = 20
"""Members of one group that are named, those with most at stake first."""
NAMED = 3
"""Clients of one rule, and others of each, that a sentence names."""


@dataclass(frozen=True)
class PossibleBreak:
    """A group that would break a limit, and stands only if what cannot be tested holds."""

    rule: str
    client: Party
    """Whose dependences, of others on it or its own, or votes not disclosed make the group; each is worked out as the
    credit check would."""
    others: tuple[Party, ...]
    """Who else has something at stake in the group, most first."""
    others_page: Page
    exposure: float
    """As the rule counts it."""
    limit: float
    use: float
    """Fraction of the limit."""


def possible_of(view: View, evidence: Evidence, found: Checked) -> tuple[tuple[PossibleBreak, ...], Page]:
    """The gravest of what could break so, each with whom."""
    breaks = possible_breaks(view, found).found
    shown = tuple(_told(evidence, found, one) for one in breaks[:SHOWN])
    return shown, Page(len(breaks), 0, len(shown))


def _told(evidence: Evidence, found: Checked, one: Possible) -> PossibleBreak:
    use = found.wide.uses[one.use]
    own = found.standing.stakes[use.rule.numerator].own
    members = one.members[(own[one.members] > 0) & (one.members != one.client)]
    order = members[np.lexsort((members, -own[members]))]
    others = evidence.parties(order[:MEMBERS].tolist())
    return PossibleBreak(
        use.rule.id, evidence.party(one.client), others, Page(len(order), 0, len(others)), one.exposure,
        use.cap.value, one.exposure / use.cap.value,
    )  # fmt: skip


def possible_said(view: View, found: Checked, shown: tuple[PossibleBreak, ...]) -> Iterator[str]:
    """What keeps the book from passing so, rule by rule."""
    breaks, currency = possible_breaks(view, found), view.snapshot.moment.currency
    count = Counter(one.use for one in breaks.found)
    for k, use in enumerate(found.wide.uses):
        mine = [one for one in shown if one.rule == use.rule.id]
        if count[k]:
            told = listed([_named(one, currency) for one in mine], count[k], most=NAMED, by="; ")
            told = told or "see its possible breaks"
            yield (
                f"{use.rule.id} would be broken around {plural(count[k], 'client')} if what cannot be tested held, a "
                f"dependence or control by votes that are not disclosed: {told}; judge the dependences, or load the "
                "statements and holdings that are missing · 若无法检验的经济依存或未披露表决权所致的控制成立，"
                f"围绕{count[k]:,}个客户将突破{use.rule.id}：请作出认定，或补充缺失的报表与持股数据"
            )
        if breaks.open.get(k):
            many = plural(breaks.open[k], "client")
            yield (
                f"for {many} it was not worked out whether groups that might arise from what cannot be tested break "
                f"{use.rule.id}, as so many hang together: ask for the exposure of each · "
                f"牵连过多，未能逐户计算{breaks.open[k]:,}个客户是否突破{use.rule.id}：请逐户查询风险暴露"
            )


def harmless_said(view: View, found: Checked) -> Iterator[str]:
    """That what cannot be tested would break nothing, where there is such and it would not."""
    breaks = possible_breaks(view, found)
    if breaks.clients and not breaks.found and not breaks.open:
        clients = plural(breaks.clients, "client")
        limits = [
            use
            for use in found.wide.uses
            if use.rule.group_kind in ("connected", "control") and use.rule.severity == "limit"
        ]
        told = "if they held, no limit would break that does not now", "即使成立也不会新增突破"
        if not limits:
            told = "what they would break is not known, as no limit on groups was measured", "未检验集团限额，影响未知"
        elif any(isnan(use.cap.value) for use in limits):
            told = "what they would break is not known without capital", "缺少资本数据，影响未知"
        yield (
            f"Dependences of or on {clients}, or votes in them, are not known; {told[0]} · "
            f"{breaks.clients:,}个客户的经济依存或表决权未知，{told[1]}。"
        )


def _named(one: PossibleBreak, currency: str | None) -> str:
    """A client with whom it would stand and fall, and what they come to."""
    who = listed(names_of(one.others), one.others_page.total, most=NAMED)
    return f"{one.client.name} with {who} at {money(one.exposure, currency)} of {money(one.limit, currency)}"
