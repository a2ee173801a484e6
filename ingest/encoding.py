"""Which encoding a text file is in, and its text as UTF-8, piece by piece."""

import codecs
import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from graph.errors import InvalidMapping, UnreadableFile

PIECE = 1 << 20
"""Bytes read at once."""

_SAMPLE = 1 << 16
_BAD_LINES = 0.05
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY = (
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Excel workbook", "save it as .xlsx without a password"),
    (b"PK\x03\x04", "a zip archive", "unpack it, or give a workbook the ending .xlsx"),
    (b"\x1f\x8b", "gzip-compressed", "unpack it first"),
    (b"PAR1", "a Parquet file", "give it the ending .parquet"),
    (b"%PDF", "a PDF document", "export the table behind it as CSV or .xlsx"),
    (b"\x89PNG", "a picture", "give a table: CSV, .xlsx, .parquet or JSON lines"),
)


def detect(path: Path) -> str:
    """The encoding of a text file: utf-8, utf-16-le, utf-16-be, gb18030 or big5hkscs; raises UnreadableFile."""
    with path.open("rb") as file:
        head = file.read(PIECE)
        if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
            raise UnreadableFile("the file is empty", where=str(path), remedy="export it anew from where it came")
        for magic, what, remedy in _BINARY:
            if head.startswith(magic):
                raise UnreadableFile(f"this is {what}, not text", where=str(path), remedy=remedy)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        if found := _wide(head):
            return found
        return _narrow(_beyond_ascii(file, head), path)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: line ends and separators carry a zero byte on one side."""
    head = head[:_SAMPLE]
    low, high = head[0::2], head[1::2]
    little = sum(b"%c\0" % byte in head for byte in b"\n,\t;|")
    if high.count(0) > len(high) * 0.05 and high.count(0) > 4 * low.count(0) and little:
        return "utf-16-le"
    if low.count(0) > len(low) * 0.05 and low.count(0) > 4 * high.count(0):
        return "utf-16-be"
    return None


def _beyond_ascii(file: BinaryIO, head: bytes) -> bytes:
    """A sample that begins with the first byte that is not ASCII; empty where all are."""
    piece = head
    while piece:
        if not piece.isascii():
            start = next(i for i, byte in enumerate(piece) if byte > 127)
            sample = piece[start : start + _SAMPLE]
            return sample + file.read(max(0, _SAMPLE - len(sample)))
        piece = file.read(PIECE)
    return b""


def _narrow(sample: bytes, path: Path) -> str:
    if not sample:
        return "utf-8"
    for name, tolerated in _tried(sample):
        text = codecs.getincrementaldecoder(name)("replace").decode(sample)
        bad = text.count("\ufffd")
        good = sum(sign > "\x7f" for sign in text) - bad
        if bad <= tolerated * good and (name != "gb18030" or _chinese(sample)):
            return name
    if _few_lines(sample):
        return "utf-8"
    raise UnreadableFile(
        "its encoding is neither UTF-8, GB18030, Big5 nor UTF-16",
        where=str(path),
        remedy='save it as UTF-8, or name its encoding in the mapping, such as encoding = "cp1252"',
    )


def _few_lines(sample: bytes) -> bool:
    """Whether only a line here and there is no UTF-8: such rows are bad, not the file."""
    rows = sample.decode(errors="replace").splitlines()
    return sum("\ufffd" in row for row in rows) <= _BAD_LINES * len(rows)


def _tried(sample: bytes) -> Iterator[tuple[str, float]]:
    """Encodings to try, and which share of their characters may be broken; the later ones only if need be."""
    yield "utf-8", 0.5
    yield ("big5hkscs" if _traditional(sample) else "gb18030"), 0.02


def _chinese(sample: bytes) -> bool:
    """Whether most two-byte characters lie among the common ones, as Chinese text's do."""
    pairs = [sample[at : at + 2] for at in _pairs(sample)]
    return 2 * sum(second > 0xA0 for _, second in pairs) >= len(pairs)


def _traditional(sample: bytes) -> bool:
    """Whether more two-byte characters are common ones of Big5 than of GB 2312, and stand beside each other.

    The 5,401 common ones of Big5 begin with A4 to C6, the 3,755 of GB 2312 with B0 to D7, all their second
    bytes above A0. An accent of Western text stands alone: what follows it and its letter is a letter.
    """
    places = list(_pairs(sample))
    pairs = [sample[at : at + 2] for at in places]
    big5 = sum(0xA1 <= first <= 0xC6 and (second > 0xA0 or 0x40 <= second < 0x7F) for first, second in pairs)
    gb2312 = sum((0xB0 <= first <= 0xD7 or 0xA1 <= first <= 0xA3) and second > 0xA0 for first, second in pairs)
    beside = sum(after - at == 2 for at, after in pairwise(places))
    return big5 > gb2312 and 2 * big5 > len(pairs) and beside >= 0.3 * len(pairs)


def _pairs(sample: bytes) -> Iterator[int]:
    """Where the characters of two bytes begin."""
    position = 0
    while position < len(sample) - 1:
        if sample[position] < 128:
            position += 1
            continue
        yield position
        position += 2


def known(name: str, *, where: str) -> str:
    """The codec of this name; raises InvalidMapping where there is none for text."""
    try:
        found = codecs.lookup(name)
        "".encode(found.name)
    except LookupError as problem:
        raise InvalidMapping(
            f"encoding {name!r} is unknown", where=where, remedy="use utf-8, gb18030, big5 or utf-16, or leave it out"
        ) from problem
    return found.name


def pieces(path: Path, encoding: str) -> Iterator[tuple[bytes, bool, int]]:
    """The text as UTF-8: piece, whether bytes in it could not be decoded (now U+FFFD), bytes read so far."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with path.open("rb") as file:
        first = True
        while True:
            piece = file.read(PIECE)
            text = decoder.decode(piece, final=not piece)
            if first:
                text, first = text.removeprefix("\ufeff"), False
            genuine = piece.count(b"\xef\xbf\xbd") if encoding == "utf-8" else 0
            yield text.encode(errors="replace"), text.count("\ufffd") > genuine, file.tell()
            if not piece:
                return


def lines(path: Path, encoding: str, *, limit: int) -> Iterator[tuple[bytes, int]]:
    """Lines of the text as UTF-8 and the bytes read so far; of a longer one only `limit` + 1 bytes are kept."""
    kept = io.BytesIO()
    position = 0
    for piece, _, position in pieces(path, encoding):
        *whole, rest = piece.split(b"\n")
        for line in whole:
            kept.write(line)
            yield kept.getvalue()[: limit + 1].removesuffix(b"\r"), position
            kept = io.BytesIO()
        if kept.tell() <= limit:
            kept.write(rest)
    if last := kept.getvalue():
        yield last[: limit + 1], position
