"""Who of a concert is on top of a company: the members whom the others do not control themselves."""

from typing import Final

import numpy as np

from analytics.structure.concert import Together
from analytics.structure.membership import Refuted, control_among

FEWEST: Final = 2
"""Members without whom nobody acts in concert."""


def heads(together: Together, concert: int, company: int, *, possible: bool = False) -> tuple[int, ...]:
    r"""Find the members of a concert that have a part in a company and that the others of these do not control.

    Whom they control for certain votes as they will, so that what it has is theirs; it is on top with them no more
    than any other company below them. Where that leaves one alone, all with a part in it are told.

    .. math:: H_0 = P(y) \setminus L, \qquad H = P(y) \setminus (L \cap C(H_0))

    with P(y) those who take part in y, and L those members whom the others control.

    Parameters
    ----------
    together : Together
        Control by parties and concerts.
    concert : int
        Number of the concert.
    company : int
        Node number y of what it controls.
    possible : bool
        Whether those count who may have a part in it and may have none.

    Raises
    ------
    IndexError
        If there is no such concert.

    Source
    ------
    公司法 2023 art. 265: 实际控制人 is who decides in the end, through investments, agreements or otherwise; domain
    reference §1.4 and §1.7.

    Example
    -------
    >>> from analytics.structure.concert import Concert, solve_together
    >>> from analytics.structure.votes import Holdings
    >>> held = Holdings.exact(4, [0, 1, 2], [2, 2, 3], [0.4, 0.15, 0.6])
    >>> found = solve_together(held, [Concert((0, 1, 2), ())])
    >>> found.taking_part(0, 3), heads(found, 0, 3)
    ((0, 1, 2), (0, 1))
    """
    part = together.taking_part(concert, company, possible=possible)
    members = together.concerts[concert].members
    led = set(part).intersection(together.led(concert, apart=company if company in members else -1).tolist())
    if not led:
        return part
    first = set(part) - led
    among = {*together.circle(concert, company), *led, company} - first
    below = _controlled_by(together, first, among) if first else set()
    found = tuple(x for x in part if x not in led & below)
    return part if len(found) < FEWEST else found


def _controlled_by(together: Together, acting: set[int], among: set[int]) -> set[int]:
    """What some parties surely control as one, among some others."""
    names = sorted(x for x in among if x < together.parties)
    place = {**dict.fromkeys(acting, 0), **{y: k for k, y in enumerate(names, 1)}}
    found = control_among(together.control, np.array(names, np.uint32), place, Refuted())
    return {names[at - 1] for at in found.controlled_by(0).tolist()}
