"""Amounts as they were stated, and the rates that bring them into the currency of what they are divided by.

A share of dependence divides what passes between two parties by what one of them states. Where both stand in one
currency no rate is needed, whatever currencies other parties use, or the same party in other statements; else the
day's rate brings the amount into that of the statement, and without a rate the amount is unknown.
"""

from collections.abc import Mapping
from itertools import chain

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

TIES = ((SUPPLIES, "amount"), (GUARANTEES, "amount"), (LENDS, "drawn"), (OWES, "amount"))
"""Relations whose amounts make a share."""


class Reckoning:
    """Amounts and statements of a moment, each in a currency of its own."""

    def __init__(self, snapshot: Snapshot, items: Mapping[str, tuple[Items, Stated]]) -> None:
        self._snapshot = snapshot
        amounts = [snapshot.stated(kind, name).currencies for kind, name in TIES]
        known = {*chain.from_iterable(amounts), *chain(*(stated.currencies for _, stated in items.values()))}
        self._names = sorted(known)
        self.sheets: dict[str, Sheet] = {}
        currencies: list[NDArray[np.int32]] = []
        for name, (found, stated) in items.items():
            mine = self._placed(stated)
            # Items that all parties state alike share one array, so that their flows are added up once.
            mine = next((known for known in currencies if np.array_equal(known, mine)), mine)
            currencies.append(mine)
            self.sheets[name] = Sheet(stated.value, found.row, mine)

    def ties(self) -> Ties:
        """Amounts between parties, as they were stated."""
        receivable = self._snapshot.stated(SUPPLIES, "receivable").value
        day = (self._snapshot.moment.valid_at - EPOCH_DAY).days
        return Ties(
            self._amounts(SUPPLIES, "amount"),
            self._amounts(SUPPLIES, "receivable", ~np.isnan(receivable)),
            self._amounts(GUARANTEES, "amount", ~expired(self._snapshot.links(GUARANTEES), day=day)),
            self._amounts(LENDS, "drawn"),
            self._amounts(OWES, "amount"),
        )

    def rates(self) -> Numbers:
        """Units of each currency for one of each; NaN where no rate is known, and in the last place, for none."""
        made = np.full((len(self._names) + 1, len(self._names) + 1), np.nan)
        for i, base in enumerate(self._names):
            for j, quote in enumerate(self._names):
                made[i, j] = self._rate(base, quote)
        return made

    def _amounts(self, kind: Kind, name: str, kept: NDArray[np.bool_] | None = None) -> Amounts:
        links, stated = self._snapshot.links(kind), self._snapshot.stated(kind, name)
        at = np.arange(len(links.tail)) if kept is None else np.flatnonzero(kept)
        currency = self._placed(stated)[at]
        return Amounts(kind.name, links.tail[at], links.head[at], stated.value[at], at, currency)

    def _placed(self, stated: Stated) -> NDArray[np.int32]:
        """The currency of each amount, as a position among all."""
        place = np.array([*(self._names.index(name) for name in stated.currencies), -1], np.int32)
        return place[stated.currency]

    def _rate(self, base: str, quote: str) -> float:
        try:
            return self._snapshot.rate(base, quote)
        except MissingRate:
            return np.nan
