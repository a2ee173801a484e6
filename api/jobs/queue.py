"""Taking jobs in, working them off in threads, and stopping them."""

import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition, Thread
from typing import Final

from api.answers.progress import Progress, Stage
from api.jobs.job import ENDED, Asked, Failure, Job
from api.jobs.shelf import Shelf
from graph.errors import Cancelled, ContagraphError, NoResult, TooManyJobs, UnknownJob

Work = Callable[[Progress], bytes]
"""What a job does; it is given what to tell its stages to, which raises Cancelled where it shall stop."""
AGAIN: Final = 10
"""Seconds after which to ask again where no job is taken in."""
TOLD_EVERY: Final = 0.5
"""Seconds between two writings of how far a job is, for other servers of its folder and for after a kill."""

log = logging.getLogger("contagraph")


@dataclass(frozen=True)
class Room:
    """How many jobs there may be."""

    at_once: int = 1
    waiting: int = 8
    kept: int = 100
    days: float = 7


@dataclass
class _Task:
    """A job of this server that is not ended."""

    job: Job
    work: Work
    stopped: bool = False
    told: float = 0.0


class Jobs:
    """The jobs of a folder; safe to share between threads."""

    def __init__(
        self, folder: Path, room: Room | None = None, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._room, self._clock = room or Room(), clock
        self._shelf = Shelf(folder, secrets.token_hex(16))
        self._changed = Condition()
        self._tasks: dict[str, _Task] = {}
        self._queue: deque[_Task] = deque()
        self._answered: dict[str, Job] = {}
        self._ending = False

    def start(self) -> None:
        """Begin to work. The folder is made with the first job."""
        for number in range(self._room.at_once):
            Thread(target=self._work, name=f"jobs-{number}", daemon=True).start()

    def stop(self, *, seconds: float = 2) -> None:
        """End; jobs that are not ended are told as cut off, those at work as soon as they can be stopped."""
        with self._changed:
            self._ending = True
            for task in self._queue:
                self._keep(task, task.job.lost(self._clock()))
            self._queue.clear()
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._tasks, timeout=seconds)
        self._shelf.close()

    def submit(self, question: str, asked: Asked, work: Work) -> Job:
        """Take a job in; one that this server has answered, and that is kept, is that one.

        Raises TooManyJobs and StoreFull.
        """
        with self._changed:
            self._shelf.open()
            self._tidy()
            for job in self._answered.values():
                if (job.question, job.asked) == (question, asked):
                    return job
            if len(self._queue) >= self._room.waiting:
                raise TooManyJobs(len(self._queue), seconds=AGAIN)
            task = _Task(Job.new(secrets.token_hex(16), question, asked, at=self._clock()), work)
            self._shelf.put(task.job)
            self._tasks[task.job.id] = task
            self._queue.append(task)
            self._changed.notify()
            return task.job

    def job(self, id: str) -> Job:
        """The job of an id. Raises UnknownJob."""
        with self._changed:
            found = self._tasks[id].job if id in self._tasks else self._shelf.job(id)
        if found is None:
            raise UnknownJob(id)
        return found

    def all(self) -> list[Job]:
        """All jobs that are kept, the newest first."""
        with self._changed:
            self._tidy()
            return [self._tasks[job.id].job if job.id in self._tasks else job for job in self._shelf.jobs()]

    def result(self, id: str) -> bytes:
        """The answer of a job. Raises UnknownJob, and NoResult where there is none."""
        job = self.job(id)
        found = self._shelf.result(id) if job.state == "done" else None
        if found is None:
            raise _none(job)
        return found

    def cancel(self, id: str) -> Job:
        """Stop a job that is not ended; forget one that is. Raises UnknownJob."""
        with self._changed:
            job = self.job(id)
            task = self._tasks.get(id)
            if job.state in ENDED:
                self._shelf.forget(id)
                self._tasks.pop(id, None)
                self._answered.pop(id, None)
            elif task is None:
                self._shelf.stop(id)
            elif task in self._queue:
                self._queue.remove(task)
                self._keep(task, job.cancelled(self._clock()))
                return task.job
            else:
                task.stopped = True
            return job

    def _tidy(self) -> None:
        """Forget jobs that are too many or too old, and what other servers of the folder have forgotten."""
        self._shelf.tidy(keep=self._room.kept, days=self._room.days, now=self._clock())
        for id in [id for id in self._answered if id not in self._tasks and self._shelf.job(id) is None]:
            del self._answered[id]

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._ending)
                if self._ending:
                    return
                task = self._queue.popleft()
                task.job = task.job.begun(self._clock())
            ended = self._ended(task)
            with self._changed:
                self._keep(task, self._or_stopped(task, ended))
                self._changed.notify_all()

    def _or_stopped(self, task: _Task, ended: Job) -> Job:
        """How a job ended: as cancelled too where it was asked to stop after all that it could be stopped at."""
        if ended.state != "done" or not (task.stopped or self._shelf.stopped(ended.id)):
            return ended
        self._shelf.take_back(ended.id)
        return task.job.cancelled(self._clock())

    def _ended(self, task: _Task) -> Job:
        """Work a job off; how it ended."""
        try:
            self._shelf.put(task.job)
            result = task.work(lambda stage: self._told(task, stage))
            self._shelf.put_result(task.job.id, result)
            return task.job.done(self._clock())
        except Cancelled:
            return task.job.lost(self._clock()) if self._ending else task.job.cancelled(self._clock())
        except ContagraphError as error:
            return task.job.failed(Failure(error.what, error.where, error.remedy), self._clock())
        except Exception:
            number = secrets.token_hex(4)
            log.exception("fault %s in job %s", number, task.job.id)
            return task.job.failed(Failure(f"an unforeseen fault, number {number} in the log"), self._clock())

    def _told(self, task: _Task, stage: Stage) -> None:
        """Take in how far a job is. Raises Cancelled where it shall stop."""
        now = time.monotonic()
        with self._changed:
            task.job = task.job.at(stage)
            due = now - task.told > TOLD_EVERY
            if self._ending or task.stopped or (due and self._shelf.stopped(task.job.id)):
                raise Cancelled(f"job {task.job.id}")
            if due:
                task.told = now
                self._put(task.job)

    def _keep(self, task: _Task, job: Job) -> None:
        """Keep how a job ended, even where the disk is full: then as long as the server lives."""
        task.job = job
        if self._put(job):
            del self._tasks[job.id]
        if job.state == "done":
            self._answered[job.id] = job

    def _put(self, job: Job) -> bool:
        """Keep a job as it is now; whether that could be."""
        try:
            self._shelf.put(job)
        except (ContagraphError, OSError) as error:
            log.warning("job %s cannot be kept: %s", job.id, error)
            return False
        return True


def _none(job: Job) -> NoResult:
    """Why a job has no answer to give."""
    if job.state in ("queued", "running"):
        remedy = f"ask again when {job.address} says done"
        return NoResult(f"the job is {job.state}, it has no answer yet", where=job.address, remedy=remedy)
    failure = job.failure or Failure("the job was stopped", remedy="ask again to begin anew")
    # What is said of the job itself names it once, as the place.
    said = failure.what if failure.where in ("", job.address) else f"{failure.where}: {failure.what}"
    return NoResult(said, where=job.address, remedy=failure.remedy)
