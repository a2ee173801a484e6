"""Many shocks side by side, and every firm's failure one by one: who would cost the economy how much.

Sixteen shocks share each pass over the supplies. With a stop of 1e-5 or more they are reckoned in 32 bits, below that
in 64, since 32 stall near 1e-6. What a shock leads to does not hang on the shocks beside it, nor on the number of
threads: ranges that were done apart, today and tomorrow, are the same as one.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.contagion.supply.cascade import ROUNDS, STOP, check_asked
from analytics.contagion.supply.network import Numbers, SupplyNetwork
from analytics.kernels.compiled import frozen
from analytics.kernels.lanes import LANES
from analytics.kernels.side_by_side import Losses, Shocks, side_by_side
from analytics.kernels.supply import Chain
from graph.errors import InvalidQuestion, NotConverged

COARSE = 1e-5
"""Least stop that 32 bits are enough for."""
PIECE = 16 * LANES
"""Shocks that one thread does at a time."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Impacts:
    """What each of some shocks leads to, as parts of all sales, shape (k,)."""

    total: Numbers
    """Economic systemic risk index of each."""
    down: Numbers
    """For want of inputs alone."""
    up: Numbers
    """For want of orders alone."""
    residual: Numbers
    """The largest fall in the last round of each."""
    rounds: NDArray[np.int64]
    stop: float

    @classmethod
    def joined(cls, *pieces: "Impacts") -> "Impacts":
        """Of ranges that were done apart, in their order."""
        return cls(
            total=np.concatenate([piece.total for piece in pieces]),
            down=np.concatenate([piece.down for piece in pieces]),
            up=np.concatenate([piece.up for piece in pieces]),
            residual=np.concatenate([piece.residual for piece in pieces]),
            rounds=np.concatenate([piece.rounds for piece in pieces]),
            stop=max(piece.stop for piece in pieces),
        )


def every_firm(
    network: SupplyNetwork,
    firms: ArrayLike | None = None,
    *,
    stop: float = STOP,
    workers: int = 1,
    progress: Progress | None = None,
    most: int = ROUNDS,
) -> Impacts:
    r"""Let each of some firms fail alone: their economic systemic risk index.

    .. math:: \text{ESRI}_i = \sum_j \frac{s_j}{\sum_k s_k} \big(1 - \min(h^d_j, h^u_j)\big)
        \quad \text{where } \psi = e_i

    Parameters
    ----------
    network : SupplyNetwork
        Of n firms.
    firms : (k,) array of firm numbers, optional
        A range to go on with where an earlier call ended, say; by default all.
    stop : float
        As `cascade`; at 1e-2 losses read far too low on networks without final demand.
    workers : int
        Threads; the answer is the same with any.
    progress : callable of how many are done and how many there are, optional
        Called by the calling thread. What it raises ends the work.
    most : int
        Rounds after which a shock is given up.

    Raises
    ------
    InvalidQuestion
        As `cascade`, and if a firm is none of these.
    NotConverged
        If some failure's losses still rise after all rounds.

    Source
    ------
    Diem et al., Scientific Reports 12 (2022), 7719, eq. 1. Domain reference §4.8.

    Example
    -------
    >>> network = SupplyNetwork.of(3, [0, 1], [1, 2], [60, 100], industry=[0, 1, 2], revenue=[60, 200, 0])
    >>> found = every_firm(network, [0, 2])
    >>> found.total.tolist(), found.up.tolist()
    ([1.0, 0.5], [0.375, 0.5])
    """
    some = np.arange(network.size) if firms is None else np.asarray(firms, np.int64)
    shocks = np.arange(len(some) + 1), some, np.ones(len(some))
    return many_shocks(network, *shocks, stop=stop, workers=workers, progress=progress, most=most)


