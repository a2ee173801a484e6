"""Related parties of a lender: who holds it, who runs it, their kin, and what they control."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from analytics.structure.control import Control
from analytics.structure.dependence.rules import NANO
from analytics.structure.kinship.kin import Degrees, Kin
from analytics.structure.reach import Nodes
from analytics.structure.votes import Holdings
from graph.errors import InvalidQuestion

HOLDER, OFFICER, RELATIVE, CONTROLLED, CONTROLLER = "holder", "officer", "kin", "controlled", "controller"


@dataclass(frozen=True)
class Related:
    """Related parties of a lender, each with what makes it one."""

    lender: int
    why: dict[int, tuple[str, int]]
    """Of each related party the reason, and the party through which: the lender, an officer, a holder."""
    possible: Nodes
    """Holders whose band reaches the threshold without proving it."""

    @property
    def parties(self) -> Nodes:
        """Ascending."""
        return np.array(sorted(self.why), np.uint32)


def related_parties(
    control: Control, capital: Holdings, officers: Iterable[int], kin: Kin, rule: Degrees, *, lender: int
) -> Related:
    r"""Collect the related parties of a lender.

    Those who control it or hold the rule's share of its votes or capital, its officers, the kin of both within the
    rule's degrees, and all that any of these control, which is not what the lender controls itself. A
    government body is related, and what it controls elsewhere is not (公司法 art. 265(4)).

    .. math:: R = B \cup C(B), \qquad B = H_{\ge \theta} \cup C^{-1}(l) \cup O \cup K(H \cup O)

    Parameters
    ----------
    control : Control
        Who controls whom, n parties; its votes count beside the capital.
    capital : Holdings
        Shares of the capital.
    officers : node numbers
        Who holds an office at the lender.
    kin : Kin
        Within the degrees of the rule.
    rule : Degrees
        With the share from which a holder is related.
    lender : int

    Raises
    ------
    InvalidQuestion
        If the lender is no party of the graph, or the rule names no share.

    Source
    ------
    银行保险机构关联交易管理办法 (2022) arts. 5–8 [M]; domain reference §2.6 (10 / 15 / 50 %), §1.7 (kin).

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.kinship.kin import Kinship, degrees, relatives
    >>> rule, none = degrees()["cn-related-2022"], np.zeros(0, np.int64)
    >>> held = Holdings.exact(4, [1, 1, 3], [0, 2, 0], [0.05, 0.6, 0.0499])
    >>> kin = relatives(4, Kinship(none, none, none, none, none), rule)
    >>> related_parties(solve_control(held), held, [], kin, rule, lender=0).why
    {1: ('holder', 0), 2: ('controlled', 1)}
    """
    if not 0 <= lender < control.size:
        raise InvalidQuestion("no party of this graph", where=f"lender {lender}")
    if rule.holder_share is None:
        raise InvalidQuestion("names no share of a holder", where=rule.id)
    sure, maybe = _holders(control, capital, rule, lender)
    why = dict.fromkeys(sorted(sure), (HOLDER, lender))
    for reason, parties in ((CONTROLLER, control.controllers_of(lender).tolist()), (OFFICER, officers)):
        for x in sorted({int(party) for party in parties} - {lender}):
            why.setdefault(x, (reason, lender))
    for x in list(why):
        for z in kin.near.at(x).tolist():
            why.setdefault(z, (RELATIVE, x))
    _add_controlled(why, control, lender)
    return Related(lender, why, np.array(sorted(maybe - sure), np.uint32))


def _holders(control: Control, capital: Holdings, rule: Degrees, lender: int) -> tuple[set[int], set[int]]:
    """Who certainly and who possibly holds the rule's share of a lender's votes or capital."""
    bar = round((rule.holder_share or 0.0) * NANO) + (rule.holder_comparison == ">")
    sure, maybe = set[int](), set[int]()
    for held in (control.holdings, capital):
        low, high = _shares(held, lender)
        sure |= {x for x, share in low.items() if share >= bar}
        maybe |= {x for x, share in high.items() if share >= bar}
    return sure - {lender}, maybe - {lender}


def _add_controlled(why: dict[int, tuple[str, int]], control: Control, lender: int) -> None:
    """Add what related parties control: neither the lender's own companies nor what only the State holds."""
    own = {lender, *control.controlled_by(lender).tolist()}
    for x in [x for x in why if not control.state[x]]:
        for y in control.controlled_by(x).tolist():
            if y not in own:
                why.setdefault(y, (CONTROLLED, x))


def _shares(held: Holdings, company: int) -> tuple[dict[int, int], dict[int, int]]:
    """What each holder has of a company at least and at most, in integers of 1e-9; parallel holdings add up."""
    low, high = dict[int, int](), dict[int, int]()
    for x, link in zip(held.holders.at(company).tolist(), held.holders.links_at(company).tolist(), strict=True):
        low[x] = low.get(x, 0) + round(float(held.low[link]) * NANO)
        high[x] = high.get(x, 0) + round(float(held.high[link]) * NANO)
    return low, high
