"""Why one party controls another: the holdings and other control that give it, one company after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.kernels.control import bar
from analytics.structure.control import Control
from analytics.structure.reach import Nodes, Reach
from analytics.structure.votes import NANO, Holdings
from graph.errors import InvalidQuestion


@dataclass(frozen=True)
class Step:
    """One company that falls to the owner, and by what."""

    company: int
    holders: tuple[int, ...]
    """The owner or companies of earlier steps."""
    holdings: tuple[int, ...]
    """Positions of their holdings, largest first; empty where control rests on another basis."""
    edges: tuple[int, ...]
    """Position of the arrow that controls on another basis, as its maker counted them."""
    low: float
    """Least votes they have together, a fraction."""
    high: float
    """Greatest votes they may have together, a fraction."""
    certain: bool = True
    """Whether these have it for certain, once the holders do; else bands or a doubtful arrow only allow it."""
    idle: bool = False
    """Whether they have no majority but for what the company holds of itself and carries no vote."""


def prove(
    control: Control, owner: int, company: int, *, possible: bool = False, without: int | None = None
) -> tuple[Step, ...]:
    r"""Show by which holdings an owner controls a company, with as few as suffice.

    .. math:: y_1, \dots, y_m = y : \quad \sum_{k \in \{x, y_1, \dots, y_{i-1}\}} W_{k y_i} > \theta

    Parameters
    ----------
    control : Control
        Who controls whom.
    owner, company : int
        Node numbers of x and y.
    possible : bool
        Show what makes control possible where it is not certain.
    without : int, optional
        A party that the owner is to do without, where it has it directly, as a concert has its own member.

    Raises
    ------
    InvalidQuestion
        If the owner does not control the company.

    Source
    ------
    Domain reference §1.4 and §2.7: the membership proof that accompanies each group.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> control = solve_control(Holdings.exact(3, [0, 0, 1], [1, 2, 2], [0.6, 0.2, 0.4]))
    >>> [(step.company, step.holdings) for step in prove(control, 0, 2)]
    [(1, (0,)), (2, (2, 1))]
    """
    if without is None:
        return prove_each(control, owner, [company], possible=possible)[0]
    reach = control.possible if possible else control.certain
    (found,) = reach.without_own(owner, [without])
    return _proved(control, reach, found, owner, [company], apart=without)[0]


def prove_each(
    control: Control, owner: int, companies: Sequence[int], *, possible: bool = False
) -> list[tuple[Step, ...]]:
    r"""Show by which holdings an owner controls each of several companies.

    What follows from what is worked out once, however many companies are asked for.

    .. math:: P(x, \{y_1, \dots, y_k\}) = (P(x, y_1), \dots, P(x, y_k))

    Parameters
    ----------
    control : Control
        Who controls whom.
    owner : int
        Node number of x.
    companies : (k,) sequence of node numbers
    possible : bool
        As `prove`.

    Raises
    ------
    InvalidQuestion
        If the owner does not control one of the companies.

    Source
    ------
    As `prove`.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> control = solve_control(Holdings.exact(3, [0, 0, 1], [1, 2, 2], [0.6, 0.2, 0.4]))
    >>> [len(steps) for steps in prove_each(control, 0, [2, 1])]
    [2, 1]
    """
    if not len(companies):
        return []
    reach = control.possible if possible else control.certain
    return _proved(control, reach, reach.sequence(owner), owner, companies)


def _proved(
    control: Control, reach: Reach, found: Nodes, owner: int, companies: Sequence[int], *, apart: int = -1
) -> list[tuple[Step, ...]]:
    """The proof of each of some companies among those that fall to an owner."""
    rank = {y: k for k, y in enumerate(found.tolist())}
    for company in companies:
        if company not in rank:
            raise InvalidQuestion("does not control", where=f"party {owner} over {company}")
    rank[owner] = -1
    return [_steps(control, reach, rank, owner, company, apart=apart) for company in companies]


def _steps(
    control: Control, reach: Reach, rank: dict[int, int], owner: int, company: int, *, apart: int
) -> tuple[Step, ...]:
    """The steps to one company, earlier ones first; `rank` is the order in which control follows."""
    steps: dict[int, Step] = {}
    wanted = [company]
    while wanted:
        y = wanted.pop()
        before = rank[y] if y != owner else len(rank)
        direct = {z: k for z, k in rank.items() if z != owner} if y == apart else rank
        steps[y] = _by_edge(control, reach, y, direct, before) or _by_votes(control, reach, y, rank, before)
        wanted += [z for z in steps[y].holders if z != owner and z not in steps]
    return tuple(sorted(steps.values(), key=lambda step: (step.company == owner, rank[step.company])))


def _by_edge(control: Control, reach: Reach, y: int, rank: dict[int, int], before: int) -> Step | None:
    """Control on another basis by the earliest that has it."""
    edges = control.controlled_otherwise if reach.possible else control.sure_otherwise
    tails, links = edges.at(y).tolist(), edges.links_at(y).tolist()
    known = [(rank[z], z, link) for z, link in zip(tails, links, strict=True) if rank.get(z, before) < before]
    if not known:
        return None
    _, z, link = min(known)
    sure = bool((control.sure_otherwise.links_at(y) == link).any())
    return Step(y, (z,), (), (link,), 0.0, 1.0, certain=sure)


def _by_votes(control: Control, reach: Reach, y: int, rank: dict[int, int], before: int) -> Step:
    """The largest holdings of those that fell before, until they suffice."""
    held = reach.holdings
    holders = zip(held.holders.at(y).tolist(), held.holders.links_at(y).tolist(), strict=True)
    mine = sorted(
        (-held.high[link] if reach.possible else -held.low[link], rank[z], link)
        for z, link in holders
        if z != y and rank.get(z, before) < before
    )
    links: list[int] = []
    for _, _, link in mine:
        links.append(link)
        if _suffices(reach, y, links, int(reach.votes.bar[y])):
            break
    return voted(control, y, links, possible=reach.possible)


def voted(control: Control, company: int, holdings: Sequence[int], *, possible: bool = False) -> Step:
    r"""Say what some holdings of a company make together, whether for certain, and whether only without its own shares.

    .. math:: \sum_k l_k > \theta\,(1 - l_{yy}), \qquad \sum_k l_k \le \theta

    Parameters
    ----------
    control : Control
        Who controls whom.
    company : int
        Node number of y.
    holdings : sequence of positions of holdings of y by others
    possible : bool
        Whether they give possible control.

    Raises
    ------
    Nothing.

    Source
    ------
    公司法 (2023) art. 116: a company's own shares carry no vote; bands as `solve_control` counts them.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.votes import Holdings
    >>> control = solve_control(Holdings.exact(3, [0, 1, 2], [2, 2, 2], [0.45, 0.3, 0.2]))
    >>> step = voted(control, 2, [0])
    >>> step.low, step.certain, step.idle
    (0.45, True, True)
    """
    reach, y, links = control.possible if possible else control.certain, company, list(holdings)
    held = reach.holdings
    zs = dict.fromkeys(int(held.tail[link]) for link in links)
    low, high = (min(float(ends[links].sum()), 1.0) for ends in (held.low, held.high))
    least, whole = bar(control.threshold * NANO * np.array([1 - held.idle(y), 1.0])).tolist()
    sure, idle = _surely(held, links, least), not _suffices(reach, y, links, whole)
    return Step(y, tuple(zs), tuple(links), (), low, high, certain=sure, idle=idle)


def _suffices(reach: Reach, y: int, links: Sequence[int], least: int) -> bool:
    """The kernel's comparison with what a majority takes, for a few links."""
    held = reach.holdings
    if _surely(held, links, least) or not reach.possible:
        return _surely(held, links, least)
    low, high = (sum(int(ends[link] * 1e12 + 0.5) for link in links) for ends in (held.low, held.high))
    return max(low, min(high, int(reach.votes.room[y]) + low)) >= least >> 10


def _surely(held: Holdings, links: Sequence[int], least: int) -> bool:
    """The same by their least votes."""
    low = sum(int(held.low[link] * 1e12 + 0.5) for link in links)
    open_ends = sum(int(held.ends[link]) & 1 for link in links) if len(held.ends) else 0
    return low << 10 >= least or (low << 10 >= least - (1000 << 10) and open_ends > 0)
