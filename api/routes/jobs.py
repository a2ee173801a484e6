"""Long questions as jobs: how far they are, their answers, and stopping them; and asking a question as one."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.responses import Response
from pydantic import TypeAdapter

from api.answers.progress import Progress
from api.jobs import Asked, Job, Jobs
from api.jobs.job import ENDED
from api.routes.asked import Worked
from api.service.problems import Problem
from graph.moment import Moment, write_instant

router = APIRouter(tags=["jobs"])
JSON: Final = "application/json"
JobId = Annotated[
    str, Path(alias="id", description="Id of the job, as it was told when it was taken in", examples=["0" * 32])
]
Wait = Annotated[
    bool, Query(description="Whether the reply waits for the answer; else it is a job (202) to be asked about")
]
Prefer = Annotated[str | None, Header(description="`respond-async` asks for a job, as `wait=false` does")]
TAKEN: Final[dict[int | str, dict[str, Any]]] = {
    202: {"description": "The job that was taken in, its address in `Location`", "model": Job},
    429: {"description": "As many jobs wait as may; `Retry-After` says when to ask again", "model": Problem},
    507: {"description": "The disk is full", "model": Problem},
}
"""Replies of a question that may be asked as a job, beside its own."""
_JOB: Final = TypeAdapter(Job)
Work = Callable[[Progress], bytes]


@router.get("/jobs")
def jobs(worked: Worked) -> list[Job]:
    """Jobs that are kept, the newest first, each with how far it is.

    Ended ones are forgotten after a while (CONTAGRAPH_JOBS_DAYS, CONTAGRAPH_JOBS_KEPT).
    """
    return worked.all()


@router.get("/jobs/{id}")
def job(worked: Worked, id: JobId) -> Job:
    """How far a job is, and where its answer stands."""
    return worked.job(id)


@router.get(
    "/jobs/{id}/result",
    response_model=dict[str, Any],
    responses={409: {"description": "It has no answer: not done yet, failed, or stopped", "model": Problem}},
)
def job_result(worked: Worked, id: JobId) -> Response:
    """The answer of a job, byte by byte as the question would have been answered without one."""
    return Response(worked.result(id), media_type=JSON)


@router.delete(
    "/jobs/{id}",
    response_model=Job,
    responses={202: {"description": "It is asked to stop: within a round, or at its end after the last", "model": Job}},
)
def cancel_job(worked: Worked, id: JobId) -> Job | Response:
    """Stop a job that is not ended, which is then kept as cancelled; forget one that is, with its answer."""
    found = worked.cancel(id)
    return found if found.state in ENDED else Response(_JOB.dump_json(found), 202, media_type=JSON)


def apart(prefer: str | None, *, wait: bool) -> bool:
    """Whether a question is asked as a job.

    >>> apart(None, wait=True), apart("respond-async, wait=10", wait=True), apart(None, wait=False)
    (False, True, True)
    """
    asked = (one.partition(";")[0].strip().lower() for one in (prefer or "").split(","))
    return not wait or "respond-async" in asked


def aside(worked: Worked, wait: Wait = True, prefer: Prefer = None) -> Jobs | None:
    """The jobs, where a question is asked as one of them."""
    return worked if apart(prefer, wait=wait) else None


Aside = Annotated[Jobs | None, Depends(aside)]


def taken_in(jobs: Jobs, question: str, asked: Asked, work: Work) -> Response:
    """The reply to a question that is asked as a job."""
    made = jobs.submit(question, asked, work)
    headers = {"Location": made.address, "Preference-Applied": "respond-async"}
    return Response(_JOB.dump_json(made), 202, headers, JSON)


def asked_at(address: str, moment: Moment, parameters: Mapping[str, Any], body: dict[str, Any]) -> Asked:
    """A request with the moment and the version that were meant, however little of them was said."""
    said = {
        "valid_at": moment.valid_at.isoformat(),
        "known_at": write_instant(moment.known_at),
        "version": moment.version,
        "currency": moment.currency,
        **parameters,
        "wait": "false",
    }
    given = {name: value for name, value in said.items() if value is not None}
    return Asked(f"{address}?{urlencode(given)}", body)
