"""Guarantees as contract and law have them: which may be called, how, and for which loans each stands."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.contagion.calls.book import NONE, Loans, Numbers, Sureties
from analytics.limits.exposure import UNKNOWN
from analytics.structure.guarantees.period import last_days, read_liability, still_callable
from graph.errors import InvalidQuestion
from graph.grouping import spans
from graph.model import GUARANTEE_FORMS, LIABILITIES

Days = NDArray[np.int32]
"""Since 1970, the smallest number for none."""


@dataclass(frozen=True, kw_only=True)
class Contracts:
    """Guarantees as they were signed, each shape (k,)."""

    guarantor: NDArray[np.uint32]
    borrower: NDArray[np.uint32]
    creditor: NDArray[np.uint32]
    """To whom it is promised; `UNKNOWN` where nobody is named: to whoever lends to the borrower by a facility."""
    facility: NDArray[np.int64]
    """Number of the facility it is for, as loans are numbered; `NONE`: all that the borrower owes the creditor."""
    amount: Numbers
    """Whole units of one currency, NaN where it is not disclosed."""
    liability: NDArray[np.int8]
    """Position in LIABILITIES, -1 where nothing is stated."""
    form: NDArray[np.int8]
    """Position in GUARANTEE_FORMS, -1 where none is stated: a surety."""
    share: Numbers
    """Agreed share, NaN where none is agreed."""
    signed: Days
    due: Days
    expires: Days
    counters: NDArray[np.int64]
    """The contract that it counters, `NONE` of one to a lender."""

    @classmethod
    def of(
        cls, guarantees: Any, *, creditor: NDArray[np.uint32], facility: NDArray[np.int64], counters: NDArray[np.int64]
    ) -> "Contracts":
        """Of a snapshot's GUARANTEES links; what they name by text comes as numbers, in link order."""
        told = guarantees.fields
        return cls(
            guarantor=guarantees.tail, borrower=guarantees.head, creditor=creditor, facility=facility,
            amount=told["amount"], liability=told["liability"], form=told["form"], share=told["agreed_share"],
            signed=told["signed"], due=told["due"], expires=told["expires"], counters=counters,
        )  # fmt: skip

    @property
    def pledged(self) -> NDArray[np.bool_]:
        """Which are collateral rather than a promise."""
        return np.asarray(self.form == GUARANTEE_FORMS.index("pledge"))


@dataclass(frozen=True)
class Terms:
    """Guarantees behind loans, and the contract of each."""

    sureties: Sureties
    contract: NDArray[np.int64]
    """Position of each one's contract, shape (m,): one that covers several loans stands behind each of them."""
    spent: NDArray[np.int64]
    """Contracts that cannot be called on the day, ascending."""
    idle: NDArray[np.int64]
    """Others behind which no loan stands here, or that somebody gave for itself or to itself, ascending."""


def read_terms(loans: Loans, numbers: ArrayLike, contracts: Contracts, *, day: int) -> Terms:
    r"""Read which guarantees may be called on a day, how, and for which loans each stands.

    A contract covers its borrower's loans from the creditor and of the facility it names. One that covers several, as
    one up to a maximum (最高额) does, is called on all of them for no more than its amount: on each for its part by
    what is owed beyond collateral. Where no amount is disclosed a promise is for the whole loan, and a pledge brings
    nothing. Liability that is not stated is that of the law on the day of signature, and so is the period; where that
    day is not known either it is general, as the law is now.

    .. math:: G_{kd} = G_k \, R_d / \sum_{d' \in k} R_{d'}

    Parameters
    ----------
    loans : Loans
    numbers : (l,) array
        Number of each loan's facility, as contracts name them; `NONE` of a debt that is no facility, which those
        cover that are to its creditor by name and for no facility.
    contracts : Contracts
        Those that counter one that cannot be called cannot be called either.
    day : int
        Days since 1970: no earlier than the signature, no later than the last of the period.

    Raises
    ------
    InvalidQuestion
        If there are more numbers than loans, or fewer.
    InvalidDate
        If the day is none.

    Source
    ------
    民法典 art. 686, 692, 693 and 担保法 art. 19, as `analytics.structure.guarantees.period` has them; 690 (最高额保证).
    Domain reference §3. How a maximum is split over its loans is our own proposal.

    Example
    -------
    >>> from graph.columns import ALWAYS
    >>> none, day = np.array([ALWAYS], np.int32), np.array([19_000], np.int32)
    >>> made = Contracts(
    ...     guarantor=np.array([1], np.uint32), borrower=np.array([0], np.uint32), creditor=np.array([2], np.uint32),
    ...     facility=np.array([NONE]), amount=np.array([90.0]), liability=np.array([-1], np.int8),
    ...     form=np.array([1], np.int8), share=np.array([np.nan]), signed=day, due=none, expires=none,
    ...     counters=np.array([NONE]))
    >>> found = read_terms(Loans.of(3, [2, 2], [0, 0], [100, 50]), [7, 8], made, day=19_500)
    >>> found.sureties.amount.tolist(), found.sureties.joint.tolist(), found.contract.tolist()
    ([60.0, 30.0], [False, False], [0, 0])
    """
    told = np.asarray(numbers, np.int64)
    if told.shape != (len(loans),):
        raise InvalidQuestion(f"{told.size} of {len(loans)} loans", where="numbers of facilities")
    last = last_days(contracts.signed, contracts.due, contracts.expires, pledged=contracts.pledged)
    able = still_callable(last, day=day) & (contracts.signed <= day)
    rows = _standing(loans, told, contracts, able)
    used = np.isin(np.arange(len(able)), rows.contract)
    sureties = _sureties(loans, contracts, rows)
    return Terms(sureties, rows.contract, np.flatnonzero(~able), np.flatnonzero(able & ~used))


