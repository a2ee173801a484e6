"""Shapley values of trees, held against all orders of figures."""

import json
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from analytics.learning.models import Reason
from analytics.learning.models.columns import Columns, Rows
from analytics.learning.models.reasons import Steps
from analytics.learning.models.tree import Growth, Tree
from analytics.learning.panel import Feature
from graph.errors import InvalidModel

SECTOR = Feature("sector", "code", "Sector", "行业", 0, "own", "test", ("A", "B", "C", "D", "E"))
FEATURES = (
    Feature("up", "ratio", "More is worse", "越大越差", 1, "own", "test"),
    Feature("down", "ratio", "More is better", "越大越好", -1, "own", "test"),
    Feature("free", "ratio", "Not said", "不定", 0, "own", "test"),
    SECTOR,
)
SMALL = Growth(rounds=6, least=5, leaves=6, rate=0.3, columns=1.0, rows=1.0)


def grown(growth: Growth = SMALL, seed: int = 0) -> tuple[Tree, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(900, 4))
    x[:, 3] = rng.integers(0, 5, 900)
    odds = -1 + x[:, 0] - x[:, 1] + x[:, 2] ** 2 - 1 + 1.5 * (x[:, 3] == 2)
    y = (rng.random(900) < expit(odds)).astype(np.int8)
    x[rng.random(x.shape) < 0.1] = np.nan
    values = x.astype(np.float32)
    parts = [Rows(values[a:b], y[a:b], np.arange(a, b, dtype=np.int32)) for a, b in ((0, 600), (600, 900))]
    return Tree.grown(Columns(FEATURES), *parts, seed=seed, watch=lambda _done, _doing: None, growth=growth), values


def goes_left(node: dict[str, Any], value: float) -> bool:
    """As LightGBM decides, by its own dump."""
    if node["decision_type"] == "==":
        return not np.isnan(value) and str(int(value)) in node["threshold"].split("||")
    if np.isnan(value):
        assert node["missing_type"] == "NaN"
        return bool(node["default_left"])
    return value <= node["threshold"]


def expected(node: dict[str, Any], x: np.ndarray, known: frozenset[int]) -> float:
    """What a tree says where some figures are known: over the others the mean of its branches by rows in them."""
    if "leaf_value" in node:
        return float(node["leaf_value"])
    branches = [node["left_child"], node["right_child"]]
    if node["split_feature"] in known:
        return expected(branches[not goes_left(node, x[node["split_feature"]])], x, known)
    count = [branch.get("internal_count", branch.get("leaf_count")) for branch in branches]
    return sum(n * expected(branch, x, known) for n, branch in zip(count, branches, strict=True)) / sum(count)


def shapley(tree: Tree, x: np.ndarray) -> np.ndarray:
    """Over all subsets of figures."""
    roots = [one["tree_structure"] for one in tree._trees.dump_model()["tree_info"]]
    k = len(x)

    def worth(known: frozenset[int]) -> float:
        return sum(expected(root, x, known) for root in roots)

    found = np.zeros(k + 1)
    for figure in range(k):
        rest = [other for other in range(k) if other != figure]
        for size in range(k):
            weight = factorial(size) * factorial(k - size - 1) / factorial(k)
            for some in combinations(rest, size):
                found[figure] += weight * (worth(frozenset({*some, figure})) - worth(frozenset(some)))
    found[k] = worth(frozenset())
    return found


def test_contributions_are_shapley_values_over_all_subsets_of_figures() -> None:
    tree, values = grown()
    rows = values[:25]
    assert np.isnan(rows).any()
    found = tree.contributions(rows)
    for x, one in zip(rows, found, strict=True):
        np.testing.assert_allclose(one, shapley(tree, x), atol=1e-9)
    np.testing.assert_allclose(found.sum(axis=1), tree.log_odds(rows), atol=1e-9)


def test_steps_of_probability_add_up_to_what_is_said_less_where_all_start() -> None:
    tree, values = grown()
    contributions = tree.contributions(values[:1])[0]
    found = Steps.of(tree.columns.names, values[0], contributions, most=9).reasons
    said, start = tree.probability(values[:1])[0], expit(contributions[-1])
    assert sum(reason.effect for reason in found) == pytest.approx(said - start, abs=1e-12)
    by_name = dict(zip(tree.columns.names, contributions, strict=False))
    assert all(np.sign(reason.effect) == np.sign(by_name[reason.feature]) for reason in found)
    size = [abs(by_name[reason.feature]) for reason in found]
    assert size == sorted(size, reverse=True)


def test_steps_by_hand() -> None:
    found = Steps.of(("a", "b", "c"), np.array([1.0, 2.0, 3.0]), np.array([np.log(3), 0.0, -np.log(9), 0.0]), most=5)
    assert found.reasons == (
        Reason("c", value=3.0, effect=pytest.approx(0.1 - 0.5)),
        Reason("a", value=1.0, effect=pytest.approx(0.25 - 0.1)),
    )  # fmt: skip


def test_figures_of_certain_direction_are_held_to_it() -> None:
    tree, values = grown(Growth(rounds=80, least=5))
    grid = np.linspace(-4, 4, 200, dtype=np.float32)
    for column, sign in ((0, 1), (1, -1)):
        rows = np.repeat(values[:20], 200, axis=0)
        rows[:, column] = np.tile(grid, 20)
        said = tree.log_odds(rows).reshape(20, 200)
        assert (sign * np.diff(said, axis=1) >= -1e-12).all()


def test_a_code_beyond_those_known_and_a_missing_one_get_an_answer() -> None:
    tree, values = grown()
    rows = np.repeat(values[:1], 3, axis=0)
    rows[:, 3] = [99, np.nan, -1]
    assert np.isfinite(tree.log_odds(rows)).all()


def test_trees_are_text_and_no_text_is_no_tree() -> None:
    tree, values = grown()
    files = tree.save()
    assert files["trees.txt"].decode().startswith("tree\n")
    assert json.loads(files["model.json"])["facts"]["features"][3]["categories"] == list("ABCDE")
    np.testing.assert_array_equal(Tree.load(files).log_odds(values), tree.log_odds(values))
    odd = Tree(Columns(FEATURES), "no tree at all").save()
    with pytest.raises(InvalidModel, match="as trees"):
        Tree.load(odd)
    narrow = Tree(Columns(FEATURES[:2]), tree.text).save()
    with pytest.raises(InvalidModel, match="figures"):
        Tree.load(narrow)