def many_shocks(
    network: SupplyNetwork,
    start: ArrayLike,
    firm: ArrayLike,
    part: ArrayLike,
    *,
    stop: float = STOP,
    workers: int = 1,
    progress: Progress | None = None,
    most: int = ROUNDS,
) -> Impacts:
    r"""Follow many shocks, each on some firms.

    .. math:: \psi^{(k)} = \sum_{l = \text{start}_k}^{\text{start}_{k + 1} - 1} \text{part}_l\, e_{\text{firm}_l}

    Parameters
    ----------
    network : SupplyNetwork
    start : (k + 1,) array
        Shock q is on firms `firm[start[q]:start[q + 1]]`.
    firm : (l,) array of firm numbers
    part : (l,) array
        Fraction of its production that each loses of itself; of a firm named twice the larger counts.
    stop, workers, progress, most
        As `every_firm`.

    Raises
    ------
    InvalidQuestion, NotConverged
        As `every_firm`.

    Source
    ------
    Diem et al., PNAS Nexus 3 (2024), pgae064: shocks on many firms at once. Domain reference §4.8.

    Example
    -------
    >>> network = SupplyNetwork.of(3, [0, 1], [1, 2], [60, 100], industry=[0, 1, 2], revenue=[60, 200, 0])
    >>> many_shocks(network, [0, 1, 3], [0, 0, 1], [0.5, 0.5, 0.75]).total.tolist()
    [0.5, 0.75]
    """
    check_asked(network, stop)
    asked = _asked(network, start, firm, part)
    chain = network.chain_in(np.float32) if stop >= COARSE else network.chain
    count = len(asked.start) - 1
    found = Losses(np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count, np.int64))
    spans = [(first, min(first + PIECE, count)) for first in range(0, count, PIECE)]
    done = short = 0
    for span, unsettled in _worked(network, chain, asked, found, spans, stop, max(workers, 1), most):
        done, short = done + span[1] - span[0], short + unsettled
        if progress is not None:
            progress(done, count)
    if short:
        raise NotConverged(
            f"{short} of {count} shocks along supplies", iterations=most, residual=float(found.residual.max())
        )
    whole = network.sales.sum()
    return Impacts(found.whole / whole, found.down / whole, found.up / whole, found.residual, found.rounds, stop)


Span = tuple[int, int]


def _worked(
    network: SupplyNetwork, chain: Chain, asked: Shocks, found: Losses, spans: list[Span], *how: float
) -> Iterator[tuple[Span, int]]:
    """Each piece when it is done, and how many of it did not come to their stop; threads keep their memory."""
    stop, workers, most = how[0], int(how[1]), int(how[2])
    size = LANES * (4 * network.size + network.industries + 5)
    rooms = [np.empty(size, chain.part.dtype) for _ in range(min(workers, len(spans)))]

    def work(span: Span, room: NDArray[np.floating]) -> int:
        shocks = Shocks(frozen(asked.start[span[0] : span[1] + 1], np.int64), asked.firm, asked.part)
        piece = Losses._make(field[span[0] : span[1]] for field in found)
        return int(side_by_side(chain, shocks, stop, most, room, piece))

    waiting = iter(spans)
    with ThreadPoolExecutor(max(len(rooms), 1)) as pool:
        busy: dict[Future[int], tuple[Span, NDArray[np.floating]]] = {}
        for span, room in zip(islice(waiting, len(rooms)), rooms, strict=True):
            busy[pool.submit(work, span, room)] = span, room
        while busy:
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                span, room = busy.pop(future)
                for following in islice(waiting, 1):
                    busy[pool.submit(work, following, room)] = following, room
                yield span, future.result()


def _asked(network: SupplyNetwork, start: ArrayLike, firm: ArrayLike, part: ArrayLike) -> Shocks:
    """Shocks for kernels; refuse what cannot be."""
    begins, firms, parts = np.asarray(start, np.int64), np.asarray(firm, np.int64), np.asarray(part, np.float64)
    if len(begins) < 1 or begins[0] != 0 or begins[-1] != len(firms) or (np.diff(begins) < 0).any():
        raise InvalidQuestion("does not say where each shock begins", where="start")
    if len(parts) != len(firms) or not ((parts >= 0) & (parts <= 1)).all():
        raise InvalidQuestion("a shock is a fraction of what each firm makes", where="shock")
    if len(firms) and not 0 <= firms.min() <= firms.max() < network.size:
        unknown = firms[(firms < 0) | (firms >= network.size)][0]
        raise InvalidQuestion("a firm that is none of these", where=f"shock on firm {unknown}")
    return Shocks(frozen(begins, np.int64), frozen(firms, np.uint32), frozen(parts, np.float64))
