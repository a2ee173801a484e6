"""The figures of dependence, each for all pairs at once.

A pair is named by who would fail (`dependant`) and with whom (`other`). Amounts between them are added up;
they are divided by what the dependant's statement says of its income, cost or net assets, never by the sum
of known links, which would call the one known buyer of a firm its only one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.structure.dependence.verdicts import Measure, ratio
from graph.errors import InvalidQuestion

Numbers = NDArray[np.float64]
Nodes = NDArray[np.uint32]
Currencies = NDArray[np.int32]

DIVIDED_BY: Final[Mapping[str, str]] = {
    "receipts_share": "income",
    "expenditure_share": "cost",
    "output_share": "output",
    "guarantee_ratio": "net_assets",
    "receivable_share": "receivables",
    "repayment_share": "debt",
    "funding_share": "debt",
}
"""Each figure, and the item of the dependant's statements that it divides by."""


@dataclass(frozen=True)
class Amounts:
    """Amounts of m links of one relation, NaN unknown."""

    kind: str
    """The relation, such as SUPPLIES."""
    tail: Nodes
    head: Nodes
    amount: Numbers
    link: NDArray[np.int64]
    """Position of each among the relation's links."""
    currency: Currencies | None = None
    """Which each is in, a position among the rates, -1 for none; None where everything is in one."""

    @classmethod
    def of(cls, links: Any, name: str, kept: NDArray[np.bool_] | None = None) -> "Amounts":
        """One amount of a snapshot's links; only of those that are `kept`."""
        at = np.arange(len(links.tail)) if kept is None else np.flatnonzero(kept)
        return cls(links.kind.name, links.tail[at], links.head[at], links.fields[name][at], at)

    def turned(self) -> "Amounts":
        """The same seen from the head."""
        return Amounts(self.kind, self.head, self.tail, self.amount, self.link, self.currency)

    @property
    def key(self) -> NDArray[np.int64]:
        """Tail · 2³² + head."""
        return self.tail.astype(np.int64) << 32 | self.head

    def some(self, chosen: NDArray[np.bool_]) -> "Amounts":
        """A part of them."""
        currency = None if self.currency is None else self.currency[chosen]
        return Amounts(
            self.kind, self.tail[chosen], self.head[chosen], self.amount[chosen], self.link[chosen], currency
        )

    def into(self, sheet: "Sheet | None", rates: Numbers | None) -> "Amounts":
        """Each in the currency that the tail states a sheet's item in; unknown where no rate brings it there."""
        if self.currency is None or sheet is None or sheet.currency is None or rates is None:
            return self
        return replace(self, amount=self.amount * rates[self.currency, sheet.currency[self.tail]], currency=None)


@dataclass(frozen=True)
class Sheet:
    """One item of the statements of n parties."""

    value: Numbers
    """NaN where none is known; income and cost are of a year."""
    row: NDArray[np.int64]
    """Row of the statement, -1 for none."""
    currency: Currencies | None = None
    """Which each is in, a position among the rates, -1 for none; None where everything is in one."""


@dataclass(frozen=True)
class Figure:
    """A figure of k pairs and what it was made of."""

    name: str
    dependant: Nodes
    other: Nodes
    measure: Measure
    start: NDArray[np.int64]
    """Links of pair p are `start[p]:start[p + 1]` of `kind` and `link`."""
    kinds: tuple[str, ...]
    kind: NDArray[np.int8]
    """Relation of each link, a position in `kinds`."""
    link: NDArray[np.int64]
    """Position of each link among those of its relation."""
    row: NDArray[np.int64]
    """Row of the statement divided by, -1 for none; shape (k,)."""

    def __len__(self) -> int:
        return len(self.dependant)

    def find(self, dependant: int, other: int) -> int:
        """Position of a pair, -1 where there is none."""
        first, last = self.dependant.searchsorted(np.array([dependant, dependant + 1], np.uint32)).tolist()
        at = first + int(self.other[first:last].searchsorted(np.uint32(other)))
        return at if at < last and self.other[at] == other else -1

    def sources(self, pair: int) -> list[tuple[str, int]]:
        """Relation and position of each link of a pair."""
        mine = slice(self.start[pair], self.start[pair + 1])
        named = [self.kinds[kind] for kind in self.kind[mine].tolist()]
        return list(zip(named, self.link[mine].tolist(), strict=True))