class Rows(NamedTuple):
    """Contracts, the loan behind which each stands in the end, and the row that it counters."""

    contract: NDArray[np.int64]
    loan: NDArray[np.int64]
    counters: NDArray[np.int64]


def _standing(loans: Loans, numbers: NDArray[np.int64], contracts: Contracts, able: NDArray[np.bool_]) -> Rows:
    """Contracts behind loans, then those that counter them, then those that counter these, and so on."""
    level = rows = _covering(loans, numbers, contracts, np.flatnonzero(able & (contracts.counters == NONE)))
    while len(level.contract):
        level = _countering(level, contracts, able, len(rows.contract) - len(level.contract))
        rows = Rows(*(np.append(a, b) for a, b in zip(rows, level, strict=True)))
    return rows


def _sureties(loans: Loans, contracts: Contracts, rows: Rows) -> Sureties:
    """Rows with what their contracts and the law say."""
    at = rows.contract
    liable = read_liability(contracts.liability, contracts.signed) == LIABILITIES.index("joint")
    most = np.where(contracts.pledged, np.nan_to_num(contracts.amount), contracts.amount)
    return Sureties.of(
        loans, contracts.guarantor[at], rows.loan, most[at] * _parts(loans, rows), joint=liable[at],
        pledge=contracts.pledged[at], share=contracts.share[at], counters=rows.counters,
    )  # fmt: skip


def _covering(loans: Loans, numbers: NDArray[np.int64], contracts: Contracts, some: NDArray[np.int64]) -> Rows:
    """Loans that some contracts cover."""
    order = np.argsort(loans.debtor, kind="stable")
    which, at = _met(contracts.borrower[some], loans.debtor[order])
    k, loan = some[which], order[at]
    named, lender = contracts.creditor[k], loans.lender[loan]
    fits = (named == lender) | ((named == UNKNOWN) & (numbers[loan] != NONE))
    fits &= (contracts.facility[k] == NONE) | (contracts.facility[k] == numbers[loan])
    fits &= (contracts.guarantor[k] != loans.debtor[loan]) & (contracts.guarantor[k] != lender)
    return Rows(k[fits], loan[fits], np.full(int(fits.sum()), NONE))


def _countering(level: Rows, contracts: Contracts, able: NDArray[np.bool_], before: int) -> Rows:
    """What counters the rows of a level, of which `before` rows come before."""
    some = np.flatnonzero(able & (contracts.counters != NONE))
    order = np.argsort(level.contract, kind="stable")
    which, at = _met(contracts.counters[some], level.contract[order])
    k, row = some[which], order[at]
    fits = contracts.guarantor[k] != contracts.guarantor[level.contract[row]]
    return Rows(k[fits], level.loan[row][fits], before + row[fits])


def _met(keys: NDArray[Any], ascending: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each key's position, once for each place where it stands in an ascending list, and that place."""
    first, end = np.searchsorted(ascending, keys, "left"), np.searchsorted(ascending, keys, "right")
    at, which = spans(first, end)
    return which, at


def _parts(loans: Loans, rows: Rows) -> Numbers:
    """What part of its contract each row is: by what is owed beyond collateral, equal where that is nothing."""
    rest, count = loans.rest[rows.loan], np.bincount(rows.contract)[rows.contract]
    whole = np.bincount(rows.contract, rest)[rows.contract]
    return np.divide(rest, whole, out=1.0 / count, where=whole > 0)
