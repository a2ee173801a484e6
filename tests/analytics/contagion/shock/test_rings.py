"""Losses that go round among failed debtors: the same end as round after round has, and an end where that has none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.shock.coupled import Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import Layers


def test_a_ring_that_leaks_little_comes_to_its_closed_form() -> None:
    """Of what each pays a millionth leaves the ring: x = l + g x with g = (1e6 / (1e6 + 1))² of what comes back."""
    firms = Firms.of(3, equity=[5, 5, 1e9], assets=[1e9, 1e9, 2e9], liabilities=[1e9, 1e9, 0], recovered=1)
    owed = 1e9 * 1e6 / (1e6 + 1)
    layers = Layers.of(firms, debts=([0, 0, 1, 1], [1, 2, 0, 2], [owed, 1e9 - owed, owed, 1e9 - owed]))
    found = send(firms, layers, Shock.of(3, [0, 1], lost=[30, 0, 0]))
    part = 1e6 / (1e6 + 1)
    first = 30 / (1 - part**2)
    assert found.rounds < 20
    assert found.lost[:2] == pytest.approx([first, part * first], rel=1e-6)
    assert found.claims[2] == pytest.approx((first + part * first) / (1e6 + 1), rel=1e-6)
    assert found.claims[2] == pytest.approx(30, rel=1e-6), "whatever goes round, the outsider bears it in the end"


def test_a_ring_that_pays_part_of_its_junior_debts_stops_where_the_seniors_begin() -> None:
    """Each owes 60 to a bank first and 40 to the other; what is lost goes round until the 40 are gone."""
    firms = Firms.of(3, equity=[1, 1, 1e9], assets=[100, 100, 1e9], recovered=1)
    layers = Layers.of(firms, debts=([0, 0, 1, 1], [2, 1, 2, 0], [60, 40, 60, 40]), seniority=[0, 1, 0, 1])
    found = send(firms, layers, Shock.of(3, [0, 1], lost=[0.01, 0, 0]))
    assert found.by_debt == pytest.approx([0.01, 40, 0, 40]), "the hundredth that is lost is the bank's in the end"


def plain(
    owed: np.ndarray, senior: np.ndarray, outside: np.ndarray, assets: np.ndarray, lost: np.ndarray, times: int
) -> tuple[np.ndarray, float]:
    """What each lost after so many rounds in which all pay of what is left, seniors first; and the last rise."""
    n, x, rise = len(lost), lost.copy(), np.inf
    for _ in range(times):
        new = lost.copy()
        for i in range(n):
            left = max(assets[i] - x[i], 0.0)
            first = senior[i].sum()
            for some, whole in ((senior[i], first), (owed[i], owed[i].sum() + outside[i])):
                paid = min(1.0, left / whole) if whole > 0 else 1.0
                new += some * (1 - paid)
                left = max(left - whole, 0.0)
        rise = float(np.abs(new - x).max())
        x = new
        if rise < 1e-12:
            break
    return x, rise


@given(st.integers(0, 1_000_000), st.integers(2, 5))
@settings(deadline=None, max_examples=60)
def test_rounds_one_by_one_come_to_the_same(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    senior, owed = (np.round(random.random((n, n)) * 100 * (random.random((n, n)) < 0.6), 1) for _ in range(2))
    for one in (senior, owed):
        np.fill_diagonal(one, 0.0)
    outside = random.choice([0.0, 1.0, 5.0, 50.0], n)
    due = senior.sum(axis=1) + owed.sum(axis=1) + outside
    assets = due * random.choice([0.5, 0.9, 1.0, 1.1], n)
    lost = np.round(random.random(n) * random.choice([0.1, 5.0], n), 3)
    want, rise = plain(owed, senior, outside, assets, lost, 20_000)
    debtor, creditor, amount, rank = (
        np.concatenate(parts)
        for parts in zip(
            *((*np.nonzero(one), one[np.nonzero(one)], np.full(len(np.nonzero(one)[0]), k)) for k, one in
              enumerate((senior, owed))),
            (np.flatnonzero(outside), np.full((outside > 0).sum(), n), outside[outside > 0],
             np.ones((outside > 0).sum(), np.int64)),
            strict=True,
        )
    )  # fmt: skip
    firms = Firms.of(n + 1, equity=[*np.ones(n), np.nan], assets=[*assets, np.nan], recovered=1)
    layers = Layers.of(firms, debts=(debtor, creditor, amount), seniority=rank)
    found = send(firms, layers, Shock.of(n + 1, range(n), lost=[*lost, 0.0]), tolerance=1e-9)
    assert found.rounds < 200
    slack = 1e-5 if rise < 1e-9 else np.inf  # rounds that have not come to rest are below the end
    assert (found.lost[:n] >= want - 1e-5).all()
    assert (found.lost[:n] <= want + slack).all()
