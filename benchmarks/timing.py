"""Two programs, one task: both warmed up, results found equal first, then both timed."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Timing:
    """CPU seconds of one thread, the best of several runs; `peer` is how often slower the peer was."""

    task: str
    size: str
    ours: float
    peer: str
    theirs: float
    ratio: float
    asked: float | None
    wall: float


def best(call: Callable[[], Any], runs: int) -> tuple[float, float]:
    """Least CPU seconds and least wall seconds of several runs."""
    cpu, wall = [], []
    for _ in range(runs):
        c, w = time.process_time(), time.perf_counter()
        call()
        cpu.append(time.process_time() - c)
        wall.append(time.perf_counter() - w)
    return min(cpu), min(wall)


def same(a: Any, b: Any) -> bool:
    """Whether two results agree; numbers within 1e-9."""
    if isinstance(a, np.ndarray | float):
        return bool(np.allclose(a, b, rtol=1e-9, atol=1e-9))
    return bool(a == b)


def compare(
    task: str,
    ours: Callable[[], Any],
    peer: Callable[[], Any],
    *,
    size: str,
    peer_name: str,
    asked: float | None = None,
    runs: int = 5,
    peer_runs: int = 1,
) -> Timing:
    """Time ours against a peer's way of doing it; both must give the same. The last line printed is JSON."""
    if not same(ours(), peer()):
        raise AssertionError(f"{task}: ours and {peer_name} differ")
    (cpu, wall), (theirs, _) = best(ours, runs), best(peer, peer_runs)
    timing = Timing(task, size, cpu, peer_name, theirs, theirs / max(cpu, 1e-12), asked, wall)
    goal = "" if asked is None else f", asked {scaled(asked)}"
    print(f"{task}, {size}: {scaled(cpu)}{goal}; {peer_name} {scaled(theirs)}; {timing.ratio:.1f} times as fast")
    print(json.dumps(asdict(timing)), flush=True)
    return timing


def scaled(seconds: float) -> str:
    """Seconds in a unit that reads well."""
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1e3:.3g} ms"
