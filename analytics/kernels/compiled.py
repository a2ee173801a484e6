"""How a kernel is compiled: once, kept on disk, with fixed types, free of the interpreter's lock."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba import types
from numpy.typing import ArrayLike, DTypeLike, NDArray

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def reads(element: Any) -> Any:
    """Type of a contiguous vector that a kernel only reads; memory-mapped vectors fit."""
    return types.Array(element, 1, "C", readonly=True)


def writes(element: Any) -> Any:
    """Type of a contiguous vector that a kernel writes."""
    return types.Array(element, 1, "C")


def record(form: type, *fields: Any) -> Any:
    """Type of a named tuple of arrays."""
    if len(set(fields)) == 1:
        return types.NamedUniTuple(fields[0], len(fields), form)  # type: ignore[no-untyped-call]
    return types.NamedTuple(fields, form)  # type: ignore[no-untyped-call]


def several(*parts: Any) -> Any:
    """Type of a tuple that a kernel returns."""
    return types.Tuple(parts)  # type: ignore[no-untyped-call]


def columns(rows: int, count: int) -> list[NDArray[np.float64]]:
    """Vectors of zeros that lie side by side: what they hold of one party comes into the cache together."""
    return list(np.zeros((rows, count)).T)


I8, U4, F8, I1, U1 = (reads(t) for t in (types.int64, types.uint32, types.float64, types.int8, types.uint8))
I8_OUT, U4_OUT, F8_OUT = (writes(t) for t in (types.int64, types.uint32, types.float64))
BESIDE, BESIDE_OUT = (types.Array(types.float64, 1, "A", readonly=fixed) for fixed in (True, False))
"""Of `columns`, for reading and for writing."""
FLAG, INT, REAL = types.boolean, types.int64, types.float64


UNCOUNTED: dict[str, Any] = {"_nrt": False}


def compiled(signature: Any) -> Callable[[Kernel], Kernel]:
    """Compile a kernel for one signature and keep it beside its file."""
    made = numba.njit(signature, cache=True, nogil=True, error_model="numpy", boundscheck=False)
    return cast(Callable[[Kernel], Kernel], made)


def inlined(function: Kernel) -> Kernel:
    """A small step of a kernel, compiled where it is used."""
    return cast(Kernel, numba.njit(function, nogil=True, error_model="numpy", inline="always"))


def frozen(values: ArrayLike, dtype: DTypeLike) -> NDArray[Any]:
    """A contiguous read-only view, copied only where type or layout differ."""
    view = np.ascontiguousarray(values, dtype=dtype).view()
    view.flags.writeable = False
    return view


def bare(signature: Any) -> Callable[[Kernel], Kernel]:
    """Compile a kernel that makes no arrays: without counting who refers to those it is given, which costs more than
    its work where it looks at few places of many arrays."""
    made = numba.njit(signature, cache=True, nogil=True, error_model="numpy", boundscheck=False, **UNCOUNTED)
    return cast(Callable[[Kernel], Kernel], made)


def apart(function: Kernel) -> Kernel:
    """A large step of a `bare` kernel, compiled by itself for what it is given."""
    return cast(Kernel, numba.njit(function, nogil=True, error_model="numpy", **UNCOUNTED))
