"""Companies of which more than all is stated to be held: by whom it is said, and what is done with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.structure.ownership.stakes import Overfull, OverfullRefused
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party
from api.answers.wording import ended, percent, plural
from api.engine import View
from api.groups.overfull import overfull_among, overfull_by
from api.groups.together import grouped_with
from graph.errors import InvalidShare
from graph.model import OWNS

POLICIES = {
    "keep": (
        "each share counts as a band, from what the others would leave of it to what is stated",
        "各项比例按区间计算，下限为其余持有人所余部分，上限为其所称比例",
    ),
    "scale": ("the shares were scaled down to all of it", "各项比例已按比例缩减至合计100%"),
    "refuse": ("such shares are refused: none of them makes control certain", "此类比例不予采信：不据以认定确定的控制"),
}
"""What is done with such shares, in both languages."""
AS_STATED = ("each is told as it is stated", "均按所称列示")
LAYERS_SAID = {"votes": ("its votes", "表决权"), "capital": ("its capital", "出资")}
REMEDY = "correct the shares at their source, or set CONTAGRAPH_OVERFULL to keep or scale"
SHOWN = 20
"""Companies named, and of each the holdings shown."""


@dataclass(frozen=True)
class MoreThanAll:
    """One company of which holders are stated to have more than all."""

    company: Party
    total: float
    """Least stated shares together, a fraction above 1; 1 where some are more than the least that is stated."""
    layer: str
    """Capital or votes."""
    policy: str
    """What was done: keep, scale, or in an answer that speaks of many companies refuse."""
    stated: tuple[Fact, ...]
    """The statements, the greatest first; source and moment of each stand among the sources."""

    @property
    def said(self) -> str:
        """What is stated to be held, in words."""
        return _beyond(self.total)


def more_than_all(
    view: View, evidence: Evidence, found: Iterable[Overfull], *, layer: str, policy: str
) -> tuple[MoreThanAll, ...]:
    """Those companies with the statements that make them so."""
    links = view.snapshot.links(OWNS)
    column = links.fields["votes_low" if layer == "votes" else "share_low"]
    made = []
    for one in list(found)[:SHOWN]:
        at = links.arriving(one.company).astype(np.int64)
        at = at[np.lexsort((at, -column[at]))]
        stated = evidence.facts(OWNS, at[:SHOWN])
        made.append(MoreThanAll(evidence.party(one.company), one.total, layer, policy, stated))
    return tuple(made)


def _beyond(total: float) -> str:
    return percent(total) if total > 1 + 1e-9 else f">{percent(total)}"


def refuse_more_than_all(view: View, found: Iterable[Overfull], policy: str) -> None:
    """Raise InvalidShare where the policy refuses what is overfull."""
    over = list(found) if policy == "refuse" else []
    if over:
        ids = view.snapshot.ids(np.array([one.company for one in over[:3]], np.uint32))
        told = ", ".join(f"{name} ({_beyond(one.total)})" for name, one in zip(ids, over, strict=False))
        raise InvalidShare(
            f"holders are stated to have more than all of {told}",
            where="OWNS",
            remedy=REMEDY,
        )


def more_than_all_votes(view: View, evidence: Evidence, nodes: Iterable[int]) -> tuple[MoreThanAll, ...]:
    """Companies among some whose holders are stated to have more than all votes; InvalidShare where that is refused."""
    found = overfull_of(view, overfull_among(view, [np.fromiter(nodes, np.int64)]))
    refuse_more_than_all(view, found, view.overfull)
    return more_than_all(view, evidence, found, layer="votes", policy=view.overfull)


def more_than_all_with(
    view: View, evidence: Evidence, node: int, readings: Iterable[str], *, beside: Iterable[int] = ()
) -> tuple[MoreThanAll, ...]:
    """Of a party, of whom it is grouped with in any reading, and of some beside them; InvalidShare where refused."""
    if not len(overfull_by(view, "votes")):
        return ()
    return more_than_all_votes(view, evidence, (node, *beside, *grouped_with(view, node, readings)))


def more_than_all_told(view: View, evidence: Evidence, companies: Iterable[int]) -> tuple[MoreThanAll, ...]:
    """Companies whose holders are stated to have more than all votes, told whatever the policy."""
    return more_than_all(view, evidence, overfull_of(view, companies), layer="votes", policy=view.overfull)


def more_than_all_of_many(
    view: View, evidence: Evidence, companies: Sequence[int], *, layer: str = "votes"
) -> tuple[tuple[MoreThanAll, ...], Page]:
    """The first of such companies that an answer on many parties rests on, told whatever the policy."""
    found = overfull_of(view, companies, layer=layer)
    shown = more_than_all(view, evidence, found, layer=layer, policy=view.overfull)
    return shown, Page(len(found), 0, len(shown))


def more_than_all_by(
    view: View, evidence: Evidence, nodes: Mapping[str, Iterable[int]], *, refuse: bool = True
) -> tuple[MoreThanAll, ...]:
    """Companies of which more than all is stated, among some by each layer; InvalidShare where that is refused, but not
    of what only tells the statements.

    Where votes follow the shares the same statements are told once.
    """
    made: dict[tuple[int, float], MoreThanAll] = {}
    for layer, some in nodes.items():
        found = overfull_of(view, overfull_among(view, [np.fromiter(some, np.int64)], layer=layer), layer=layer)
        if refuse:
            refuse_more_than_all(view, found, view.overfull)
        told_so = more_than_all(view, evidence, found, layer=layer, policy=view.overfull)
        for one, two in zip(found, told_so, strict=False):
            made.setdefault((one.company, one.total), two)
    return tuple(made.values())


def overfull_of(view: View, companies: Iterable[int], *, layer: str = "votes") -> list[Overfull]:
    """Companies of which more than all is stated to be held, with how much that is."""
    total = overfull_by(view, layer)
    return [Overfull(y, float(total[y])) for y in companies]


@contextmanager
def named(view: View) -> Iterator[None]:
    """Whatever is refused inside as more than all, refused by the companies' ids."""
    try:
        yield
    except OverfullRefused as error:
        refuse_more_than_all(view, error.companies, "refuse")


def told(
    found: Iterable[MoreThanAll], cited: Evidence | Answer[Any], *, left: int = 0, done: tuple[str, str] | None = None
) -> Iterator[str]:
    """Which companies, by whose word and from when, and what was done, as the policy has it where nothing else is said;
    and how many are `left` that are not named."""
    for one in found:
        (en, zh), (did, did_zh) = stated_said(one, cited), done or POLICIES[one.policy]
        yield ended(f"{en[0].upper()}{en[1:]}; {did} · {zh}；{did_zh}")
    if left:
        more = plural(left, "more company", "more companies")
        yield ended(f"Holders of {more} are stated to have more than all · 另有{left:,}家公司的持股合计超过100%")


def stated_said(one: MoreThanAll, cited: Evidence | Answer[Any]) -> tuple[str, str]:
    """What is stated to be held of a company, by whose word and from when, in both languages."""
    sources = {source.fact_id: source for source in cited.sources}
    said = (sources[fact.fact_id] for fact in one.stated)
    by = sorted({(source.source, f"{source.recorded_at:%Y-%m-%d}") for source in said})
    what, what_zh = LAYERS_SAID[one.layer]
    return (
        f"holders of {one.company.name} are stated to have {one.said} of {what} "
        f"({', '.join(f'{name} recorded {day}' for name, day in by)})",
        f"{one.company.name}的股东所称{what_zh}合计{one.said}（{'、'.join(f'{name} {day}记录' for name, day in by)}）",
    )
