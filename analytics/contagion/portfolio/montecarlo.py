"""Years of a book drawn one by one, each followed by what its defaults bring down.

The cascade is mechanical: who fails costs its creditors and guarantors amounts known beforehand, and a party fails
where what it has lost so comes to its equity (Furfine's rule, with calls on guarantees beside claims). A guarantor
that stands pays the book what it promised, one that failed nothing. Each year has both losses, by those who default by
themselves and by all who fail, so that contagion is their difference and not chance. What takes the cash, the output
and the recoveries of failed firms into account is `shock`; where a portfolio has a `Sent`, each year is one of those.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtri

from analytics.contagion.portfolio.factors import Factors, Plan, draw_factors, keys_of
from analytics.contagion.portfolio.given import Numbers, fractions
from analytics.contagion.portfolio.sent import Sent
from analytics.contagion.shock.coupled import Room as Shocks
from analytics.kernels.compiled import frozen
from analytics.kernels.defaults import Found, Odds, Room, Web, Years, draw_years
from graph.errors import InvalidAmount, InvalidQuestion

Whole = NDArray[np.int64]
Progress = Callable[[int, int], None]
BLOCK = 64
"""Most parties that are passed over together."""
TICK = 0.5
"""Seconds after which whoever waits for years is told again how many are done, and may end the work."""
PIECE = 256
"""Years that one thread draws at a time, at least."""


@dataclass(frozen=True)
class Ties:
    """Whom a failure costs what: arrows from who fails to who loses, sorted by who fails."""

    start: Whole
    head: NDArray[np.uint32]
    amount: Numbers

    @classmethod
    def of(cls, size: int, failing: ArrayLike, losing: ArrayLike, amount: ArrayLike) -> "Ties":
        """Of k arrows among n parties. Raises InvalidAmount and InvalidQuestion where they cannot be."""
        tail, head = np.asarray(failing, np.int64), np.asarray(losing, np.int64)
        if head.shape != tail.shape:
            raise InvalidQuestion(f"{head.size} of {tail.size} ends", where="ties")
        cost = _each(np.asarray(amount, np.float64), len(tail), where="ties.amount")
        if any(len(ends) and not 0 <= ends.min() <= ends.max() < size for ends in (tail, head)):
            raise InvalidQuestion(f"there are {size} parties", where="ties")
        if not (np.isfinite(cost).all() and (cost >= 0).all()):
            raise InvalidAmount("must be known and not negative", where="ties.amount")
        kept = np.flatnonzero(cost > 0)
        kept = kept[np.argsort(tail[kept], kind="stable")]
        start = np.searchsorted(tail[kept], np.arange(size + 1))
        return cls(frozen(start, np.int64), frozen(head[kept], np.uint32), frozen(cost[kept], np.float64))

    def and_also(self, other: "Ties") -> "Ties":
        """Both together."""
        size = len(self.start) - 1
        tails = [np.repeat(np.arange(size), np.diff(ties.start)) for ties in (self, other)]
        heads, amounts = (self.head, other.head), (self.amount, other.amount)
        return Ties.of(size, np.concatenate(tails), np.concatenate(heads), np.concatenate(amounts))


def _each(values: NDArray[Any], size: int, *, where: str) -> NDArray[Any]:
    """One for each, or one for all."""
    if values.ndim and values.shape != (size,):
        raise InvalidQuestion(f"{values.size} of {size}", where=where, remedy="give one for each, or one for all")
    return np.broadcast_to(values, size)


@dataclass(frozen=True)
class Portfolio:
    """A lender's book among the parties that can bring each other down."""

    pd: Numbers
    """That each defaults by itself, shape (n,)."""
    lost: Numbers
    """What the failure of each costs the book before guarantees, EAD × LGD, whole units of one currency; 0 for who is
    no borrower of it."""
    factors: Factors
    ties: Ties
    equity: Numbers
    """Where losses come to it a party fails; not a number where it is not known, and nothing brings the party down."""
    backing: Ties
    """The book's own guarantees: borrower, guarantor, and what it pays on its failure if it stands."""
    sent: Sent | None = None
    """What defaults are sent through, each year anew, instead of along ties whose amounts are known beforehand."""

    @classmethod
    def of(
        cls,
        pd: ArrayLike,
        lost: ArrayLike,
        factors: Factors,
        *,
        claims: tuple[ArrayLike, ArrayLike, ArrayLike] = ((), (), ()),
        calls: tuple[ArrayLike, ArrayLike, ArrayLike] = ((), (), ()),
        ours: ArrayLike = True,
        equity: ArrayLike = np.nan,
        sent: Sent | None = None,
    ) -> "Portfolio":
        """Of probabilities and amounts; without claims and calls nothing is contagious.

        `claims` are debtors, creditors, and what each creditor loses by the debtor's failure (amount × LGD); `calls`
        are borrowers, guarantors, and what each is called for, of which those to `ours` pay this book.

        Raises InvalidQuestion and InvalidAmount where they cannot be, also where one who may lose by others has no
        equity: it has failed before.
        """
        losses = np.asarray(lost, np.float64)
        size = len(losses)
        chance = _each(fractions("pd", pd), size, where="pd")
        capital = _each(np.asarray(equity, np.float64), size, where="equity")
        if not (np.isfinite(losses).all() and (losses >= 0).all()):
            raise InvalidAmount("must be known and not negative", where="lost")
        if len(factors.cell) != size:
            raise InvalidQuestion(f"{len(factors.cell)} of {size} parties", where="factors")
        called = Ties.of(size, *calls)
        ties = Ties.of(size, *claims).and_also(called)
        losing = np.unique(ties.head)
        if (capital[losing] <= 0).any():
            first = losing[capital[losing] <= 0][0]
            remedy = "leave it out, or give it as not a number for nothing to bring it down"
            raise InvalidAmount(
                "must be above 0 where others' failures cost it", where=f"equity.{first}", remedy=remedy
            )
        mine = _each(np.asarray(ours, np.bool_), len(np.asarray(calls[0])), where="ours")
        backing = Ties.of(size, *(np.asarray(part)[mine] if np.ndim(part) else part for part in calls))
        return cls(frozen(chance, float), frozen(losses, float), factors, ties, frozen(capital, float), backing, sent)

    @property
    def size(self) -> int:
        """Parties."""
        return len(self.pd)

    @cached_property
    def web(self) -> Web:
        """What failures cost, for kernels."""
        ties, back = self.ties, self.backing
        return Web(ties.start, ties.head, ties.amount, self.equity, back.start, back.head, back.amount, self.lost)

    @cached_property
    def odds(self) -> Odds:
        """Defaults in blocks, for kernels."""
        loading, cell = self.factors.loading, self.factors.cell
        can = np.flatnonzero(self.pd > 0)
        order = can[np.lexsort((-self.pd[can], cell[can]))]
        row = cell[order]
        opens = np.flatnonzero(np.append(True, row[1:] != row[:-1])) if len(row) else np.zeros(0, np.int64)
        spans = zip(opens.tolist(), [*opens[1:].tolist(), len(row)], strict=False)
        block = np.concatenate([*(np.arange(a, b, BLOCK) for a, b in spans), [len(row)]]).astype(np.int64)
        own = np.sqrt(1 - np.square(loading).sum(axis=1))
        return Odds(
            frozen(order, np.uint32), frozen(ndtri(self.pd[order]), float), frozen(block, np.int64),
            frozen(row[block[:-1]], np.int64), frozen(loading.ravel(), float), frozen(own, float),
        )  # fmt: skip


