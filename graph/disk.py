"""The disk: what is written is there for good, and one that is full says so in our own words."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path

from graph.errors import StoreFull

LEAST = 4 << 20
"""Bytes without which a store cannot write a page and its log."""


def is_full(folder: Path) -> bool:
    """Whether the disk of a folder has no room left for a store."""
    try:
        return shutil.disk_usage(folder).free < LEAST
    except OSError:
        return False


@contextmanager
def room_on(folder: Path) -> Iterator[None]:
    """Whatever is raised because the disk is full, as StoreFull."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as problem:
        told = getattr(problem, "errno", None) in (ENOSPC, EDQUOT) or "no space left" in str(problem).lower()
        if told or (isinstance(problem, sqlite3.OperationalError) and is_full(folder)):
            raise StoreFull("no room is left on its disk", where=str(folder)) from problem
        raise


def flush_tree(root: Path) -> None:
    """Write all of a folder to the disk."""
    for path in root.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            flush_folder(path)
    flush_folder(root)


def flush_folder(folder: Path) -> None:
    """Write a folder's list of files to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
