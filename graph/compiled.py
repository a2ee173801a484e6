"""Inner loops as machine code: compiled at first use, kept on disk, run without the interpreter's lock."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The same function as machine code."""
    return cast("Callable[P, R]", njit(cache=True, nogil=True)(function))
