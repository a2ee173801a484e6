"""Whom a lender funds in the main, and what becomes of that, and of the lender's own dependence on who repays it, once
some of its facilities are paid down."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Final, NamedTuple

import numpy as np

from analytics.limits.application import Cut
from analytics.structure.dependence.rules import NANO, Check
from analytics.structure.dependence.suspected import Suspicion
from analytics.structure.dependence.verdicts import MET, UNTESTED, Measure, compare, ratio
from api.engine import View
from api.engine.dependence import item_of

FUNDING, REPAYMENT = "funding_share", "repayment_share"
"""Figures that read what is drawn: by one a borrower depends on a lender, by the other a lender on a borrower."""

HAIRS: Final = 1_000_000
"""Parts of a unit of money that an amount to be paid down is rounded up to."""

Arrow = tuple[int, int, int]
"""A suspicion as `View.wide` has it: on whom, who, and its position."""


class Source(NamedTuple):
    """A lender as a source of funds, as one check of a criterion asks."""

    criterion: str
    check: Check
    funded: frozenset[int]
    """Whom it funds in the main."""
    alone: bool
    """Whether the criterion asks for nothing else."""

    @property
    def shared_by(self) -> tuple[float, float]:
        """At least and at most how many have to share it."""
        return self.check.shared_by or (1, np.inf)


class Left(NamedTuple):
    """Of those whom a lender funds in the main, what is left once some facilities are paid down."""

    funded: frozenset[int]
    silent: frozenset[int]
    """Of whom it cannot be told any more, as some amount is not known."""


def sources_of(view: View, lender: int) -> list[Source]:
    """Whom a lender funds in the main, as each check of that asks."""
    return view.kept(("funded", lender, view.criteria), lambda: list(_sources(view, lender)))


def left_of(view: View, lender: int, source: Source, cuts: Sequence[Cut]) -> Left:
    """Those whom it still funds in the main once some facilities are paid down."""
    gone, silent = set[int](), set[int]()
    for party, paid in _paid(cuts).items():
        if party in source.funded:
            share, open_ = _share_in_book(view, party, lender)
            owed = drawn(view, party, lender)
            part = max(owed - paid, 0.0) / owed if owed > 0 else 1.0
            rest = Measure(np.array([share * part if part else 0.0]), np.array([open_]))
            (met,) = compare(source.check, {FUNDING: rest}, 1).tolist()
            gone |= {party} if met != MET else set()
            silent |= {party} if met == UNTESTED else set()
    return Left(source.funded - gone, frozenset(silent))


def ended(view: View, lender: int, cuts: Sequence[Cut]) -> Iterator[Arrow]:
    """Suspected dependences on a lender's funds, and of it on who repays it, that end once facilities are paid down.

    What somebody confirmed has to be judged again, and where it cannot be told any more the suspicion stays.
    """
    for source in sources_of(view, lender) if cuts else ():
        if source.alone:
            left = left_of(view, lender, source, cuts)
            few = len(left.funded) < source.shared_by[0]
            for party in sorted(source.funded - left.silent - (frozenset() if few else left.funded)):
                yield from (arrow for _, arrow in _suspicions(view, party, lender, source.criterion, FUNDING))
    for party, paid in _paid(cuts).items():
        for one, arrow in _suspicions(view, lender, party, "", REPAYMENT):
            # Of a lender without debts any repayment is more than all of them.
            stays = one.at_least or view.judged.apart or not np.isfinite(one.value)
            if not (stays or _met(one, Measure.of([max(one.value - paid / _debt(view, lender), 0.0)]))):
                yield arrow


def thinned(view: View, lender: int, cuts: Sequence[Cut]) -> Iterator[tuple[str, frozenset[int]]]:
    """Who is left to share a lender's funds where they are no market any more once some facilities are paid down, each
    with the criterion that asks."""
    for source in sources_of(view, lender) if cuts else ():
        least, most = source.shared_by
        if len(source.funded) > most:
            left = left_of(view, lender, source, cuts).funded
            if least <= len(left) <= most:
                yield source.criterion, left


def paid_off(view: View, lender: int, cuts: Sequence[Cut]) -> frozenset[tuple[int, str]]:
    """Who would be funded by a lender in the main no more once some facilities are paid down, each with the criterion
    that asks for nothing else."""
    lefts = ((source, left_of(view, lender, source, cuts)) for source in sources_of(view, lender) if cuts)
    return frozenset(
        (party, source.criterion)
        for source, left in lefts
        if source.alone
        for party in source.funded - left.funded - left.silent
    )


def touches(view: View, lender: int, cuts: Sequence[Cut], *, besides: Iterable[int] = ()) -> bool:
    """Whether facilities paid down are of somebody whom a lender funds in the main, or on whom it depends itself."""
    parties = {cut.borrower for cut in cuts}
    if not parties.isdisjoint(besides) or any(parties & source.funded for source in sources_of(view, lender)):
        return True
    return any(True for party in parties for _ in _suspicions(view, lender, party, "", REPAYMENT))


def ends_of(view: View, lender: int, parties: Iterable[int], *, asking: int, amount: float) -> dict[int, set[float]]:
    """How much some parties have to pay down at least until a dependence of this kind ends; the one who asks for a
    facility, of which this much is drawn, by as much more."""
    found: dict[int, set[float]] = {}
    for party in dict.fromkeys([asking, *parties]):
        amounts = _ends(view, party, lender, amount if party == asking else 0.0)
        found[party] = {ceil(round(one * HAIRS, 3)) / HAIRS for one in amounts if one > 0}
    return {party: amounts for party, amounts in found.items() if amounts}


def share_with(view: View, party: int, lender: int, amount: float, cuts: Sequence[Cut]) -> Measure:
    """What part of its debts a lender would fund with a facility of which this much is drawn: of those that it states,
    the new one not among them, as the book has it once the facility stands there."""
    return Measure.of(ratio([amount + owing(view, party, lender, cuts)], [_debt(view, party)]))


def most_of(view: View, party: int, lender: int, check: Check, cuts: Sequence[Cut]) -> float:
    """How much more a lender may lend until it funds a party in the main; NaN where its debts are not known."""
    return (check.bar - 1) / NANO * _debt(view, party) - owing(view, party, lender, cuts)


def owing(view: View, party: int, lender: int, cuts: Sequence[Cut]) -> float:
    """What it has drawn of a lender's facilities once some are paid down."""
    return max(drawn(view, party, lender) - _paid(cuts)[party], 0.0)


