"""Control of all owners at once, against a worklist in Python, one over networkx, and clingo where it is installed."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable

import networkx as nx
import numpy as np

from analytics.structure.control import solve_control
from analytics.structure.groups import control_groups
from analytics.structure.votes import Holdings
from benchmarks.graphs import Ownership, ownership
from benchmarks.peers import installed
from benchmarks.timing import best, compare, scaled

Held = Callable[[int], Iterable[tuple[int, int]]]


def worklist(owners: Iterable[int], held: Held) -> int:
    """Pairs of control, each owner's by a queue; votes are integers of 1e-9."""
    pairs = 0
    for x in owners:
        votes: dict[int, int] = defaultdict(int)
        inside, queue = {x}, [x]
        while queue:
            for y, share in held(queue.pop()):
                votes[y] += share
                if votes[y] > 500_000_000 and y not in inside:
                    inside.add(y)
                    queue.append(y)
        pairs += len(inside) - 1
    return pairs


def python_worklist(graph: Ownership) -> Callable[[], int]:
    share = np.rint(graph.share * 1e9).astype(np.int64).tolist()
    held: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for x, y, s in zip(graph.tail.tolist(), graph.head.tolist(), share, strict=True):
        held[x].append((y, s))
    return lambda: worklist(
        [x for x, rows in held.items() if any(s > 500_000_000 for _, s in rows)], lambda z: held.get(z, ())
    )


def over_networkx(graph: Ownership) -> Callable[[], int]:
    share = np.rint(graph.share * 1e9).astype(np.int64).tolist()
    net = nx.DiGraph()
    net.add_weighted_edges_from(zip(graph.tail.tolist(), graph.head.tolist(), share, strict=True))
    return lambda: worklist(
        [x for x in net if any(s > 500_000_000 for _, _, s in net.out_edges(x, data="weight"))],
        lambda z: ((y, s) for _, y, s in net.out_edges(z, data="weight")),
    )


_PROGRAM = """
controls(X, X) :- owner(X).
controls(X, Y) :- controls(X, Z), held(Z, Y, _), Y != X, #sum {S, W : held(W, Y, S), controls(X, W)} > 500000000.
pair(X, Y) :- controls(X, Y), X != Y.
#show pair/2.
"""


def over_clingo(graph: Ownership) -> Callable[[], int]:
    """The definition itself as an answer-set program; votes are integers of 1e-9."""
    clingo = installed("clingo")
    share = np.rint(graph.share * 1e9).astype(np.int64).tolist()
    rows = list(zip(graph.tail.tolist(), graph.head.tolist(), share, strict=True))
    # Only who holds more than half of something alone can control anything.
    facts = [f"owner({x})." for x in {x for x, _, s in rows if s > 500_000_000}]
    facts += [f"held({x},{y},{s})." for x, y, s in rows]
    text = _PROGRAM + "\n".join(facts)

    def run() -> int:
        solver = clingo.Control(["--warn=none"])
        solver.add("base", [], text)
        solver.ground([("base", [])])
        with solver.solve(yield_=True) as models:
            return max(len(model.symbols(shown=True)) for model in models)

    return run


def run(*, quick: bool) -> None:
    """Time control and groups."""
    parties = 100_000 if quick else 1_000_000
    for size, peer, name in (
        (parties, python_worklist, "Python worklist"),
        (100_000, over_networkx, "worklist over networkx"),
    ):
        graph = ownership(size, 3 * size)
        holdings = Holdings.exact(graph.size, graph.tail, graph.head, graph.share)
        compare(
            "control of all owners",
            lambda holdings=holdings: len(solve_control(holdings).certain.members),
            peer(graph),
            size=f"{graph.size:,} parties, {len(graph.tail):,} holdings",
            peer_name=name,
            asked=0.4 if size == 1_000_000 else None,
        )
        control = solve_control(holdings)
        print(f"  and its groups: {scaled(best(lambda control=control: control_groups(control), 3)[0])}")
    if installed("clingo"):
        graph = ownership(10_000 if quick else 100_000, 30_000 if quick else 300_000)
        holdings = Holdings.exact(graph.size, graph.tail, graph.head, graph.share)
        compare(
            "control of all owners",
            lambda: len(solve_control(holdings).certain.members),
            over_clingo(graph),
            size=f"{graph.size:,} parties, {len(graph.tail):,} holdings",
            peer_name="clingo",
        )


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
