from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from analytics.structure.ownership.column import integrated_column
from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Stakes
from tests.analytics.structure.ownership.worlds import (
    SIZE,
    Links,
    arrays,
    closed_blocks,
    dense,
    matrix_of,
    worlds,
)  # fmt: skip


@given(worlds(whole=False))
@settings(max_examples=200)
def test_holders_of_a_company_have_what_the_closed_form_says(links: Links) -> None:
    expected = dense(matrix_of(links))
    stakes = Stakes.exact(SIZE, *arrays(links))
    for company in range(SIZE):
        column = integrated_column(stakes, company)
        found = np.zeros(SIZE)
        found[column.holder] = column.share
        expected[company, company] = 0.0
        np.testing.assert_allclose(found, expected[:, company], atol=1e-9)


@given(worlds())
@settings(max_examples=200)
def test_final_owners_rest_and_closed_blocks_sum_to_one(links: Links) -> None:
    stakes = Stakes.exact(SIZE, *arrays(links))
    closed = set().union(*closed_blocks(matrix_of(links)))
    for company in {row[1] for row in links}:
        column = integrated_column(stakes, company)
        if company in closed:
            assert column.block >= 0
            assert len(column.holder) == 0
        else:
            assert column.total == pytest.approx(1.0, abs=1e-9)
            assert not set(column.holder.tolist()) & closed


@given(worlds())
@settings(max_examples=100)
def test_a_column_shows_what_the_rows_show(links: Links) -> None:
    stakes = Stakes.exact(SIZE, *arrays(links))
    rows = [integrated_row(stakes, owner) for owner in range(SIZE)]
    for company in range(SIZE):
        column = integrated_column(stakes, company)
        if column.block < 0:
            for owner in range(SIZE):
                assert column.of(owner) == pytest.approx(rows[owner].of(company), abs=1e-9)


def test_what_a_closed_block_holds_further_down_ends_with_the_block() -> None:
    stakes = Stakes.exact(4, [0, 1, 1, 3], [1, 0, 2, 2], [1.0, 1.0, 0.7, 0.2])
    column = integrated_column(stakes, 2)
    assert column.blocks == {0: pytest.approx(0.7)}
    assert (column.holder.tolist(), column.share.tolist(), column.final.tolist()) == ([3], [0.2], [True])
    assert (column.through.tolist(), column.rest.round(9).tolist()) == ([2], [0.1])


def test_small_holders_may_be_left_out_and_final_owners_stay() -> None:
    stakes = Stakes.exact(4, [0, 1, 3], [1, 2, 1], [0.01, 0.1, 0.9])
    column = integrated_column(stakes, 2, least=0.5)
    assert column.holder.tolist() == [0, 3]


@pytest.fixture(scope="module")
def finbench(reference_data: Path) -> tuple[Stakes, np.ndarray]:
    """Investments of FinBench, companies and persons numbered apart, and the sums over 1 that it states."""
    frames = [
        pd.read_csv(reference_data / "finbench" / f"{kind}InvestCompany.csv", sep="|") for kind in ("Company", "Person")
    ]
    tail = np.concatenate([[f"{kind}{x}" for x in f["investorId"]] for kind, f in zip("CP", frames, strict=True)])
    head = np.concatenate([[f"C{x}" for x in f["companyId"]] for f in frames])
    share = np.concatenate([f["ratio"] for f in frames])
    names, number = np.unique(np.concatenate([tail, head]), return_inverse=True)
    tail, head = number[: len(share)], number[len(share) :]
    matrix = np.zeros((len(names), len(names)))
    np.add.at(matrix, (tail, head), share)
    return Stakes.exact(len(names), tail, head, share, overfull="scale"), matrix


def test_the_component_of_457_companies_is_solved(finbench: tuple[Stakes, np.ndarray]) -> None:
    stakes, matrix = finbench
    own = np.diag(matrix).copy()
    matrix = matrix / np.maximum(matrix.sum(axis=0), 1.0)
    own = np.diag(matrix).copy()
    np.fill_diagonal(matrix, 0.0)
    matrix = matrix / (1 - own)
    part = stakes.order.holdings.part
    assert np.diff(part).max() == 457
    inside = np.flatnonzero(stakes.order.cyclic)
    inverse = np.linalg.inv(np.eye(len(matrix)) - matrix)
    for company in inside[::40].tolist():
        column = integrated_column(stakes, company)
        expected = inverse[:, company] / np.diag(inverse)
        np.testing.assert_allclose(column.share, expected[column.holder], atol=1e-9)
        assert column.total == pytest.approx(1.0, abs=1e-9)
        row = integrated_row(stakes, company)
        np.testing.assert_allclose(row.share, inverse[company, row.company] / inverse[company, company], atol=1e-9)
