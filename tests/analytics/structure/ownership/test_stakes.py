import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.structure.ownership.bands import Widest, integrated_bounds
from analytics.structure.ownership.column import integrated_column
from analytics.structure.ownership.row import integrated_row
from analytics.structure.ownership.stakes import Overfull, OverfullRefused, Stakes
from graph.bands import LOW_OPEN
from graph.errors import InvalidQuestion, InvalidShare
from graph.model import OWNS
from tests.analytics.test_links import links


def test_links_of_one_pair_add_up() -> None:
    stakes = Stakes.exact(3, [1, 0, 0], [2, 2, 2], [0.25, 0.3, 0.1])
    assert (stakes.tail.tolist(), stakes.low.round(9).tolist()) == ([0, 1], [0.4, 0.25])
    assert (stakes.pair.tolist(), stakes.part.round(9).tolist()) == ([1, 0, 0], [1.0, 0.75, 0.25])
    assert stakes.share_of(0, 2) == pytest.approx(0.4)


def test_own_shares_fall_to_the_other_holders() -> None:
    stakes = Stakes.exact(2, [1, 0], [1, 1], [0.1, 0.9])
    assert integrated_row(stakes, 0).of(1) == pytest.approx(1.0)
    assert stakes.rest.tolist() == [0.0, 0.0]


def test_a_company_that_holds_all_of_itself_has_no_owner() -> None:
    stakes = Stakes.exact(3, [1, 1], [1, 2], [1.0, 0.4])
    assert [members.tolist() for members in stakes.order.blocks] == [[1]]
    assert integrated_column(stakes, 1).block == 0
    assert integrated_column(stakes, 2).blocks == {0: pytest.approx(0.4)}


def test_the_rest_completes_every_held_company() -> None:
    stakes = Stakes.exact(4, [0, 1, 2], [1, 2, 2], [0.6, 0.5, 0.2])
    assert stakes.rest.round(9).tolist() == [0.0, 0.4, 0.375, 0.0]


OVERFULL = (4, [0, 1, 3], [2, 2, 2], [0.9, 0.6, 0.0])


def test_more_than_all_is_refused_with_the_company() -> None:
    with pytest.raises(InvalidShare, match=r"node 2 \(1\.5\)"):
        Stakes.exact(*OVERFULL)


def test_more_than_all_is_scaled_to_all_and_told() -> None:
    stakes = Stakes.exact(*OVERFULL, overfull="scale")
    assert stakes.low.round(9).tolist() == [0.6, 0.4, 0.0]
    assert stakes.overfull == (Overfull(2, pytest.approx(1.5)),)
    assert integrated_row(stakes, 0).overfull == stakes.overfull
    assert integrated_column(stakes, 2).overfull == stakes.overfull


def test_more_than_all_is_kept_as_the_bands_that_overstatement_leaves() -> None:
    stakes = Stakes.exact(*OVERFULL, overfull="keep")
    bounds = [str(integrated_bounds(Widest.of(stakes), owner).of(2)) for owner in (0, 1, 3)]
    # Where the other is right, 0 has 40 % and 1 has 10 %; none has more than it states.
    assert bounds == ["40–90%", "10–60%", "0%"]
    assert stakes.policy == "keep"


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.sampled_from(["scale", "keep"]))
def test_whatever_is_stated_the_low_ends_become_possible(shares: list[float], policy: str) -> None:
    holders = list(range(1, len(shares) + 1))
    stakes = Stakes.exact(7, holders, [0] * len(shares), shares, overfull=policy)
    assert stakes.low.sum() <= 1 + 1e-9
    assert (stakes.low <= stakes.high).all()
    assert (stakes.high <= np.array(shares) + 1e-12).all()


@given(st.floats(0.0, 0.3), st.floats(0.0, 0.3), st.floats(0, 1))
def test_an_own_holding_within_a_band_bounds_all_that_it_may_be(low: float, wide: float, at: float) -> None:
    stakes = Stakes.between(2, [1, 0], [1, 1], [low, 0.3], [low + wide, 0.6])
    bounds = integrated_bounds(Widest.of(stakes), 0).of(1)
    own = low + at * wide
    for share in (0.3, min(0.6, 1 - own)):
        assert bounds.low - 1e-9 <= share / (1 - own) <= bounds.high + 1e-9


def owns(**other: object) -> object:
    fields = {
        "share_low": [0.25, 0.0, 0.1], "share_high": [0.5, 1.0, 0.1], "share_ends": np.array([1, 0, 0], np.int8),
        "votes_low": [0.6, 0.0, 0.1], "votes_high": [0.6, 1.0, 0.1], "votes_ends": np.zeros(3, np.int8),
        "votes_stated": np.array([True, False, False]), **other,
    }  # fmt: skip
    return links(OWNS, 3, [0, 1, 2], [2, 2, 2], **fields)


def test_capital_and_votes_are_two_layers_and_stated_votes_are_net_of_own_shares() -> None:
    capital, votes = Stakes.of(owns()), Stakes.of(owns(), layer="votes")
    assert capital.low.round(9).tolist() == [round(0.25 / 0.9, 9), 0.0]
    assert votes.low.tolist() == [0.6, 0.0]
    assert (capital.ends.tolist(), capital.banded) == ([1, 0], True)
    plain = Stakes.of(owns(votes_stated=np.zeros(3, bool)), layer="votes")
    assert plain.low[0] == pytest.approx(0.6 / 0.9)


@pytest.mark.parametrize(
    ("low", "high"), [([-0.1], [0.5]), ([0.6], [0.5]), ([0.5], [1.1]), ([float("nan")], [0.5]), ([0.1], [float("nan")])]
)
def test_shares_that_cannot_be_are_refused(low: list[float], high: list[float]) -> None:
    with pytest.raises(InvalidShare):
        Stakes.between(2, [0], [1], low, high)


def test_settings_and_nodes_that_are_none_are_refused() -> None:
    with pytest.raises(InvalidQuestion):
        Stakes.exact(2, [0], [2], [0.5])
    with pytest.raises(InvalidQuestion):
        Stakes.exact(2, [0], [1], [0.5], overfull="ignore")
    with pytest.raises(InvalidQuestion):
        Stakes.of(owns(), layer="gold")


@pytest.mark.parametrize("opened", [True, False])
def test_more_than_half_beside_half_is_more_than_all(opened: bool) -> None:
    """Of one company > 50–75 % and 50 %: no shares within these sum to one; [50, 75] and 50 do, as half each."""
    low, high, ends = [0.5, 0.5], [0.75, 0.5], [LOW_OPEN * opened, 0]
    found = Stakes.between(3, [0, 1], [2, 2], low, high, ends=ends, overfull="keep")
    assert [(one.company, one.total) for one in found.overfull] == [(2, 1.0)] * opened
    assert not (found.ends & LOW_OPEN).any()
    if opened:
        with pytest.raises(OverfullRefused):
            Stakes.between(3, [0, 1], [2, 2], low, high, ends=ends, overfull="refuse")
