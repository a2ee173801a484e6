"""What analytics reads from a snapshot's links is what the links say."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from analytics.contagion.calls.book import NONE, Loans
from analytics.contagion.calls.terms import Contracts, read_terms
from analytics.limits.exposure import UNKNOWN, Book, exposure_to
from analytics.structure.control import solve_control
from analytics.structure.guarantees.promises import Promises
from analytics.structure.tiers import Trade, walk_tiers
from analytics.structure.votes import Arrows, Holdings
from graph.columns import ALWAYS
from graph.field import Kind
from graph.grouping import grouped, starts
from graph.links import Links
from graph.model import CONTROLS, FACILITIES, GUARANTEE_FORMS, GUARANTEES, LENDS, OWNS, SUPPLIES


def links(relation: Kind, size: int, tail: list[int], head: list[int], **fields: Any) -> Links:
    tails, heads = np.array(tail, np.uint32), np.array(head, np.uint32)
    in_start, in_order = grouped(heads, size)
    arrays = {name: np.asarray(values) for name, values in fields.items()}
    for array in (tails, heads, in_start, in_order, *arrays.values()):
        array.flags.writeable = False
    fact = np.arange(len(tail), dtype=np.uint32)
    return Links(
        relation, tails, heads, starts(tails, size), in_start, in_order, arrays, fact, lambda name: pa.array([name])
    )


def owns(low: list[float], high: list[float], ends: list[int]) -> Links:
    stated = np.zeros(3, bool)
    return links(
        OWNS, 4, [0, 1, 2], [1, 2, 3], votes_low=low, votes_high=high, votes_ends=np.array(ends, np.int8),
        votes_stated=stated,
    )  # fmt: skip


def test_votes_of_links_give_control() -> None:
    control = solve_control(Holdings.of(owns([0.6, 0.5, 0.5], [0.6, 0.75, 0.75], [0, 1, 0])))
    assert control.controlled_by(0).tolist() == [1, 2]
    assert control.controlled_by(0, possible=True).tolist() == [1, 2, 3]
    exact = solve_control(
        Holdings.of(owns([0.6, 0.6, 0.5], [0.6, 0.6, 0.5], [0, 0, 0])), Arrows.leaving(links(CONTROLS, 4, [2], [3]))
    )
    assert exact.controlled_by(0).tolist() == [1, 2, 3]
    assert exact.possible is exact.certain


def test_facilities_and_guarantees_of_links_give_exposure() -> None:
    nan = np.nan
    lends = links(
        LENDS, 4, [0, 0, 3], [1, 2, 1], kind=np.array([0, 4, 0], np.int8), drawn=np.array([10.0, nan, 7.0]),
        undrawn=np.array([nan, 20.0, nan]), ccf=np.array([nan, 0.5, nan]),
    )  # fmt: skip
    last = np.array([ALWAYS, 99, 100], np.int32)
    never = np.full(3, ALWAYS, np.int32)
    promises = links(
        GUARANTEES, 4, [1, 1, 1], [2, 2, 2], amount=np.array([1.0, 2.0, 3.0]), expires=last, signed=never, due=never,
        form=np.full(3, -1, np.int8),
    )  # fmt: skip
    book = Book.of(lends, promises, np.full(3, UNKNOWN, np.uint32), day=100)
    found = exposure_to(book, [1], lender=0)
    assert (found.direct, found.contingent, found.by_kind) == (10.0, 4.0, {FACILITIES[0]: 10.0})
    assert found.expired == 1
    assert exposure_to(book, [1]).direct == 17.0


def test_supplies_of_links_give_tiers_both_ways() -> None:
    supplies = links(SUPPLIES, 4, [1, 2, 3], [0, 1, 1], amount=np.array([5.0, 3.0, 1.0]))
    trade = Trade.of(supplies, np.full(3, -1, np.int32))
    assert [tier.links.tolist() for tier in walk_tiers(trade, 0).tiers] == [[0], [1, 2]]
    assert [tier.links.tolist() for tier in walk_tiers(trade, 3, direction="downstream").tiers] == [[2], [0]]


def test_guarantees_of_links_count_while_they_can_be_called() -> None:
    """Day 400: an agreed day past, six months after day 100 past, after day 300 not, and collateral for ever."""
    columns = {
        "signed": [ALWAYS] * 5, "due": [ALWAYS, 100, 300, 100, ALWAYS], "expires": [399] + [ALWAYS] * 4,
    }  # fmt: skip
    promises = links(
        GUARANTEES, 4, [0, 0, 1, 1, 2], [1, 2, 0, 2, 3], amount=np.array([1.0, 2, 3, 4, np.nan]),
        form=np.array([0, 0, -1, GUARANTEE_FORMS.index("pledge"), 1], np.int8),
        **{name: np.array(days, np.int32) for name, days in columns.items()},
    )  # fmt: skip
    found = Promises.of(promises, day=400)
    assert found.link.tolist() == [2, 3, 4]
    assert (found.given.tolist(), found.undisclosed.tolist()) == ([0, 7, 0, 0], [0, 0, 1, 0])
    assert found.customers.tolist() == [0, 2, 1, 0]


def test_guarantees_of_links_stand_behind_loans() -> None:
    """0 promises 30 for what 1 owes 3 jointly, 2 pledges 8 for facility 5, and 3 counters the first promise."""
    never = np.full(3, ALWAYS, np.int32)
    given = links(
        GUARANTEES, 4, [0, 2, 3], [1, 1, 0], amount=np.array([30.0, 8.0, 10.0]),
        liability=np.array([1, 0, -1], np.int8), form=np.array([0, GUARANTEE_FORMS.index("pledge"), -1], np.int8),
        agreed_share=np.array([0.5, np.nan, np.nan]), signed=never, due=never, expires=never,
    )  # fmt: skip
    contracts = Contracts.of(
        given, creditor=np.array([3, UNKNOWN, 0], np.uint32), facility=np.array([NONE, 5, NONE]),
        counters=np.array([NONE, NONE, 0]),
    )  # fmt: skip
    found = read_terms(Loans.of(4, [3, 3], [1, 1], [40.0, 20.0]), [4, 5], contracts, day=400)
    made = found.sureties
    assert (made.guarantor.tolist(), made.loan.tolist()) == ([0, 0, 2, 3, 3], [0, 1, 1, 0, 1])
    assert made.amount.tolist() == pytest.approx([20.0, 10.0, 8.0, 20 / 3, 10 / 3])
    assert made.joint.tolist() == [True, True, True, False, False]
    assert (made.share[:2].tolist(), made.counters.tolist()) == ([0.5, 0.5], [NONE, NONE, NONE, 0, 1])
