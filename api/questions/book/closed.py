"""Closed forms of a book's losses beside what is drawn: each with what it takes for granted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from analytics.contagion.portfolio.creditrisk import credit_losses
from analytics.contagion.portfolio.davis_lo import infected_defaults, mean_infected
from analytics.contagion.portfolio.discrete import tail_risk
from analytics.contagion.portfolio.granularity import granularity_adjustment
from analytics.contagion.portfolio.irb import STANDARD_MATURITY, asset_classes, capital_requirement
from analytics.contagion.portfolio.vasicek import conditional_pd, expected_shortfall
from api.answers.wording import percent
from api.questions.book.assumed import Assumed
from api.questions.book.drawn import LEVELS
from api.questions.book.staked import Staked

Numbers = NDArray[np.float64]
UNITS: Final = 2000
"""Parts into which CreditRisk+ divides all that may be lost."""
REACH: Final = 2
"""Losses that it tells, in wholes of that: it lets a borrower default more than once."""
ALIKE: Final = 5000
"""Most borrowers for Davis and Lo."""
FACTOR: Final = np.arange(-40.0, 10.0, 0.05)
"""Factors by which the spread of the default rate is integrated, from years so bad that the safest default."""


@dataclass(frozen=True)
class Tail:
    """What is not exceeded at a level, and the mean of what exceeds it; None where the form has none."""

    level: float
    value_at_risk: float | None
    expected_shortfall: float | None


@dataclass(frozen=True)
class Closed:
    """A closed form, and what it takes for granted."""

    name: str
    name_zh: str
    expected: float
    tails: tuple[Tail, ...]
    assumes: str
    assumes_zh: str


@dataclass(frozen=True)
class Capital:
    """Basel's internal ratings: what capital the book would ask for."""

    capital: float
    weighted: float
    """Risk-weighted assets."""
    density: float
    """These over what is owed."""
    expected: float
    """PD × loss, which provisions are to bear."""
    assumes: str
    assumes_zh: str


@dataclass(frozen=True)
class Rated:
    """Borrowers with a PD: what each owes, loses, and shares with others."""

    pd: Numbers
    owed: Numbers
    lost: Numbers
    correlation: Numbers

    @classmethod
    def of(cls, staked: Staked) -> "Rated":
        """Those whose failure is possible."""
        pd = staked.portfolio.pd
        at = np.flatnonzero((pd > 0) & (staked.owed[staked.nodes] > 0))
        nodes = staked.nodes[at]
        return cls(pd[at], staked.owed[nodes], staked.portfolio.lost[at], staked.correlation[at])


def closed_forms(staked: Staked, assumed: Assumed) -> Iterator[Closed]:
    """Every closed form that what is assumed serves."""
    book = Rated.of(staked)
    if not book.lost.any():
        return
    several = assumed.factors is not None
    yield _vasicek(book, several=several)
    yield _granular(book)
    yield _creditrisk(book, assumed.spread)
    if assumed.infection is not None and len(book.pd) <= ALIKE:
        yield _davis_lo(book, assumed.infection)


def irb_capital(staked: Staked) -> Capital | None:
    """What Basel's formula asks for; none where nobody has a PD above 0."""
    book, floor = Rated.of(staked), asset_classes()["BASEL_CORPORATE"].floor
    if not len(book.pd):
        return None
    pd, raised = np.maximum(book.pd, floor), int((book.pd < floor).sum())
    needed = float(book.owed @ capital_requirement(pd, book.lost / book.owed))
    least = percent(floor)
    return Capital(
        needed, 12.5 * needed, 12.5 * needed / float(book.owed.sum()), float(pd @ book.lost),
        f"corporates' correlation by PD at 99.9 %, maturity {STANDARD_MATURITY} years, no PD below {least} "
        f"({raised:,} raised), no floor of LGD, no discount for small firms, guarantors not counted",
        f"公司类相关性按违约概率、99.9%置信度、期限{STANDARD_MATURITY}年，违约概率不低于{least}（上调{raised:,}户），"
        "未设违约损失率底线，不作中小企业调整，不计担保人",
    )  # fmt: skip


def _vasicek(book: Rated, *, several: bool) -> Closed:
    tails = tuple(
        Tail(
            level,
            float(book.lost @ conditional_pd(book.pd, book.correlation, level=level)),
            float(book.lost @ expected_shortfall(book.pd, book.correlation, level=level)),
        )
        for level in LEVELS
    )
    one, one_zh = ("; all factors taken as one", "；各因子视为同一因子") if several else ("", "")
    return Closed(
        "Vasicek (ASRF)", "Vasicek（渐近单因子）", float(book.pd @ book.lost), tails,
        f"endlessly many small loans, one factor, no contagion, no guarantors{one}",
        f"贷款无限分散、单因子、无传染、不计担保人{one_zh}",
    )  # fmt: skip


