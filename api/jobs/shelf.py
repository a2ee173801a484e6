"""Where jobs are kept: a folder with a file for each, one for its answer, and one that its server holds while it lives.

Files are written whole under another name and then renamed, so that a kill leaves the old one or the new one. A server
holds a lock on a file of its own as long as it lives, which the system lets go when it dies, however it does; a job
that is not ended and whose server holds no lock was cut off. Several servers may share a folder.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TextIO

from pydantic import TypeAdapter, ValidationError

from api.jobs.job import ENDED, Job
from graph.disk import flush_folder, room_on

ID: Final = re.compile("[0-9a-f]{32}")
JOB, RESULT, STOP, SERVER, OPENING = ".job.json", ".result.json", ".stop", ".server", "opening.lock"


@dataclass(frozen=True)
class Kept:
    """A job as its file has it, and whose it is."""

    server: str
    job: Job


_KEPT: Final = TypeAdapter(Kept)


class Shelf:
    """The jobs of a folder, as one of its servers sees them."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder, self.server = folder, server
        self._mine: TextIO | None = None

    def open(self) -> None:
        """Begin to be one of its servers, once; what servers that have died left behind is ended."""
        if self._mine is not None:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # One at a time: a file that is not locked yet would look like that of a server that has died.
        with (self.folder / OPENING).open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            self._mine = self._of(self.server, SERVER).open("w")
            fcntl.flock(self._mine, fcntl.LOCK_EX)
            self._clear()

    def _clear(self) -> None:
        """End what servers that have died left behind."""
        for kept in list(self._every()):
            if kept.job.state not in ENDED and not self._lives(kept.server):
                self.put(kept.job.lost())
        for path in self.folder.glob(f"*{SERVER}"):
            if not self._lives(path.name.removesuffix(SERVER)):
                path.unlink(missing_ok=True)
        for path in self.folder.glob("*.new"):
            if not self._lives(path.name.split(".")[-2]):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """No longer be one of its servers."""
        if self._mine is not None:
            self._of(self.server, SERVER).unlink(missing_ok=True)
            self._mine.close()
            self._mine = None

    def put(self, job: Job) -> None:
        """Keep a job as it is now. Raises StoreFull."""
        self._write(self._of(job.id, JOB), _KEPT.dump_json(Kept(self.server, job)))

    def put_result(self, id: str, result: bytes) -> None:
        """Keep an answer. Raises StoreFull."""
        self._write(self._of(id, RESULT), result)

    def job(self, id: str) -> Job | None:
        """The job of an id; none where there is none."""
        kept = self._read(self._of(id, JOB)) if ID.fullmatch(id) else None
        return None if kept is None else self._seen(kept)

    def jobs(self) -> list[Job]:
        """All jobs, the newest first."""
        return sorted(map(self._seen, self._every()), key=lambda job: (job.submitted, job.id), reverse=True)

    def take_back(self, id: str) -> None:
        """Take the answer of a job away."""
        self._of(id, RESULT).unlink(missing_ok=True)

    def result(self, id: str) -> bytes | None:
        """The answer of a job; none where there is none."""
        with suppress(FileNotFoundError):
            return self._of(id, RESULT).read_bytes()
        return None

    def stop(self, id: str) -> None:
        """Ask whichever server works on a job to stop it."""
        self._of(id, STOP).touch(mode=0o600)

    def stopped(self, id: str) -> bool:
        """Whether some server was asked to stop it."""
        return self._of(id, STOP).exists()

    def forget(self, id: str) -> None:
        """Take a job and its answer away."""
        for kind in (JOB, RESULT, STOP):
            self._of(id, kind).unlink(missing_ok=True)

    def tidy(self, *, keep: int, days: float, now: datetime) -> None:
        """Forget ended jobs beyond so many, the oldest first, and those that ended more than so many days ago."""
        ended = [job for job in self.jobs() if job.state in ENDED]
        old = [job for job in ended[:keep] if now - (job.ended or job.submitted) > timedelta(days=days)]
        for job in (*ended[keep:], *old):
            self.forget(job.id)

    def _of(self, id: str, kind: str) -> Path:
        return self.folder / f"{id}{kind}"

    def _every(self) -> Iterator[Kept]:
        for path in self.folder.glob(f"*{JOB}"):
            kept = self._read(path)
            if kept is not None:
                yield kept

    def _read(self, path: Path) -> Kept | None:
        with suppress(FileNotFoundError, ValidationError):
            return _KEPT.validate_json(path.read_bytes())
        return None

    def _seen(self, kept: Kept) -> Job:
        """A job as it is; one that its server did not end and can no longer is told so."""
        cut_off = kept.job.state not in ENDED and not self._lives(kept.server)
        return kept.job.lost() if cut_off else kept.job

    def _lives(self, server: str) -> bool:
        """Whether a server holds its lock."""
        if server == self.server:
            return self._mine is not None
        try:
            with self._of(server, SERVER).open("r") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _write(self, path: Path, content: bytes) -> None:
        fresh = path.with_name(f"{path.name}.{self.server}.new")
        with room_on(self.folder):
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
            flush_folder(self.folder)
