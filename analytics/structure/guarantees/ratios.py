"""Guarantees against what stands behind them, and the law's tests of them."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.rules.reading import read_rows
from analytics.rules.rule import Among, Flaw, Norm
from analytics.structure.dependence.verdicts import ratio
from graph.errors import InvalidAmount

BROKEN, WITHIN, UNTESTED, EXEMPT = "broken", "within", "cannot be tested", "exempt"
NANO = 1e9
CHINESE = {BROKEN: "超过", WITHIN: "未超过", UNTESTED: "无法检验", EXEMPT: "豁免"}
AS_FACT = {**CHINESE, BROKEN: "触及", WITHIN: "未触及"}
"""The same of a test that asks whether something is so."""


@dataclass(frozen=True)
class Figures:
    """What the tests need of a guarantor; money in whole units of one currency, None where unknown."""

    net_assets: float | None = None
    total_assets: float | None = None
    total_guarantees: float | None = None
    """All guarantees given, the one asked for among them."""
    guarantees_12_months: float | None = None
    """Guarantees given within twelve months, the one asked for among them."""
    single_guarantee: float | None = None
    guaranteed_leverage: float | None = None
    """Liabilities over assets of the guaranteed party, a fraction; infinite where it has no assets."""
    guaranteed_customers: int | None = None
    related_party: bool | None = None
    """Whether the guaranteed party is a shareholder, the controller or related to them."""
    farm_household: bool | None = False


@dataclass(frozen=True, kw_only=True)
class GuaranteeTest(Norm):
    """One test of the law, as `ratios.toml` states it."""

    set: str
    """Which text it belongs to: csrc, circular_2014."""
    numerator: str
    comparison: Annotated[str, Among((">=", ">", "is"))]
    scope: str
    consequence: str
    jurisdiction: str
    denominator: str = ""
    limit: float = math.nan
    exempt: str = ""

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together, and figures that there are not."""
        yield from super().flaws()
        for name in ("numerator", "denominator", "exempt"):
            if getattr(self, name) not in ("", *(figure.name for figure in fields(Figures))):
                yield Flaw(name, f"no figure {getattr(self, name)!r}", "name one of the figures there are")
        if math.isnan(self.limit) is not (self.comparison == "is"):
            yield Flaw("limit", "belongs to every test but one that `is`", "add it, or take it out")

    def broken_by(self, value: float) -> bool:
        """The rule's own comparison, in integers of 1e-9."""
        if self.comparison == "is" or math.isinf(value):
            return value > 0
        nano, bar = round(value * NANO), round(self.limit * NANO)
        return nano > bar if self.comparison == ">" else nano >= bar


@dataclass(frozen=True)
class Finding:
    """One test and how it came out."""

    rule: GuaranteeTest
    verdict: str
    """broken, within, cannot be tested, exempt."""
    value: float | None
    """What is compared with the limit; infinite where nothing stands behind the guarantees."""
    missing: tuple[str, ...]
    """Figures without which it cannot be tested."""


@dataclass(frozen=True)
class Tally:
    """One test over many guarantors."""

    rule: GuaranteeTest
    broken: int
    untested: int
    """Those of whom a figure is missing."""


@cache
def _rules() -> tuple[GuaranteeTest, ...]:
    return tuple(read_rows(GuaranteeTest, "analytics.structure.guarantees", "ratios.toml").values())