def drawn(view: View, party: int, lender: int) -> float:
    """What a lender's facilities to a party have drawn."""
    book = view.book
    return float(np.nansum(book.drawn[book.borrowed.links_at(party)[book.borrowed.at(party) == lender]]))


def _sources(view: View, lender: int) -> Iterator[Source]:
    figure = view.judged.dependences.suspected.figures.get(FUNDING)
    if figure is None:
        return
    at = np.flatnonzero(figure.other == lender)
    measures = {FUNDING: Measure(figure.measure.value[at], figure.measure.open[at])}
    for criterion in view.judged.criteria:
        for check in criterion.checks:
            if check.figure == FUNDING:
                met = compare(check, measures, len(at)) == MET
                alone = all(
                    one.figure in (FUNDING, check.rebutted_by) or _by_hand(view, one) for one in criterion.checks
                )
                yield Source(criterion.id, check, frozenset(figure.dependant[at[met]].tolist()), alone)


def _by_hand(view: View, check: Check) -> bool:
    """Whether only somebody can judge what a check asks for."""
    return check.figure not in view.judged.dependences.suspected.figures


def _ends(view: View, party: int, lender: int, amount: float) -> Iterator[float]:
    for source in sources_of(view, lender):
        if amount:
            more = most_of(view, party, lender, source.check, ())
            yield 0.0 if np.isnan(more) else amount - more
        elif party in source.funded:
            share, owed = _share_in_book(view, party, lender)[0], drawn(view, party, lender)
            yield owed * (1 - (source.check.bar - 1) / NANO / share)
    for one, _ in _suspicions(view, lender, party, "", REPAYMENT):
        if np.isfinite(one.value):
            yield (one.value - one.threshold) * _debt(view, lender)


def _suspicions(
    view: View, dependant: int, other: int, criterion: str, figure: str
) -> Iterator[tuple[Suspicion, Arrow]]:
    """Suspicions of a pair by a figure, of one criterion or, where none is named, of any, that nobody judged."""
    found = view.judged.dependences
    for at in found.suspected.of(dependant):
        if found.suspected.other[at] == other and found.state[at] == 0:
            one = found.suspected.at(at)
            if one.figure == figure and criterion in ("", one.criterion.id):
                yield one, (other, dependant, len(found.verdicts.confirmed) + at)


def _met(one: Suspicion, rest: Measure) -> bool:
    checks = (check for check in one.criterion.checks if check.figure == one.figure)
    return any(compare(check, {one.figure: rest}, 1)[0] == MET for check in checks)


def _share_in_book(view: View, party: int, lender: int) -> tuple[float, bool]:
    """What part of its debts a lender funds, and whether it may be more."""
    figure = view.judged.dependences.suspected.figures[FUNDING]
    at = figure.find(party, lender)
    return float(figure.measure.value[at]), bool(figure.measure.open[at])


def _debt(view: View, party: int) -> float:
    return float(view.kept(("debt",), lambda: item_of(view.snapshot, "debt")).value[party])


def _paid(cuts: Sequence[Cut]) -> Mapping[int, float]:
    """How much each pays down."""
    found: defaultdict[int, float] = defaultdict(float)
    for cut in cuts:
        found[cut.borrower] += cut.amount
    return found
