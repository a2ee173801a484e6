"""Work on the next items while what earlier ones gave is still being used."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

WORKERS = min(4, os.cpu_count() or 1)
"""Arrow computes outside the interpreter's lock, so threads help as long as there are cores."""


def in_order(items: Iterable[Item], work: Callable[[Item], Result], *, workers: int = WORKERS) -> Iterator[Result]:
    """What `work` gives for each item, in the order of the items; at most one item a worker waits.

    >>> list(in_order(range(5), lambda n: n * n))
    [0, 1, 4, 9, 16]
    """
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="read") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
