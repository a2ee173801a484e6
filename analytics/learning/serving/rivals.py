"""The layers of PyTorch Geometric that the net is held against, in NumPy."""

from collections.abc import Mapping

import numpy as np
from scipy import sparse
from scipy.special import erf

from analytics.learning.models.model import Numbers
from analytics.learning.serving.blueprint import Blueprint
from analytics.learning.serving.hearing import Hearing

Weights = Mapping[str, Numbers]
PARTY = "party"


def by_relation(weights: Weights, name: str, state: Numbers, hearing: Hearing) -> Numbers:
    r"""R-GCN: the mean over each channel's neighbours, through a matrix of the channel, and itself.

    .. math:: y_i = W_0 x_i + b + \sum_c \frac{1}{|N_c(i)|} \sum_{j \in N_c(i)} x_j W_c

    Parameters
    ----------
    weights : `NAME.weight` (channels, in, out), `NAME.root` (in, out), `NAME.bias` (out,)
    name : str
    state : (n, in) array
    hearing : Hearing
        Its plain matrices.

    Raises
    ------
    Nothing.

    Source
    ------
    Schlichtkrull et al., "Modeling Relational Data with Graph Convolutional Networks", ESWC 2018, eq. 2.

    Example
    -------
    >>> alone = Hearing(1, (), ())
    >>> by_relation({"a.root": np.eye(1), "a.bias": np.ones(1)}, "a", np.array([[2.0]]), alone).tolist()
    [[3.0]]
    """
    found = state @ weights[f"{name}.root"] + weights[f"{name}.bias"]
    for channel, matrix in enumerate(hearing.plain):
        found += _mean(matrix, state @ weights[f"{name}.weight"][channel])
    return np.asarray(found)


def sampled(weights: Weights, name: str, state: Numbers, hearing: Hearing) -> Numbers:
    r"""Hetero-SAGE: of each channel the mean over neighbours and itself, through matrices of the channel; summed.

    .. math:: y_i = \sum_c \Big( U_c \frac{1}{|N_c(i)|} \sum_{j \in N_c(i)} x_j + b_c + V_c x_i \Big)

    Parameters
    ----------
    weights : `NAME.convs.<party___cC___party>.lin_l.weight` (out, in), `….lin_l.bias`, `….lin_r.weight` of channel C
    name : str
    state : (n, in) array
    hearing : Hearing
        Its plain matrices.

    Raises
    ------
    Nothing.

    Source
    ------
    Hamilton, Ying & Leskovec, "Inductive Representation Learning on Large Graphs", NeurIPS 2017, algorithm 1.

    Example
    -------
    >>> sampled({}, "a", np.zeros((2, 3)), Hearing(2, (), ())).tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    found = np.zeros_like(state)
    for channel, matrix in enumerate(hearing.plain):
        at = f"{name}.convs.<{PARTY}___c{channel}___{PARTY}>"
        found += _mean(matrix, state) @ weights[f"{at}.lin_l.weight"].T + weights[f"{at}.lin_l.bias"]
        found += state @ weights[f"{at}.lin_r.weight"].T
    return found


def attended(weights: Weights, name: str, state: Numbers, hearing: Hearing, blueprint: Blueprint) -> Numbers:
    r"""HGT: a softmax over all links of a party, with keys and values through matrices of the channel.

    .. math::
        \alpha_e \propto \exp\frac{\mu_c \langle q_i, k_j K_c \rangle}{\sqrt{d}}, \qquad
        y_i = g\, W \operatorname{gelu}\Big(\sum_e \alpha_e v_j V_c\Big) + (1 - g)\, x_i

    Parameters
    ----------
    weights : as `HGTConv` of PyTorch Geometric 2.8 keeps them, with one type of nodes
    name : str
    state : (n, hidden) array
    hearing : Hearing
        Its plain matrices.
    blueprint : Blueprint
        Heads and channels.

    Raises
    ------
    Nothing.

    Source
    ------
    Hu, Dong, Wang & Sun, "Heterogeneous Graph Transformer", WWW 2020, §3.2–3.4.

    Example
    -------
    >>> eye = {"a.kqv_lin.lins.party.weight": np.zeros((6, 2)), "a.kqv_lin.lins.party.bias": np.zeros(6)}
    >>> out = {"a.out_lin.lins.party.weight": np.eye(2), "a.out_lin.lins.party.bias": np.zeros(2)}
    >>> alone = Blueprint("hgt", (), 2, hidden=2, heads=1)
    >>> attended({**eye, **out, "a.skip.party": np.zeros(1)}, "a", np.ones((1, 2)), Hearing(1, (), ()), alone).tolist()
    [[0.5, 0.5]]
    """
    key, query, value = np.split(_mapped(weights, f"{name}.kqv_lin", state), 3, axis=1)
    wide, found = state.shape[1] // blueprint.heads, np.zeros_like(state)
    for head in range(blueprint.heads if hearing.plain else 0):
        part = slice(head * wide, (head + 1) * wide)
        found[:, part] = _head(weights, name, head, (key[:, part], query[:, part], value[:, part]), hearing)
    bent = found * 0.5 * (1 + erf(found / np.sqrt(2)))
    gate = 1 / (1 + np.exp(-weights[f"{name}.skip.{PARTY}"]))
    return np.asarray(gate * _mapped(weights, f"{name}.out_lin", bent) + (1 - gate) * state)


def _head(
    weights: Weights, name: str, head: int, parts: tuple[Numbers, Numbers, Numbers], hearing: Hearing
) -> Numbers:  # fmt: skip
    """What one head of attention hears, shape (n, width of a head)."""
    key, query, value = parts
    flat, kinds = hearing.flat_plain, len(hearing.plain)
    score, told = np.empty(len(flat.heard)), np.empty((kinds, *value.shape))
    for kind in range(kinds):
        keys = key @ weights[f"{name}.k_rel.weight"][head * kinds + kind]
        told[kind] = value @ weights[f"{name}.v_rel.weight"][head * kinds + kind]
        of = np.flatnonzero(flat.channel == kind)
        prior = weights[f"{name}.p_rel.{PARTY}__c{kind}__{PARTY}"][0, head]
        score[of] = np.einsum("ij,ij->i", query[flat.hears[of]], keys[flat.heard[of]]) * prior
    score /= np.sqrt(value.shape[1])
    largest = np.full(hearing.size, -np.inf)
    np.maximum.at(largest, flat.hears, score)
    share = np.exp(score - largest[flat.hears])
    share /= flat.summed(share)[flat.hears]
    shape = (hearing.size, kinds * hearing.size)
    mixes = sparse.csr_array((share, flat.channel * hearing.size + flat.heard, flat.begins), shape=shape)
    return np.asarray(mixes @ told.reshape(-1, value.shape[1]))


def _mean(matrix: sparse.csr_array, state: Numbers) -> Numbers:
    """Over those each party hears of; 0 where there is nobody."""
    return np.asarray(matrix @ state) / np.maximum(np.diff(matrix.indptr), 1)[:, None]


def _mapped(weights: Weights, name: str, state: Numbers) -> Numbers:
    found = state @ weights[f"{name}.lins.{PARTY}.weight"].T + weights[f"{name}.lins.{PARTY}.bias"]
    return np.asarray(found)