@dataclass(frozen=True)
class Ties:
    """What figures are computed from: amounts between n parties."""

    sales: Amounts
    """Supplier → buyer, a year."""
    receivables: Amounts
    """Supplier → buyer, unpaid invoices."""
    guarantees: Amounts
    """Guarantor → borrower, those that can still be called."""
    loans: Amounts
    """Lender → borrower, drawn."""
    debts: Amounts
    """Debtor → creditor."""


def figures(ties: Ties, sheets: Mapping[str, Sheet], rates: Numbers | None = None) -> dict[str, Figure]:
    r"""Compute every figure that links and statements give.

    Criteria that speak of both sides run both ways: a seller's share of receipts and its buyer's share
    of expenditure are two figures of one sale. Invoices describe a debt and are none beside it: of a pair
    whose debts are stated too the larger of both counts.

    .. math:: f_{xy} = \frac{\sum_{l : x, y} a_l}{s_x}

    Parameters
    ----------
    ties : Ties
        Amounts between n parties, whole units: all of one currency, or each of its own.
    sheets : statements by name
        `income`, `cost`, `output`, `net_assets`, `receivables`, `debt`; one that is missing leaves its figures
        untested. Each share is in the currency of the item that it divides by.
    rates : (c + 1, c + 1) array, optional
        Units of the second currency for one of the first, where not all is in one; NaN unknown and, last, for none.

    Raises
    ------
    InvalidQuestion
        If an amount is negative, or a sheet does not reach a party.

    Source
    ------
    BCBS LEX10; 大额风险暴露管理办法 附件1; domain reference §2.4.

    Example
    -------
    Party 0 sells 60 to 1, of an income of 100.

    >>> none = Amounts("OWES", *np.zeros((2, 0), np.uint32), np.zeros(0), np.zeros(0, np.int64))
    >>> sale = Amounts("SUPPLIES", np.array([0], np.uint32), np.array([1], np.uint32), np.array([60.0]), np.array([0]))
    >>> income = Sheet(np.array([100, np.nan]), np.array([7, -1]))
    >>> found = figures(Ties(sale, none, none, none, none), {"income": income})
    >>> found["receipts_share"].measure.value, found["receipts_share"].sources(0)
    (array([0.6]), [('SUPPLIES', 0)])
    >>> found["expenditure_share"].measure.value
    array([nan])
    """
    made = (
        ("receipts_share", [ties.sales]),
        ("expenditure_share", [ties.sales.turned()]),
        ("output_share", [ties.sales]),
        ("guarantee_ratio", [ties.guarantees]),
        ("receivable_share", [ties.receivables]),
        ("repayment_share", [ties.loans, ties.debts.turned(), ties.receivables]),
        ("funding_share", [ties.loans.turned()]),
    )
    # The same flow in the same currencies stands in several figures: it is added up once.
    flows: dict[tuple[int, ...], Flow] = {}
    found = {}
    for name, parts in made:
        sheet = sheets.get(DIVIDED_BY[name])
        known = (id(None if sheet is None else sheet.currency), *map(id, parts))
        if known not in flows:
            flows[known] = _flow(name, _given(name, [part.into(sheet, rates) for part in parts]))
        found[name] = _figure(name, flows[known], sheet)
    return found


def _given(name: str, parts: list[Amounts]) -> list[Amounts]:
    """What is added up of a figure's amounts, all in one currency for each pair."""
    counted = [parts[0], *_once(*parts[1:])] if name == "repayment_share" else parts
    return [part for part in counted if len(part.tail)]


