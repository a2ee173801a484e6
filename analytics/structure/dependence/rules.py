"""Rule sets of economic dependence, as their files say them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from analytics.rules.reading import read_folder
from analytics.rules.rule import Comparison, Flaw, Norm, Words

NANO = 1_000_000_000


@dataclass(frozen=True)
class Check:
    """One comparison of a figure with a threshold."""

    figure: str
    """Name of a figure, or of what only somebody can judge: 1 yes, 0 no."""
    at: float
    """Threshold, in the figure's own unit."""
    comparison: Comparison
    rebutted_by: str = ""
    """What somebody judged that takes the check away where it holds; not judged, it takes nothing away."""
    shared_by: tuple[int, int] | None = None
    """The other side must pass the check with at least and at most so many parties."""

    @property
    def bar(self) -> int:
        """Threshold as an integer of 1e-9: what the figure must reach."""
        return round(self.at * NANO) + (self.comparison == ">")


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One criterion; it is met where any of its checks is."""

    number: int
    name: Words
    checks: tuple[Check, ...]
    note: Words | None = None
    """What of its thresholds is our own reading, and not the text's."""
    id: str = ""
    """Id of the rule set, a dash, the criterion's number."""
    citation: str = ""
    """That of its rule set where it has none of its own."""
    verified: bool | None = None


@dataclass(frozen=True, kw_only=True)
class RuleSet(Norm):
    """Criteria of one rule set."""

    jurisdiction: str
    serves: tuple[str, ...]
    """Rule sets of limits, as a lender's profile names them, whose groups these criteria make."""
    criteria: tuple[Criterion, ...]

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together."""
        yield from super().flaws()
        if [criterion.number for criterion in self.criteria] != list(range(1, len(self.criteria) + 1)):
            yield Flaw("criteria", "are not numbered from 1", "number them as they follow")

    def whole(self) -> "RuleSet":
        """With the id of each criterion, and what it says of its text or the set says for it."""
        criteria = tuple(
            replace(
                one,
                id=f"{self.id}-{one.number}",
                citation=one.citation or self.citation,
                verified=self.verified if one.verified is None else one.verified,
            )
            for one in self.criteria
        )
        return replace(self, criteria=criteria)


@cache
def rule_sets() -> dict[str, RuleSet]:
    r"""Read every rule set there is, by its id.

    .. math:: \{(id, \{c_1, \dots, c_m\})\}, \qquad c_k \iff \bigvee_t f_t \gtrless \theta_t

    Parameters
    ----------
    none : what the package's files say

    Raises
    ------
    InvalidRule
        If a file says what cannot be; files are tested, so that only a changed one can.

    Source
    ------
    Domain reference §2.4; each file cites its own text and says whether it was verified.

    Example
    -------
    >>> {name: len(rules.criteria) for name, rules in rule_sets().items()}
    {'basel-lex10': 7, 'cn-annex1': 5}
    """
    found = read_folder(RuleSet, "analytics.structure.dependence", "criteria")
    return {name: rules.whole() for name, rules in found.items()}


def criterion_names() -> dict[str, Criterion]:
    r"""List every criterion by its id.

    .. math:: id \mapsto c

    Parameters
    ----------
    none : what the package's files say

    Raises
    ------
    InvalidRule
        As `rule_sets`.

    Source
    ------
    Domain reference §2.4.

    Example
    -------
    >>> criterion_names()["cn-annex1-2"].checks[0].figure
    'guarantee_ratio'
    """
    return {criterion.id: criterion for rules in rule_sets().values() for criterion in rules.criteria}