def check_guarantees(figures: Figures, *, day: date | None = None, only: str = "") -> tuple[Finding, ...]:
    r"""Test a guarantor by the law; what a test lacks is said, and no test is passed without it.

    .. math:: x = \frac{numerator}{denominator} \;\{>, \ge\}\; limit, \quad \text{in integers of } 10^{-9}

    Parameters
    ----------
    figures : Figures
        Money in whole units of one currency, ratios as fractions.
    day : date, optional
        Only tests in force on it; none: all there are.
    only : str
        Only tests of one text: csrc or circular_2014.

    Raises
    ------
    InvalidAmount
        If an amount is not finite, or one guaranteed is negative.

    Source
    ------
    `ratios.toml`, each row with its citation: 证监发[2005]120号; circular of July 2014.

    Example
    -------
    >>> found = check_guarantees(Figures(net_assets=200, total_guarantees=110, single_guarantee=20), only="csrc")
    >>> [(finding.rule.id, finding.verdict) for finding in found][:3:2]
    [('TOTAL_GT_50PCT_NET_ASSETS', 'broken'), ('SINGLE_GT_10PCT_NET_ASSETS', 'within')]
    >>> found[1].verdict, found[1].missing
    ('cannot be tested', ('guaranteed_leverage',))
    """
    for name, value in vars(figures).items():
        endless = name == "guaranteed_leverage" and value == math.inf
        if value is not None and not (endless or (math.isfinite(value) and (value >= 0 or name == "net_assets"))):
            raise InvalidAmount("a finite number, not negative", where=name)
    rules = (rule for rule in _rules() if only in ("", rule.set))
    return tuple(_test(rule, figures) for rule in rules if day is None or rule.in_force(day))


def tally_guarantees(
    figures: Mapping[str, ArrayLike], *, day: date, hidden: Mapping[str, ArrayLike] | None = None
) -> tuple[Tally, ...]:
    r"""Count how the guarantors of a book come out in each test, as `check_guarantees` tells each.

    .. math:: \#\{g : \tfrac{x_g}{N_g} \{>, \ge\} limit\}

    Parameters
    ----------
    figures : (k,) arrays by the names of `Figures`
        Money in whole units of one currency, ratios as fractions, flags as 1 and 0; NaN where unknown. One that
        is not given is known of nobody.
    day : date
        Only tests in force on it.
    hidden : (k,) arrays of bool by the same names, optional
        Guarantors of whom a figure is not wholly known: it may break a limit but never keep it.

    Raises
    ------
    InvalidQuestion
        If an amount is negative, or there are not as many of each.

    Source
    ------
    As `check_guarantees`.

    Example
    -------
    >>> figures = {"total_guarantees": [60, 10], "net_assets": [100, float("nan")]}
    >>> found = tally_guarantees(figures, day=date(2026, 11, 27))
    >>> [(one.broken, one.untested) for one in found if one.rule.id == "TOTAL_GT_50PCT_NET_ASSETS"]
    [(1, 1)]
    """
    columns = {name: np.asarray(values, np.float64) for name, values in figures.items()}
    nobody = np.full(max(map(len, columns.values()), default=0), np.nan)
    found = []
    for rule in (rule for rule in _rules() if rule.in_force(day)):
        value = columns.get(rule.numerator, nobody)
        if rule.denominator:
            value = ratio(value, columns.get(rule.denominator, nobody))
        lifts = columns.get(rule.exempt, nobody) if rule.exempt else np.zeros_like(nobody)
        broken = _over(rule, value) & (lifts == 0)
        partly = np.asarray((hidden or {}).get(rule.numerator, np.zeros(len(nobody))), np.bool_)
        unknown = np.isnan(value) | np.isnan(lifts) | partly
        found.append(Tally(rule, int(broken.sum()), int((unknown & ~broken & ~(lifts > 0)).sum())))
    return tuple(found)


def _over(rule: GuaranteeTest, value: NDArray[np.float64]) -> NDArray[np.bool_]:
    """`GuaranteeTest.broken_by` of many; what is unknown breaks nothing."""
    if rule.comparison == "is":
        return np.asarray(value > 0)
    nano, bar = np.rint(value * NANO), np.rint(rule.limit * NANO)
    return np.asarray(nano > bar if rule.comparison == ">" else nano >= bar)


def _test(rule: GuaranteeTest, figures: Figures) -> Finding:
    wanted = [name for name in (rule.numerator, rule.denominator, rule.exempt) if name]
    missing = tuple(name for name in wanted if getattr(figures, name) is None)
    if rule.exempt and getattr(figures, rule.exempt):
        return Finding(rule, EXEMPT, None, ())
    if missing:
        return Finding(rule, UNTESTED, None, missing)
    value = float(getattr(figures, rule.numerator))
    if rule.denominator:
        value = float(ratio([value], [getattr(figures, rule.denominator)])[0])
    return Finding(rule, BROKEN if rule.broken_by(value) else WITHIN, value, ())