def _granular(book: Rated) -> Closed:
    """Value at risk at the level of the adjustment, which few and large loans add to."""
    lgd, level = book.lost / book.owed, LEVELS[-1]
    bad = conditional_pd(book.pd, book.correlation, level=level)
    held = np.maximum(lgd * (bad - book.pd), 0.0)
    added = 0.0
    if float(book.owed @ held) > 0:
        added = granularity_adjustment(book.owed, book.pd, lgd, held).adjustment * float(book.owed.sum())
    return Closed(
        "Vasicek + granularity", "Vasicek + 粒度调整", float(book.pd @ book.lost),
        (Tail(level, float(book.lost @ bad) + added, None),),
        "the same, and what few large loans add by Gordy and Lütkebohmert (ξ 0.25, losses given default that spread): "
        "an approximation for many borrowers, and too much for a few",
        "同上，另加Gordy–Lütkebohmert粒度调整（ξ为0.25，违约损失率有波动）：借款人众多时的近似，户数很少时偏高",
    )  # fmt: skip


def _creditrisk(book: Rated, spread: float | None) -> Closed:
    """One sector; each loss is rounded to whole units, and its PD makes up for it."""
    lost = book.lost[book.lost > 0]
    pd, rho = book.pd[book.lost > 0], book.correlation[book.lost > 0]
    unit = float(lost.sum()) / UNITS
    units = np.maximum(np.rint(lost / unit), 1.0)
    chance = np.minimum(pd * lost / (unit * units), 1.0)
    relative = _spread(pd, rho) if spread is None else spread
    most = REACH * int(units.sum())
    found = credit_losses(units, chance, spread=relative * float(chance.sum()), most=most)
    found[-1] += max(1.0 - float(found.sum()), 0.0)
    found /= found.sum()
    tails = tuple(
        Tail(level, *(unit * x for x in tail_risk(np.arange(most + 1), found, level=level))) for level in LEVELS
    )
    whose, whose_zh = (
        ("as the correlation has it", "由相关性推出") if spread is None else ("as it was given", "按给定值")
    )
    return Closed(
        "CreditRisk+", "CreditRisk+", float(pd @ lost), tails,
        f"one sector whose default rate varies by {relative:.3g} times its mean, {whose}; a borrower may default "
        "twice; no contagion, no guarantors",
        f"单一部门，违约率标准差为均值的{relative:.3g}倍（{whose_zh}）；同一借款人可多次违约；无传染、不计担保人",
    )  # fmt: skip


def _spread(pd: Numbers, rho: Numbers) -> float:
    """Standard deviation over mean of the number of defaults that is expected in a year of one common factor."""
    rows, count = np.unique(np.stack([ndtri(pd), rho]), axis=1, return_counts=True)
    bound, own = rows[0], np.sqrt(1 - rows[1])
    mean = float(pd.sum())
    if not mean > 0:
        return 0.0
    # Even steps sum a smooth density over all numbers to the last digits.
    rates = np.array([float(count @ ndtr((bound - np.sqrt(rows[1]) * z) / own)) for z in FACTOR.tolist()])
    weight = np.exp(-np.square(FACTOR) / 2) * (FACTOR[1] - FACTOR[0]) / np.sqrt(2 * np.pi)
    return float(np.sqrt(weight @ np.square(rates / mean - 1)))


def _davis_lo(book: Rated, infection: float) -> Closed:
    """As many borrowers all alike: with the mean PD, by loss, and the mean loss."""
    count, size = len(book.pd), float(book.lost.mean())
    pd = float(book.pd @ book.lost) / float(book.lost.sum())
    chance = np.maximum(infected_defaults(count, pd, infection), 0.0)
    chance /= chance.sum()
    losses = size * np.arange(count + 1)
    tails = tuple(Tail(level, *tail_risk(losses, chance, level=level)) for level in LEVELS)
    return Closed(
        "Davis–Lo", "Davis–Lo（传染）", size * mean_infected(count, pd, infection), tails,
        f"{count:,} borrowers all alike, independent but for infection: who defaults by itself brings down each other "
        f"one with probability {infection:g}",
        f"{count:,} 个同质借款人，除传染外相互独立：自行违约者以{infection:g}的概率使其他每一户违约",
    )  # fmt: skip