def _once(debts: Amounts, invoices: Amounts) -> tuple[Amounts, Amounts]:
    """Debts and the invoices that describe them, of each pair what says more; a debt of unknown amount stays."""
    pairs = np.intersect1d(debts.key, invoices.key)
    if not len(pairs):
        return debts, invoices
    parts = debts, invoices
    place = [np.minimum(np.searchsorted(pairs, part.key), len(pairs) - 1) for part in parts]
    both = [pairs[at] == part.key for part, at in zip(parts, place, strict=True)]
    owed, invoiced = (
        np.bincount(at[here], np.nan_to_num(part.amount[here]), minlength=len(pairs))
        for part, at, here in zip(parts, place, both, strict=True)
    )
    more = invoiced > owed
    described = both[0] & more[place[0]] & ~np.isnan(debts.amount)
    return debts.some(~described), invoices.some(~(both[1] & ~more[place[1]]))


class Flow(NamedTuple):
    """Amounts of each pair added up; pairs ascending by dependant, then other."""

    dependant: Nodes
    other: Nodes
    total: Numbers
    unknown: NDArray[np.bool_]
    """Whether an amount of the pair is not known."""
    start: NDArray[np.int64]
    kinds: tuple[str, ...]
    kind: NDArray[np.int8]
    link: NDArray[np.int64]


def _flow(name: str, given: list[Amounts]) -> Flow:
    if not given:
        nodes, none = np.zeros(0, np.uint32), np.zeros(0, np.int64)
        return Flow(
            nodes, nodes, np.zeros(0), np.zeros(0, np.bool_), np.zeros(1, np.int64), (), np.zeros(0, np.int8), none
        )
    key = np.concatenate([part.key for part in given])
    amount = np.concatenate([part.amount for part in given])
    codes = np.repeat(np.arange(len(given), dtype=np.int8), [len(part.tail) for part in given])
    links = np.concatenate([part.link for part in given])
    if not (key[1:] >= key[:-1]).all():  # links lie by their ends already, unless turned or joined
        order = np.argsort(key, kind="stable")
        key, amount, codes, links = key[order], amount[order], codes[order], links[order]
    new = np.append(True, key[1:] != key[:-1])
    pair, start = key[new], np.append(np.flatnonzero(new), len(key))
    silent = np.isnan(amount)
    known = np.where(silent, 0.0, amount)
    if (known < 0).any():
        raise InvalidQuestion("an amount below 0", where=name)
    return Flow(
        (pair >> 32).astype(np.uint32), (pair & 0xFFFFFFFF).astype(np.uint32), np.add.reduceat(known, start[:-1]),
        np.logical_or.reduceat(silent, start[:-1]), start, tuple(part.kind for part in given), codes, links,
    )  # fmt: skip


def _figure(name: str, flow: Flow, sheet: Sheet | None) -> Figure:
    """Amounts of each pair divided by what a statement of the dependant says."""
    if not len(flow.dependant):
        measure, row = Measure.of([]), np.zeros(0, np.int64)
    else:
        whole, row = _divisors(name, sheet, flow.dependant)
        measure = Measure(ratio(flow.total, whole), flow.unknown)
    return Figure(
        name, flow.dependant, flow.other, measure, flow.start, flow.kinds, flow.kind, flow.link, row
    )  # fmt: skip


def _divisors(name: str, sheet: Sheet | None, dependant: Nodes) -> tuple[Numbers, NDArray[np.int64]]:
    if sheet is None:
        return np.full(len(dependant), np.nan), np.full(len(dependant), -1)
    if len(dependant) and dependant.max() >= len(sheet.value):
        raise InvalidQuestion(f"statements of {len(sheet.value)} parties", where=name)
    return sheet.value[dependant], sheet.row[dependant]
