"""Who would control a company if the votes were theirs of which nobody says whose they are."""

from dataclasses import dataclass

from analytics.structure.concert import NO_CIRCLES, Circles
from analytics.structure.control import Control
from analytics.structure.votes import FINE


@dataclass(frozen=True)
class Undisclosed:
    """Votes of a company that no holder is known to have, and what they could do."""

    share: float
    """Fraction of all votes; within bands the most it can be."""
    decides: bool
    """Whether they alone are a majority."""
    holders: tuple[int, ...]
    """Known holders, and who may control them, who would have a majority with them; ascending."""
    held: tuple[float, ...]
    """Least fraction that each of these has, with what it controls."""


def undisclosed(control: Control, company: int, circles: Circles = NO_CIRCLES) -> Undisclosed:
    r"""Tell who would have a majority of a company with the votes that are not disclosed.

    .. math:: \rho = 1 - \sum_k l_k, \qquad H = \{x : \rho + \sum_{k \in C(x) \cup \{x\}} l_k > \theta\}

    with l the low ends of the votes of y, its own votes left out, and C(x) what x may control. A majority of
    somebody else leaves nobody in H.

    Parameters
    ----------
    control : Control
        Who controls whom, for certain and perhaps.
    company : int
        Node number y.
    circles : Circles, optional
        Of the concerts that y itself acts in, who votes for them, as `Together.circles` has it.

    Raises
    ------
    NotConverged
        If too many sets of controllers are not kept.

    Source
    ------
    Domain reference §1.1 (the missing holders of a column) and §1.4; that the rest may be any known holder's is asked
    here alone and makes nobody a possible controller (README, decision 10).

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> found = undisclosed(solve_control(Holdings.exact(4, [0, 1], [2, 2], [0.3, 0.1])), 2)
    >>> round(found.share, 9), found.decides, found.holders, found.held
    (0.6, True, (0, 1), (0.3, 0.1))
    """
    votes, above = control.holdings, int(control.certain.votes.bar[company]) >> 10
    rest = round((1 - float(votes.disclosed[company])) * FINE)
    if rest * 1_000_000_000 < FINE:
        return Undisclosed(0.0, False, (), ())
    has: dict[int, float] = {}
    for link in votes.holders.links_at(company).tolist():
        holder = int(votes.tail[link])
        over = () if holder == company else control.controllers_of(holder, possible=True).tolist()
        acting = (x for x, circle in circles.items() if holder in circle[True])
        for x in dict.fromkeys((holder, *(z for z in over if z not in circles), *acting)):
            has[x] = has.get(x, 0.0) + float(votes.low[link])
    enough = [x for x in sorted(has) if x != company and rest + round(has[x] * FINE) >= above]
    return Undisclosed(rest / FINE, rest >= above, tuple(enough), tuple(has[x] for x in enough))
