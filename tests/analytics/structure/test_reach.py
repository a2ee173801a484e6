"""Searches that share memory, against searches each with its own."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given, settings

from analytics.structure.control import Control, solve_control
from analytics.structure.votes import Holdings
from tests.analytics.structure.test_control import solve
from tests.analytics.structure.worlds import SIZE, World, exact_worlds, naive_control


def random_control(size: int, links: int, *, seed: int) -> Control:
    random = np.random.default_rng(seed)
    tail, head = random.integers(0, size, links), random.integers(0, size, links)
    weight = random.pareto(0.8, links) + 0.05
    return solve_control(Holdings.exact(size, tail, head, weight / np.bincount(head, weight, size)[head]))


@given(exact_worlds())
@settings(max_examples=50)
def test_one_search_after_the_other_finds_what_the_first_would(world: World) -> None:
    reach = solve(world).certain
    for x in (*range(SIZE), *range(SIZE)):
        assert set(reach.sequence(x).tolist()) - {x} == naive_control(world, x) - {x}


def test_threads_that_search_at_once_find_what_each_would_alone() -> None:
    control = random_control(2000, 6000, seed=4)
    asked = np.flatnonzero(np.diff(control.certain.direct.start) > 0).tolist() * 5
    alone = [random_control(2000, 6000, seed=4).certain.sequence(x).tolist() for x in asked[: len(asked) // 5]] * 5
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda x: control.certain.sequence(x).tolist(), asked, chunksize=7))
    assert found == alone
    assert max(len(members) for members in found) > 20


def test_memory_is_laid_back_clean_and_taken_again() -> None:
    reach = random_control(300, 900, seed=1).certain
    owners = np.flatnonzero(np.diff(reach.direct.start) > 0).tolist()
    for x in owners:
        reach.sequence(x)
    (work,) = reach._spare
    assert not work.counted.any()
