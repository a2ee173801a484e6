"""How a kernel is compiled: once, kept on disk, with fixed types, free of the interpreter's lock."""

import re
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
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
    return _kept(numba.njit(signature, cache=True, nogil=True, error_model="numpy", boundscheck=False))


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
    return _kept(numba.njit(signature, cache=True, nogil=True, error_model="numpy", boundscheck=False, **UNCOUNTED))


def apart(function: Kernel) -> Kernel:
    """A large step of a `bare` kernel, compiled by itself for what it is given."""
    return cast(Kernel, numba.njit(function, nogil=True, error_model="numpy", **UNCOUNTED))


def _kept(made: Callable[[Any], Any]) -> Callable[[Kernel], Kernel]:
    """Keep a kernel under a name that changes with its sources."""

    def keep(function: Kernel) -> Kernel:
        # numba looks at a kernel's own file alone, and would go on with steps of others that were since edited.
        sources = sources_of(Path(function.__code__.co_filename))
        function.__qualname__ += f"_{sha256(b''.join(sources)).hexdigest()[:8]}"
        return cast(Kernel, made(function))

    return keep


@cache
def sources_of(path: Path) -> tuple[bytes, ...]:
    """A kernel's file and, on and on, those of its folder that it takes steps or numbers from; none that is not there,
    as in an archive."""
    found, waiting = dict[Path, bytes](), [path]
    while waiting:
        one = waiting.pop()
        if one not in found and one.is_file():
            found[one] = one.read_bytes()
            names = re.findall(rb"^from [\w.]*?(\w+) import", found[one], re.MULTILINE)
            waiting += [path.with_name(f"{name.decode()}.py") for name in names]
    return tuple(found[one] for one in sorted(found))