@dataclass(frozen=True)
class Draws:
    """What a range of years came to, shape (s,) each."""

    loss: Numbers
    """Of the book, by all who fail."""
    alone: Numbers
    """By those who default by themselves: the same years without contagion."""
    weight: Numbers
    """How much likelier each year is than it was drawn, at most 2; 1 of plain draws."""
    defaults: Whole
    failed: Whole
    first: int
    seed: int
    plan: Plan

    def __len__(self) -> int:
        return len(self.loss)

    @classmethod
    def joined(cls, *pieces: "Draws") -> "Draws":
        """Ranges that were drawn apart and follow each other. Raises InvalidQuestion where they do not."""
        head = pieces[0]
        for before, after in pairwise(pieces):
            said = (before.first + len(before), before.seed, before.plan)
            if said != (after.first, after.seed, after.plan):
                raise InvalidQuestion("does not go on from the one before", where=f"years from {after.first}")
        loss, alone, weight, defaults, failed = (
            np.concatenate([getattr(piece, name) for piece in pieces])
            for name in ("loss", "alone", "weight", "defaults", "failed")
        )
        return cls(loss, alone, weight, defaults, failed, head.first, head.seed, head.plan)


def simulate(
    portfolio: Portfolio,
    years: int,
    *,
    seed: int,
    first: int = 0,
    plan: Plan | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Draws:
    r"""Draw years of a book, and what each loses with contagion and without.

    .. math:: L_s = \sum_{i \in F_s} \max\Big(0, \ell_i - \sum_{g \notin F_s} b_{ig}\Big), \qquad
        F_s = \text{least } F \supseteq D_s : \sum_{i \in F} c_{ij} \ge E_j \Rightarrow j \in F

    with :math:`D_s` those who default by themselves.

    Parameters
    ----------
    portfolio : Portfolio
    years : int
        How many; whole blocks of the plan.
    seed : int
    first : int
        Number of the first: ranges drawn apart are the same as one.
    plan : Plan, optional
        By default plain draws.
    workers : int
        Threads; the answer is the same with any.
    progress : callable of how many are done and how many there are, optional
        Called by the calling thread, twice a second at least. What it raises ends the work.

    Raises
    ------
    InvalidQuestion
        If no years are asked for, or the plan cannot be followed.

    Source
    ------
    Furfine, J. Money Credit & Banking 35 (2003), 111: the cascade, domain reference §4.3. Glasserman & Li, Management
    Science 51 (2005), 1643: years that are drawn likelier. Hesterberg, Technometrics 37 (1995), 185: plain years among
    them, and weights over the mixture. Domain reference §4.11.

    Example
    -------
    >>> book = Portfolio.of([0.5, 0.0], [10.0, 4.0], Factors.one(0.0, size=2), claims=([0], [1], [3.0]), equity=3.0)
    >>> found = simulate(book, 8, seed=1)
    >>> sorted(set(zip(found.alone.tolist(), found.loss.tolist())))
    [(0.0, 0.0), (10.0, 14.0)]
    """
    if years < 1:
        raise InvalidQuestion("none to draw", where=f"{years} years", remedy="ask for 1,000, say")
    chosen = (plan or Plan()).checked(portfolio.factors)
    spans, told = _spans(chosen, chosen.whole(range(first, first + years))), progress or _untold
    pieces = list[Draws]()
    for span, found, weight in _worked(portfolio, spans, seed, chosen, None, workers, lambda done: told(done, years)):
        pieces.append(Draws(found.whole, found.alone, weight, found.defaults, found.failed, span.start, seed, chosen))
    return Draws.joined(*pieces)


def _untold(done: int, years: int) -> None:
    """Progress that nobody watches."""


def losses_by_borrower(
    portfolio: Portfolio, draws: Draws, share: ArrayLike, *, contagion: bool = True, workers: int = 1,
    progress: Progress | None = None,
) -> Numbers:  # fmt: skip
    r"""Draw years again, and add up what each borrower cost in them.

    .. math:: C_i = \sum_s \omega_s \ell_{is}

    Parameters
    ----------
    portfolio : Portfolio
    draws : Draws
        As `simulate` had them.
    share : (s,) array
        What each year counts for; those of 0 are not drawn again.
    contagion : bool
        Whether losses by all who fail, or by those alone who default by themselves.
    workers, progress
        As `simulate`; of the years in whose ranges some count.

    Raises
    ------
    InvalidQuestion
        If there is not one share a year.

    Source
    ------
    Domain reference §4.11.

    Example
    -------
    >>> book = Portfolio.of([0.5, 0.5], [10.0, 4.0], Factors.one(0.0, size=2))
    >>> drawn = simulate(book, 8, seed=1)
    >>> bool(losses_by_borrower(book, drawn, [1.0] * 8).sum() == drawn.loss.sum())
    True
    """
    counted = np.asarray(share, np.float64)
    if counted.shape != draws.loss.shape:
        raise InvalidQuestion(f"{counted.size} of {len(draws)} years", where="share")
    drawn = range(draws.first, draws.first + len(draws))
    spans = [span for span in _spans(draws.plan, drawn) if counted[span.start - draws.first :][: len(span)].any()]
    total, many, told = np.zeros(portfolio.size), sum(map(len, spans)), progress or _untold
    again = counted, draws.first, contagion
    worked = _worked(portfolio, spans, draws.seed, draws.plan, again, workers, lambda done: told(done, many))
    for _, found, _ in worked:
        total += found.by
    return total


Again = tuple[Numbers, int, bool]


def _spans(plan: Plan, years: range) -> list[range]:
    step = plan.block * max(1, PIECE // plan.block)
    return [years[at : at + step] for at in range(0, len(years), step)]


def _worked(
    portfolio: Portfolio,
    spans: list[range],
    seed: int,
    plan: Plan,
    again: Again | None,
    workers: int,
    told: Callable[[int], None] = lambda done: None,
) -> Iterator[tuple[range, Found, Numbers]]:
    """Each range in its order, and the weights of its years; threads keep their memory. How many years are
    done is told after each, and while one is waited for; what that raises ends the work."""
    sent, many, ended = portfolio.sent, max(1, min(workers, len(spans))), Event()
    rooms = [(Room.of(portfolio.size), sent.room() if sent else None) for _ in range(many)]

    def work(span: range) -> tuple[range, Found, Numbers]:
        room = rooms.pop()
        try:
            return span, *_drawn(portfolio, span, seed, plan, again, room, ended.is_set)
        finally:
            rooms.append(room)

    waiting, busy, done = iter(spans), list[Future[tuple[range, Found, Numbers]]](), 0
    with ThreadPoolExecutor(len(rooms)) as pool:
        try:
            for span in islice(waiting, 2 * len(rooms)):
                busy.append(pool.submit(work, span))
            while busy:
                while not wait(busy[:1], timeout=TICK).done:
                    told(done)
                found = busy.pop(0).result()
                for span in islice(waiting, 1):
                    busy.append(pool.submit(work, span))
                yield found
                done += len(found[0])
                told(done)
        finally:  # whoever stops here waits for no year that was not begun
            ended.set()
            pool.shutdown(wait=False, cancel_futures=True)


def _drawn(
    portfolio: Portfolio,
    span: range,
    seed: int,
    plan: Plan,
    again: Again | None,
    rooms: tuple[Room, Shocks | None],
    ended: Callable[[], bool],
) -> tuple[Found, Numbers]:
    """One range of years."""
    number = np.arange(span.start, span.stop)
    z = draw_factors(portfolio.factors, span, seed=seed, plan=plan)
    key, mirrored = keys_of(number, seed=seed, plan=plan), (number % 2 == 1) & plan.antithetic
    likelier = plan.likelier(number)
    share, contagion, by = np.zeros(0), len(portfolio.ties.head) > 0, np.zeros(0)
    if again is not None:
        counted, first, spreads = again
        share, contagion = counted[number - first], contagion and spreads
        kept = np.flatnonzero(share)
        z, key, mirrored, likelier = z[kept], key[kept], mirrored[kept], likelier[kept]
        share, by = share[kept], np.zeros(portfolio.size)
    count = len(key)
    years = Years(
        frozen(key, np.uint64), frozen(mirrored, np.int8), frozen(likelier, np.int8), frozen(z.ravel(), float),
        frozen(share, float),
    )  # fmt: skip
    found = Found(np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count, np.int64),
                  np.zeros(count, np.int64), by)  # fmt: skip
    room, shocks = rooms
    if portfolio.sent is None or shocks is None:
        draw_years(portfolio.odds, portfolio.web, years, plan.goal, contagion, room, found)
    else:
        drawn = portfolio.odds, portfolio.web, years
        portfolio.sent.years(shocks, drawn, plan.goal, again is None or again[2], room, found, ended)
    if not plan.mixed:
        return found, np.ones(count)
    mu = np.asarray(plan.shift if plan.shift else np.zeros(portfolio.factors.count))
    # Over the mixture f / (f/2 + g/2), with g how likely the year is among those made likelier.
    return found, 2 * expit(found.tilt - z @ mu + mu @ mu / 2)
