"""What a failure alone leaves: the same as the whole shock, where nothing comes back to who fails."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.contagion.shock.alone import paid_alone
from analytics.contagion.shock.coupled import Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import Layers

SIZE = 6


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Firms, Layers]:
    """Firms that owe only to later ones, of two classes, partly covered, some of unknown assets."""
    pairs = [(i, j) for i in range(SIZE) for j in range(i + 1, SIZE)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1, max_size=12))
    many = len(chosen)
    amount = np.array(draw(st.lists(st.integers(1, 40), min_size=many, max_size=many)), float)
    covered = amount * draw(st.lists(st.sampled_from([0.0, 0.0, 0.5]), min_size=many, max_size=many))
    seniority = draw(st.lists(st.integers(0, 1), min_size=many, max_size=many))
    some = st.one_of(st.just(np.nan), st.integers(0, 120).map(float))
    assets, liabilities = (draw(st.lists(some, min_size=SIZE, max_size=SIZE)) for _ in range(2))
    firms = Firms.of(
        SIZE, assets=assets, liabilities=liabilities, recovered=draw(st.sampled_from([0.0, 0.4, 0.55, 1.0]))
    )
    debtor, creditor = zip(*chosen, strict=True)
    debts = (debtor, creditor, amount)
    return firms, Layers.of(firms, debts=debts, covered=covered, seniority=seniority)


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_it_is_what_a_shock_of_one_failure_leaves(case: tuple[Firms, Layers]) -> None:
    firms, layers = case
    paid, worst = paid_alone(firms, layers), paid_alone(firms, layers, worst=True)
    debts = layers.debts
    lost = np.empty(len(debts.amount))
    lost[debts.order] = debts.amount * (1 - paid.ravel()[debts.row])
    debtor = np.empty(len(debts.amount), np.int64)
    debtor[debts.order] = debts.debtor
    for firm in range(SIZE):
        found = send(firms, layers, Shock.of(SIZE, [firm])).by_debt
        np.testing.assert_allclose(found[debtor == firm], lost[debtor == firm], rtol=1e-9, atol=1e-9)
    assert (worst <= paid + 1e-12).all()
    unknown = np.isnan(firms.assets)
    np.testing.assert_array_equal(worst[unknown], paid[unknown])


@given(worlds(), st.sets(st.integers(0, SIZE - 1)))
@settings(max_examples=150, deadline=None)
def test_no_failures_together_leave_less_than_the_worst(case: tuple[Firms, Layers], failed: set[int]) -> None:
    firms, layers = case
    found = send(firms, layers, Shock.of(SIZE, sorted(failed)))
    debts = layers.debts
    most = np.empty(len(debts.amount))
    most[debts.order] = debts.amount * (1 - paid_alone(firms, layers, worst=True).ravel()[debts.row])
    assert (found.by_debt <= most + 1e-9).all()
