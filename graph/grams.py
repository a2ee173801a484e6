"""Grams: the short pieces by which names are found, however they are misspelled.

A Chinese character is a piece by itself and with its neighbour, so that two characters find a name;
Latin words give every three letters, a space before and after each word included. A gram is a number:
21 bits a character.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.names import HAN, LINE, SPACE

BITS = 21


class Postings(NamedTuple):
    """Which lines hold each gram: lines of gram k are `lines[start[k]:start[k + 1]]`, ascending."""

    grams: NDArray[np.int64]
    start: NDArray[np.int64]
    lines: NDArray[np.uint32]


def grams(text: str) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Grams of evened-out names, one a line, and the line of each.

    >>> [len(grams(name)[0]) for name in ("bp", "bp plc", "恒泰", "恒泰 ab")]
    [2, 5, 3, 5]
    """
    codes = np.frombuffer(f" {text} ".replace("\n", " \n ").encode("utf-32-le"), np.uint32).astype(np.int64)
    line = np.cumsum(codes == LINE, dtype=np.uint32)
    han = _is_han(codes)
    latin = np.where(han, SPACE, codes)
    middle = ~han[1:-1] & (latin[1:-1] != SPACE) & (latin[1:-1] != LINE)
    three = (latin[:-2] << 2 * BITS | latin[1:-1] << BITS | latin[2:])[middle]
    pair = han[:-1] & han[1:]
    two = (codes[:-1] << BITS | codes[1:])[pair]
    return (
        np.concatenate((three, two, codes[han])),
        np.concatenate((line[1:-1][middle], line[:-1][pair], line[han])),
    )


def postings(text: str) -> Postings:
    """Lines by gram."""
    gram, line = grams(text)
    order = np.argsort(gram, kind="stable")
    gram, line = gram[order], line[order]
    # Within a gram come three pieces of ascending lines, one of which is its own: still ascending.
    new = np.ones(len(gram), bool)
    new[1:] = (gram[1:] != gram[:-1]) | (line[1:] != line[:-1])
    gram, line = gram[new], line[new]
    first = np.flatnonzero(np.concatenate(([True], gram[1:] != gram[:-1]))) if len(gram) else np.zeros(0, np.int64)
    return Postings(gram[first], np.append(first, len(gram)), line)


def _is_han(codes: NDArray[np.int64]) -> NDArray[np.bool_]:
    found = np.zeros(len(codes), bool)
    for low, high in HAN:
        found |= (codes >= low) & (codes <= high)
    return found
