"""One job, as it is told and as it is kept."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from api.answers.progress import Stage

State = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: Final = ("done", "failed", "cancelled")
ADDRESS: Final = "/v1/jobs"
"""Where jobs are asked about."""


@dataclass(frozen=True)
class Asked:
    """The request behind a job: sent again, it asks the same."""

    address: str
    """With the moment and the version that were meant."""
    body: dict[str, Any]


@dataclass(frozen=True)
class Doing:
    """How far a job is."""

    fraction: float
    """Of its work, in [0, 1]: what was done when the step in words began."""
    doing: str
    doing_zh: str

    @classmethod
    def of(cls, stage: Stage) -> "Doing":
        """As the question tells it."""
        return cls(*stage)


@dataclass(frozen=True)
class Failure:
    """Why there is no answer."""

    what: str
    where: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Job:
    """A question that is worked off beside the requests."""

    id: str
    question: str
    state: State
    progress: Doing
    submitted: datetime
    started: datetime | None
    ended: datetime | None
    asked: Asked
    result: str
    """Where its answer stands; empty as long as there is none."""
    failure: Failure | None
    """Why it failed, where it did."""

    @classmethod
    def new(cls, id: str, question: str, asked: Asked, *, at: datetime) -> "Job":
        """A job that waits."""
        return cls(id, question, "queued", Doing(0.0, "waiting its turn", "排队中"), at, None, None, asked, "", None)

    @property
    def address(self) -> str:
        """Where it is asked about."""
        return f"{ADDRESS}/{self.id}"

    def begun(self, at: datetime) -> "Job":
        """Itself, at work."""
        return replace(self, state="running", started=at)

    def at(self, stage: Stage) -> "Job":
        """Itself, so far."""
        return replace(self, progress=Doing.of(stage))

    def done(self, at: datetime) -> "Job":
        """Itself, with an answer."""
        progress = Doing(1.0, "done", "已完成")
        return replace(self, state="done", progress=progress, ended=at, result=f"{self.address}/result")

    def cancelled(self, at: datetime) -> "Job":
        """Itself, stopped as asked."""
        return replace(self, state="cancelled", ended=at)

    def failed(self, failure: Failure, at: datetime | None) -> "Job":
        """Itself, without an answer."""
        return replace(self, state="failed", ended=at, failure=failure)

    def lost(self, at: datetime | None = None) -> "Job":
        """Itself, where its server has stopped; nobody knows when, where it was killed."""
        remedy = f"ask again: POST {self.asked.address} with the body that stands under `asked`"
        return self.failed(Failure("the server stopped", where=self.address, remedy=remedy), at)
