"""Companies of which more than all is stated to be held: by whom it is said, and what is done with it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from analytics.structure.ownership.stakes import Overfull, OverfullRefused
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.answers.wording import percent
from api.engine import View
from graph.errors import InvalidShare
from graph.model import OWNS

POLICIES = {
    "keep": "each share counts as a band, from what the others would leave of it to what is stated",
    "scale": "the shares were scaled down to all of it",
}
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
    """What was done: keep or scale."""
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
            remedy="correct the shares at their source, or set CONTAGRAPH_OVERFULL to keep or scale",
        )


def more_than_all_votes(view: View, evidence: Evidence, nodes: Iterable[int]) -> tuple[MoreThanAll, ...]:
    """Companies among some whose holders are stated to have more than all votes; InvalidShare where that is refused."""
    over = view.votes.overfull
    if not len(over):
        return ()
    found = [Overfull(y, float(view.votes.given[y])) for y in sorted({*nodes} & {*over.tolist()})]
    refuse_more_than_all(view, found, view.overfull)
    return more_than_all(view, evidence, found, layer="votes", policy=view.overfull)


@contextmanager
def named(view: View) -> Iterator[None]:
    """Whatever is refused inside as more than all, refused by the companies' ids."""
    try:
        yield
    except OverfullRefused as error:
        refuse_more_than_all(view, error.companies, "refuse")


def told(found: Iterable[MoreThanAll], evidence: Evidence) -> Iterator[str]:
    """Which companies, by whose word and from when, and what was done."""
    sources = {source.fact_id: source for source in evidence.sources}
    for one in found:
        said = {
            f"{source.source} recorded {source.recorded_at:%Y-%m-%d}"
            for source in (sources[fact.fact_id] for fact in one.stated)
        }
        what = "votes" if one.layer == "votes" else "the capital"
        yield (
            f"Holders of {one.company.name} are stated to have {one.said} of {what} "
            f"({', '.join(sorted(said))}); {POLICIES[one.policy]}."
        )
