"""Related parties of a lender: who holds it, who runs it, their kin, and what they control."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from analytics.structure.control import Control
from analytics.structure.kinship.kin import Degrees, Kin
from analytics.structure.membership import Refuted, control_among
from analytics.structure.owners.portions import direct_portions, passes
from analytics.structure.reach import Nodes
from analytics.structure.votes import Arrows, Holdings
from graph.errors import InvalidQuestion

HOLDER, OFFICER, RELATIVE, CONTROLLED, CONTROLLER = "holder", "officer", "kin", "controlled", "controller"
MAY_HOLD, MAY_FALL, MAY_CONTROL = "possible holder", "possibly controlled", "possible controller"
MAY_BE_KIN = "possible kin"
Reason = tuple[str, int]
"""What makes a party related, and through whom: the lender, an officer, a holder."""
Near = Callable[[int], Iterable[int]]


@dataclass(frozen=True)
class Related:
    """Related parties of a lender, each with what makes it one."""

    lender: int
    why: Mapping[int, Reason]
    maybe: Mapping[int, Reason]
    """Of those who are related only if shares within bands, or kinships of unstated degree, are what they may be."""

    @property
    def parties(self) -> Nodes:
        """Ascending."""
        return np.array(sorted(self.why), np.uint32)

    @property
    def possible(self) -> Nodes:
        """Those of `maybe`, ascending."""
        return np.array(sorted(self.maybe), np.uint32)

    def chain(self, party: int) -> list[tuple[int, Reason]]:
        """How it came to be related, from the one next to the lender on. KeyError where it is not."""
        found: list[tuple[int, Reason]] = []
        x = party
        while x != self.lender:
            reason = self.why[x] if x in self.why else self.maybe[x]
            found.append((x, reason))
            x = reason[1]
        return found[::-1]


def related_parties(
    control: Control, capital: Holdings, officers: Iterable[int], kin: Kin, rule: Degrees, *, lender: int
) -> Related:
    r"""Collect the related parties of a lender.

    Those who control it or hold the rule's share of its votes or capital, its officers, the kin of both within the
    rule's degrees, and all that any of these control, which is not what the lender controls itself. A
    government body is related, and what it controls elsewhere is not (公司法 art. 265(4)). Within bands a holder may
    have the share, and control may be; kin of which line or generations are not stated may be within the degrees. What
    follows from that is told apart.

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
    sure, may = _holders(control, capital, rule, lender)
    own = {lender, *control.controlled_by(lender).tolist()}
    offices = [int(party) for party in officers]
    why, maybe = _collected(sure, offices, kin.near, _reach(control), lender=lender, own=own), dict[int, Reason]()
    if may != sure or control.possible is not control.certain or kin.wide is not kin.near:
        wide = _collected(may | sure, offices, kin.wide, _reach(control, possible=True), lender=lender, own=own)
        maybe = {x: _possibly(reason, x, control, kin) for x, reason in wide.items() if x not in why}
    return Related(lender, why, maybe)


def _reach(control: Control, *, possible: bool = False) -> tuple[Near, Near]:
    """Who controls a party, and what it controls; a government body nothing that counts."""
    return (
        lambda x: control.controllers_of(x, possible=possible).tolist(),
        lambda x: () if control.state[x] else control.controlled_by(x, possible=possible).tolist(),
    )


def _reach_among(control: Control, parties: Iterable[int], refuted: Refuted) -> tuple[Near, Near]:
    """The same among some parties, without refuted edges."""
    inside = np.array(sorted(parties), np.uint32)
    place = {x: k for k, x in enumerate(inside.tolist())}
    few = control_among(control, inside, place, refuted)
    return (
        lambda x: inside[few.controllers_of(place[x])].tolist(),
        lambda x: () if control.state[x] else inside[few.controlled_by(place[x])].tolist(),
    )


