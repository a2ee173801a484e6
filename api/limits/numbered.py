"""Which facility a pledge or a guarantee means by its number: rows of one lender, number and borrower are one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics.limits.cover import SHARED, STRANGE, UNTIED
from graph.links import Links

Nodes = NDArray[np.uint32]
Keys = NDArray[np.int64]


@dataclass(frozen=True)
class Numbered:
    """Facilities by their numbers, as far as somebody names them."""

    first: Nodes
    """Position of the first row of each row's facility."""
    numbers: tuple[Keys, ...]
    """Of each column that names facilities which number each entry is; -1 where none, -2 where it names none."""
    books: Keys
    """Number and lender of each, ascending."""
    facilities: Keys
    """Position in `books` and borrower of each facility, ascending."""
    start: Nodes
    """Position of the first row of each of these."""

    @classmethod
    def of(cls, lends: Links, columns: Sequence[pa.ChunkedArray | pa.Array]) -> "Numbered":
        """Facilities that some columns name."""
        texts = [pc.fill_null(column.cast(pa.string()), "") for column in columns]
        flat = [text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text for text in texts]
        words = pc.unique(pa.concat_arrays(flat))
        words = words.filter(pc.not_equal(words, ""))
        theirs, *numbers = (_place(text, words) for text in (lends.text("facility_id").cast(pa.string()), *flat))
        rows = np.flatnonzero(theirs >= 0)
        books, of = np.unique(theirs[rows] << 32 | lends.tail[rows], return_inverse=True)
        facilities, at, place = np.unique(of << 32 | lends.head[rows], return_index=True, return_inverse=True)
        first, start = np.arange(len(theirs), dtype=np.uint32), rows[at].astype(np.uint32)
        first[rows] = start[place]
        named = tuple(
            np.where(pc.equal(text, "").to_numpy(zero_copy_only=False), -2, number)
            for text, number in zip(flat, numbers, strict=True)
        )
        return cls(first, named, books, facilities, start)

    def found(self, column: int, lender: Nodes, borrower: Nodes) -> Nodes:
        """The facility that each entry of a column means, of a lender and a borrower."""
        return self._told(column, self._of(self._book(column, lender), borrower))

    def pledged(self, column: int, lender: Nodes, provider: Nodes) -> Nodes:
        """The facility that each pledge means: its provider's own, else that of the one borrower with this number."""
        book = self._book(column, lender)
        own = self._of(book, provider)
        many = np.append(np.bincount(self.facilities >> 32, minlength=len(self.books)), 0)[book]
        alone = np.searchsorted(self.facilities, book << 32)
        other = np.where(many == 1, np.append(self.start, STRANGE)[alone], np.where(many > 1, SHARED, STRANGE))
        return self._told(column, np.where(own == STRANGE, other, own))

    def _told(self, column: int, found: NDArray[np.generic]) -> Nodes:
        return np.where(self.numbers[column] == -2, UNTIED, found).astype(np.uint32)

    def _book(self, column: int, lender: Nodes) -> Keys:
        """Where number and lender stand in `books`; its length where they do not."""
        return _found(self.books, self.numbers[column] << 32 | lender, self.numbers[column] >= 0)

    def _of(self, book: Keys, borrower: Nodes) -> Nodes:
        at = _found(self.facilities, book << 32 | borrower, book < len(self.books))
        return np.append(self.start, np.uint32(STRANGE))[at]


def _place(text: pa.Array, words: pa.Array) -> Keys:
    """Which of some words each text is, -1 where none."""
    place = pc.fill_null(pc.index_in(text, value_set=words), -1)
    flat = place.combine_chunks() if isinstance(place, pa.ChunkedArray) else place
    return np.asarray(flat.to_numpy(zero_copy_only=False), np.int64)


def _found(keys: Keys, sought: Keys, some: NDArray[np.bool_]) -> Keys:
    """Where each stands among ascending keys; their count where it does not."""
    at = np.searchsorted(keys, sought)
    there = some & (np.append(keys, -1)[at] == sought)
    return np.where(there, at, len(keys))
