"""保证期间: until when a guarantee can be called, and what an unstated liability means."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.rules.reading import read_rows
from analytics.rules.rule import Among, Norm
from graph.columns import ALWAYS, FOREVER
from graph.errors import InvalidDate
from graph.holding import EPOCH_DAY
from graph.model import LIABILITIES

Days = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class SigningLaw(Norm):
    """What the law says of guarantees signed while it is in force, where the contract says nothing."""

    unstated: Annotated[str, Among(LIABILITIES)]
    """Liability where none is stated."""
    months: int
    """Length of the period after the debt fell due."""
    jurisdiction: str


@cache
def _laws() -> tuple[SigningLaw, ...]:
    found = read_rows(SigningLaw, "analytics.structure.guarantees", "period.toml").values()
    return tuple(sorted(found, key=lambda law: law.in_force_from or date.min))


def law_of(signed: date) -> SigningLaw:
    r"""Find the law under which a guarantee was signed.

    .. math:: l : \; from_l \le signed < to_l

    Parameters
    ----------
    signed : date
        Day of signature.

    Raises
    ------
    InvalidDate
        If it was signed before any law on record.

    Source
    ------
    `period.toml`, each row with its citation; 民法典 art. 686, 692; 担保法 art. 19, 25, 26.

    Example
    -------
    >>> law_of(date(2020, 12, 31)).unstated, law_of(date(2021, 1, 1)).unstated
    ('joint', 'general')
    """
    for law in _laws():
        if law.in_force(signed):
            return law
    raise InvalidDate("before any law on guarantees that is known here", where=f"signed {signed}")


def read_liability(liability: ArrayLike, signed: ArrayLike) -> NDArray[np.int8]:
    r"""Say how each guarantor is liable, by the law of the day of signature where the contract is silent.

    .. math:: l'_g = l_g \text{ if stated}, \quad \text{else } unstated(signed_g)

    Parameters
    ----------
    liability : (m,) array of positions in LIABILITIES, -1 for none
    signed : (m,) array of days since 1970, the smallest number for none

    Raises
    ------
    InvalidDate
        If the two differ in length.

    Source
    ------
    民法典 art. 686 for guarantees signed from 2021-01-01, 担保法 art. 19 for earlier ones.

    Example
    -------
    >>> days = [(date(y, 1, 1) - EPOCH_DAY).days for y in (2020, 2022)]
    >>> [LIABILITIES[x] for x in read_liability([-1, -1, 1, -1], [*days, ALWAYS, ALWAYS])]
    ['joint', 'general', 'joint', 'unstated']
    """
    stated, when = np.asarray(liability, np.int8), np.asarray(signed, np.int32)
    if len(stated) != len(when):
        raise InvalidDate("as many days of signature as guarantees", where="signed")
    read = np.where(stated < 0, LIABILITIES.index("unstated"), stated).astype(np.int8)
    silent = read == LIABILITIES.index("unstated")
    for law, signed_then in _by_law(when):
        read[silent & signed_then] = LIABILITIES.index(law.unstated)
    return read


def last_days(signed: ArrayLike, due: ArrayLike, expires: ArrayLike, *, pledged: ArrayLike = False) -> Days:
    r"""Say on which day each guarantee can be called for the last time.

    An agreed last day comes first, but one that is not after the day the debt falls due counts as none.
    Without one the law's months run from the day the debt falls due, to the same day of the month or, where
    that month has none, to its last. That a last day may fall on a holiday is not considered. Collateral
    has no such period. Where nothing says when it ends it does not.

    .. math::

        e'_g = e_g \text{ if } e_g > d_g, \quad \text{else } d_g + m(signed_g) \text{ months}

    Parameters
    ----------
    signed, due, expires : (m,) arrays of days since 1970, the smallest number for none
        Signature, maturity of the debt d, agreed last day e.
    pledged : (m,) array of bool
        Collateral of a third party rather than a promise: only an agreed last day ends it.

    Raises
    ------
    InvalidDate
        If they differ in length.

    Source
    ------
    民法典 art. 692 (six months; agreed too early counts as not agreed) and 202 (how months are counted).

    Example
    -------
    >>> days = [(d - EPOCH_DAY).days for d in (date(2022, 8, 31), date(2022, 8, 1), date(2024, 1, 1))]
    >>> last = last_days([ALWAYS] * 3, [days[0]] * 3, [ALWAYS, days[1], days[2]])
    >>> [str(day) for day in last.astype("datetime64[D]")]
    ['2023-02-28', '2023-02-28', '2024-01-01']
    """
    when, matures, agreed = (np.asarray(days, np.int32) for days in (signed, due, expires))
    if not len(when) == len(matures) == len(agreed):
        raise InvalidDate("as many days of each kind as guarantees", where="guarantees")
    promised = np.broadcast_to(~np.asarray(pledged, np.bool_), when.shape)
    timely = (agreed != ALWAYS) & ((agreed > matures) | ~promised)
    last = np.where(timely, agreed, FOREVER).astype(np.int32)
    open_ended = ~timely & promised & (matures != ALWAYS)
    newest = _laws()[-1]
    unsigned = (newest, ~np.any([then for _, then in _by_law(when)], axis=0))
    for law, signed_then in [*_by_law(when), unsigned]:
        chosen = open_ended & signed_then
        last[chosen] = _months_later(matures[chosen], law.months)
    return last


def still_callable(last: ArrayLike, *, day: int) -> NDArray[np.bool_]:
    r"""Say which guarantees may still be called on a day.

    .. math:: day \le e'_g

    Parameters
    ----------
    last : (m,) array of days since 1970
        The last day of each, as `last_days` gives it.
    day : int
        Days since 1970.

    Raises
    ------
    InvalidDate
        If the day is none.

    Source
    ------
    民法典 art. 693: past the period the guarantor is free.

    Example
    -------
    >>> still_callable([10, 11, FOREVER], day=11).tolist()
    [False, True, True]
    """
    if not ALWAYS < day < FOREVER:
        raise InvalidDate("no day", where="day")
    return np.asarray(np.asarray(last, np.int32) >= day)


def _by_law(signed: Days) -> list[tuple[SigningLaw, NDArray[np.bool_]]]:
    """Each law, and which guarantees were signed under it."""
    made = []
    for law in _laws():
        first = ALWAYS if law.in_force_from is None else (law.in_force_from - EPOCH_DAY).days
        end = FOREVER if law.in_force_to is None else (law.in_force_to - EPOCH_DAY).days
        made.append((law, (signed >= first) & (signed < end)))
    return made


def _months_later(days: Days, months: int) -> Days:
    """The same day some months later, or the last of its month."""
    start = days.astype("datetime64[D]")
    month = start.astype("datetime64[M]")
    of_month = (start - month.astype("datetime64[D]")).astype(np.int64)
    later = month + months
    length = ((later + 1).astype("datetime64[D]") - later.astype("datetime64[D]")).astype(np.int64)
    last = later.astype("datetime64[D]").astype(np.int64) + np.minimum(of_month, length - 1)
    return np.asarray(last, np.int32)
