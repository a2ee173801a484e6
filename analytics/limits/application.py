"""A facility that is asked for, with the groups around whom it touches."""

from dataclasses import dataclass

from analytics.limits.facility import Facility
from analytics.limits.units import Readings


@dataclass(frozen=True)
class Cut:
    """A facility in the book paid down, all of it counted and none of it protected."""

    facility: int
    borrower: int
    amount: float


@dataclass(frozen=True)
class Application:
    """A facility for an applicant, with the groups around it."""

    applicant: int
    facility: Facility
    readings: Readings
    """Groups in which the applicant, and whoever guarantees for it, sit; a group may be given whole."""
    cuts: tuple[Cut, ...] = ()
    """Facilities that would be paid down with it."""
    unassessed: frozenset[int] = frozenset()
    """Parties with a dependence, of or on them, that nobody judged and that is suspected or cannot be tested."""
    perhaps: frozenset[int] = frozenset()
    """Parties that may be institutions, though nothing states it: what limits for others say of them is not certain."""
    untying: float = 0.0
    """A smaller amount by which nobody would come to depend on the lender; 0: there is none, or nobody would."""
    released: int = -1
    """Position of a guarantee in the book that it does without, whose groups these are; -1: of none."""
