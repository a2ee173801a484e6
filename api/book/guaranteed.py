"""Guarantees around a lender's book: which network is meant, and what each guarantor may be called for."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.limits.exposure import UNKNOWN
from analytics.structure.guarantees.census import Circuits
from analytics.structure.guarantees.contingent import Contingent, expected_contingent
from analytics.structure.guarantees.promises import Promises
from analytics.structure.guarantees.topology import Topology, find_topology
from api.book.lending import Lending
from api.engine import View
from api.engine.authors import without_network
from graph.errors import InvalidQuestion

ALL, CLIENTS, LENDER = "all", "clients", "lender"
SCOPES: Final = {
    ALL: ("全部担保", "all guarantees"),
    CLIENTS: ("对本行借款人的担保", "guarantees for the lender's borrowers"),
    LENDER: ("向本行作出的担保", "guarantees promised to the lender, or to nobody named"),
}
"""Which guarantees form the network."""
PD_MONTHS: Final = 12
"""How far the probabilities of default look ahead that expected amounts are made of."""


@dataclass(frozen=True)
class Network:
    """The guarantees of one scope that may be called on the day."""

    promises: Promises

    @cached_property
    def circuits(self) -> Circuits:
        """What of them can lie on a closed circle."""
        return Circuits.of(self.promises.pairs)

    @cached_property
    def topology(self) -> Topology:
        """Parties that hang together by them, and in what form."""
        return find_topology(self.promises.pairs)


@dataclass(frozen=True)
class Called:
    """What guarantors may be called for by one lender: one row a pair of guarantor and borrower."""

    guarantor: NDArray[np.int64]
    """Ascending."""
    borrower: NDArray[np.int64]
    given: NDArray[np.float64]
    """Disclosed amounts, whole units of currency."""
    counted: NDArray[np.float64]
    """The lesser of promise and debt as far as both are known; NaN where nothing of it is."""
    most: NDArray[np.float64]
    """What may be called at most: an undisclosed promise is bounded by the debt, a debt not known by the promise;
    infinite where neither is known."""
    debt: NDArray[np.float64]
    """What the borrower owes the lender, as far as it is known."""
    weighed: Contingent

    @cached_property
    def covered(self) -> float:
        """What of the lender's debts guarantees stand behind, each debt counted once."""
        borrower, place = np.unique(self.borrower, return_inverse=True)
        given = np.bincount(place, weights=self.given, minlength=len(borrower))
        debt = np.zeros(len(borrower))
        debt[place] = self.debt
        return float(np.minimum(given, debt).sum())

    @cached_property
    def added(self) -> NDArray[np.float64]:
        """What amounts that are not known could add to each pair at most, 0 where all are known."""
        return self.most - np.nan_to_num(self.counted)


def network_of(view: View, lent: Lending, scope: str) -> Network:
    """Guarantees of one scope, and what they form. Raises InvalidQuestion where there is no such scope."""
    if scope not in SCOPES:
        raise InvalidQuestion(f"no scope {scope}", where="scope", remedy=f"one of {', '.join(SCOPES)}")
    if scope == ALL:
        return view.kept(("guarantees",), lambda: Network(view.promises))
    return view.kept(("guarantees", lent.lender, scope), lambda: Network(_some(view, lent, scope)))


def _some(view: View, lent: Lending, scope: str) -> Promises:
    if scope == LENDER:
        return view.promises.some(to_lender(view, lent.lender))
    return view.promises.some(lent.client[view.promises.borrower])


def to_lender(view: View, lender: int) -> NDArray[np.bool_]:
    """Which guarantees of others are promised to a lender, or to nobody named."""
    creditor = view.book.creditor[view.promises.link]
    return np.asarray(((creditor == lender) | (creditor == UNKNOWN)) & (view.promises.guarantor != lender))


def called_by(view: View, lent: Lending) -> Called:
    """What each guarantor may be called for by a lender, gross and expected."""
    return view.kept(("called", lent.lender), lambda: _called(view, lent))


def _called(view: View, lent: Lending) -> Called:
    mine = view.promises.some(to_lender(view, lent.lender) & (view.promises.place >= 0))
    keys = mine.guarantor.astype(np.int64) << 32 | mine.borrower
    pairs, place = np.unique(keys, return_inverse=True)
    given = np.bincount(place, weights=np.nan_to_num(mine.amount), minlength=len(pairs)).astype(np.float64)
    silent = np.bincount(place, weights=np.isnan(mine.amount), minlength=len(pairs)) > 0
    borrower = pairs & UNKNOWN
    debt = lent.owed[borrower]
    known = np.minimum(given, debt)
    most = np.minimum(np.where(silent, np.inf, given), np.where(lent.silent[borrower] > 0, np.inf, debt))
    counted = np.where((known == 0) & (most > 0), np.nan, known)
    pd = view.snapshot.assessed("pd", horizon=PD_MONTHS, by=without_network).value[borrower]
    lgd = view.snapshot.assessed("lgd").value[borrower]
    weighed = expected_contingent(counted, pd, lgd)
    return Called(pairs >> 32, borrower, given, counted, most, debt, weighed)
