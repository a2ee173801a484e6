"""Limits of a book that would break if what cannot be tested held, client by client, as the credit check asks it:
dependences, and control by votes that are not disclosed.

Of most clients a bound is enough: their groups, and those of whom they are tied to, owe too little together. Of the
others the groups that might arise are worked out one by one, of so many at most.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.limits.check import BREACH, Use
from analytics.limits.most import Parts, at_most
from analytics.limits.threshold import breaks
from analytics.limits.units import Nodes, Readings, Units, fits
from analytics.structure.connected import closures_over
from api.book.check import Checked
from api.engine import View
from api.groups.circles import circle_parts
from api.groups.hidden import hidden_among
from api.groups.together import POSSIBLE_CLIENT, SUSPECTED, groups_among, made_of, units_of
from api.groups.untested import Also, parts_of, untested_among, with_untested

MOST = 200
"""Clients whose possible groups are worked out, those of which most could be at stake first."""


Shares = NDArray[np.float64]
"""Fractions of a limit, by party."""


class Possible(NamedTuple):
    """A limit that a group would break which stands only if what cannot be tested holds."""

    use: int
    """Position of the rule among the uses of the book."""
    client: int
    members: Nodes
    exposure: float


@dataclass(frozen=True)
class PossibleBreaks:
    """What could break so, beside what is told already."""

    clients: int
    """Clients with dependences, of or on them, that cannot be tested, or with votes that are not disclosed."""
    found: tuple[Possible, ...]
    """One of each rule and client, the greatest use of a limit first."""
    open: dict[int, int]
    """By position of the rule, of how many clients it could not be worked out."""


@dataclass(frozen=True)
class Told:
    """Of each limit on groups the clients and groups that are told already: they break a limit as they
    stand in the wide reading, and this one's amount too. What holds them is no news."""

    alone: dict[int, NDArray[np.bool_]]
    """By position of the rule, who does so alone; shape (n,) each."""
    together: dict[int, list[set[int]]]
    """And which groups."""

    @classmethod
    def of(cls, found: Checked) -> "Told":
        """Those of a book."""
        alone, together = dict[int, NDArray[np.bool_]](), dict[int, list[set[int]]]()
        uses, standing = found.wide.uses, found.standing
        broken = [use.units.kept(use.state == BREACH) for use in uses if use.rule.severity == "limit"]
        for k, use in enumerate(uses):
            if _measured(use):
                stakes = standing.stakes[use.rule.numerator]
                over = [
                    units.kept(breaks(stakes.totals(units), use.cap.value, use.rule.comparison)) for units in broken
                ]
                alone[k] = np.zeros(standing.size, np.bool_)
                for units in over:
                    alone[k][units.kept(np.diff(units.start) == 1).flat] = True
                several = (units.kept(np.diff(units.start) > 1) for units in over)
                together[k] = [{*units.members(at).tolist()} for units in several for at in range(len(units))]
        return cls(alone, together)

    def holds(self, use: int, members: Nodes) -> bool:
        """Whether some parties hold one of them."""
        mine = {*members.tolist()}
        return bool(self.alone[use][members].any()) or any(group <= mine for group in self.together[use])


def possible_breaks(view: View, found: Checked) -> PossibleBreaks:
    """Whom limits on groups would break around, if what cannot be tested held."""
    name = ("possible breaks", found.standing.lender, view.criteria, view.government)
    return view.kept(name, lambda: _possible_breaks(view, found))


def _possible_breaks(view: View, found: Checked) -> PossibleBreaks:
    lender, told = found.standing.lender, Told.of(found)
    hidden = hidden_among(view, found.client, lender=lender)
    ties = [
        np.concatenate(side) for side in zip(untested_among(view, found.client, lender=lender), hidden, strict=True)
    ]
    tied = np.zeros(found.standing.size, np.bool_)
    tied[ties[0]] = tied[ties[1]] = True
    many = int((tied & found.client).sum())
    share = {**_most(view, found, told, *ties), **_most_united(view, found, told, *hidden)} if many else {}
    worst = np.max([np.zeros(found.standing.size), *share.values()], axis=0)
    order = np.flatnonzero(worst > 0)
    order = order[np.argsort(-worst[order], kind="stable")]
    breaking, left = list[Possible](), dict.fromkeys(share, 0)
    for number, x in enumerate(order.tolist()):
        rules = [k for k, most in share.items() if most[x] > 0]
        readings = _groups(view, found, x) if number < MOST else None
        for k in rules:
            if readings is None:
                left[k] += 1
            else:
                units = readings.perhaps(found.wide.uses[k].rule.group_kind)
                breaking += _breaking(found, told, k, x, units)
    uses = found.wide.uses
    breaking.sort(key=lambda one: (-one.exposure / uses[one.use].cap.value, one.use, one.client))
    return PossibleBreaks(many, tuple(breaking), {k: count for k, count in left.items() if count})


