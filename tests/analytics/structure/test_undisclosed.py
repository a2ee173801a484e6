"""Who would control a company with the votes that are not disclosed, against giving them these votes."""

import numpy as np
import pytest
from hypothesis import given, settings

from analytics.structure.concert import Concert, solve_together
from analytics.structure.control import solve_control
from analytics.structure.undisclosed import Undisclosed, undisclosed
from analytics.structure.votes import Holdings
from tests.analytics.structure.test_control import solve
from tests.analytics.structure.worlds import SIZE, World, exact_worlds, naive_control


def of(company: int, *rows: tuple[int, int, float, float]) -> Undisclosed:
    tail, head, low, high = zip(*rows, strict=True)
    return undisclosed(solve_control(Holdings.between(5, tail, head, low, high)), company)


@given(exact_worlds())
@settings(max_examples=100)
def test_who_would_have_a_majority_is_who_controls_it_once_the_rest_is_given_to_it(world: World) -> None:
    control, (held, edges) = solve(world), world
    for company in range(SIZE):
        left = 20 - sum(votes for _, y, votes in held if y == company)
        over = {x for x in range(SIZE) if company in naive_control(world, x)}
        near = {x for x, y, _ in held if y == company}
        near |= {x for x in range(SIZE) if near & naive_control(world, x)}
        given_it = [(x, ([*held, (x, company, left)], edges)) for x in near - over - {company}]
        able = {x for x, other in given_it if company in naive_control(other, x)}
        found = undisclosed(control, company)
        assert set(found.holders) - over == (able if left else set())
        assert (round(found.share * 20), found.decides) == (left, left > 10)


@pytest.mark.parametrize(("share", "able"), [(0.2, (1,)), (0.2 + 1e-9, (0, 1))])
def test_half_is_no_majority_and_a_billionth_more_is(share: float, able: tuple[int, ...]) -> None:
    """1 holds half, and with the rest more: 0 and the rest are what 1 leaves, half or a hair above."""
    found = of(2, (0, 2, share, share), (1, 2, 0.5 - (share - 0.2), 0.5 - (share - 0.2)))
    assert (found.holders, found.decides) == (able, False)


def test_what_bands_leave_open_may_be_anybodys_and_own_votes_are_nobodys() -> None:
    """Of 3 a tenth is its own: of the other nine tenths 0 has two and the rest three, and 1 four at least."""
    found = of(3, (0, 3, 0.2, 0.3), (1, 3, 0.4, 0.5), (3, 3, 0.1, 0.1))
    assert np.isclose(found.share, 0.3)
    assert (found.holders, found.decides) == ((0, 1), False)
    assert np.allclose(found.held, (0.2, 0.4))


@pytest.mark.parametrize(("holder", "able"), [(0, (0, 4)), (2, ())], ids=["theirs", "its own"])
def test_what_a_company_alone_controls_is_nothing_to_the_concert_that_it_acts_in(
    holder: int, able: tuple[int, ...]
) -> None:
    """0 has 10 % and 3 has 15 % of 2, of which 35 % are not disclosed and a stranger has the rest: 60 % in all with
    those of 3 where 0 has most of it, and 45 % where 2 has."""
    rows = [(0, 2, 0.1), (3, 2, 0.15), (1, 2, 0.4), (holder, 3, 0.6)]
    tail, head, share = zip(*rows, strict=True)
    both = solve_together(Holdings.exact(4, tail, head, share), [Concert((0, 2), ())])
    found = undisclosed(both.control, 2, both.circles(2))
    assert found.holders == (*(able[:1]), 1, *(able[1:]))
