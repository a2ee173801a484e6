r"""Losses that go round among failed debtors, solved at once where round after round would hardly end.

What a failed debtor pays falls with what it lost. Of a ring of them that owe little or nothing to others, each loss
comes back nearly whole or whole, and rises by the same sum in every round. As long as each pays part of the same class
of its debts, what it passes on is linear in what it lost, and the end of all rounds is one linear system. No step goes
beyond where that ends, and each leaves everybody with losses that at least these lead to: so none passes the least
fixed point.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, eye_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from analytics.kernels.losses import Lost, Sheets
from graph.grouping import spans

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
HAIR = 1e-12
"""Part of a loss below which none of it leaves a ring."""
ENDS = 100
"""Times that some debtor's class is used up before the rounds go on."""


class Ring(NamedTuple):
    """Failed debtors of whom each unit lost is a loss of their creditors."""

    place: Places
    """Of each, among the failed."""
    node: Places
    left: Numbers
    """What each may lose yet before the class of debts that it pays part of gets nothing."""
    link: Places
    """Debts that are paid in part."""
    debtor: Places
    """Whose each of them is, as a position in `node`."""
    slope: Numbers
    """What each of them loses more with each unit that its debtor lost."""


def go_round(sheets: Sheets, lost: Lost, failed: Places, now: Numbers) -> Places:
    r"""Let losses go round among failed debtors until they come to rest, or some debtor pays a class nothing.

    .. math:: D = (I - J)^{-1} (x' - x), \qquad J_{ij} = \kappa L_{ji} / \bar p_{j,c(j)}

    Where nothing leaves a ring (I - J singular) all of it falls in the proportions that come back as they were, until
    one of it has nothing left for its class.

    Parameters
    ----------
    sheets : Sheets
    lost : Lost
        What was lost so far, `before` of what the failed paid then; gets what is lost more.
    failed : (f,) array
        Who has failed, ascending.
    now : (f,) array, whole units of one currency
        What each of them lost by now that it would pay from, x'.

    Raises
    ------
    Nothing.

    Source
    ------
    Eisenberg–Noe, Management Science 47 (2001), 236, section 3: with who pays in part given, payments are linear.

    Example
    -------
    Two failed firms owe each other a million and nothing to others. One lost a thousand beyond all else it had: that
    comes back whole, a thousand more each round, until nobody pays anything.

    >>> from analytics.contagion.shock.coupled import Shock, send
    >>> from analytics.contagion.shock.firms import Firms
    >>> from analytics.contagion.shock.layers import Layers
    >>> firms = Firms.of(2, equity=[1, 1], assets=[1e6, 1e6], recovered=1)
    >>> layers = Layers.of(firms, debts=([0, 1], [1, 0], [1e6, 1e6]))
    >>> found = send(firms, layers, Shock.of(2, [0, 1], lost=[1000, 0]))
    >>> found.by_debt.round(3).tolist(), found.rounds < 20
    ([1000000.0, 1000000.0], True)
    """
    at = lost.before[failed]
    waiting = np.maximum(now - at, 0.0)
    touched = [np.zeros(0, np.int64)]
    for _ in range(ENDS):
        ring = _ring(sheets, lost, failed, at)
        if not waiting[ring.place].any():
            break
        whole, rise = _rise(sheets, ring, waiting[ring.place])
        with np.errstate(divide="ignore", invalid="ignore"):
            room = np.where(rise > 0, ring.left / rise, np.inf).min(initial=np.inf)
        part = min(1.0, room) if whole else room
        if not np.isfinite(part):
            break
        at[ring.place] += part * rise
        touched.append(_lose(sheets, lost, ring, part * rise))
        if whole:
            waiting[ring.place] *= 1.0 - part
            if part == 1.0:
                break
    return np.unique(np.concatenate(touched))


def _lose(sheets: Sheets, lost: Lost, ring: Ring, rise: Numbers) -> Places:
    """Let creditors lose by what their debtors lost more; who they are."""
    more, into = ring.slope * rise[ring.debtor], sheets.creditor[ring.link].astype(np.int64)
    lost.by_debt[ring.link] += more
    np.add.at(lost.claims, into, more)
    np.add.at(lost.other, into, sheets.felt_claims * more)
    return into


def _ring(sheets: Sheets, lost: Lost, failed: Places, at: Numbers) -> Ring:
    """Who pays part of a class of its debts, out of what it has left and nothing else, and which debts these are."""
    owed, assets = sheets.whole.reshape(-1, sheets.classes)[failed], sheets.assets[failed]
    upto = np.cumsum(owed, axis=1)
    pool = sheets.kept * (assets - at)
    with np.errstate(invalid="ignore"):
        some = (lost.called[failed] == 0) & (pool > HAIR * assets) & (pool < sheets.recovered[failed] * upto[:, -1])
    place = np.flatnonzero(some)
    # The first class that what is left does not pay whole; at its end, the one before it.
    level = (upto[place] < pool[place, None] * (1 - HAIR)).sum(axis=1)
    senior = upto[place, level] - owed[place, level]
    node = failed[place]
    row = node * sheets.classes + level
    link, debtor = spans(sheets.start[row], sheets.start[row + 1])
    free = (lost.promised[link] == 0) & (lost.by_debt[link] > 0)
    link, debtor = link[free], debtor[free]
    slope = sheets.kept * sheets.amount[link] / sheets.whole[row[debtor]]
    left = (pool[place] - senior) / sheets.kept if len(place) else pool[place]
    return Ring(place, node, left, link, debtor, slope)


def _rise(sheets: Sheets, ring: Ring, waiting: Numbers) -> tuple[bool, Numbers]:
    """What each loses more in the end, and whether that is all; of a ring that nothing leaves in which proportions."""
    size = len(ring.node)
    creditor = sheets.creditor[ring.link].astype(np.int64)
    into = np.minimum(np.searchsorted(ring.node, creditor), max(size - 1, 0))
    inside = (ring.node[into] == creditor) & (sheets.felt_claims > 0)
    passed = csc_array((ring.slope[inside], (into[inside], ring.debtor[inside])), shape=(size, size))
    count, of = connected_components(passed, directed=True, connection="strong")
    same = of[into[inside]] == of[ring.debtor[inside]]
    kept = np.bincount(ring.debtor[inside][same], ring.slope[inside][same], minlength=size)
    closed = np.ones(count, np.bool_)
    closed[of[kept < 1 - HAIR]] = False
    full = np.flatnonzero(closed & (np.bincount(of, waiting, minlength=count) > 0))
    rise = np.zeros(size)
    if len(full):
        mine = np.flatnonzero(of == full[0])
        rise[mine] = _proportions(passed[mine][:, mine])
        return False, rise
    open_ = np.flatnonzero(~closed[of])
    if len(open_):
        leaving = (eye_array(len(open_), format="csc") - passed[open_][:, open_]).tocsc()
        rise[open_] = splu(leaving).solve(waiting[open_])
    return True, np.maximum(rise, 0.0)


def _proportions(passed: csc_array) -> Numbers:
    """Losses of a ring that come back as they were."""
    rest = (eye_array(passed.shape[0] - 1, format="csc") - passed[1:][:, 1:]).tocsc()
    return np.append(1.0, np.maximum(splu(rest).solve(passed[1:][:, [0]].toarray().ravel()), 0.0))
