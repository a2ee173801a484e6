"""Firms and layers as kernels see them, and memory for shocks to them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.contagion.calls.book import NONE
from analytics.contagion.shock.calling import Guarantees
from analytics.contagion.shock.firms import Firms, Numbers
from analytics.contagion.shock.layers import Layers
from analytics.contagion.shock.supplying import Supplies
from analytics.contagion.supply.cascade import STOP, check_asked
from analytics.kernels.answering import Answered, Trees
from analytics.kernels.calls import Calling, Work
from analytics.kernels.compiled import columns, frozen
from analytics.kernels.coupled import Course, Ground, Rules, Tally
from analytics.kernels.losses import Lost, Parties, Sheets
from analytics.kernels.supply import Chain, Made, Spread
from graph.errors import InvalidQuestion

LINKS = 1000
"""Times that each link may be worked on before a shock is given up."""
CALLS = 100_000_000
"""Links that calls may be passed along in any case."""


@dataclass(frozen=True)
class Tied:
    """What shocks run along; threads share it."""

    firms: Firms
    layers: Layers
    ground: Ground

    @classmethod
    def of(cls, firms: Firms, layers: Layers, *, kept: float = 1.0, tolerance: float = 1e-6) -> "Tied":
        """Of firms and layers of the same n parties; `kept` and `tolerance` as `send`.

        Raises InvalidQuestion where they are not the same, `kept` is no fraction, or nobody sells anything.
        """
        if not 0 <= kept <= 1:
            raise InvalidQuestion("is a fraction", where=f"kept {kept}")
        given, made = layers.guarantees, layers.production
        sizes = {firms.size, layers.debts.size}
        sizes |= {made.network.size} if made else set()
        sizes |= {given.standing.loans.size} if given else set()
        if len(sizes) > 1 or (given and given.debts != len(layers.debts.amount)):
            raise InvalidQuestion("firms and layers are of other parties, or other debts", where="shock")
        if made and "production" in layers.only:
            check_asked(made.network, made.stop)
        sheets = _sheets(firms, layers, kept)
        web, chain = _supplies(made, firms.size)
        calling, trees = _calls(given, firms, layers, kept)
        links = len(layers.debts.amount) + len(layers.shares.share) + firms.size
        rules = Rules(
            made is not None and "production" in layers.only, given is not None and "guarantees" in layers.only,
            given is not None and given.standing.in_full, made.stop if made else STOP, float(tolerance), LINKS * links,
            max(CALLS, LINKS * (len(calling.guarantor) + len(calling.back))),
        )  # fmt: skip
        return cls(firms, layers, Ground(sheets, web, chain, calling, trees, rules))

    def course(self) -> tuple[Ground, Course]:
        """What a shock runs along and memory for one, before any."""
        ground = self.ground
        said, size = Answered.of(ground.calling, ground.trees), self.firms.size
        net = ground.calling._replace(capacity=frozen(said.able, np.float64), back=frozen(said.back, np.float64))
        course = Course(
            Lost.of(size, len(ground.sheets.amount)), Parties.of(size), Made.of(ground.web),
            Work.on(net, np.zeros(size, np.int32)), said, Tally(np.zeros(2, np.int64), np.zeros(2)),
        )  # fmt: skip
        return ground._replace(calling=net), course


def _sheets(firms: Firms, layers: Layers, kept: float) -> Sheets:
    debts, held, on = layers.debts, layers.shares, layers.only
    with np.errstate(invalid="ignore"):
        # Comparisons with what is not known, or was not there to lose, are never true.
        own, liquid = (np.where(one > 0, one, np.nan) for one in (firms.equity, firms.liquidity))
    figures = (
        firms.to_lose, firms.assets - layers.pledged, firms.recovered, firms.owned, firms.cash, own, liquid,
        np.nan_to_num(np.maximum(firms.margin, 0.0)),
    )  # fmt: skip
    beside: list[Any] = columns(firms.size, len(figures))
    for column, figure in zip(beside, figures, strict=True):
        column[:] = figure
        column.flags.writeable = False
    return Sheets(*(
        debts.classes, frozen(debts.start, np.int64), frozen(debts.creditor, np.uint32),
        frozen(debts.amount, np.float64), frozen(debts.owed_by_class.ravel(), np.float64),
        frozen(held.holders.start, np.int64), frozen(held.holders.head, np.uint32),
        frozen(held.share[held.holders.link], np.float64), *beside, float(kept), float("debts" in on),
        float("shares" in on),
    ))  # fmt: skip


def _supplies(made: Supplies | None, size: int) -> tuple[Spread, Chain]:
    """Supplies for kernels; where there are none, of firms without any."""
    if made is not None:
        return made.network.spread, made.network.chain
    none, industry, at = (frozen(np.zeros(size), kind) for kind in (np.float64, np.uint32, np.int64))
    links, firms, parts = (frozen(np.zeros(0), kind) for kind in (np.int64, np.uint32, np.float64))
    at, whole = frozen(np.append(at, 0), np.int64), frozen(np.zeros(1), np.float64)
    spread = Spread(at, firms, parts, firms, at, firms, parts, industry, none, whole, False)
    return spread, Chain(at, links, firms, parts, at, firms, parts, industry, none, False, 1)


def _calls(given: Guarantees | None, firms: Firms, layers: Layers, kept: float) -> tuple[Calling, Trees]:
    """Guarantees for kernels; where there are none, of parties without any."""
    able = frozen(firms.means, np.float64)
    if given is None:
        at, places, nodes, money, flags = (
            frozen(np.zeros(size), kind)
            for size, kind in ((firms.size + 1, np.int64), (0, np.int64), (0, np.uint32), (0, float), (0, np.int8))
        )
        none = Calling(
            frozen(np.zeros(1), np.int64), nodes, money, money, flags, flags, places, places, places, places, money,
            money, at, nodes, at, nodes, able,
        )  # fmt: skip
        return none, Trees(places, places, places, frozen(np.zeros(firms.size), np.int8), money, able)
    standing, debts = given.standing, layers.debts
    made, loans, net = standing.sureties, standing.loans, standing.calling
    counters = np.zeros(firms.size, np.int8)
    counters[made.guarantor[made.counters != NONE]] = 1
    place = np.empty(len(debts.order), np.int64)
    place[debts.order] = np.arange(len(debts.order))
    first = np.zeros(len(net.back))
    first[: len(loans)] = paid_of(firms, layers, np.zeros(firms.size), kept, first=True)[loans.debtor]
    return net, Trees(
        frozen(made.loan[standing.order], np.int64), frozen(place[: len(loans)], np.int64),
        frozen(loans.debtor, np.int64), frozen(counters, np.int8), frozen(first, np.float64), able,
    )  # fmt: skip


def paid_of(firms: Firms, layers: Layers, before: Numbers, kept: float, *, first: bool = False) -> Numbers:
    r"""Say what part of what no collateral covers each would pay if it failed, or of its first class alone.

    .. math:: p_i = \min\left(1, \frac{\min(\kappa (a_i - b_i)^+, r_i d_i)}{d_i}\right)

    Parameters
    ----------
    firms : Firms
        Of n parties; r what a failed one pays at most.
    layers : Layers
        Debts d, and what collateral takes out of the assets a.
    before : (n,) array, whole units of one currency
        What each lost that it would have paid from, b.
    kept : float
        Fraction κ of its assets that a failure leaves.
    first : bool
        Whether of the first class of its debts, by what it has in all.

    Raises
    ------
    Nothing.

    Source
    ------
    Eisenberg & Noe, Management Science 47 (2001), 236: what is left is parted in proportion. Domain reference §4.10.

    Example
    -------
    >>> firms = Firms.of(2, assets=[20, 90], recovered=0.6)
    >>> paid_of(firms, Layers.of(firms, debts=([0], [1], [100])), np.array([5.0, 0.0]), 1.0).tolist()
    [0.15, 0.6]
    """
    debts = layers.debts
    left = kept * np.maximum(firms.assets - layers.pledged - before, 0.0)
    most = firms.recovered * debts.owed
    pool = np.where(np.isnan(left), kept * most, np.minimum(left, most))
    whole = debts.owed_by_class[:, 0] if first else debts.owed
    alone = np.minimum(kept * firms.recovered, 1.0)  # of who is not known to owe anything
    return np.asarray(np.minimum(np.divide(pool, whole, out=alone, where=whole > 0), 1.0))
