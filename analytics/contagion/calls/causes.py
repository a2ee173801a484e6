"""Which failure each loss goes back to, and along which guarantees it came."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.contagion.calls.book import Numbers
from analytics.contagion.calls.cascade import Calls
from analytics.kernels.calls import trace
from analytics.kernels.compiled import frozen
from graph.errors import InvalidQuestion


@dataclass(frozen=True)
class Causes:
    """A loss laid at the doors of those whose failure brought it, whole units of its currency."""

    own: Numbers
    """Lost on the loans of each party, shape (n,)."""
    through: Numbers
    """Lost on its own loans and on those of whoever failed by its failure, shape (n,)."""
    carried: Numbers
    """What each guarantee brought: the part of its guarantor's `through` that its call is of the calls that felled it,
    shape (m,)."""
    first: NDArray[np.int64]
    """Who failed at first, ascending: their `through` sum to the whole."""

    @property
    def whole(self) -> float:
        """All that is lost."""
        return float(self.own.sum())


def explain_loss(calls: Calls, loss: ArrayLike | None = None) -> Causes:
    r"""Trace a loss back to first failures along the calls that felled one firm after the other.

    A firm that failed later was felled by its calls for debtors that had failed before; each takes the part of what its
    failure cost that its call is of theirs. So causes make no ring, and what goes back to the first failures sums to
    the whole.

    .. math:: t_i = l_i + \sum_{p \text{ for } i} u_p, \qquad
        u_p = t_{g(p)} \, \frac{c_p}{\sum \{c_q : g(q) = g(p),\ w_{b(q)} < w_{g(p)}\}}

    with b the debtor and g the guarantor of a guarantee, and w the wave in which each failed; u is 0 where g did not
    fail, failed at first, or no later than b.

    Parameters
    ----------
    calls : Calls
        Of n parties, l loans and m guarantees.
    loss : (l,) array, optional
        What is lost on each loan; by default `Calls.loss`. Nothing of a debtor that stands.

    Raises
    ------
    InvalidQuestion
        If the loss is not one of these loans.

    Source
    ------
    Our own proposal: shares by calls, as a guarantor's capacity is shared.

    Example
    -------
    >>> from analytics.contagion.calls.book import Loans, Standing, Sureties
    >>> from analytics.contagion.calls.cascade import call_guarantees
    >>> loans = Loans.of(4, [3, 3, 3], [0, 1, 2], [100.0, 50.0, 30.0])
    >>> behind = Sureties.of(loans, [2, 2], [0, 1], [60.0, 20.0], joint=True)
    >>> found = call_guarantees(Standing.of(loans, behind, capacity=[0, 0, 40, 0], recovery=0.0), [0, 1])
    >>> causes = explain_loss(found)
    >>> causes.own.tolist(), causes.through.tolist(), causes.carried.tolist()
    ([70.0, 40.0, 30.0, 0.0], [92.5, 47.5, 30.0, 0.0], [22.5, 7.5])
    """
    loans, net = calls.standing.loans, calls.standing.calling
    lost = calls.loss if loss is None else np.asarray(loss, np.float64)
    if lost.shape != (len(loans),) or lost[~calls.due].any():
        raise InvalidQuestion("must tell what is lost on each loan of who fails", where="loss")
    through, carried = calls.by_debtor(lost), np.zeros(len(calls.called))
    own = through.copy()
    debtor = loans.debtor[calls.standing.sureties.loan[net.number]]
    latest = calls.failed[np.argsort(-calls.wave[calls.failed], kind="stable")]
    call = frozen(calls.called[net.number], np.float64)
    trace(net, frozen(debtor, np.uint32), frozen(latest, np.uint32), calls.wave, call, through, carried)
    told = np.empty(len(carried))
    told[net.number] = carried
    return Causes(own, through, told, np.flatnonzero(calls.wave == 1))
