"""The credit check: may this facility be granted, which rule binds, and how much could be."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, isnan

from analytics.limits.application import Application, Cut
from analytics.limits.lines import Line, lines_of
from analytics.limits.standing import Standing
from analytics.limits.threshold import FINEST
from graph.errors import InvalidQuestion

APPROVE, REFER, DECLINE = "approve", "refer", "decline"


@dataclass(frozen=True)
class Check:
    """The answer to one application."""

    verdict: str
    """approve, refer or decline."""
    headroom: float
    """Greatest amount that breaks no rule in either reading, nor if what cannot be tested holds; infinite where none
    measures it."""
    headroom_certain: float
    """The same in the narrow reading alone."""
    headroom_whole: bool
    """Whether every limit was known; else the headroom is the most it can be."""
    binding: Line | None
    """The line that leaves the least room."""
    lines: tuple[Line, ...]
    """Every limit, then large exposures and duties to investigate."""

    @property
    def limits(self) -> tuple[Line, ...]:
        """Lines that must not break: limits, and duties to look into what nobody has judged."""
        return tuple(line for line in self.lines if line.deciding)

    def repeats(self, line: Line) -> bool:
        """Whether a group that only might arise breaks a limit which a part of it breaks as it stands."""
        if line.tested or not line.breaks or line.rule.id not in self._broken:
            return False
        mine = set(line.members.tolist())
        return any(known <= mine for known in self._broken[line.rule.id])

    @cached_property
    def _broken(self) -> dict[str, list[set[int]]]:
        """By rule, the clients and groups of either reading that break it."""
        found: dict[str, list[set[int]]] = {}
        for line in self.lines:
            if line.tested and line.breaks:
                found.setdefault(line.rule.id, []).append(set(line.members.tolist()))
        return found


def check_credit(standing: Standing, application: Application) -> Check:
    r"""Decide whether a facility may be granted.

    *Decline* where a verified limit breaks in the narrow reading. *Refer* where one breaks only in the wide
    reading, if a dependence holds that cannot be tested, or by a rule that is not verified; where capital,
    amounts or groups are missing or capital is old; where nobody judged a dependence that has to be looked
    into; or where no rule is in force. *Approve* where all is known to be kept. What does not bear is left out.

    .. math:: a^* = \min_{r, U} \frac{\rho_{r,U} + c_r}{w_r}, \qquad
        \rho_{r,U} = \max\{\rho : E^r_U + \Delta_U(\rho) \le L_r\}

    with w the weight of the facility's kind, c what collateral takes off, and Δ as in `added`; without
    collateral and guarantors this is (cap − current) / weight.

    Parameters
    ----------
    standing : Standing
    application : Application

    Raises
    ------
    InvalidQuestion
        If a party is none of the book, or the facility cannot be.

    Source
    ------
    Domain reference §2.7, vectors LIM-05 and INT-01.

    Example
    -------
    >>> from datetime import date
    >>> from analytics.limits.capital import Capital, Figure
    >>> from analytics.limits.catalogue import shipped
    >>> from analytics.limits.cover import Cover
    >>> from analytics.limits.exposure import Book
    >>> from analytics.limits.facility import Facility
    >>> from analytics.limits.standing import standing_of
    >>> from analytics.limits.units import Readings, Units
    >>> book = Book.lent(3, [0, 0], [1, 2], [90, 75])
    >>> rules = [shipped().rule(r) for r in ("CN_LE_SINGLE_15", "CN_LE_GROUP_20")]
    >>> bank = Capital((Figure("tier1", 1000.0, date(2026, 9, 30)),))
    >>> standing = standing_of(book, Cover.none(book), rules, lender=0, capital=bank, day=date(2026, 11, 27))
    >>> found = check_credit(standing, Application(1, Facility(40.0), Readings({"connected": Units.of([[1, 2]])})))
    >>> found.verdict, found.headroom, found.binding.rule.id
    ('decline', 35.0, 'CN_LE_GROUP_20')
    """
    _check(standing, application)
    lines = sorted(lines_of(standing, application), key=lambda line: line.rule.severity != "limit")
    limits = [line for line in lines if line.deciding]
    bounds = _bounds(limits, application.facility.amount)
    binding = min(bounds, key=lambda line: line.amount_most, default=None)
    whole = not application.readings.missing
    return Check(
        _verdict(limits, whole=whole),
        binding.amount_most if binding else inf,
        min((line.amount_most for line in bounds if line.certain), default=inf),
        whole and bool(limits) and all(line.told for line in limits if line.tested),
        binding,
        tuple(lines),
    )


def _check(standing: Standing, application: Application) -> None:
    """Refuse what cannot be."""
    if not 0 <= application.applicant < standing.size:
        raise InvalidQuestion("no party of this book", where=f"applicant {application.applicant}")
    application.facility.checked(standing.size, standing.day)
    for cut in application.cuts:
        _check_cut(standing, cut)


def _check_cut(standing: Standing, cut: Cut) -> None:
    """Refuse to pay down what is not there."""
    at, book = cut.facility, standing.book
    ours = 0 <= at < len(book.lender) and book.lender[at] == standing.lender and book.borrower[at] == cut.borrower
    if not (ours and 0 <= cut.amount <= book.drawn[at]):
        raise InvalidQuestion("no such facility, or less of it is drawn", where=f"facility {at}")


def _bounds(limits: Sequence[Line], amount: float) -> list[Line]:
    """Lines that bound the headroom. Where nothing breaks, a rule that spoke of smaller facilities alone is none."""
    known = [line for line in limits if not isnan(line.amount_most)]
    if any(line.breaks for line in limits):
        return known
    return [line for line in known if line.bears or line.amount_most > amount - FINEST]


def _verdict(limits: Sequence[Line], *, whole: bool) -> str:
    """The verdict of the lines that must not break."""
    if any(line.forbids for line in limits):
        return DECLINE
    measured = any(line.bears and line.rule.severity == "limit" for line in limits)
    return APPROVE if whole and measured and all(line.passes for line in limits) else REFER
