"""Delimited text is cut into whole records, quotes respected, a block at a time.

A record that never closes its quote costs one line and not the rest of the file; one that is longer
than any record is dropped while it is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.encoding import pieces

BLOCK = 1 << 22
LIMIT = 1 << 23
"""Bytes of the longest record that is taken."""

_QUOTE, _LINE = ord('"'), ord("\n")


@dataclass(frozen=True)
class Block:
    """Whole records as UTF-8 text with `\\n` at the end of each."""

    text: bytes
    ends: NDArray[np.int64]
    """Where each record ends: the position behind its line end."""
    first: int
    """Row number of the first record, from 1."""
    damaged: bool
    """Whether bytes of it could not be decoded."""
    consumed: int


@dataclass(frozen=True)
class Broken:
    """A record that cannot be taken: an open quote, or too long."""

    number: int
    reason: str
    text: str
    size: int


class Records:
    """Cuts one file into blocks of records."""

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
        self._pieces = pieces(path, encoding)
        self._quoted = re.compile(_record(delimiter, b"\n"))
        self._last = re.compile(_record(delimiter, rb"(?:\n|\Z)"))
        self._delimiter = ord(delimiter)
        self._rest = b""
        self._number = 1
        self._consumed = 0
        self._damaged = False
        self._ended = False

    def __iter__(self) -> Iterator[Block | Broken]:
        while not self._ended:
            self._fill(max(BLOCK, len(self._rest) + 1))
            yield from self._cut()

    def _fill(self, size: int) -> None:
        """Read until `size` bytes are there or the file ends; every line end becomes `\\n`."""
        parts, have = [self._rest], len(self._rest)
        while have < size and not self._ended:
            # The last piece may hold text: the sign for a character that was cut off.
            piece, damaged, self._consumed = next(self._pieces, (b"", False, self._consumed))
            self._ended = not piece
            self._damaged |= damaged
            parts.append(piece)
            have += len(piece)
            if b"\0" in piece:
                parts[-1] = piece.replace(b"\0", b"")
        text = b"".join(parts)
        if b"\r" in text:
            held = b"\r" if text.endswith(b"\r") and not self._ended else b""
            text = text[: len(text) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n") + held
        if self._ended and text and not text.endswith(b"\n"):
            text += b"\n"
        self._rest = text

    def _cut(self) -> Iterator[Block | Broken]:
        ends = self._plain_ends()
        if ends is not None:
            if len(ends):
                yield self._block(ends)
            elif len(self._rest) > LIMIT and b"\n" not in self._rest:
                yield from self._drop()
            if len(self._rest) <= LIMIT and not (self._ended and self._rest):
                return
        yield from self._careful()

    def _plain_ends(self) -> NDArray[np.int64] | None:
        """Ends of the records where every quote stands at the border of a cell; None where one does not."""
        text = np.frombuffer(self._rest, np.uint8)
        lines = np.flatnonzero(text == _LINE)
        quotes = np.flatnonzero(text == _QUOTE)
        if len(quotes):
            lines = lines[np.searchsorted(quotes, lines) % 2 == 0]
            quotes = quotes[: np.searchsorted(quotes, lines[-1])] if len(lines) else quotes[:0]
            border = np.zeros(256, bool)
            border[[self._delimiter, _LINE, _QUOTE]] = True
            opening, closing = quotes[0::2], quotes[1::2]
            opened = border[text[opening - 1]] | (opening == 0)
            if not (opened.all() and border[text[closing + 1]].all()):
                return None
        return lines + 1

    def _block(self, ends: NDArray[np.int64]) -> Block:
        cut = int(ends[-1])
        block = Block(self._rest[:cut], ends, self._number, self._damaged, self._consumed)
        self._rest = self._rest[cut:]
        self._number += len(ends)
        self._damaged = self._damaged and bool(self._rest)
        return block

    def _careful(self) -> Iterator[Block | Broken]:
        """Record by record, where quotes stand inside cells or one is never closed."""
        pattern = self._last if self._ended else self._quoted
        ends: list[int] = []
        position = 0
        while position < len(self._rest):
            match = pattern.match(self._rest, position)
            if match:
                position = match.end()
                ends.append(position)
                continue
            if len(self._rest) - position <= LIMIT and not self._ended:
                break
            if ends:
                yield self._block(np.array(ends, np.int64))
                ends, position = [], 0
            yield from self._drop()
        if ends:
            yield self._block(np.array(ends, np.int64))

    def _drop(self) -> Iterator[Broken]:
        """The next line is no record: leave it out, reading on to its end where it is long."""
        start = self._rest[:LIMIT]
        size = 0
        while (end := self._rest.find(b"\n")) < 0 and not self._ended:
            size += len(self._rest)
            self._rest = b""
            self._fill(BLOCK)
        cut = len(self._rest) if end < 0 else end + 1
        size += cut
        self._rest = self._rest[cut:]
        line = start[:size].split(b"\n", 1)[0]
        reason = "cell too large" if size > LIMIT else "unclosed quote"
        yield Broken(self._number, reason, line.decode(errors="replace"), size)
        self._number += 1


def _record(delimiter: str, end: bytes) -> bytes:
    cut = re.escape(delimiter).encode()
    quoted = rb'"(?:[^"]++|"")*+"(?=' + cut + rb"|\n|\Z)"
    cell = rb"(?:" + quoted + rb'|[^"\n' + cut + rb"][^\n" + cut + rb"]*+|)"
    return cell + rb"(?:" + cut + cell + rb")*+" + end
