"""How likely a planted firm is to default by itself: a known function of what it states and of its industry."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.synthetic.planted.figures import ITEMS
from ingest.synthetic.planted.firms import Firms
from ingest.synthetic.population import INDUSTRIES

Numbers = NDArray[np.float64]

RATIOS: Final = {
    "leverage": ("total_liabilities", "total_assets"),
    "liquidity": ("current_assets", "current_liabilities"),
    "return_on_assets": ("net_profit", "total_assets"),
    "cash_flow_cover": ("operating_cash_flow", "total_liabilities"),
    "interest_burden": ("interest_expense", "ebit"),
}
"""Ratios by which a firm is judged: what stands above the line, and what below."""
INDUSTRY_EFFECTS: Final = {"K": 0.7, "E": 0.5, "F": 0.25, "C17": 0.3, "D": -0.6, "I": -0.3, "M": -0.3, "C14": -0.35}
"""Added to the logit, by how the code of an industry begins; 0 elsewhere."""
OPAQUE: Final = 0.4
"""Added to the logit of a firm that has never published a statement, in place of all that its ratios would say."""


def ratios(items: Numbers) -> dict[str, Numbers]:
    """Each ratio of statements of shape (…, items); NaN where an item is not stated or what divides is not above 0."""
    found = {}
    for name, (above, below) in RATIOS.items():
        over = items[..., ITEMS.index(below)]
        found[name] = np.divide(
            items[..., ITEMS.index(above)], over, out=np.full(over.shape, np.nan), where=np.nan_to_num(over) > 0
        )  # fmt: skip
    # Without earnings the burden is as heavy as it can be; NaN stays where either is not stated.
    interest, earned = items[..., ITEMS.index("interest_expense")], items[..., ITEMS.index("ebit")]
    found["interest_burden"] = np.where((interest > 0) & (earned <= 0), np.inf, found["interest_burden"])
    return found


def own_logit(items: Numbers, firms: Firms, base: float) -> Numbers:
    r"""Log odds that a firm defaults within the coming year if no other firm mattered.

    .. math::
        \eta = b + g_{\text{industry}} + .6 u + .15 u^2 - .45 \tanh 2\ell - .65 \tanh r - .35 \tanh c
        + .35 \tanh h - .15 s - .25 u \tanh r

    with :math:`u = (\text{leverage} - .55) / .2` within [-2.5, 2.5], :math:`\ell = \ln \text{liquidity} - .2`,
    :math:`r` = (return on assets - .03) / .05, :math:`c` = (cash flow cover - .12) / .2, :math:`h` = interest burden
    - .4, and :math:`s = (\ln \text{total assets} - \ln 2 \cdot 10^7) / 2` within [-2, 2]. Of a ratio that is not stated
    the term is 0; of a firm without any statement :math:`\eta = b + g + .4`.

    Parameters
    ----------
    items : (…, n, items) array, whole yuan, in the order of `ITEMS`
    firms : Firms, n of them
    base : b

    Source
    ------
    A definition. The ratios are those of the domain reference, §5.1; their forms were chosen here.

    Example
    -------
    >>> one = Firms(np.array([0]), np.array([0]), np.array([0]), np.array([1e6]))
    >>> own_logit(np.full((1, len(ITEMS)), np.nan), one, -4.0).tolist()
    [-3.6]
    """
    told = ratios(items)
    assets = items[..., ITEMS.index("total_assets")]
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.clip((np.log(assets) - np.log(2e7)) / 2, -2, 2)
        liquid = np.tanh(2 * (np.log(told["liquidity"]) - 0.2))
    owing = np.clip((told["leverage"] - 0.55) / 0.2, -2.5, 2.5)
    earning = np.tanh((told["return_on_assets"] - 0.03) / 0.05)
    covered = np.tanh((told["cash_flow_cover"] - 0.12) / 0.2)
    burdened = np.tanh(told["interest_burden"] - 0.4)
    terms = (
        0.6 * owing + 0.15 * owing**2, -0.45 * liquid, -0.65 * earning, -0.35 * covered, 0.35 * burdened,
        -0.15 * size, -0.25 * owing * earning,
    )  # fmt: skip
    by_ratios = np.sum([np.nan_to_num(term) for term in terms], axis=0)
    return np.asarray(base + _industry_effect(firms) + np.where(np.isnan(assets), OPAQUE, by_ratios))


def _industry_effect(firms: Firms) -> Numbers:
    effects = [
        sum(effect for begin, effect in INDUSTRY_EFFECTS.items() if code.startswith(begin)) for code, *_ in INDUSTRIES
    ]
    return np.array(effects, np.float64)[firms.industry]


def own_probability(items: Numbers, firms: Firms, base: float) -> Numbers:
    """Probability that a firm defaults within the coming year if no other firm mattered: the logistic of its logit."""
    return np.asarray(1 / (1 + np.exp(-own_logit(items, firms, base))))
