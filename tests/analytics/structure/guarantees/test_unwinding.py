from itertools import chain, combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from analytics.structure.guarantees.ordering import order_pairs
from analytics.structure.guarantees.promises import Promises
from analytics.structure.guarantees.unwinding import Unwinding, unwind_circles, unwind_parts
from graph.errors import InvalidAmount, InvalidQuestion
from tests.analytics.structure.guarantees.networks import circles_of, network

SIZE = 6
NODES = st.integers(0, SIZE - 1)
PRICED = st.lists(st.tuples(NODES, NODES, st.integers(0, 9)), max_size=11)
Priced = list[tuple[int, int, int]]


def promises_of(priced: Priced, size: int = SIZE) -> tuple[Promises, list[int]]:
    made = Promises.between(size, [a for a, _, _ in priced], [b for _, b, _ in priced])
    return made, [cost for _, _, cost in priced]


def kept(priced: Priced, released: set[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(a, b) for a, b, _ in priced if (a, b) not in released]


def longest(arrows: list[tuple[int, int]], size: int = SIZE) -> int:
    return max(map(len, circles_of(arrows, None, size)), default=0)


def largest(arrows: list[tuple[int, int]]) -> int:
    return max(map(len, nx.weakly_connected_components(network(arrows, SIZE))))


def cheapest(priced: Priced, measure, allowed: int) -> int:
    """By trying every set of pairs."""
    pairs = {(a, b): 0 for a, b, _ in priced if a != b}
    for a, b, cost in priced:
        if a != b:
            pairs[a, b] += cost
    sets = chain.from_iterable(combinations(pairs, n) for n in range(len(pairs) + 1))
    costs = ((sum(pairs[p] for p in released), released) for released in sets)
    return next(cost for cost, released in sorted(costs) if measure(kept(priced, set(released))) <= allowed)


def pairs_in(found: Unwinding) -> set[tuple[int, int]]:
    return {(step.guarantor, step.borrower) for step in found.steps}


@given(PRICED, st.integers(1, 4))
@settings(max_examples=150)
def test_no_set_of_guarantees_breaks_the_long_circles_for_less(priced: Priced, allowed: int) -> None:
    promises, cost = promises_of(priced)
    found = unwind_circles(promises, cost, longest=allowed)
    assert found.cost == pytest.approx(cheapest(priced, longest, allowed), abs=1e-9)
    assert found.proven
    assert longest(kept(priced, pairs_in(found))) <= allowed


@given(PRICED, st.integers(1, 3))
@settings(max_examples=150)
def test_of_equal_costs_the_fewest_pairs_are_ended(priced: Priced, allowed: int) -> None:
    """By trying every set of pairs."""
    pairs = {(a, b): 0 for a, b, _ in priced if a != b}
    for a, b, cost in priced:
        if a != b:
            pairs[a, b] += cost
    sets = chain.from_iterable(combinations(pairs, n) for n in range(len(pairs) + 1))
    told = sorted((sum(pairs[p] for p in released), len(released), released) for released in sets)
    fewest = next(many for _, many, released in told if longest(kept(priced, set(released))) <= allowed)
    promises, cost = promises_of(priced)
    assert len(unwind_circles(promises, cost, longest=allowed).steps) == fewest


def test_one_dear_guarantee_is_ended_rather_than_two_that_cost_as_much_together() -> None:
    """Two circles of three share one guarantee of 4; each has another of 2."""
    priced = [(0, 1, 4), (1, 2, 2), (2, 0, 9), (1, 3, 2), (3, 0, 9)]
    promises, cost = promises_of(priced)
    found = unwind_circles(promises, cost, longest=1)
    assert (pairs_in(found), found.cost, found.proven) == ({(0, 1)}, 4, True)


@given(PRICED, st.integers(1, 5))
@settings(max_examples=150)
def test_no_set_of_guarantees_makes_all_parts_small_for_less(priced: Priced, allowed: int) -> None:
    promises, cost = promises_of(priced)
    found = unwind_parts(promises, cost, largest=allowed)
    assert found.cost == pytest.approx(cheapest(priced, largest, allowed), abs=1e-9)
    assert found.proven
    assert largest(kept(priced, pairs_in(found))) <= allowed


@given(PRICED, st.integers(1, 4))
@settings(max_examples=100)
def test_the_bounded_way_breaks_all_too_and_its_bound_holds(priced: Priced, allowed: int) -> None:
    promises, cost = promises_of(priced)
    near = unwind_circles(promises, cost, longest=allowed, exact=0)
    least = cheapest(priced, longest, allowed)
    assert near.bound <= least + 1e-9 <= near.cost + 2e-9
    assert longest(kept(priced, pairs_in(near))) <= allowed


@given(PRICED, st.integers(1, 5), st.sampled_from([{"exact": 0}, {"steps": 0}, {"steps": 50_000}]))
@settings(max_examples=150)
def test_a_bound_of_parts_never_passes_the_least_cost(priced: Priced, allowed: int, effort: dict[str, int]) -> None:
    promises, cost = promises_of(priced)
    near = unwind_parts(promises, cost, largest=allowed, **effort)
    least = cheapest(priced, largest, allowed)
    assert near.bound <= least + 1e-6 <= near.cost + 2e-6
    assert largest(kept(priced, pairs_in(near))) <= allowed


@given(PRICED, st.integers(1, 4))
@settings(max_examples=150)
def test_ordered_pairs_break_the_long_circles_and_their_bound_holds(priced: Priced, allowed: int) -> None:
    promises, cost = promises_of(priced)
    pairs, others = promises.pairs, promises.place >= 0
    each = np.bincount(promises.place[others], np.array(cost)[others], len(pairs)).astype(float)
    released, bound = order_pairs(pairs, each, allowed)
    ends = zip(pairs.tail[released].tolist(), pairs.head[released].tolist(), strict=True)
    assert longest(kept(priced, set(ends))) <= allowed
    assert bound <= cheapest(priced, longest, allowed) + 1e-9 <= each[released].sum() + 2e-9


@pytest.mark.parametrize("largest_part", [4, 10])
@pytest.mark.parametrize("size", [60, 200])
def test_small_parts_of_a_sparse_network_are_proven_and_equal_again(size: int, largest_part: int) -> None:
    """A tree, whose least cost a table over parties and loads tells, made of guarantees in either direction."""
    random = np.random.default_rng(size)
    priced = [(v, int(random.integers(0, v)), int(random.integers(1, 99))) for v in range(1, size)]
    priced = [(b, a, cost) if cost % 2 else (a, b, cost) for a, b, cost in priced]
    promises, cost = promises_of(priced, size)
    found, again = (unwind_parts(promises, cost, largest=largest_part) for _ in range(2))
    assert found.proven
    assert found.cost == pytest.approx(least_of_tree(priced, size, largest_part))
    assert (found.steps, found.bound, found.iterations) == (again.steps, again.bound, again.iterations)


def least_of_tree(priced: Priced, size: int, most: int) -> float:
    """Cost by how many parties hang together with each above it; children have the larger numbers."""
    table = [[np.inf, 0.0] for _ in range(size)]
    for a, b, cost in sorted(priced, key=lambda row: -max(row[:2])):
        child, parent = table[max(a, b)], table[min(a, b)]
        joined = [np.inf] * (most + 1)
        for x, p in enumerate(parent):
            joined[x] = min(joined[x], p + cost + min(child))
            for y, c in enumerate(child):
                if x + y <= most:
                    joined[x + y] = min(joined[x + y], p + c)
        table[min(a, b)] = joined
    return min(table[0])


def test_thousands_of_guarantees_in_one_part_end_with_a_bound() -> None:
    priced = random_priced(1500, 4000, seed=1)
    promises, cost = promises_of(priced, 1500)
    found = unwind_circles(promises, cost, longest=2)
    assert 0 < found.bound < found.cost
    left = network(kept(priced, pairs_in(found)), 1500)
    left.remove_edges_from([(a, b) for a, b in left.edges if left.has_edge(b, a)])
    assert nx.is_directed_acyclic_graph(left)
    remaining = [step.remaining for step in found.steps]
    assert remaining[-1] == 0
    assert remaining == sorted(remaining, reverse=True)


@given(PRICED, st.tuples(NODES, NODES, st.integers(0, 9)), st.integers(1, 4))
@settings(max_examples=150)
def test_a_guarantee_more_never_makes_unwinding_cheaper(
    priced: Priced, more: tuple[int, int, int], allowed: int
) -> None:
    before = unwind_circles(*promises_of(priced), longest=allowed).cost
    assert unwind_circles(*promises_of([*priced, more]), longest=allowed).cost >= before - 1e-9
    before = unwind_parts(*promises_of(priced), largest=allowed).cost
    assert unwind_parts(*promises_of([*priced, more]), largest=allowed).cost >= before - 1e-9


@given(PRICED, st.integers(1, 4), st.randoms())
@settings(max_examples=100)
def test_the_order_of_guarantees_changes_nothing(priced: Priced, allowed: int, random) -> None:
    mixed = list(priced)
    random.shuffle(mixed)
    a, b = (unwind_circles(*promises_of(x), longest=allowed) for x in (priced, mixed))
    assert [(s.guarantor, s.borrower, s.remaining) for s in a.steps] == [
        (s.guarantor, s.borrower, s.remaining) for s in b.steps
    ]


@given(PRICED, st.integers(1, 4))
@settings(max_examples=150)
def test_each_step_says_how_many_long_circles_remain_after_it(priced: Priced, allowed: int) -> None:
    promises, cost = promises_of(priced)
    found = unwind_circles(promises, cost, longest=allowed)
    released: set[tuple[int, int]] = set()
    assert found.before == sum(len(c) > allowed for c in circles_of(kept(priced, released), None, SIZE))
    for step in found.steps:
        released.add((step.guarantor, step.borrower))
        assert step.remaining == sum(len(c) > allowed for c in circles_of(kept(priced, released), None, SIZE))
        assert step.cost == sum(cost[k] for k in step.guarantees)
        assert step.guarantees == tuple(k for k, p in enumerate(priced) if p[:2] == (step.guarantor, step.borrower))


@given(PRICED, st.lists(st.integers(0, 9), min_size=11, max_size=11), st.integers(1, 4))
@settings(max_examples=100)
def test_replacing_where_it_is_cheaper_costs_what_the_cheaper_of_both_does(
    priced: Priced, replace: list[int], allowed: int
) -> None:
    promises, cost = promises_of(priced)
    other = replace[: len(priced)]
    found = unwind_circles(promises, cost, longest=allowed, replace=other)
    least = [(a, b, min(c, r)) for (a, b, c), r in zip(priced, other, strict=True)]
    assert found.cost == pytest.approx(cheapest(least, longest, allowed), abs=1e-9)
    for step in found.steps:
        assert step.replaced == tuple(other[k] < cost[k] for k in step.guarantees)


def random_priced(size: int, count: int, *, seed: int) -> Priced:
    random = np.random.default_rng(seed)
    ends, costs = random.integers(0, size, (count, 2)).tolist(), random.integers(1, 99, count).tolist()
    return [(a, b, cost) for (a, b), cost in zip(ends, costs, strict=True)]


def test_hundreds_of_guarantees_are_unwound_to_proof() -> None:
    priced = random_priced(100, 300, seed=4)
    promises, cost = promises_of(priced, 100)
    found, near = (unwind_circles(promises, cost, longest=2, exact=exact) for exact in (400, 0))
    assert found.proven
    assert near.bound - 1e-6 <= found.cost <= near.cost + 1e-6
    left = network(kept(priced, pairs_in(found)), 100)
    assert all(len(circle) == 2 for circle in nx.simple_cycles(left))


def test_breaking_all_circles_costs_what_the_best_order_of_parties_does() -> None:
    """Second method: a guarantee from a later party to an earlier one goes; the order is a programme's choice."""
    priced = [row for row in random_priced(24, 60, seed=2) if row[0] != row[1]]
    m, n = len(priced), 24
    rows = np.zeros((m, m + n))
    for k, (a, b, _) in enumerate(priced):
        rows[k, k], rows[k, m + a], rows[k, m + b] = n, -1, 1
    cost = np.array([c for _, _, c in priced], float)
    least = milp(
        np.append(cost, np.zeros(n)),
        constraints=LinearConstraint(rows, 1, np.inf),
        bounds=Bounds(0, np.append(np.ones(m), np.full(n, n - 1))),
        integrality=np.append(np.ones(m), np.zeros(n)),
        options={"mip_rel_gap": 0},
    ).fun
    assert unwind_circles(*promises_of(priced, n), longest=1).cost == pytest.approx(least, abs=1e-6)


@pytest.mark.parametrize(("unwind", "goal"), [(unwind_circles, "longest"), (unwind_parts, "largest")])
def test_without_work_the_answer_still_breaks_all_and_tells_its_gap(unwind, goal: str) -> None:
    priced = random_priced(60, 110, seed=4)
    promises, cost = promises_of(priced, 60)
    found = unwind(promises, cost, **{goal: 3}, steps=0)
    left = kept(priced, pairs_in(found))
    assert (longest(left, 60) if unwind is unwind_circles else largest(left)) <= 3
    assert 0 < found.bound <= found.cost
    assert found.gap == pytest.approx((found.cost - found.bound) / found.cost)
    assert (found.iterations, found.proven) == (0, False)


def test_a_circle_that_cannot_be_ended_is_said() -> None:
    promises, _ = promises_of([(0, 1, 1), (1, 2, 1), (2, 0, 1)])
    with pytest.raises(InvalidQuestion, match="cannot be ended"):
        unwind_circles(promises, [np.inf] * 3)
    assert unwind_circles(promises, [np.inf, np.inf, 7]).cost == 7


@pytest.mark.parametrize("cost", [[1.0, -1.0], [1.0, np.nan], [1.0]])
def test_a_cost_that_cannot_be_is_refused(cost: list[float]) -> None:
    with pytest.raises(InvalidAmount, match="for each guarantee"):
        unwind_circles(Promises.between(2, [0, 1], [1, 0]), cost)


def test_no_guarantees_need_no_unwinding() -> None:
    found = unwind_circles(Promises.between(3, [], []), [])
    assert (found.steps, found.cost, found.gap, found.proven, found.before) == ((), 0.0, 0.0, True, 0)
