"""The folder of a workspace while a load uses it; one that a refused load made for nothing is taken away again."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from graph.errors import InvalidInput, NotFound
from ingest.quarantine import Choice, Quarantine

QUARANTINE = "quarantine.sqlite"


@contextmanager
def used(folder: Path) -> Iterator[None]:
    """Use a workspace, made for its owner alone: it holds what is known of people, and the key."""
    made = not folder.exists()
    handle = _opened(folder)
    try:
        yield
    except (InvalidInput, NotFound, PermissionError):
        if made:
            _take_away(folder, handle)
        raise
    finally:
        os.close(handle)


def _opened(folder: Path) -> int:
    """A handle of the folder, locked so that nobody takes it away."""
    while True:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            handle = os.open(folder, os.O_RDONLY)
            fcntl.flock(handle, fcntl.LOCK_SH)
            if _is_open(folder, handle):
                return handle
            os.close(handle)


def _take_away(folder: Path, handle: int) -> None:
    """Remove a workspace in which nothing is kept and that nobody else uses."""
    with suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _is_open(folder, handle) and not _keeps(folder):
            shutil.rmtree(folder)


def _is_open(folder: Path, handle: int) -> bool:
    """Whether a handle is that of the folder which is there now."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), folder.stat())
    return False


def _keeps(folder: Path) -> bool:
    if any((folder / name).exists() for name in ("store", "columns")):
        return True
    if not (folder / QUARANTINE).exists():
        return False
    with Quarantine(folder / QUARANTINE) as quarantine:
        return bool(quarantine.counts(Choice(status=None)))
