import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.structure.dependence.figures import Ties
from analytics.structure.dependence.figures import figures as computed
from graph.errors import InvalidQuestion
from tests.analytics.structure.dependence.trade import SIZE, Row, amounts, pairs, sheets, traded

NODES = st.integers(0, SIZE - 1)
ROWS = st.lists(st.tuples(NODES, NODES, st.floats(0, 1e9)).filter(lambda r: r[0] != r[1]), max_size=30)


def test_a_share_is_of_the_statements_income_and_not_of_the_sales_that_are_known() -> None:
    figures = traded([(0, 1, 30.0)], income={0: 100.0})
    assert pairs(figures["receipts_share"]) == {(0, 1): 0.3}


def test_one_sale_speaks_of_both_sides() -> None:
    figures = traded([(0, 1, 30.0)], income={0: 100.0}, cost={1: 40.0})
    assert pairs(figures["receipts_share"]) == {(0, 1): 0.3}
    assert pairs(figures["expenditure_share"]) == {(1, 0): 0.75}


def test_without_a_statement_nothing_is_computed() -> None:
    assert math.isnan(pairs(traded([(0, 1, 30.0)])["receipts_share"])[0, 1])
    assert math.isnan(pairs(traded([(0, 1, 30.0)], income={1: 5.0})["receipts_share"])[0, 1])


def test_an_unknown_amount_leaves_a_figure_open() -> None:
    figure = traded([(0, 1, 30.0), (0, 1, math.nan), (2, 1, 5.0)], income={0: 100.0, 2: 10.0})["receipts_share"]
    assert pairs(figure) == {(0, 1): 0.3, (2, 1): 0.5}
    assert figure.measure.open.tolist() == [True, False]


@pytest.mark.parametrize(
    ("invoices", "debts", "share", "sources"),
    [
        ([10.0], [], 0.3, ["LENDS", "SUPPLIES"]),
        ([], [30.0], 0.5, ["LENDS", "OWES"]),
        ([30.0], [30.0], 0.5, ["LENDS", "OWES"]),  # the same debt, described
        ([10.0], [30.0], 0.5, ["LENDS", "OWES"]),
        ([25.0, 15.0], [30.0], 0.6, ["LENDS", "SUPPLIES", "SUPPLIES"]),
        ([25.0, 15.0], [30.0, math.nan], 0.6, ["LENDS", "OWES", "SUPPLIES", "SUPPLIES"]),
    ],
)
def test_what_the_other_owes_counts_once_be_it_stated_as_a_debt_or_by_invoices_that_describe_it(
    invoices: list[float], debts: list[float], share: float, sources: list[str]
) -> None:
    """Of debts of 100 the other owes a loan of 20, and beside it the larger of debts and invoices; 2 owes alone."""
    figure = traded(
        receivables=[*((0, 1, amount) for amount in invoices), (0, 2, 5.0)], loans=[(0, 1, 20.0)],
        debts=[*((1, 0, amount) for amount in debts), (3, 0, 7.0)], debt={0: 100.0},
    )["repayment_share"]  # fmt: skip
    assert pairs(figure) == pytest.approx({(0, 1): share, (0, 2): 0.05, (0, 3): 0.07}, rel=1e-12)
    assert sorted(kind for kind, _ in figure.sources(0)) == sources
    assert bool(figure.measure.open[0]) is any(map(math.isnan, debts))


def test_a_borrower_depends_on_who_funds_it() -> None:
    assert pairs(traded(loans=[(9, 3, 60.0)], debt={3: 100.0})["funding_share"]) == {(3, 9): 0.6}


def test_a_guarantor_depends_on_its_borrower_by_all_it_promised() -> None:
    figure = traded(guarantees=[(4, 5, 70.0), (4, 5, 50.0)], net_assets={4: 100.0})["guarantee_ratio"]
    assert pairs(figure) == {(4, 5): 1.2}
    assert figure.row.tolist() == [104]


