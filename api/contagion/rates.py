"""Exchange rates that a shock moves: what amounts in each currency come to, and who loses by what it owes and is owed.

A debt is worth at the new rate to both its ends; each figure of a party moves with the currency of the statement that
gives it. Who owes more of a currency than it is owed loses when that rises against its own, in which it states its
equity or else the first of the figures that it states, and the other way round. What sales and other assets in a
currency gain or lose is not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.firms import Firms
from analytics.structure.dependence.age import oldest_period
from api.contagion.figures import FIGURES
from api.engine import View
from graph.errors import InvalidQuestion
from graph.field import Kind
from graph.model import GUARANTEES, LENDS, OWES, PLEDGES
from graph.snapshot import Stated

Numbers = NDArray[np.float64]
MEANS: Final = 'write "USD/CNY" = 0.1 where a dollar buys a tenth more yuan, the currency of the answer last'

INTEREST: Final = "what a rise of interest costs somebody is said as `lost`, for no fact tells which debts float"


@dataclass(frozen=True)
class Moves:
    """New rate over the old one, 1 of what did not move."""

    lends: Numbers
    """By facility, shape (m,)."""
    owes: Numbers
    guarantees: Numbers
    pledges: Numbers
    figures: Mapping[str, Numbers]
    """By the name of a figure, of each party, by the currency of the statement that gives it, shape (n,); liabilities
    that are not stated by its own."""
    own: Numbers
    """By the currency of the first figure that each party states, shape (n,)."""

    def lost(self, view: View) -> Numbers:
        """What each loses on what it owes and is owed, gains set off against losses, shape (n,)."""
        return np.maximum(self._risen(view, self.own) - self._risen(view, self.own, claims=True), 0.0)

    def at_new_rates(self, view: View, firms: Firms) -> Firms:
        """Firms with what their debts come to at new rates among their liabilities, and assets that fall as claims do,
        or rise as far as that is set off against debts, and by nothing else.

        What each has lost, debts that rise among it, is taken of its assets once it has failed: it stands in them.
        """
        debts, claims = self._risen(view, self.own), self._risen(view, self.own, claims=True)
        of_assets = np.minimum(claims, np.maximum(debts, 0.0))
        owed = firms.liabilities + self._risen(view, self.figures["liabilities"], undrawn=True)
        assets = firms.assets + (self.lost(view) + of_assets)
        return replace(firms, assets=assets, liabilities=np.maximum(owed, 0.0))

    def _risen(self, view: View, by: Numbers, *, claims: bool = False, undrawn: bool = False) -> Numbers:
        """How far what each owes, or is owed, rises beyond a move of its own, shape (n,); with what counts of undrawn
        facilities at default where these are meant too."""
        lends, owes = view.snapshot.links(LENDS), view.snapshot.links(OWES)
        drawn, more = view.book.counted
        drawn = drawn + more * undrawn
        other, risen = np.nan_to_num(owes.fields["amount"]), np.zeros(view.snapshot.size)
        facilities, debts = (lends.tail, owes.head) if claims else (lends.head, owes.tail)
        for whose, amount, moved in ((facilities, drawn, self.lends), (debts, other, self.owes)):
            np.add.at(risen, whose, amount * (moved - by[whose]))
        return risen


def moves_of(view: View, rates: Mapping[str, float]) -> Moves | None:
    """How far amounts move where these pairs of currencies do; None where none does.

    Raises InvalidQuestion of what is no pair with the currency of the answer or said twice, and where nothing is in a
    currency.
    """
    if not rates:
        return None
    return view.kept(("moves of rates", *sorted(rates.items())), lambda: _moves(view, rates), most=2)


def _moves(view: View, rates: Mapping[str, float]) -> Moves:
    by = _by_currency(view, rates)
    kinds = ((LENDS, "drawn"), (OWES, "amount"), (GUARANTEES, "amount"), (PLEDGES, "value"))
    found = [_of_links(view, kind, name, by) for kind, name in kinds]
    figures, own, stated = _of_parties(view, by)
    there = stated.union(*(words for _, words in found))
    for currency in by:
        if currency not in there:
            remedy = "look at the currencies of facilities, or leave it out"
            raise InvalidQuestion(f"no amount here is in {currency}", where="rates", remedy=remedy)
    lends, owes, guarantees, pledges = (by_link for by_link, _ in found)
    return Moves(lends, owes, guarantees, pledges, figures, own)


def _by_currency(view: View, rates: Mapping[str, float]) -> Mapping[str, float]:
    """New rate over the old one, by currency."""
    said = dict[str, str]()
    for pair in rates:
        if (first := said.setdefault(_base(view, pair), pair)) != pair:
            remedy = "leave one of them out"
            raise InvalidQuestion(f"{first!r} and {pair!r} are one pair", where="rates", remedy=remedy)
    return {currency: 1 + rates[pair] for currency, pair in said.items()}


def _base(view: View, pair: str) -> str:
    base, _, quote = (part.strip() for part in pair.upper().partition("/"))
    currency = view.snapshot.moment.currency
    if not base or not quote or base == quote:
        raise InvalidQuestion(f"{pair!r} is no pair of currencies", where="rates", remedy=f"{MEANS}; {INTEREST}")
    if quote != currency:
        raise InvalidQuestion(f"{pair} is not against {currency or 'a currency of the answer'}", where="rates",
                              remedy=MEANS if currency else "name the currency to add amounts up in")  # fmt: skip
    return base


def _of_links(view: View, kind: Kind, name: str, by: Mapping[str, float]) -> tuple[Numbers, frozenset[str]]:
    """How far the amount of each link moves, and the currencies that are there."""
    return _factors(view.snapshot.stated(kind, name), by)


def _of_parties(view: View, by: Mapping[str, float]) -> tuple[dict[str, Numbers], Numbers, frozenset[str]]:
    """How far each figure of each party moves, its own currency, and the currencies that are there."""
    since, figures, there = oldest_period(view.snapshot.moment.valid_at), dict[str, Numbers](), frozenset[str]()
    own, untold = np.ones(view.snapshot.size), np.ones(view.snapshot.size, np.bool_)
    for name, (items, of_a_year) in FIGURES.items():
        _, told = view.snapshot.stated_items(items, of_a_year=of_a_year, since=since)
        figures[name], words = _factors(told, by)
        first = untold & ~np.isnan(told.value)
        own[first] = figures[name][first]
        untold &= ~first
        there |= words
        if name == "liabilities":
            silent = np.isnan(told.value)
    figures["liabilities"][silent] = own[silent]
    return figures, own, there


def _factors(told: Stated, by: Mapping[str, float]) -> tuple[Numbers, frozenset[str]]:
    """How far each of some amounts moves, and the currencies that are there."""
    factor = np.array([*(by.get(word, 1.0) for word in told.currencies), 1.0])
    return factor[told.currency], frozenset(told.currencies[k] for k in np.unique(told.currency) if k >= 0)
