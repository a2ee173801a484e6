"""Exchange rates that a shock moves: what amounts in each currency come to, and who loses by what it owes and is owed.

A debt is worth at the new rate to both its ends; a party's own figures move with the currency in which it states them.
Who owes more of a currency than it is owed loses when that rises against its own, and the other way round. What sales
and other assets in a currency gain or lose is not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.structure.dependence.age import oldest_period
from api.engine import View
from graph.errors import InvalidQuestion
from graph.field import Kind
from graph.model import GUARANTEES, LENDS, OWES, PLEDGES

Numbers = NDArray[np.float64]
OWN: Final = ("net_assets", "total_equity", "equity", "tier1", "total_assets", "assets", "total_liabilities", "revenue")
"""Items by whose currency a party's own is told."""
MEANS: Final = 'write "USD/CNY" = 0.1 where a dollar buys a tenth more yuan, the currency of the answer last'


@dataclass(frozen=True)
class Moves:
    """New rate over the old one, 1 of what did not move."""

    lends: Numbers
    """By facility, shape (m,)."""
    owes: Numbers
    guarantees: Numbers
    pledges: Numbers
    own: Numbers
    """By the currency in which each party states its figures, shape (n,)."""

    def lost(self, view: View) -> Numbers:
        """What each loses on what it owes and is owed, gains set off against losses, shape (n,)."""
        net = np.zeros(view.snapshot.size)
        drawn, _ = view.book.counted
        other = np.nan_to_num(view.snapshot.links(OWES).fields["amount"])
        lends, owes = view.snapshot.links(LENDS), view.snapshot.links(OWES)
        for debtor, creditor, amount, moved in (
            (lends.head, lends.tail, drawn, self.lends),
            (owes.tail, owes.head, other, self.owes),
        ):
            np.add.at(net, debtor, amount * (moved - self.own[debtor]))
            np.subtract.at(net, creditor, amount * (moved - self.own[creditor]))
        return np.maximum(net, 0.0)


def moves_of(view: View, rates: Mapping[str, float]) -> Moves | None:
    """How far amounts move where these pairs of currencies do; None where none does.

    Raises InvalidQuestion of what is no pair with the currency of the answer, and where nothing is in a currency.
    """
    if not rates:
        return None
    by = {_base(view, pair): 1 + change for pair, change in rates.items()}
    kinds = ((LENDS, "drawn"), (OWES, "amount"), (GUARANTEES, "amount"), (PLEDGES, "value"))
    found = [_of_links(view, kind, name, by) for kind, name in kinds]
    own = _of_parties(view, by)
    for currency in by:
        if not any(currency in words for _, words in found) and not (own != 1).any():
            remedy = "look at the currencies of facilities, or leave it out"
            raise InvalidQuestion(f"no amount here is in {currency}", where="rates", remedy=remedy)
    lends, owes, guarantees, pledges = (by_link for by_link, _ in found)
    return Moves(lends, owes, guarantees, pledges, own)


def _base(view: View, pair: str) -> str:
    base, _, quote = pair.strip().upper().partition("/")
    currency = view.snapshot.moment.currency
    if not base or not quote or base == quote:
        raise InvalidQuestion(f"{pair!r} is no pair of currencies", where="rates", remedy=MEANS)
    if quote != currency:
        raise InvalidQuestion(f"{pair} is not against {currency or 'a currency of the answer'}", where="rates",
                              remedy=MEANS if currency else "name the currency to add amounts up in")  # fmt: skip
    return base


def _of_links(view: View, kind: Kind, name: str, by: Mapping[str, float]) -> tuple[Numbers, frozenset[str]]:
    """How far the amount of each link moves, and the currencies that are there."""
    told = view.snapshot.stated(kind, name)
    factor = np.array([*(by.get(word, 1.0) for word in told.currencies), 1.0])
    return factor[told.currency], frozenset(told.currencies[k] for k in np.unique(told.currency) if k >= 0)


def _of_parties(view: View, by: Mapping[str, float]) -> Numbers:
    since = oldest_period(view.snapshot.moment.valid_at)
    _, told = view.snapshot.stated_items(OWN, since=since)
    return np.array([*(by.get(word, 1.0) for word in told.currencies), 1.0])[told.currency]
