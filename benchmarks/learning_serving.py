"""Scores of all firms and reasons of one, by NumPy, against torch."""

import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analytics.learning.explaining.removal import exposures, removals
from analytics.learning.explaining.scene import Scene
from analytics.learning.nets.geometric import torch
from analytics.learning.nets.net import Given
from analytics.learning.panel import Wave
from analytics.learning.serving.hearing import Hearing
from analytics.learning.serving.vicinity import Vicinity
from benchmarks.learning_world import nets, seen, wave
from benchmarks.timing import compare, scaled

ASKED = 200
"""Firms that are explained."""


def scores(of: Wave, rounds: int) -> tuple[Callable[[], NDArray[np.float64]], Callable[[], NDArray[np.float64]]]:
    """By NumPy and by torch; single precision, so they agree in six digits."""
    blueprint, net, served = nets("sum", rounds)
    encoded, hearing = seen(of), Hearing.of(of, blueprint.channels, plain=False)
    given = Given.of(encoded, hearing, blueprint, torch.zeros(()))
    one, heard = encoded.single(), hearing.single()

    def theirs() -> NDArray[np.float64]:
        with torch.no_grad():
            return torch.sigmoid(net(given)).double().numpy()  # type: ignore[no-any-return]

    def ours() -> NDArray[np.float64]:
        return served.probability(one, heard).astype(np.float64)

    far = np.abs(ours() - theirs()).max()
    print(f"  largest difference {far:.1e}")
    if far > 1e-6:
        raise AssertionError("NumPy and torch differ")
    return lambda: ours().round(4)[:0], lambda: theirs().round(4)[:0]


def reasons(of: Wave, rounds: int) -> None:
    """Time what is said of single firms, whose vicinity is looked up and scored anew each time."""
    blueprint, _, served = nets("sum", rounds)
    encoded = seen(of)
    for name, call in (("leave one link out", removals), ("gradient times exposure", exposures)):
        spent = []
        for party in np.random.default_rng(1).integers(0, of.size, ASKED).tolist():
            begun = time.perf_counter()
            vicinity = Vicinity.of(of, blueprint.relations, party, blueprint.hops)
            call(Scene(of, vicinity, encoded.take(vicinity.parties), (served,)))
            spent.append(time.perf_counter() - begun)
        middle, high = np.median(spent), np.quantile(spent, 0.99)
        print(f"{name}, {of.size:,} parties, {blueprint.hops} hops: {scaled(float(middle))}, p99 {scaled(float(high))}")


def run(*, quick: bool) -> None:
    """Time scores and reasons."""
    torch.set_num_threads(1)
    parties = 20_000 if quick else 100_000
    of = wave(parties, 5 * parties)
    for rounds, name in ((0, "net of sums"), (2, "net of sums over a cascade")):
        ours, theirs = scores(of, rounds)
        compare(
            f"scores of all firms, {name}", ours, theirs, size=f"{parties:,} parties, {5 * parties:,} links",
            peer_name="torch", asked=1.0, runs=3,
        )  # fmt: skip
        reasons(of, rounds)


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
