"""Several changes together that would let a facility pass, with the least money that has to move in all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf, isnan
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from analytics.limits.application import Application, Cut
from analytics.limits.effects import relieved
from analytics.limits.facility import Guarantor, Pledge
from analytics.limits.lines import Line, lines_of
from analytics.limits.numerators import NUMERATORS
from analytics.limits.purse import Purse, purses_of
from analytics.limits.remedy import MARGIN, Remedy, Renewed, Step, Try, asked_anew, tried_by
from analytics.limits.standing import Standing
from analytics.limits.threshold import FINEST, room

CLIENTS = 12
"""Clients of one group that may pay down together, those who can most first."""
GUARANTORS, RELEASES = 1, 2
"""Guarantors, and releases, that are tried together with other changes."""
TOLD = 5
"""Combinations that are told."""
HAIR = 1e-6
"""As a part of what has to go: an amount below it is none, and each change costs so much more than the one before it,
so that of equal sums the one with fewer and larger changes is found, and the facility granted whole if it can be."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Lever:
    """One change that may be made by any amount up to a most."""

    kind: str
    most: float
    relief: Numbers
    """How far each line's exposure falls by a unit of it, shape (lines,)."""
    party: int | None = None
    purse: Purse | None = None
    """What is paid down."""


@dataclass(frozen=True)
class Start:
    """An application, changes made already, and the lines that must not break."""

    application: Application
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]
    after: Numbers
    """Exposure of each line from which levers take off."""

    @property
    def needed(self) -> Numbers:
        """How much each line has to fall; negative where there is room. One that does not bear only may not rise."""
        rows = zip(self.after.tolist(), self.lines, strict=True)
        over = [(-float(room(after, line.cap.value, line.rule.comparison)), line) for after, line in rows]
        return np.array([amount if line.bears else min(amount, 0.0) for amount, line in over])


@dataclass(frozen=True)
class Starts:
    """Changes after which groups are others, from which a search starts anew."""

    released: Sequence[Try] = ()
    """Each releases a guarantee; the first few are tried."""
    freed: Iterable[Try] = ()
    """Each pays facilities down until dependences end; those are tried that move less than what is found."""


NO_STARTS: Final = Starts()


def combinations(
    standing: Standing,
    application: Application,
    *,
    protectors: Sequence[int] = (),
    starts: Starts = NO_STARTS,
    renewed: Renewed | None = None,
) -> tuple[Remedy, ...]:
    r"""Find changes that pass only together, those that move the least money in all first.

    Facilities of members, the applicant's own among them, paid down, alone or beside a smaller amount, a
    deposit, a guarantor added or a guarantee released; a smaller amount beside a deposit or a guarantor. Of
    each mix a linear programme finds the least sum, up to where all of the facility is covered, and the check
    is run again: what does not pass is not told.

    .. math:: \min \sum_j c_j : \quad E_U - \sum_j r_{Uj} c_j \le L_r \quad \forall r, U, \qquad 0 \le c_j \le m_j

    Parameters
    ----------
    standing, application : what is asked, and does not pass as it is
    protectors, starts, renewed
        Parties that count as protection, changes from which a search starts anew, and as `remedies_of`.

    Raises
    ------
    InvalidQuestion
        If a protector is no party of the book.

    Source
    ------
    Domain reference §2.7; the changes, and money moved as their measure, are our own choice.

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
    >>> book = Book.lent(15, [0] * 13, range(2, 15), [20] + [16.25] * 12)
    >>> day, rules = date(2026, 11, 27), [shipped().rule("CN_LE_GROUP_20")]
    >>> bank = Capital((Figure("tier1", 1000.0, day),))
    >>> standing = standing_of(book, Cover.none(book), rules, lender=0, capital=bank, day=day)
    >>> asked = Application(1, Facility(10.0), Readings({"connected": Units.of([range(1, 15)])}))
    >>> best = combinations(standing, asked)[0]
    >>> [(step.kind, step.party, round(step.change, 3)) for step in best.steps]
    [('member_reduced', 2, 20.0), ('member_reduced', 3, 5.0)]
    """
    found, start = dict[tuple[Step, ...], Remedy](), _start(standing, application, ())
    given = [_giver(standing, start, party, renewed) for party in protectors[:GUARANTORS]]
    for tried in _mixes(standing, start, given, starts.released):
        if tried[0] not in found and (remedy := tried_by(standing, tried, renewed)):
            found[tried[0]] = remedy
    for begun in starts.freed:
        if sum(step.change for step in begun[0]) < min((one.change for one in found.values()), default=inf):
            found |= {one.steps: one for one in _from(standing, begun, renewed)}
    return _best(found.values())