def _possibly(reason: Reason, party: int, control: Control, kin: Kin) -> Reason:
    """A reason that holds only within bands, or if a kinship is near enough, named so."""
    how, through = reason
    if how == CONTROLLED and party in control.controlled_by(through):
        return reason  # by one who is only possibly related
    if how == RELATIVE and party in kin.near.at(through):
        return reason
    named = {HOLDER: MAY_HOLD, CONTROLLED: MAY_FALL, CONTROLLER: MAY_CONTROL, RELATIVE: MAY_BE_KIN}
    return named.get(how, how), through


def _collected(
    holders: Iterable[int],
    officers: Iterable[int],
    kin: Arrows,
    reach: tuple[Near, Near],
    *,
    lender: int,
    own: set[int],
) -> dict[int, Reason]:
    """Related parties with their reasons: who holds it, is over it or in office, their kin, what these control."""
    over, below = reach
    why: dict[int, Reason] = {}
    for reason, parties in ((HOLDER, holders), (CONTROLLER, over(lender)), (OFFICER, officers)):
        for x in sorted({int(party) for party in parties} - {lender}):
            why.setdefault(x, (reason, lender))
    for x in list(why):
        for z in kin.at(x).tolist():
            why.setdefault(z, (RELATIVE, x))
    # Neither the lender's own companies, nor what only the State holds.
    for x in list(why):
        for y in below(x):
            if y not in own:
                why.setdefault(y, (CONTROLLED, x))
    return why


def leave_related(
    related: Related,
    control: Control,
    capital: Holdings,
    officers: Iterable[int],
    kin: Kin,
    rule: Degrees,
    *,
    refuted: Refuted,
) -> Nodes:
    r"""Find who would no longer be related to the lender if some facts were refuted.

    Whoever is still related was so before, and so was all through which it is: only they and the lender's own
    companies need to be looked at.

    .. math:: L = R \setminus R', \qquad R' \subseteq R

    Parameters
    ----------
    related : Related
        R, as `related_parties` found them with all facts.
    control : Control
        With all facts, n parties.
    capital : Holdings
        What is left of the shares of the lender's capital.
    officers : node numbers
        Who is left of those who hold an office.
    kin : Kin
        What is left of kinship.
    rule : Degrees
    refuted : Refuted
        Votes and other control to do without.

    Raises
    ------
    Nothing; what is left lies within what was given before.

    Source
    ------
    As `related_parties`; control is monotone in votes (domain reference §1.4).

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.kinship.kin import Kinship, degrees, relatives
    >>> rule, none = degrees()["cn-related-2022"], np.zeros(0, np.int64)
    >>> held = Holdings.exact(4, [1, 1, 3], [0, 2, 0], [0.05, 0.6, 0.0499])
    >>> control, kin = solve_control(held), relatives(4, Kinship(none, none, none, none, none), rule)
    >>> found = related_parties(control, held, [], kin, rule, lender=0)
    >>> leave_related(found, control, held, [], kin, rule, refuted=Refuted(holdings=frozenset([1]))).tolist()
    [2]
    """
    lender = related.lender
    own = {lender, *control.controlled_by(lender).tolist()}
    sure, _ = _holders(control, capital, rule, lender, refuted=refuted)
    reach = _reach_among(control, {*related.why, *own}, refuted)
    left = _collected(sure, officers, kin.near, reach, lender=lender, own=own)
    return np.array(sorted(set(related.why) - set(left)), np.uint32)


def _holders(
    control: Control, capital: Holdings, rule: Degrees, lender: int, *, refuted: Refuted | None = None
) -> tuple[set[int], set[int]]:
    """Who certainly and who possibly holds the rule's share of a lender's votes or capital; votes but the refuted."""
    sure, maybe = set[int](), set[int]()
    for held, gone in ((control.holdings, refuted.holdings if refuted else frozenset[int]()), (capital, ())):
        for portion in direct_portions(held, lender, but=gone):
            passed, may = passes(portion, rule.holder_share or 0.0, rule.holder_comparison)
            sure |= {portion.owner} if passed else set()
            maybe |= {portion.owner} if may else set()
    return sure, maybe
