"""Who hears of whom, over each relation and way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.learning.models.model import Numbers
from analytics.learning.panel import Wave
from analytics.learning.panel.ties import Way
from graph.errors import InvalidModel


@dataclass(frozen=True)
class Hearing:
    """One matrix a channel, a relation in one way: row r, column s says how much r hears of s; shape (n, n) each."""

    size: int
    weighted: tuple[sparse.csr_array, ...]
    """By what is at stake."""
    plain: tuple[sparse.csr_array, ...]
    """1 for everybody heard of, over however many links."""

    @classmethod
    def of(cls, wave: Wave, channels: Sequence[tuple[str, Way]], *, plain: bool) -> "Hearing":
        """Of all parties of a wave; without `plain` the unweighted matrices are left out. Raises InvalidModel."""
        cls.check(wave, {relation for relation, _ in channels})
        return cls.between(wave.size, tuple(wave.heard(*channel) for channel in channels), plain=plain)

    @staticmethod
    def check(wave: Wave, relations: Iterable[str]) -> None:
        """Raises InvalidModel where a wave lacks some relations."""
        missing = set(relations) - set(wave.ties)
        if missing:
            raise InvalidModel(
                f"the panel lacks the relations {', '.join(sorted(missing))}", where="relations",
                remedy="give the panel the relations the model learned from, or train it again",
            )  # fmt: skip

    @classmethod
    def between(cls, size: int, weighted: tuple[sparse.csr_array, ...], *, plain: bool) -> "Hearing":
        """Of one matrix a channel."""
        return cls(size, weighted, tuple(map(_pattern, weighted)) if plain else ())

    def single(self) -> "Hearing":
        """In single precision, as all parties are scored."""
        weighted = tuple(matrix.astype(np.float32) for matrix in self.weighted)
        return Hearing(self.size, weighted, tuple(matrix.astype(np.float32) for matrix in self.plain))

    @cached_property
    def flat(self) -> "Flat":
        """Weighted links of all channels as one list."""
        return Flat.of(self.weighted, self.size)

    @cached_property
    def flat_plain(self) -> "Flat":
        """Plain links of all channels as one list."""
        return Flat.of(self.plain, self.size)


def _pattern(matrix: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)


@dataclass(frozen=True)
class Flat:
    """m links of all channels, by who hears."""

    begins: NDArray[np.int64]
    """Where the links of each party begin, shape (n + 1,)."""
    hears: NDArray[np.int64]
    """Who hears over each link, ascending, shape (m,)."""
    heard: NDArray[np.int64]
    """Of whom, shape (m,)."""
    weight: Numbers
    channel: NDArray[np.int64]

    @classmethod
    def of(cls, matrices: Sequence[sparse.csr_array], size: int) -> "Flat":
        """Of one matrix a channel, (n, n) each."""
        channel = np.repeat(np.arange(len(matrices)), [matrix.nnz for matrix in matrices])
        rows = [np.repeat(np.arange(size), np.diff(matrix.indptr)) for matrix in matrices]
        hears = np.concatenate([np.empty(0, np.int64), *rows])
        heard = np.concatenate([np.empty(0, np.int64), *(matrix.indices for matrix in matrices)])
        weight = np.concatenate([np.empty(0), *(matrix.data for matrix in matrices)])
        order = np.argsort(hears, kind="stable")
        begins = np.searchsorted(hears[order], np.arange(size + 1))
        return cls(begins, hears[order], heard[order], weight[order], channel[order])

    def summed(self, values: Numbers) -> Numbers:
        """Of one value a link, (m,), the sum of those each party hears over, (n,)."""
        return np.bincount(self.hears, values, minlength=len(self.begins) - 1).astype(np.float64)