def _from(standing: Standing, tried: Try, renewed: Renewed | None) -> Iterator[Remedy]:
    """What passes after changes by which dependences end: these alone, else with the least of each mix of others."""
    begun = asked_anew(standing, tried, renewed)
    if begun is None or begun.passes:
        yield from [begun] if begun else []
        return
    start = _start(standing, begun.application, begun.steps)
    less, deposit, cuts = _less(start), _deposit(start), _cuts(standing, start)
    for mix in (cuts, [*cuts, *less], [*cuts, *deposit]):
        found = (tried_by(standing, further, renewed) for further in _solved(start, mix))
        yield from (remedy for remedy in found if remedy)


def _best(found: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """The least of each mix of kinds, the least first, of equals that of fewer changes."""
    mixes: dict[tuple[str, ...], Remedy] = {}
    for remedy in sorted(found, key=lambda remedy: (round(remedy.change, 3), remedy.changes)):
        mixes.setdefault(tuple(dict.fromkeys(step.kind for step in remedy.steps)), remedy)
    return tuple(mixes.values())[:TOLD]


def _mixes(
    standing: Standing, start: Start, given: Iterable[tuple[Start, list[Lever]]], released: Sequence[Try]
) -> Iterator[Try]:
    """The least of each mix of changes."""
    less, deposit, cuts = _less(start), _deposit(start), _cuts(standing, start)
    for mix in (cuts, [*cuts, *less], [*deposit, *less], [*deposit, *cuts]):
        yield from _solved(start, mix)
    for guaranteed, giver in given:
        for mix in (_less(guaranteed), _cuts(standing, guaranteed)):
            yield from _solved(guaranteed, [*giver, *mix])
    for steps, changed in released[:RELEASES]:
        freed = _start(standing, changed, steps)
        yield from _solved(freed, [*_cuts(standing, freed), *_less(freed)])


def _start(standing: Standing, application: Application, steps: tuple[Step, ...]) -> Start:
    lines = _binding(standing, application)
    return Start(application, steps, lines, np.array([line.after for line in lines]))


def _binding(standing: Standing, application: Application) -> tuple[Line, ...]:
    """Every line that must not break: a change may turn which of many groups comes nearest to a limit."""
    lines = lines_of(standing, application, every=True)
    return tuple(line for line in lines if line.deciding and not isnan(line.cap.value))


# ── what may be changed ──


def _slopes(start: Start) -> Numbers:
    """How far each line falls by a unit less of the facility's unsecured rest."""
    return np.array([
        sum(slope for slope, low, high in line.gain.pieces if low < line.rest <= high) for line in start.lines
    ])  # fmt: skip


def _least_rest(start: Start, slopes: Numbers) -> float:
    """Up to where the rest of the facility may fall and every line go on falling with it."""
    return min((line.rest for line, slope in zip(start.lines, slopes, strict=True) if slope), default=0.0)


def _less(start: Start) -> list[Lever]:
    """Less of the facility; something of it has to be left."""
    facility, slopes = start.application.facility, _slopes(start)
    weights = np.array([NUMERATORS[line.rule.numerator].weight(facility.kind, facility.ccf) for line in start.lines])
    rests = [line.rest / weight for line, weight, s in zip(start.lines, weights, slopes, strict=True) if s]
    most = min([facility.amount - FINEST, *rests])
    return [Lever("amount", most, slopes * weights)] if most > 0 else []


def _deposit(start: Start) -> list[Lever]:
    slopes = _slopes(start)
    nets = np.array([MARGIN in NUMERATORS[line.rule.numerator].netted for line in start.lines])
    return [Lever("collateral", _least_rest(start, slopes), slopes * nets)] if nets.any() else []


def _cuts(standing: Standing, start: Start) -> list[Lever]:
    """What each client who sits in what breaks may pay down, whoever can most first."""
    names = dict.fromkeys(line.rule.numerator for line in start.lines)
    stakes, purses = [standing.stakes[name] for name in names], dict[Purse, None]()
    for line, needed in zip(start.lines, start.needed.tolist(), strict=True):
        if needed > 0:
            purses |= dict.fromkeys(purses_of(standing, line.members, stakes, most=CLIENTS))
    ordered = sorted(purses, key=lambda purse: (-sum(purse.drawn), purse.borrower, purse.counted))
    levers = (_cut(standing, start, purse) for purse in ordered)
    return [lever for lever in levers if lever.most > 0]


def _cut(standing: Standing, start: Start, purse: Purse) -> Lever:
    link = purse.facilities[0]
    relief = [relieved(standing, standing.stakes[line.rule.numerator], link, line.members) for line in start.lines]
    most = purse.left(start.application.cuts)
    return Lever("member_reduced", most, np.array(relief, np.float64), purse.borrower, purse)


def _giver(standing: Standing, start: Start, party: int, renewed: Renewed | None) -> tuple[Start, list[Lever]]:
    """A guarantor, and the lines that would be measured with it: its own among them."""
    most = _least_rest(start, _slopes(start))
    amount = min(float(start.needed.max()), most)
    if amount <= 0:
        return start, []
    guaranteed = _guaranteed(start.application, party, amount)
    lines = _binding(standing, renewed(guaranteed) if renewed else guaranteed)
    known = {
        (line.rule.id, line.members.tobytes()): after for line, after in zip(start.lines, start.after, strict=True)
    }
    before = np.array([known.get((line.rule.id, line.members.tobytes()), line.before) for line in lines])
    relief = (before - np.array([line.after for line in lines])) / amount
    return replace(start, lines=lines, after=before), [Lever("guarantor_added", most, relief, party)]


# ── how much of each ──


def _solved(start: Start, levers: Sequence[Lever]) -> Iterator[Try]:
    """The least sum of some changes after which nothing breaks, where there is one."""
    if not levers:
        return
    relief, needed = np.array([lever.relief for lever in levers]).T, start.needed
    most = np.array([lever.most for lever in levers])
    scale = needed.max(initial=0.0)
    if scale <= 0 or (np.maximum(relief, 0.0) @ most < needed).any():
        return
    amounts = _least(relief, needed / scale, most / scale)
    if amounts is not None:
        # Rounded up by less than a hair, an amount could pass what there is.
        exact = np.minimum(np.round(amounts * scale, 6), most)
        chosen = [(lever, float(x)) for lever, x in zip(levers, exact, strict=True) if x > 0]
        yield _made(start, chosen)


def _least(relief: Numbers, needed: Numbers, most: Numbers) -> Numbers | None:
    """Least amounts by a linear programme, then exactly from the lines and bounds that they meet."""
    cost = 1 + HAIR * np.arange(len(most))
    bounds = [(0.0, high) for high in most.tolist()]
    found = linprog(cost, -relief, -needed, bounds=bounds, method="highs")
    if found.status != 0 or found.x is None:
        return None
    amounts = np.where(found.x < HAIR, 0.0, np.where(found.x > most - HAIR, most, found.x))
    free = (amounts > 0) & (amounts < most)
    tight = relief @ found.x < needed + HAIR
    if free.any() and tight.any():
        rest = needed[tight] - relief[tight][:, ~free] @ amounts[~free]
        amounts[free] = np.linalg.lstsq(relief[tight][:, free], rest, rcond=None)[0]
    return amounts


# ── the application so changed ──


def _made(start: Start, chosen: Iterable[tuple[Lever, float]]) -> Try:
    application = start.application
    steps = {(step.kind, step.party, step.link): step for step in start.steps}
    for lever, amount in chosen:
        parts: list[tuple[int | None, float]] = [(None, amount)]
        if lever.purse is not None:
            parts = [(cut.facility, cut.amount) for cut in lever.purse.paid(amount, application.cuts)]
        for link, part in parts:
            name = lever.kind, lever.party, link
            before = steps[name].change if name in steps else 0.0
            steps[name] = Step(lever.kind, before + part, lever.party, link)
            application = _changed(application, steps[name], part)
    return tuple(steps.values()), application


def _changed(application: Application, step: Step, amount: float) -> Application:
    facility = application.facility
    if step.kind == "amount":
        return replace(application, facility=replace(facility, amount=facility.amount - amount))
    if step.kind == "collateral":
        secured = (*facility.collateral, Pledge(MARGIN, amount))
        return replace(application, facility=replace(facility, collateral=secured))
    if step.party is not None and step.link is not None:
        before = sum(cut.amount for cut in application.cuts if cut.facility == step.link)
        others = (cut for cut in application.cuts if cut.facility != step.link)
        return replace(application, cuts=(*others, Cut(step.link, step.party, before + amount)))
    return _guaranteed(application, step.party or 0, amount)


def _guaranteed(application: Application, party: int, amount: float) -> Application:
    givers = (*application.facility.guarantors, Guarantor(party, amount, eligible=True))
    return replace(application, facility=replace(application.facility, guarantors=givers))