@given(ROWS, st.randoms(use_true_random=False))
def test_figures_are_sums_over_pairs_in_any_order(rows: list[Row], dice: object) -> None:
    income = {x: float(1 + x) for x in range(SIZE)}
    expected: dict[tuple[int, int], float] = {}
    for x, y, amount in rows:
        expected[x, y] = expected.get((x, y), 0.0) + amount
    shuffled = list(rows)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    figure = traded(shuffled, income=income)["receipts_share"]
    found = pairs(figure)
    assert found.keys() == expected.keys()
    for (x, y), total in expected.items():
        assert found[x, y] == pytest.approx(total / (1 + x), rel=1e-12)
    assert list(found) == sorted(found)
    for pair, (x, y) in enumerate(found):
        links = [link for _, link in figure.sources(pair)]
        assert sorted(links) == [k for k, row in enumerate(shuffled) if row[:2] == (x, y)]


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="below 0"):
        traded([(0, 1, -1.0)], income={0: 1.0})


def test_no_links_make_no_pairs() -> None:
    assert {name: len(figure) for name, figure in traded().items()} == dict.fromkeys(traded(), 0)
    assert np.array_equal(traded()["receipts_share"].start, [0])


STATED = {"income": 3e9, "cost": 7e8, "output": 2e9, "net_assets": 9e8, "receivables": 5e8, "debt": 8e8}
WORTH = np.array([1.0, 8.0, 0.25])
"""What three currencies are worth in the first; powers of 2, so that nothing is rounded."""


@given(ROWS, ROWS, ROWS, ROWS, ROWS, st.integers(0, 2**32 - 1))
def test_whatever_currencies_amounts_and_statements_are_in_the_shares_are_the_same(
    sales: list[Row], invoices: list[Row], given: list[Row], loans: list[Row], debts: list[Row], seed: int
) -> None:
    """Against the same amounts, all of one currency."""
    draw = np.random.default_rng(seed)
    parts = [
        amounts(kind, rows)
        for kind, rows in (
            ("SUPPLIES", sales), ("SUPPLIES", invoices), ("GUARANTEES", given), ("LENDS", loans), ("OWES", debts),
        )
    ]  # fmt: skip
    stated = sheets(**{name: dict.fromkeys(range(SIZE), value) for name, value in STATED.items()})
    mixed = [replace(part, currency=draw.integers(0, 3, len(part.tail), np.int32)) for part in parts]
    mixed = [replace(part, amount=part.amount / WORTH[part.currency]) for part in mixed]
    each = {name: replace(sheet, currency=draw.integers(0, 3, SIZE, np.int32)) for name, sheet in stated.items()}
    each = {name: replace(sheet, value=sheet.value / WORTH[sheet.currency]) for name, sheet in each.items()}
    rates = np.pad(WORTH[:, None] / WORTH, ((0, 1), (0, 1)), constant_values=np.nan)
    one, apart = computed(Ties(*parts), stated), computed(Ties(*mixed), each, rates)
    for name, figure in one.items():
        assert pairs(apart[name]) == pairs(figure)
        assert apart[name].link.tolist() == figure.link.tolist()


def test_an_amount_or_a_statement_in_no_currency_or_without_a_rate_leaves_a_share_open() -> None:
    """Sales of party 0 in the first of two currencies, in the second, and in none; no rate between the two."""
    sold = replace(
        amounts("SUPPLIES", [(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0)]), currency=np.array([0, 1, -1], np.int32)
    )
    none, rates = amounts("OWES", []), np.array([[1, np.nan, np.nan], [np.nan, 1, np.nan], [np.nan] * 3])
    income = replace(sheets(income={0: 4.0})["income"], currency=np.zeros(SIZE, np.int32))
    found = computed(Ties(sold, none, none, none, none), {"income": income}, rates)["receipts_share"]
    assert (found.measure.value.tolist(), found.measure.open.tolist()) == ([0.25, 0.0, 0.0], [False, True, True])
