"""Where guarantees are countered each amount is, in the end, what the others lead to: losses fall again too."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.contagion.calls.book import NONE, Loans, Standing, Sureties
from analytics.contagion.shock.calling import Guarantees
from analytics.contagion.shock.coupled import Aftermath, Shock, send
from analytics.contagion.shock.firms import Firms
from analytics.contagion.shock.layers import Layers
from analytics.contagion.shock.tied import paid_of
from tests.analytics.contagion.shock.plain import World
from tests.analytics.contagion.shock.test_coupled_plain import layers_of, world

D, G, C, BANK = range(4)
NEAR = 1e-6


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9, 0.999, 1.0])
def test_what_a_guarantor_takes_from_its_own_subsidiary_it_cannot_pay_itself(share: float) -> None:
    """D owes the bank 100. G, with 60, guarantees it; C counters that with more than enough, and G holds a part s of C.
    What G pays C pays back to it, and G writes s of that off: it pays p = 60 - s p, and the bank loses the rest."""
    firms = Firms.of(4, equity=[1, 60, 200, 1000], recovered=0)
    loans = Loans.of(4, [BANK], [D], [100.0])
    behind = Sureties.of(loans, [G, C], [0, 0], [100.0, 100.0], joint=True, counters=[NONE, 0])
    promised = Guarantees(Standing.of(loans, behind, capacity=firms.means, recovery=0), 1)
    layers = Layers.of(firms, debts=([D], [BANK], [100]), shares=([G], [C], [share]), guarantees=promised)
    found = send(firms, layers, Shock.of(4, [D]))
    paid = 60 / (1 + share)
    assert found.by_guarantee.tolist() == pytest.approx([paid, paid])
    assert found.by_debt.tolist() == pytest.approx([100 - paid])
    assert found.lost.tolist() == pytest.approx([0, share * paid, paid, 100 - paid])


def test_nobody_fails_by_a_loss_that_does_not_last() -> None:
    """D owes the bank 100. G, with 100, guarantees it, and C counters that. H has 60 % of C, and 50 in all, and owes
    the bank. X, which owes G 90, fails as well: G pays 10, so does C, and H loses 6, not the 60 it would without X."""
    d, g, c, h, x, bank = range(6)
    firms = Firms.of(6, equity=[1, 100, 200, 50, 1, 1000], recovered=0)
    loans = Loans.of(6, [bank, bank], [d, h], [100.0, 200.0])
    behind = Sureties.of(loans, [g, c], [0, 0], [100.0, 100.0], joint=True, counters=[NONE, 0])
    promised = Guarantees(Standing.of(loans, behind, capacity=firms.means, recovery=0), 3)
    debts = ([d, h, x], [bank, bank, g], [100, 200, 90])
    layers = Layers.of(firms, debts=debts, shares=([h], [c], [0.6]), guarantees=promised)
    found = send(firms, layers, Shock.of(6, [d, x]))
    assert found.failed.tolist() == [True, True, False, False, True, False]
    assert found.round.tolist() == [1, 2, 0, 0, 1, 0]
    assert found.lost[[c, h, bank]].tolist() == pytest.approx([10, 6, 90])
    alone = send(firms, layers, Shock.of(6, [d]))
    assert alone.failed.tolist() == [True, False, False, True, False, False]
    assert alone.by_debt.tolist() == pytest.approx([0, 200, 0])


def test_rounds_are_told_from_the_first_where_everybody_fails() -> None:
    firms = Firms.of(4, equity=[1, 60, 200, 50], recovered=0)
    loans = Loans.of(4, [BANK], [D], [500.0])
    behind = Sureties.of(loans, [G, C], [0, 0], [100.0, 50.0], joint=True, counters=[NONE, 0])
    promised = Guarantees(Standing.of(loans, behind, capacity=firms.means, recovery=0), 1)
    layers = Layers.of(firms, debts=([D], [BANK], [500]), guarantees=promised)
    found = send(firms, layers, Shock.of(4, [D, C]))
    assert found.by_guarantee.tolist() == pytest.approx([60, 50])
    assert found.failed.all()
    assert sorted({*found.round.tolist()}) == [1, 2, 3], "the first, the guarantor that is called, the lender at rest"


@given(st.integers(0, 100_000), st.integers(3, 9), st.sets(st.integers(0, 8), min_size=1, max_size=3))
@example(83, 8, {1, 5}).via("a creditor once lost more than its debtor left unpaid")
@example(182, 5, {0, 4}).via("holders once lost more than their company did")
@settings(deadline=None, max_examples=200)
def test_each_amount_is_what_the_others_lead_to(seed: int, n: int, first: set[int]) -> None:
    made = world(seed, n)
    firms, layers = layers_of(made)
    shock = Shock.of(n, sorted(one % n for one in first))
    must_agree(made, firms, layers, shock, send(firms, layers, shock, tolerance=1e-10))


def must_agree(made: World, firms: Firms, layers: Layers, shock: Shock, found: Aftermath) -> None:
    """Debts lose what their debtors and guarantors do not pay, holders what their companies are worth less, and
    guarantors lose what was paid less what came back to them."""
    n, debts = made.size, layers.debts
    before = found.lost - found.income
    pool = np.minimum(np.maximum(firms.assets - layers.pledged - before, 0), firms.recovered * debts.owed)
    owed = debts.owed_by_class
    part = np.divide(debts.split(pool), owed, out=np.ones_like(owed), where=owed > 0).ravel()[debts.row]
    unpaid = np.maximum(debts.amount * (1 - part) - found.promised[debts.order], 0) * found.failed[debts.debtor]
    np.testing.assert_allclose(found.by_debt[debts.order], unpaid, atol=NEAR)
    np.testing.assert_allclose(found.paid, np.where(found.failed, paid_of(firms, layers, before, 1.0), 1), atol=NEAR)
    np.testing.assert_allclose(np.bincount(debts.creditor, unpaid, minlength=n), found.claims, atol=NEAR)
    gone = np.where(found.failed, firms.to_lose, np.clip(found.lost, 0, firms.to_lose))
    np.testing.assert_allclose(layers.shares.worth(gone), found.shares, atol=NEAR)

    given_, paid = made.promises, found.by_guarantee
    giver, pledge = np.array([one.giver for one in given_], int), np.array([one.pledge for one in given_], bool)
    behind = [k for k, one in enumerate(given_) if one.counters != NONE]
    back = np.zeros(n)
    for k in behind:
        back[given_[given_[k].counters].giver] += paid[k]
    np.testing.assert_allclose(np.bincount(giver, paid, minlength=n) - back, found.called, atol=NEAR)
    # Who counters nobody's guarantee pays what it is called for as far as its means go, whoever else pays.
    gone = np.bincount(giver, paid * pledge, minlength=n)
    asked = np.bincount(giver, found.asked * ~pledge, minlength=n)
    cash = shock.lost + found.income + found.claims
    means = np.minimum(made.equity - (found.lost - found.called) - gone, made.cash - cash)
    plain = ~np.isin(np.arange(n), [given_[k].giver for k in behind])
    want = np.minimum(asked, np.maximum(means, 0))
    np.testing.assert_allclose((found.called + back - gone)[plain], want[plain], atol=NEAR)
