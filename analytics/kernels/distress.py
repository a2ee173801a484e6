"""Distress that spreads along claims, wave by wave: each wave passes on what rose in the one before.

What is known of a party stands in one line of memory, and who was met in a list: a shock touches, and puts back,
only what it reaches.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from analytics.kernels.compiled import (
    F8,
    F8_OUT,
    I8,
    I8_OUT,
    INT,
    REAL,
    U4,
    U4_OUT,
    compiled,
    inlined,
    record,
    several,
)

ONCE = -1.0
"""Steepness that stands for passing on once: who was distressed before takes in, and passes nothing on."""
H, TOLD, PENDING, WAVE = 0, 1, 2, 3
"""Places in a party's line: its distress, what others felt of it, what waits for it, and the wave that met it."""
BRUSHED = -1.0
"""Wave of who was told of too little to count."""
NOBODY, NO_FRACTION, TWICE = -1, -2, -3
"""What is wrong with a shock."""


class Passing(NamedTuple):
    """Along what distress is passed on, and how."""

    start: NDArray[np.int64]
    """Creditors of debtor j are at `start[j]:start[j + 1]`, shape (n + 1,)."""
    into: NDArray[np.uint32]
    weight: NDArray[np.float64]
    steep: float
    least: float
    """Rises that are not passed on."""


class Room(NamedTuple):
    """What a spread writes on; zero before and after."""

    line: NDArray[np.float64]
    """One of each party, shape (n, 4)."""
    met: NDArray[np.uint32]
    """Whoever's line was written on, shape (n,); only its beginning counts."""
    wave: NDArray[np.uint32]
    following: NDArray[np.uint32]

    @classmethod
    def of(cls, size: int) -> "Room":
        """Room for n parties."""
        return cls(np.zeros((size, 4)), *(np.empty(size, np.uint32) for _ in range(3)))


PASSING = record(Passing, I8, U4, F8, REAL, REAL)
ROOM = record(Room, types.Array(types.float64, 2, "C"), U4_OUT, U4_OUT, U4_OUT)


@inlined
def _felt(steep: float, distress: float) -> float:
    """How much of its distress others feel."""
    return distress if steep <= 0.0 or distress >= 1.0 else distress * np.exp(steep * (distress - 1.0))


@inlined
def _take_in(line: Any, wave: Any, following: Any, more: Any, waves: Any, once: Any) -> Any:
    """Let a wave's parties take in what waits for them; who passes on next goes into `wave`, how many is returned."""
    count = 0
    for k in range(more):
        i = following[k]
        line[i, H] = min(1.0, line[i, H] + line[i, PENDING])
        line[i, PENDING] = 0.0
        first = line[i, WAVE] <= 0.0
        if first:
            line[i, WAVE] = waves + 1
        if first or not once:
            wave[count] = i
            count += 1
    return count


@compiled(several(INT, INT, REAL, INT)(PASSING, ROOM, INT, INT))
def spread(passing: Any, room: Any, met: int, budget: int) -> tuple[int, int, float, int]:
    """Spread distress until no rise exceeds `least`.

    The first `met` of those met are the shock, their lines say how great, in wave 1. Returned: waves, how many were
    met, the most that waits yet, what is left of the budget of links.
    """
    line, into, weight, least = room.line, passing.into, passing.weight, passing.least
    wave, following = room.wave, room.following
    count, waves = met, 0
    wave[:count] = room.met[:count]
    while count > 0 and budget > 0:
        waves += 1
        more = 0
        for k in range(count):
            j = wave[k]
            felt = _felt(passing.steep, line[j, H])
            rise = felt - line[j, TOLD]
            line[j, TOLD] = felt
            budget -= passing.start[j + 1] - passing.start[j]
            for link in range(passing.start[j], passing.start[j + 1]):
                i = into[link]
                if line[i, H] >= 1.0:
                    continue
                if line[i, WAVE] == 0.0:
                    line[i, WAVE] = BRUSHED
                    room.met[met] = i
                    met += 1
                before = line[i, PENDING]
                line[i, PENDING] = before + weight[link] * rise
                if before <= least and line[i, PENDING] > least:
                    following[more] = i
                    more += 1
        count = _take_in(line, wave, following, more, waves, passing.steep == ONCE)
    left = 0.0
    for k in range(count):  # what the budget left over
        left = max(left, _felt(passing.steep, line[wave[k], H]) - line[wave[k], TOLD])
    for k in range(met):
        i = room.met[k]
        left = max(left, min(line[i, PENDING], 1.0 - line[i, H]))
    return waves, met, left, budget


class Costs(NamedTuple):
    """What failures one after the other lead to, a place for each."""

    loss: NDArray[np.float64]
    late: NDArray[np.float64]
    """What is valued `later` of what waits yet."""
    left: NDArray[np.float64]
    """The most that waits yet for anybody."""
    waves: NDArray[np.int64]

    @classmethod
    def of(cls, count: int) -> "Costs":
        """Places for some."""
        return cls(np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count, np.int64))


COSTS = record(Costs, F8_OUT, F8_OUT, F8_OUT, I8_OUT)


@compiled(INT(PASSING, ROOM, U4, F8, F8, INT, COSTS))
def fail_each(
    passing: Any,
    room: Any,
    parties: NDArray[np.uint32],
    value: NDArray[np.float64],
    later: NDArray[np.float64],
    budget: int,
    costs: Any,
) -> int:
    """Let parties fail one after the other, each within the budget; links worked on in all."""
    line, work = room.line, 0
    for k in range(len(parties)):
        p = parties[k]
        room.met[0] = p
        line[p, H] = line[p, WAVE] = 1.0
        waves, met, left, rest = spread(passing, room, 1, budget)
        work += budget - rest
        loss, late = -value[p], 0.0
        for m in range(met):
            i = room.met[m]
            loss += line[i, H] * value[i]
            late += min(line[i, PENDING], 1.0 - line[i, H]) * later[i]
            line[i, :] = 0.0
        costs.loss[k], costs.late[k], costs.left[k], costs.waves[k] = loss, late, left, waves
    return work


@compiled(INT(ROOM, INT, U4_OUT, F8_OUT, I8_OUT))
def take_out(
    room: Any, met: int, party: NDArray[np.uint32], distress: NDArray[np.float64], wave: NDArray[np.int64]
) -> int:
    """Copy whom a spread reached, in the order in which it touched them, and put all lines back; how many."""
    count = 0
    for k in range(met):
        i = room.met[k]
        if room.line[i, WAVE] > 0.0:
            party[count], distress[count], wave[count] = i, room.line[i, H], np.int64(room.line[i, WAVE])
            count += 1
        room.line[i, :] = 0.0
    return count


@compiled(INT(ROOM, I8, F8))
def put_in(room: Any, party: NDArray[np.int64], lost: NDArray[np.float64]) -> int:
    """Put a shock where a spread begins; how many it hits, or what cannot be: `NOBODY`, `NO_FRACTION`, `TWICE`."""
    count, wrong = 0, 0
    for k in range(len(party)):
        i, part = party[k], lost[k]
        if i < 0 or i >= len(room.line):
            wrong = NOBODY
        elif not 0.0 <= part <= 1.0:
            wrong = NO_FRACTION
        elif room.line[i, WAVE] > 0.0:
            wrong = TWICE
        elif part > 0.0:
            room.line[i, H], room.line[i, WAVE] = part, 1.0
            room.met[count] = i
            count += 1
        if wrong < 0:
            for m in range(count):
                room.line[room.met[m], :] = 0.0
            return wrong
    return count
