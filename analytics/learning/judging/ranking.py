"""Who is riskier than whom: measures that look at the order alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.errors import InvalidPanel

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Ordered:
    """Rows from the highest score to the lowest, those of one score together; measures weighed in many ways at once."""

    label: Numbers
    """1 or 0 in that order, shape (n,)."""
    order: NDArray[np.intp]
    """Where each of them stood."""
    ends: NDArray[np.intp]
    """The last row of each score, shape (k,)."""

    @classmethod
    def of(cls, label: ArrayLike, score: ArrayLike) -> "Ordered":
        """Put rows in order. Raises InvalidPanel where lengths differ, a label is none or a score is not finite."""
        y, s = checked(label, score)
        order = np.argsort(-s, kind="stable")
        ranked = s[order]
        ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
        return cls(y[order], order, ends)

    def curve(self, weight: Numbers) -> tuple[Numbers, Numbers]:
        """Weight of defaults and of others with at least each score; weights (b, n) as rows stood, answers (b, k)."""
        ranked = weight[:, self.order]
        bad, every = np.cumsum(ranked * self.label, axis=1), np.cumsum(ranked, axis=1)
        return bad[:, self.ends], (every - bad)[:, self.ends]


def checked(label: ArrayLike, score: ArrayLike) -> tuple[Numbers, Numbers]:
    r"""Take labels and scores as numbers, row by row.

    .. math:: y_i \in \{0, 1\}, \quad s_i \in \mathbb{R}, \quad i = 1, \dots, n, \quad n \ge 1

    Parameters
    ----------
    label : (n,) array of 0 and 1
    score : (n,) array
        Any numbers; higher is riskier.

    Raises
    ------
    InvalidPanel
        If there are no rows, not as many scores as labels, a label is neither 0 nor 1, or a score is not finite.

    Source
    ------
    None: it only looks.

    Example
    -------
    >>> checked([1, 0], [0.5, 0.25])
    (array([1., 0.]), array([0.5 , 0.25]))
    """
    y, s = np.asarray(label, np.float64), np.asarray(score, np.float64)
    if y.ndim != 1 or y.shape != s.shape or not len(y):
        raise InvalidPanel(f"labels are {y.shape}, scores are {s.shape}: give one of each a row", where="judging")
    if not np.isin(y, (0.0, 1.0)).all():
        raise InvalidPanel("a label is neither 0 nor 1", where="judging", remedy="leave out rows not known yet")
    if not np.isfinite(s).all():
        raise InvalidPanel(f"{int((~np.isfinite(s)).sum())} scores are not finite numbers", where="judging")
    return y, s


def _both(label: ArrayLike, score: ArrayLike) -> tuple[Numbers, Numbers]:
    """The curve of rows that weigh alike, beginning at 0. Raises InvalidPanel where only one class is there."""
    ordered = Ordered.of(label, score)
    bad, good = ordered.curve(np.ones((1, len(ordered.label))))
    if not (bad[0, -1] and good[0, -1]):
        only = "defaults" if bad[0, -1] else "rows without default"
        raise InvalidPanel(f"the {len(ordered.label)} rows hold {only} only", where="judging",
                           remedy="judge on rows of both classes")  # fmt: skip
    return np.append(0.0, bad[0]), np.append(0.0, good[0])


def auc(label: ArrayLike, score: ArrayLike) -> float:
    r"""Say how often a default has the higher score of a default and a row without; the same score counts half.

    .. math:: AUC = \frac{1}{n_1 n_0} \sum_{i: y_i = 1} \sum_{j: y_j = 0}
        \left[ 1(s_i > s_j) + \tfrac12 1(s_i = s_j) \right]

    Parameters
    ----------
    label : (n,) array of 0 and 1
    score : (n,) array
        Higher is riskier.

    Raises
    ------
    InvalidPanel
        As `checked`, or if only one class is there.

    Source
    ------
    Hanley and McNeil, "The meaning and use of the area under a ROC curve", Radiology 143 (1982), 29; vector SCR-09.

    Example
    -------
    >>> round(auc([1, 0, 1, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.4]), 6)
    0.833333
    """
    bad, good = _both(label, score)
    return float(np.trapezoid(bad, good) / (bad[-1] * good[-1]))


def gini(label: ArrayLike, score: ArrayLike) -> float:
    r"""Say how well scores order rows: 1 for all right, 0 for none better than chance.

    .. math:: G = 2\,AUC - 1

    Parameters
    ----------
    label, score : (n,) arrays
        As `auc`.

    Raises
    ------
    InvalidPanel
        As `auc`.

    Source
    ------
    Domain reference §5.2; it is Somers' D of score and label, also called accuracy ratio.

    Example
    -------
    >>> round(gini([1, 0, 1, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.4]), 6)
    0.666667
    """
    return 2 * auc(label, score) - 1


def average_precision(label: ArrayLike, score: ArrayLike) -> float:
    r"""Say what part of those called risky defaults, on average over how far down the list one goes.

    .. math:: AP = \sum_k (R_k - R_{k-1}) P_k

    over the scores from the highest down: :math:`R_k` the part of all defaults with at least this score,
    :math:`P_k` the part of the rows with at least this score that default.

    Parameters
    ----------
    label, score : (n,) arrays
        As `auc`.

    Raises
    ------
    InvalidPanel
        As `auc`.

    Source
    ------
    Without interpolation, as scikit-learn's `average_precision_score`; a score without worth has the base rate.

    Example
    -------
    >>> round(average_precision([1, 0, 1, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.4]), 6)
    0.833333
    """
    bad, good = _both(label, score)
    return float((np.diff(bad) * bad[1:] / (bad[1:] + good[1:])).sum() / bad[-1])


def kolmogorov_smirnov(label: ArrayLike, score: ArrayLike) -> float:
    r"""Say how far defaults and the others stand apart at the score that separates them best.

    .. math:: KS = \max_s \left| \hat F_1(s) - \hat F_0(s) \right|

    Parameters
    ----------
    label, score : (n,) arrays
        As `auc`.

    Raises
    ------
    InvalidPanel
        As `auc`.

    Source
    ------
    The two-sample statistic of Kolmogorov and Smirnov; vector SCR-09.

    Example
    -------
    >>> round(kolmogorov_smirnov([1, 0, 1, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.4]), 6)
    0.666667
    """
    bad, good = _both(label, score)
    return float(np.abs(bad / bad[-1] - good / good[-1]).max())
