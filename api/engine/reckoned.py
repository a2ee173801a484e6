"""Amounts of each party in the currency of its own statements.

A share of dependence divides what passes between two parties by what one of them states. Where both stand in one
currency no rate is needed, whatever currencies other parties use; else the day's rate brings the amount into that of
the statement, and without a rate the amount is unknown.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.limits.exposure import expired
from analytics.structure.dependence.figures import Amounts, Sheet, Ties
from graph.errors import MissingRate
from graph.field import Kind
from graph.holding import EPOCH_DAY
from graph.model import GUARANTEES, LENDS, OWES, SUPPLIES
from graph.sheets import Items
from graph.snapshot import Snapshot, Stated

Numbers = NDArray[np.float64]


class Reckoning:
    """The currency of each party's statements: that of the first of some items it states."""

    def __init__(self, snapshot: Snapshot, items: Mapping[str, tuple[Items, Stated]]) -> None:
        self._snapshot = snapshot
        self._names = sorted({name for _, stated in items.values() for name in stated.currencies})
        place = {name: at for at, name in enumerate(self._names)}
        self._own = np.full(snapshot.size, -1, np.int32)
        for _, stated in items.values():
            known = np.array([*(place[name] for name in stated.currencies), -1], np.int32)[stated.currency]
            self._own = np.where(self._own == -1, known, self._own)
        self.sheets = {
            name: Sheet(self._in_own(stated, np.arange(snapshot.size)), found.row)
            for name, (found, stated) in items.items()
        }

    def own(self, node: int) -> str:
        """The currency of a party's statements; empty where it states nothing."""
        at = int(self._own[node])
        return "" if at < 0 else self._names[at]

    def ties(self) -> Ties:
        """Amounts between parties, in the currencies of both sides."""
        receivable = self._snapshot.stated(SUPPLIES, "receivable").value
        day = (self._snapshot.moment.valid_at - EPOCH_DAY).days
        return Ties(
            self._amounts(SUPPLIES, "amount"),
            self._amounts(SUPPLIES, "receivable", ~np.isnan(receivable)),
            self._amounts(GUARANTEES, "amount", ~expired(self._snapshot.links(GUARANTEES), day=day)),
            self._amounts(LENDS, "drawn"),
            self._amounts(OWES, "amount"),
        )

    def _amounts(self, kind: Kind, name: str, kept: NDArray[np.bool_] | None = None) -> Amounts:
        links, stated = self._snapshot.links(kind), self._snapshot.stated(kind, name)
        at = np.arange(len(links.tail)) if kept is None else np.flatnonzero(kept)
        tail, head = (self._in_own(stated, end)[at] for end in (links.tail, links.head))
        return Amounts(kind.name, links.tail[at], links.head[at], tail, at, head)

    def _in_own(self, stated: Stated, parties: NDArray[np.integer]) -> Numbers:
        """Each amount in the currency of a party's statements; NaN where nothing brings it there."""
        rates = np.full((len(stated.currencies) + 1, len(self._names) + 1), np.nan)  # the last for none
        for i, base in enumerate(stated.currencies):
            for j, quote in enumerate(self._names):
                rates[i, j] = self._rate(base, quote)
        return np.asarray(stated.value * rates[stated.currency, self._own[parties]])

    def _rate(self, base: str, quote: str) -> float:
        try:
            return self._snapshot.rate(base, quote)
        except MissingRate:
            return np.nan