def _most(view: View, found: Checked, told: Told, dependant: Nodes, other: Nodes) -> dict[int, Shares]:
    """By rule, what of its limit could be used around each client at most; 0 where it is kept in any case.

    Where more clients are left than can be worked out, the groups of who is tied to them and no client are grown too:
    before, all that hangs together with these counts.
    """
    units, parts = units_of(groups_among(view, found.clients, SUSPECTED)), parts_of(view)
    share = dict(_shares(found, told, (dependant, other), parts, units, found.client, kind="connected"))
    open_ = np.any([np.zeros(found.standing.size, np.bool_), *(most > 0 for most in share.values())], axis=0)
    if open_.sum() <= MOST:
        return share
    near, known = open_[dependant] | open_[other], found.client.copy()
    known[dependant[near]] = known[other[near]] = True
    beside = np.flatnonzero(known & ~found.client)
    units = units.joined(Units.ordered(closures_over(*made_of(view, wide=True), beside.tolist())))
    return dict(_shares(found, told, (dependant, other), parts, units, known, kind="connected"))


def _most_united(view: View, found: Checked, told: Told, company: Nodes, holder: Nodes) -> dict[int, Shares]:
    """The same of limits on group clients, whom votes that are not disclosed may unite and dependence does not."""
    units, parts = units_of(groups_among(view, found.clients, POSSIBLE_CLIENT)), circle_parts(view)
    return dict(_shares(found, told, (company, holder), parts, units, found.client, kind="control"))


def _shares(
    found: Checked,
    told: Told,
    ends: tuple[Nodes, Nodes],
    parts: Parts,
    units: Units,
    known: NDArray[np.bool_],
    *,
    kind: str,
) -> Iterator[tuple[int, Shares]]:
    """Of each limit on groups of a kind what of it could be used, with the groups of whoever is known."""
    dependant, other = ends
    for k, alone in told.alone.items():
        use, free = found.wide.uses[k], ~(alone[dependant] | alone[other])
        if use.rule.group_kind == kind:
            weights = np.where(alone, 0.0, found.standing.stakes[use.rule.numerator].most)
            most = at_most(weights, parts, units, known, dependant=dependant[free], other=other[free])
            may = breaks(most, use.cap.value, use.rule.comparison) & found.client & ~alone
            yield k, np.where(may, most / use.cap.value, 0.0)


def _measured(use: Use) -> bool:
    """Whether a rule is a limit on groups that might arise, and can be told."""
    rule = use.rule
    groups = rule.group_kind in ("connected", "control") and rule.scope in ("group", "either")
    return groups and rule.severity == "limit" and not np.isnan(use.cap.value)


def _groups(view: View, found: Checked, client: int) -> Readings | None:
    """Groups around a client that would stand so; None where too many parties hang together."""
    readings = with_untested(
        view, found.standing, Readings({}), client, also=Also(near=False), falls=view.falls(wide=True)
    )
    return None if readings.missing else readings


def _breaking(found: Checked, told: Told, k: int, client: int, units: Units) -> list[Possible]:
    """The greatest of some groups that would break a rule, if any would."""
    use, standing = found.wide.uses[k], found.standing
    stakes = standing.stakes[use.rule.numerator]
    total = stakes.totals(units)
    fit = fits(use.rule, units, standing.clients, counted=stakes.counting[units.flat])
    broken = np.flatnonzero(breaks(total, use.cap.value, use.rule.comparison) & fit).tolist()
    news = [unit for unit in broken if not told.holds(k, units.members(unit))]
    if not news:
        return []
    worst = max(news, key=lambda unit: total[unit])
    return [Possible(k, client, units.members(worst), float(total[worst]))]
