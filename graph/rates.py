"""Amounts of one currency in another, by exchange rates that are facts like any other.

A rate counts on its day and for a few days after: the latest on or before the day asked, the pair as
quoted or the other way round, whichever is newer, else one step across a currency that both are quoted
in. Nothing is guessed: without such a rate an amount has no value in the other currency.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import pyarrow as pa

from graph.columns import ALWAYS, gathered
from graph.errors import MissingRate
from graph.facts import Facts
from graph.holding import EPOCH_DAY, When, known, precedence
from graph.model import RATE

MAX_AGE = 7
"""Days after its own for which a rate is used."""


@dataclass(frozen=True)
class Rates:
    """The rates that may be used on one day."""

    day: int
    """Days since 1970."""
    quotes: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    """Day and rate of each pair (base, quote): units of quote for one unit of base."""

    @classmethod
    def of(cls, quotes: Iterable[tuple[str, str, int, float]], *, day: int, max_age: int = MAX_AGE) -> "Rates":
        """From (base, quote, day, rate), the most believed first where a pair is quoted twice on a day."""
        best: dict[tuple[str, str], tuple[int, float]] = {}
        for base, quote, on, rate in quotes:
            usable = day - max_age <= on <= day and rate > 0
            if usable and on > best.get((base, quote), (ALWAYS, 0.0))[0]:
                best[base, quote] = on, rate
        return cls(day, best)

    @classmethod
    def build(cls, facts: Facts, when: When, *, max_age: int = MAX_AGE) -> "Rates":
        """From the rates known at a moment."""
        rows = known(facts, RATE, when)
        days = gathered(facts.column(RATE, "day"), rows, np.int32, null=ALWAYS)
        near = (days <= when.day) & (days >= when.day - max_age)
        rows = rows[near]
        rows = rows[precedence(facts, RATE, rows, when)]
        at = pa.array(rows)
        columns = [facts.column(RATE, name).take(at).to_pylist() for name in ("base", "quote", "day", "rate")]
        quotes = ((b, q, (d - EPOCH_DAY).days, r) for b, q, d, r in zip(*columns, strict=True))
        return cls.of(quotes, day=when.day, max_age=max_age)

    def rate(self, base: str, quote: str) -> float:
        """Units of `quote` for one unit of `base`. Raises MissingRate.

        >>> rates = Rates.of([("USD", "CNY", 99, 7.2), ("EUR", "USD", 98, 1.1)], day=100)
        >>> rates.rate("CNY", "USD") == 1 / 7.2, round(rates.rate("EUR", "CNY"), 9)
        (True, 7.92)
        """
        if base == quote:
            return 1.0
        direct = self._quoted(base, quote)
        if direct is not None:
            return direct[1]
        across = self._across(base, quote)
        if across is None:
            raise MissingRate(base, quote, str(EPOCH_DAY + timedelta(days=self.day)))
        return across

    def _quoted(self, base: str, quote: str) -> tuple[int, float] | None:
        """Day and rate of a pair quoted either way; the newer, as quoted where both are of one day."""
        forth, back = self.quotes.get((base, quote)), self.quotes.get((quote, base))
        if back is not None and (forth is None or back[0] > forth[0]):
            return back[0], 1 / back[1]
        return forth

    def _across(self, base: str, quote: str) -> float | None:
        """The rate over the currency whose older leg is the newest, the first by its letters among equals."""
        best: tuple[int, str, float] | None = None
        for pivot in sorted({currency for pair in self.quotes for currency in pair} - {base, quote}):
            first, second = self._quoted(base, pivot), self._quoted(pivot, quote)
            if first is None or second is None:
                continue
            if best is None or min(first[0], second[0]) > best[0]:
                best = min(first[0], second[0]), pivot, first[1] * second[1]
        return best[2] if best else None
