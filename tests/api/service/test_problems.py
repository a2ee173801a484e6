"""Every error has a status and is told without its inside."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from api.routes.pages import tree
from api.service.bounds import Bounds
from api.service.problems import HEADERS, STATUS, register, status_of, type_of
from graph import errors
from graph.errors import ContagraphError, StoreError
from tests.api.serving import serving

CLASSES = {kind.__name__: kind for kind in (ContagraphError, *tree(ContagraphError))}
ARGUMENTS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "UnknownParty": (("register:x",), {}),
    "UnknownVersion": ((7,), {}),
    "MissingRate": (("CNY", "EUR", "2024-01-01"), {}),
    "NotConverged": (("clearing",), {"iterations": 3, "residual": 0.1}),
    "Cancelled": (("load",), {}),
    "UnknownJob": (("0" * 32,), {}),
    "TooManyJobs": ((8,), {"seconds": 10}),
    "OverfullRefused": (((),), {}),
}
MENDED_BY_WHO_ASKS = (
    errors.InvalidInput, errors.NotFound, errors.MissingRate, errors.LoadInProgress, errors.NotAllowed,
    errors.DecidedOtherwise, errors.NoResult, errors.TooManyJobs,
)  # fmt: skip


def made(kind: type[ContagraphError]) -> ContagraphError:
    words, named = ARGUMENTS.get(kind.__name__, (("it is wrong",), {"where": "/a/folder", "remedy": "mend it"}))
    return kind(*words, **named)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A service whose every address fails."""
    app = FastAPI()
    register(app)

    @app.get("/error/{name}")
    def fail(name: str) -> None:
        raise made(CLASSES[name])

    @app.get("/fault")
    def break_down() -> None:
        raise RuntimeError("the password is swordfish")

    @app.post("/read")
    async def read(request: Request) -> int:
        return len(await request.body())

    app.add_middleware(Bounds, max_url=1000, max_body=100)
    with serving(app) as client:
        yield client


@pytest.mark.parametrize("name", CLASSES)
def test_every_error_is_told_as_a_problem(client: httpx.Client, name: str) -> None:
    reply = client.get(f"/error/{name}")
    problem, error = reply.json(), made(CLASSES[name])
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.status_code == problem["status"] == status_of(CLASSES[name])
    assert (problem["type"], problem.get("remedy", "")) == (type_of(name), error.remedy)
    assert error.what in problem["detail"]
    assert "Traceback" not in reply.text


@pytest.mark.parametrize("name", CLASSES)
def test_who_asks_is_to_blame_for_what_only_they_can_mend(name: str) -> None:
    theirs = issubclass(CLASSES[name], MENDED_BY_WHO_ASKS)
    assert status_of(CLASSES[name]) // 100 == (4 if theirs else 5)


def test_every_branch_of_the_tree_stands_in_the_table() -> None:
    assert set(ContagraphError.__subclasses__()) <= set(STATUS)
    assert set(STATUS) <= set(CLASSES.values())


@pytest.mark.parametrize("name", [name for name, kind in CLASSES.items() if issubclass(kind, StoreError)])
def test_where_a_store_lies_is_not_told(client: httpx.Client, name: str) -> None:
    assert "/a/folder" not in client.get(f"/error/{name}").text


def test_of_a_fault_nothing_is_told_but_its_number(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="contagraph"):
        reply = client.get("/fault")
    assert (reply.status_code, reply.headers["content-type"]) == (500, "application/problem+json")
    assert not [word for word in ("swordfish", "RuntimeError", "Traceback", ".py") if word in reply.text]
    number = reply.json()["detail"].split("number ")[1].split()[0]
    assert number in caplog.text
    assert {name: reply.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(("method", "address", "status"), [("GET", "/nowhere", 404), ("DELETE", "/fault", 405)])
def test_what_is_not_there_is_a_problem_too(client: httpx.Client, method: str, address: str, status: int) -> None:
    reply = client.request(method, address)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(reply.content)["status"] == status
    assert status != 405 or reply.headers["allow"] == "GET"


def test_a_body_that_does_not_say_its_size_is_counted(client: httpx.Client) -> None:
    def body(size: int) -> Iterator[bytes]:
        for _ in range(size // 10):
            yield b"x" * 10

    assert client.post("/read", content=body(100)).json() == 100
    assert client.post("/read", content=body(110)).status_code == 413
