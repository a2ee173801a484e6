"""One epoch of the net of exposure-weighted sums, by matrices, against PyTorch Geometric's own lists of links."""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from analytics.learning.nets.geometric import torch
from analytics.learning.nets.net import Given, Path
from analytics.learning.panel import Wave
from analytics.learning.serving.hearing import Hearing
from benchmarks.learning_world import nets, seen, wave
from benchmarks.timing import compare, scaled


def epoch(of: Wave, rounds: int, path: Path) -> Callable[[], float]:
    """Forward, log loss, backward, one step of Adam from the same start; gives the loss before the step."""
    blueprint, net, _ = nets("sum", rounds)
    start = {name: value.clone() for name, value in net.state_dict().items()}
    given = Given.of(seen(of), Hearing.of(of, blueprint.channels, plain=False), blueprint, torch.zeros(()), path=path)
    label = torch.from_numpy(of.label.astype(np.float32))

    def run() -> float:
        net.load_state_dict(start)
        adam = torch.optim.Adam(net.parameters(), lr=5e-3)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(net(given), label)
        loss.backward()
        adam.step()
        # Single precision sums links in another order: the two agree in five digits.
        return round(float(loss.detach()), 5)

    return run


def run(*, quick: bool) -> None:
    """Time one epoch; then one at a million parties, for its memory."""
    torch.set_num_threads(1)
    parties = 20_000 if quick else 100_000
    of = wave(parties, 5 * parties)
    compare(
        "one epoch of a net", epoch(of, 0, "csr"), epoch(of, 0, "edges"), runs=3,
        size=f"{parties:,} parties, {5 * parties:,} links", peer_name="PyTorch Geometric's lists of links",
    )  # fmt: skip
    if quick:
        return
    many = 1_000_000
    large = epoch(wave(many, 5 * many), 2, "csr")
    large()
    begun, cpu = time.perf_counter(), time.process_time()
    large()
    spent, wall = time.process_time() - cpu, time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"one epoch over a cascade, {many:,} parties, {5 * many:,} links: {scaled(spent)} CPU, {scaled(wall)}, "
          f"peak {peak:.1f} GB")  # fmt: skip


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
