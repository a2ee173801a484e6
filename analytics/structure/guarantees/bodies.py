"""Which rule sets do not let a government body guarantee."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from analytics.rules.reading import read_rows
from analytics.rules.rule import Norm


@dataclass(frozen=True, kw_only=True)
class NoGuarantor(Norm):
    """A rule by which a guarantee of a government body is void."""

    serves: tuple[str, ...]
    """Rule sets of limits, as a lender's profile names them."""


@cache
def _rules() -> tuple[NoGuarantor, ...]:
    return tuple(read_rows(NoGuarantor, "analytics.structure.guarantees", "bodies.toml").values())


def bodies_barred(serving: frozenset[str], day: date) -> tuple[NoGuarantor, ...]:
    r"""Find the rules by which no government body may guarantee, for a lender and a day.

    .. math:: \{r : serves(r) \cap S \ne \varnothing,\ from(r) \le d < to(r)\}

    Parameters
    ----------
    serving : set of str
        Rule sets S of the lender.
    day : date
        Day d; one for the lender's whole book, whenever a guarantee was signed.

    Raises
    ------
    InvalidRule
        If the package's file says what cannot be; it is tested, so that only a changed one can.

    Source
    ------
    民法典 art. 683 (机关法人不得为保证人); each rule cites its own text.

    Example
    -------
    >>> [rule.id for rule in bodies_barred(frozenset({"CN"}), date(2026, 11, 27))]
    ['CN_CIVIL_CODE_683']
    """
    return tuple(rule for rule in _rules() if serving & {*rule.serves} and rule.in_force(day))
