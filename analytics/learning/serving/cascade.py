"""Failures that bring others down within the year, as a net holds them: a few numbers, repeated rounds."""

from collections.abc import Mapping

import numpy as np
from scipy.special import expit

from analytics.learning.models.model import Numbers
from analytics.learning.serving.hearing import Hearing


def cascade(odds: Numbers, felt: Numbers, hearing: Hearing, weights: Mapping[str, Numbers], rounds: int) -> Numbers:
    r"""Log odds of default when each party may also be brought down by those it hears of.

    .. math::
        p^{(0)} = \sigma(z), \qquad
        1 - p_r^{(t+1)} = (1 - p_r^{(0)}) \prod_{e: s \to r} \big(1 - f_s^{(t)} (1 - e^{-\lambda_e w_e})\big)

    with :math:`f_s` the probability that s fails, or, where it is publicly known to have failed, that this is still
    felt; and one :math:`\lambda > 0` a relation and way for parties that fail within the year, one for public failures.

    Parameters
    ----------
    odds : (n,) array
        Log odds z of failing by itself.
    felt : (n,) array
        Of parties that publicly failed, the probability that it is still felt; NaN of all others.
    hearing : Hearing
        Weights w of links, one matrix a channel.
    weights : arrays by name
        `cascade.hidden` and `cascade.public`, (channels,): logarithms of λ.
    rounds : how often

    Raises
    ------
    Nothing.

    Source
    ------
    Noisy-or: Pearl, "Probabilistic Reasoning in Intelligent Systems" (1988), §4.3.2; over a tree, where nobody hears
    back, it is the independent cascade of Kempe, Kleinberg & Tardos, KDD 2003, §2.2.

    Example
    -------
    >>> from scipy import sparse
    >>> one = Hearing(2, (sparse.csr_array(np.array([[0.0, 0.0], [1.0, 0.0]])),), ())
    >>> ln2 = {f"cascade.{name}": np.log([np.log(2)]) for name in ("hidden", "public")}
    >>> expit(cascade(np.array([0.0, -30.0]), np.full(2, np.nan), one, ln2, 2)).round(6).tolist()
    [0.5, 0.25]
    """
    flat = hearing.flat
    hidden, known = (np.exp(weights[f"cascade.{name}"])[flat.channel] for name in ("hidden", "public"))
    public = ~np.isnan(felt)
    hits = -np.expm1(-np.where(public[flat.heard], known, hidden) * flat.weight)
    by_itself = np.logaddexp(0.0, odds)
    fails = np.where(public, felt, expit(odds))
    hazard = by_itself
    for _ in range(rounds):
        survives = np.maximum(1 - fails[flat.heard] * hits, TINY)
        hazard = by_itself - flat.summed(np.log(survives))
        fails = np.where(public, felt, -np.expm1(-hazard))
    return np.asarray(hazard + np.log(-np.expm1(-hazard)))


TINY = 1e-12
"""No hit is surer than this far from 1."""
