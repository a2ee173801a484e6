"""What the failure of each firm alone leaves its creditors, before others' failures take from its assets."""

import numpy as np

from analytics.contagion.shock.firms import Firms, Numbers
from analytics.contagion.shock.layers import Layers


def paid_alone(firms: Firms, layers: Layers, *, worst: bool = False) -> Numbers:
    r"""Say what part of its uncovered debts each would pay, class by class, if it alone failed.

    .. math:: p_{ic} = \min\left(1, \frac{(P_i - \sum_{k < c} d_{ik})^+}{d_{ic}}\right), \qquad
        P_i = \min\left(a_i, r_i \sum_c d_{ic}\right)

    with a its assets without what collateral takes out, where they are known, and d what it owes in a class.

    Parameters
    ----------
    firms : Firms
        Of n parties; r what a failed one pays at most.
    layers : Layers
        Debts in C classes without what own collateral covers, whole units of one currency.
    worst : bool
        Whether others' failures may have taken all assets that are known, so that nothing of these is paid.

    Raises
    ------
    Nothing.

    Source
    ------
    Eisenberg & Noe, Management Science 47 (2001), 236: what is left is parted by class and in proportion, of one firm
    and without clearing. Domain reference §4.10.

    Example
    -------
    >>> firms = Firms.of(3, assets=[20, np.nan, 90], recovered=0.6)
    >>> paid_alone(firms, Layers.of(firms, debts=([0, 1], [2, 2], [100, 50]))).tolist()
    [[0.2], [0.6], [0.6]]
    """
    debts = layers.debts
    owed, most = debts.owed_by_class, firms.recovered * debts.owed
    left = np.maximum(firms.assets - layers.pledged, 0.0)
    pool = np.where(np.isnan(left), most, np.minimum(left, most) * (not worst))
    before = np.cumsum(owed, axis=1) - owed
    paid = np.clip(pool[:, None] - before, 0.0, owed)
    # Of who is not known to owe anything in a class.
    none = np.repeat(firms.recovered[:, None], debts.classes, axis=1)
    return np.asarray(np.divide(paid, owed, out=none, where=owed > 0))
