"""A workbook is a zip of XML; before it is opened it is looked through for bombs.

Sizes are read from the directory and proved while inflating, because a directory can lie.
"""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from graph.errors import UnreadableFile

TOTAL_LIMIT = 4 << 30
"""Bytes all parts together may have."""
TEXTS_LIMIT = 1 << 29
"""Bytes of the shared texts, which are held in memory."""
RATIO_LIMIT = 100
RATIO_FROM = 1 << 26
"""Parts over this size may not be packed more tightly than the ratio."""
PARTS_LIMIT = 10_000

_PIECE = 1 << 20
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype", b"<!entity")
_OLD = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Looked:
    """What the look through a workbook found."""

    formulas: bool
    """Whether any sheet has formulas."""


def look_through(path: Path) -> Looked:
    """Read every XML part once without keeping it; raises UnreadableFile where it is no honest workbook."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLD:
        raise _unreadable(path, "it is an old or encrypted workbook", "save it as .xlsx without a password")
    if not start:
        raise _unreadable(path, "the file is empty", "export it anew from where it came")
    try:
        with zipfile.ZipFile(path) as archive:
            return _look(archive, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise _unreadable(
            path, "it is no whole workbook", "copy or save it anew: it is cut short or damaged"
        ) from problem


def _look(archive: zipfile.ZipFile, path: Path) -> Looked:
    parts = archive.infolist()
    if len(parts) > PARTS_LIMIT:
        raise _bomb(path, f"{len(parts)} parts")
    if any(part.flag_bits & 1 for part in parts):
        raise _unreadable(path, "it is encrypted", "save it without a password")
    total, formulas = 0, False
    _within(path, sum(part.file_size for part in parts), TOTAL_LIMIT, "unpacked")
    for part in parts:
        _packing(path, part, part.file_size)
        if part.filename.endswith((".xml", ".rels", ".vml")):
            size, found = _inflate(archive, part, path, total)
            formulas |= found and part.filename.startswith("xl/worksheets/")
            total += size
    return Looked(formulas)


def _inflate(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path, before: int) -> tuple[int, bool]:
    size, formulas, tail = 0, False, b""
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            if not size and piece[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
                raise _unreadable(path, "a part of it is not UTF-8", "save it anew with a spreadsheet program")
            size += len(piece)
            _packing(path, part, size)
            _within(path, before + size, TOTAL_LIMIT, "unpacked")
            if "sharedStrings" in part.filename:
                _within(path, size, TEXTS_LIMIT, "of texts")
            seen = tail + piece
            if any(word in seen for word in _DECLARATIONS):
                raise _unreadable(
                    path,
                    f"{part.filename} declares a document type",
                    "workbooks never do: do not trust where it came from",
                )
            formulas = formulas or b"<f>" in seen or b"<f " in seen or b"<f/" in seen
            tail = seen[-16:]
    return size, formulas


def _packing(path: Path, part: zipfile.ZipInfo, size: int) -> None:
    if size > RATIO_FROM and size > RATIO_LIMIT * max(part.compress_size, 1):
        raise _bomb(path, f"{part.filename} unpacks to over {size >> 20} MiB from {part.compress_size >> 10} KiB")


def _within(path: Path, size: int, limit: int, what: str) -> None:
    if size > limit:
        raise _bomb(path, f"over {limit >> 20} MiB {what}")


def _bomb(path: Path, detail: str) -> UnreadableFile:
    return _unreadable(
        path, f"it unpacks beyond all measure: {detail}", "save the table as CSV, or in several workbooks"
    )


def _unreadable(path: Path, what: str, remedy: str) -> UnreadableFile:
    return UnreadableFile(what, where=str(path), remedy=remedy)
