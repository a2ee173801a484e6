"""A shock does not end while a called guarantor can pay less than its lender was told."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.calls.book import Loans, Standing, Sureties
from analytics.contagion.shock.calling import Guarantees
from analytics.contagion.shock.coupled import Aftermath, Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import Layers
from tests.analytics.contagion.shock.plain import World
from tests.analytics.contagion.shock.test_coupled_plain import layers_of, world

D, X, G, BANK = range(4)
NEAR = 1e-6


@pytest.mark.parametrize(
    ("equity", "own", "paid", "fails"),
    [(12, 0, 7, True), (12, 2, 5, True), (12, 4, 3, True), (10, 0, 5, True), (8, 0, 3, True), (15, 0, 10, False)],
)
def test_what_a_called_guarantor_loses_on_a_claim_its_lender_loses(
    equity: float, own: float, paid: float, fails: bool
) -> None:
    """D owes the bank 10, guaranteed by G at once, and X 3, which brings X down, and X owes G 5. Nothing is recovered:
    G has its equity less what it lost of itself and the 5, and pays that of the 10."""
    firms = Firms.of(4, equity=[1, 2, equity, 1000], liquidity=[1, 2, equity, 1000], recovered=0)
    loans = Loans.of(4, [BANK], [D], [10.0])
    behind = Sureties.of(loans, [G], [0], [10.0], joint=True)
    promised = Guarantees(Standing.of(loans, behind, capacity=firms.means, recovery=0), 3)
    layers = Layers.of(firms, debts=([D, D, X], [BANK, X, G], [10, 3, 5]), guarantees=promised)
    found = send(firms, layers, Shock.of(4, [D], lost=[0, 0, own, 0]))
    assert found.failed.tolist() == [True, True, fails, False]
    assert found.called.tolist() == pytest.approx([0, 0, paid, 0])
    assert found.by_guarantee.tolist() == pytest.approx([paid])
    assert found.by_debt.tolist() == pytest.approx([10 - paid, 3, 5])


def shocked(data: st.DataObject, n: int, least: Shock | None = None) -> Shock:
    """Some fail and some lose output, money and worth, at least what another shock has them."""

    def parts(name: str, *values: float) -> np.ndarray:
        more = np.array(data.draw(st.lists(st.sampled_from(values), min_size=n, max_size=n)), float)
        return more if least is None else np.maximum(more, getattr(least, name))

    failed = data.draw(st.sets(st.integers(0, n - 1), max_size=2))
    if least is not None:
        failed |= set(np.flatnonzero(least.failed).tolist())
    return Shock.of(
        n, sorted(failed), stopped=parts("stopped", 0, 0, 0.5), lost=parts("lost", 0, 0, 0, 3, 12),
        worse=parts("worse", 0, 0, 0, 5),
    )  # fmt: skip


def must_hold(made: World, found: Aftermath, shock: Shock) -> None:
    """What is true of any end: guarantors lost what lenders were paid, and who has failed is who had to."""
    n = made.size
    giver = np.array([one.giver for one in made.promises], np.int64)
    pledge = np.array([one.pledge for one in made.promises], np.bool_)
    np.testing.assert_allclose(np.bincount(giver, found.by_guarantee, minlength=n), found.called, atol=NEAR)
    gone = np.bincount(giver, found.by_guarantee * pledge, minlength=n)
    called = np.bincount(giver, found.asked * ~pledge, minlength=n)
    paid, able = found.called - gone, np.minimum(made.equity, made.cash)
    cash = shock.lost + found.income + found.claims
    means = np.minimum(made.equity - (found.lost - paid), made.cash - cash)
    np.testing.assert_allclose(paid, np.minimum(called, np.maximum(means, 0)), atol=NEAR)

    def had_to(more: float) -> np.ndarray:
        out = (found.income > 0) & (found.income >= able + more)
        over = (found.lost > made.equity + more) | (cash + paid > made.cash + more)
        return shock.failed | out | over | (called > np.maximum(means, 0) + more)

    assert (found.failed >= had_to(NEAR)).all()
    assert (found.failed <= had_to(-NEAR)).all()


def test_it_holds_of_a_world_whose_rounds_once_ended_too_early() -> None:
    """Of 1,500 drawn worlds the one where they did: few have a loss that reaches a guarantor last and nobody else."""
    made = world(923, 6, counters=False)
    shock = Shock.of(6, [0, 2], stopped=[0.5, 0, 0.5, 0, 0, 0], lost=[0, 0, 0, 0, 3, 3])
    firms, layers = layers_of(made)
    must_hold(made, send(firms, layers, shock, tolerance=1e-10), shock)


@given(st.integers(0, 100_000), st.integers(3, 9), st.data())
@settings(deadline=None, max_examples=300)
def test_guarantors_lose_what_lenders_are_paid_and_who_has_failed_is_who_had_to(
    seed: int, n: int, data: st.DataObject
) -> None:
    made = world(seed, n, counters=False)
    shock = shocked(data, n)
    firms, layers = layers_of(made)
    must_hold(made, send(firms, layers, shock, tolerance=1e-10), shock)


@given(st.integers(0, 100_000), st.integers(3, 9), st.data())
@settings(deadline=None, max_examples=150)
def test_a_shock_larger_in_any_way_never_lowers_a_loss(seed: int, n: int, data: st.DataObject) -> None:
    firms, layers = layers_of(world(seed, n, counters=False))
    first = shocked(data, n)
    small, large = (send(firms, layers, one, tolerance=1e-10) for one in (first, shocked(data, n, first)))
    assert (large.failed >= small.failed).all()
    assert (large.lost >= small.lost - NEAR).all()
    assert (large.by_debt >= small.by_debt - NEAR).all()
