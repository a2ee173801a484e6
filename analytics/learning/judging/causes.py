"""Whether what is said to cause a risk is the planted cause, and how much of what could be found was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.learning.judging.ranking import Numbers, auc
from analytics.learning.models.model import Reason
from analytics.learning.panel import Wave
from graph.errors import InvalidPanel

Link = tuple[str, int]
"""Relation, and position among the wave's ties of it."""


@dataclass(frozen=True)
class Beside:
    """What links do to some firms in truth, beside what they are stated to do: the same links in the same order."""

    planted: tuple[Numbers, ...]
    """One array a firm."""
    stated: tuple[Numbers, ...]

    @classmethod
    def of(
        cls, wave: Wave, planted: Mapping[int, Mapping[Link, float]], stated: Mapping[int, Sequence[Reason]]
    ) -> "Beside":
        """Of the firms of whom something is stated: all links they stand at, all that are planted, all that are stated.

        What is not planted adds 0, as does what is not stated; reasons that are figures do not count.
        """
        at = _standing(wave, list(stated))
        true, said = [], []
        for party, reasons in stated.items():
            cause = planted.get(party, {})
            told = {(reason.relation, reason.link): reason.effect for reason in reasons if reason.link >= 0}
            links = sorted({*at[party], *cause, *told})
            true.append(np.array([cause.get(link, 0.0) for link in links]))
            said.append(np.array([told.get(link, 0.0) for link in links]))
        return cls(tuple(true), tuple(said))

    @property
    def aucs(self) -> Numbers:
        """Of each firm, how often a cause is stated to do more than a link that is none; NaN where it has one kind."""
        return np.array([_auc(true, said) for true, said in zip(self.planted, self.stated, strict=True)])

    @property
    def hits(self) -> Numbers:
        """Of each firm, whether the link stated first is the foremost cause; NaN where it has none."""
        return np.array([_hit(true, said) for true, said in zip(self.planted, self.stated, strict=True)])

    @property
    def auc(self) -> float:
        """How often a cause is stated to do more than a link that is none."""
        return cause_auc(self.planted, self.stated)

    @property
    def first_hit(self) -> float:
        """How often the link stated first is the foremost cause."""
        return first_cause_hit(self.planted, self.stated)


def _standing(wave: Wave, parties: Sequence[int]) -> dict[int, set[Link]]:
    """Links that each party stands at, at either end."""
    found: dict[int, set[Link]] = {party: set() for party in parties}
    for relation, ties in wave.ties.items():
        for ends in (ties.tail, ties.head):
            for link in np.flatnonzero(np.isin(ends, parties)):
                found[int(ends[link])].add((relation, int(link)))
    return found


def cause_auc(planted: Sequence[ArrayLike], stated: Sequence[ArrayLike]) -> float:
    r"""Say how often a link that does raise a firm's risk is stated to raise it more than one that does not.

    .. math:: \frac{1}{|F|} \sum_{i \in F} AUC\!\left(1(c_i > 0), \hat c_i\right), \qquad
        F = \{i : \exists e, e': c_{ie} > 0, c_{ie'} = 0\}

    Parameters
    ----------
    planted : one (m_i,) array a firm
        By how much each link of its neighbourhood raises its probability in truth, :math:`c_i`.
    stated : one (m_i,) array a firm
        By how much each is stated to, :math:`\hat c_i`, the same links in the same order; 0 where it is not named.

    Raises
    ------
    InvalidPanel
        If no firm has links of both kinds, or as `checked`.

    Source
    ------
    Ours, after Agarwal et al., "Evaluating explainability for graph neural networks", Scientific Data 10 (2023), 144.

    Example
    -------
    >>> cause_auc([[0.2, 0.0, 0.0], [0.0, 0.1]], [[0.3, 0.1, 0.3], [0.0, 0.2]])
    0.875
    """
    found = np.array([_auc(true, said) for true, said in zip(planted, stated, strict=True)])
    if np.isnan(found).all():
        raise InvalidPanel("no firm has links that raise its risk beside links that do not", where="causes")
    return float(np.nanmean(found))


def _auc(planted: ArrayLike, stated: ArrayLike) -> float:
    """Of one firm; NaN where all of its links are causes or none is."""
    is_cause = np.asarray(planted, np.float64) > 0
    if not 0 < is_cause.sum() < len(is_cause):
        return np.nan
    return auc(is_cause, stated)


def first_cause_hit(planted: Sequence[ArrayLike], stated: Sequence[ArrayLike]) -> float:
    r"""Say how often the link stated first is the one that in truth raises the risk most.

    .. math:: \frac{1}{|F|} \sum_{i \in F} \frac{|M_i \cap \hat M_i|}{|\hat M_i|}, \qquad
        M_i = \arg\max_e c_{ie}, \quad \hat M_i = \arg\max_e \hat c_{ie}, \quad F = \{i: \max_e c_{ie} > 0\}

    Several that are stated alike share the hit; a firm of whom nothing is stated is missed.

    Parameters
    ----------
    planted, stated : one (m_i,) array a firm
        As `cause_auc`.

    Raises
    ------
    InvalidPanel
        If no firm has a link that raises its risk.

    Source
    ------
    `learning.md` of the design: the planted cause first.

    Example
    -------
    >>> first_cause_hit([[0.2, 0.1], [0.0, 0.1], [0.3, 0.0]], [[0.3, 0.1], [0.1, 0.1], [0.0, 0.0]])
    0.5
    """
    hits = np.array([_hit(true, said) for true, said in zip(planted, stated, strict=True)])
    if np.isnan(hits).all():
        raise InvalidPanel("no firm has a link that raises its risk", where="causes")
    return float(np.nanmean(hits))


def _hit(planted: ArrayLike, stated: ArrayLike) -> float:
    """Of one firm; NaN where no link raises its risk."""
    cause, named = np.asarray(planted, np.float64), np.asarray(stated, np.float64)
    if not (len(cause) and cause.max() > 0):
        return np.nan
    first = named == named.max()
    return float((first & (cause == cause.max())).sum() / first.sum()) if named.max() > 0 else 0.0


def recovered_share(found: ArrayLike, own: ArrayLike, best: ArrayLike) -> Numbers:
    r"""Say what part a model finds of what own figures leave to be found.

    .. math:: R = \frac{AUC - AUC_{own}}{AUC_{best} - AUC_{own}}

    Parameters
    ----------
    found, own, best : arrays of one shape
        AUC of the model, of LightGBM on own figures, and of the true probability; draw by draw for an interval.

    Raises
    ------
    Nothing; where the best finds no more than own figures there is no share, and it is NaN.

    Source
    ------
    `learning.md` of the design.

    Example
    -------
    >>> recovered_share([0.75, 0.7], [0.6, 0.7], [0.8, 0.7]).round(6)
    array([0.75,  nan])
    """
    has, base, most = (np.asarray(column, np.float64) for column in (found, own, best))
    gap = most - base
    return np.asarray(np.divide(has - base, gap, out=np.full(gap.shape, np.nan), where=gap > 0))
