"""A shock as a job, asked of a real server: how far it is, stopping it, its answer, and a server that is killed."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.engine import Engine, Place
from api.jobs.job import ENDED
from api.settings import Settings
from tests.api.conftest import CLOCK, MINE, NAMES
from tests.api.jobs.chain import LENDER, chain, firm
from tests.api.serving import serving
from tests.api.test_app import SCENARIO
from tests.conftest import ROOT

FIRMS = 2000
LONG = {"failed": [firm(0)], "lender": LENDER, "lgd": 1.0}
"""A shock of as many rounds as firms."""
AT = {"valid_at": CLOCK.date().isoformat()}


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return chain(tmp_path_factory.mktemp("chain"), FIRMS)


@contextmanager
def service(folder: Path, **given: Any) -> Iterator[httpx.Client]:
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: CLOCK)
    with serving(create_app(engine, Settings(**given))) as client:
        yield client


def asked(client: httpx.Client, body: dict[str, Any], **parameters: str) -> dict[str, Any]:
    """The job of a shock."""
    reply = client.post("/v1/shocks", params={"wait": "false", **parameters}, json=body)
    assert reply.status_code == 202, reply.text
    made: dict[str, Any] = reply.json()
    assert reply.headers["location"] == f"/v1/jobs/{made['id']}"
    return made


def until(client: httpx.Client, id: str, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    end = time.monotonic() + 120
    while not wanted(job := client.get(f"/v1/jobs/{id}").json()):
        assert time.monotonic() < end, job
        time.sleep(0.005)
    return job  # type: ignore[no-any-return]


def ended(client: httpx.Client, id: str) -> dict[str, Any]:
    return until(client, id, lambda job: job["state"] in ENDED)


def test_its_answer_is_that_of_the_question_byte_by_byte(folder: Path) -> None:
    with service(folder) as client:
        made = asked(client, SCENARIO, limit="4")
        done = ended(client, made["id"])
        kept = client.get(done["result"])
        waited = client.post("/v1/shocks", params={"limit": "4"}, json=SCENARIO)
        again = client.post(made["asked"]["address"].replace("&wait=false", ""), json=made["asked"]["body"])
    assert (done["state"], done["progress"]["fraction"], kept.status_code) == ("done", 1, 200)
    assert kept.content == waited.content == again.content
    assert kept.headers["content-type"] == waited.headers["content-type"] == "application/json"


def test_one_of_a_day_of_its_own_is_asked_again_on_another_day(folder: Path) -> None:
    now = [CLOCK]
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: now[0])
    with serving(create_app(engine, Settings())) as client:
        made = asked(client, SCENARIO | {"date": (CLOCK - timedelta(days=3)).date().isoformat()})
        kept = client.get(ended(client, made["id"])["result"])
        now[0] += timedelta(days=1)
        job = client.post(made["asked"]["address"], json=made["asked"]["body"])
        again = client.post(made["asked"]["address"].replace("&wait=false", ""), json=made["asked"]["body"])
    assert (job.status_code, again.status_code) == (202, 200)
    assert again.content == kept.content


def test_rates_that_cannot_be_are_refused_before_they_are_a_job(folder: Path) -> None:
    with service(folder) as client:
        before = client.get("/v1/jobs").json()
        reply = client.post("/v1/shocks?wait=false", json=SCENARIO | {"rates": {"USD": 0.1}})
        assert (reply.status_code, client.get("/v1/jobs").json()) == (422, before)


def test_the_long_shock_has_as_many_rounds_as_firms(long: Path) -> None:
    with service(long) as client:
        answer = client.get(ended(client, asked(client, LONG)["id"])["result"]).json()["answer"]
    assert [one["number"] for one in answer["rounds"]] == list(range(1, FIRMS + 1))
    assert answer["lenders"][0]["cost"]["loss"] == 100


def test_a_client_may_prefer_not_to_wait(folder: Path) -> None:
    with service(folder) as client:
        reply = client.post("/v1/shocks", headers={"Prefer": "respond-async"}, json=SCENARIO)
        ended(client, reply.json()["id"])
    assert (reply.status_code, reply.headers["preference-applied"]) == (202, "respond-async")


def test_it_is_told_round_by_round_and_stops_when_asked(long: Path) -> None:
    with service(long) as client:
        made = asked(client, LONG)
        seen = until(client, made["id"], lambda job: "round" in job["progress"]["doing"])
        assert seen["state"] == "running"
        assert re.search("第[0-9]+轮", seen["progress"]["doing_zh"])
        assert 0 < seen["progress"]["fraction"] < 1
        reply = client.get(f"/v1/jobs/{made['id']}/result")
        assert (reply.status_code, reply.headers["content-type"]) == (409, "application/problem+json")
        assert client.delete(f"/v1/jobs/{made['id']}").status_code == 202
        stopped = ended(client, made["id"])
        assert (stopped["state"], stopped["result"]) == ("cancelled", "")
        assert client.get(f"/v1/jobs/{made['id']}/result").status_code == 409
        assert client.get("/v1/jobs").json()[0] == stopped
        assert client.delete(f"/v1/jobs/{made['id']}").status_code == 200
        assert client.get(f"/v1/jobs/{made['id']}").status_code == 404
        assert made["id"] not in [job["id"] for job in client.get("/v1/jobs").json()]


def test_beyond_so_many_that_wait_the_service_says_when_to_ask_again(long: Path) -> None:
    with service(long, jobs_waiting=1) as client:
        first = asked(client, LONG)
        until(client, first["id"], lambda job: job["state"] == "running")
        second = asked(client, LONG | {"lgd": 0.9})
        refused = client.post("/v1/shocks?wait=false", json=LONG | {"lgd": 0.8})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["content-type"] == "application/problem+json"
        assert client.delete(f"/v1/jobs/{second['id']}").json()["state"] == "cancelled"
        client.delete(f"/v1/jobs/{first['id']}")
        ended(client, first["id"])


@pytest.mark.parametrize(
    ("body", "parameters", "where"),
    [
        ({"failed": ["r:nobody"]}, {}, "r:nobody"),
        ({}, {}, "scenario"),
        ({"name": "a fire"}, {}, "scenario"),
        ({"stopped": [{"share": 0.5, "industry": "Z9"}]}, {}, "stopped.0"),
        ({"failed": [firm(0)], "layers": ["rumours"]}, {}, "layers"),
        ({"failed": [firm(0)], "lgd": 2}, {}, "lgd"),
        ({"failed": [firm(0)]}, {"limit": "0"}, "limit"),
        ({"failed": [firm(0)]}, {"version": "7"}, "version 7"),
    ],
)
def test_what_cannot_be_answered_is_refused_before_it_is_a_job(
    long: Path, body: dict[str, Any], parameters: dict[str, str], where: str
) -> None:
    with service(long) as client:
        before = client.get("/v1/jobs").json()
        reply = client.post("/v1/shocks", params={"wait": "false", **parameters}, json=body)
        assert reply.status_code in (404, 422), reply.text
        assert reply.json()["where"] == where
        assert client.get("/v1/jobs").json() == before


def test_jobs_are_for_those_who_may_ask(folder: Path) -> None:
    token = "a token of enough letters"  # noqa: S105
    shown = {"Authorization": f"Bearer {token}"}
    with service(folder, token=token) as client:
        made = client.post("/v1/shocks?wait=false", json=SCENARIO, headers=shown).json()
        address = f"/v1/jobs/{made['id']}"
        for reply in (
            client.get("/v1/jobs"),
            client.get(address),
            client.get(f"{address}/result"),
            client.delete(address),
        ):
            assert reply.status_code == 401
        while client.get(address, headers=shown).json()["state"] != "done":
            time.sleep(0.01)


def test_of_an_unknown_job_nothing_is_told(folder: Path) -> None:
    with service(folder) as client:
        for id in ("0" * 32, "..%2F..%2Fetc", "x"):
            for reply in (
                client.get(f"/v1/jobs/{id}"),
                client.get(f"/v1/jobs/{id}/result"),
                client.delete(f"/v1/jobs/{id}"),
            ):
                assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")


def test_a_named_scenario_is_asked_over_http_and_what_else_is_said_changes_it(folder: Path) -> None:
    with service(folder) as client:
        listed = {one["name"]: one for one in client.get("/v1/scenarios").json()}
        assert listed["real-estate"]["said"]["zh"]
        assert listed["lender-fails"]["fails"] == "lender"
        meant = client.post("/v1/shocks", json={"name": "lender-fails", "lender": NAMES["bank:bank"], "lgd": 0.9})
        said = meant.json()["question"]["parameters"]["scenario"]
        assert (said["failed"], said["lender"], said["lgd"]) == (["bank:bank"], "bank:bank", 0.9)
        own = client.post("/v1/shocks", json={"name": "real-estate", "failed": [MINE]}).json()
        assert own["question"]["parameters"]["scenario"]["stopped"] == []


PROGRAM = (
    "import typer; from api.commands.serve import register; app = typer.Typer(); app.callback()(lambda: None); "
    "register(app); app()"
)


@contextmanager
def served(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", httpx.Client]]:
    """The command as a process of its own, and a client of it."""
    command = [sys.executable, "-c", PROGRAM, "serve", "--port", "0", "--store", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        assert child.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+", child.stdout.readline())
        assert address
        with httpx.Client(base_url=address[0], timeout=60, trust_env=False) as client:
            yield child, client
        child.kill()


def test_after_a_kill_the_job_says_so_and_how_to_repeat_it(tmp_path: Path) -> None:
    folder = chain(tmp_path, FIRMS)
    with served(folder) as (child, client):
        done = ended(client, asked(client, {"failed": [firm(FIRMS - 1)]}, **AT)["id"])
        answer = client.get(done["result"]).content
        cut_off = asked(client, LONG, **AT)
        until(client, cut_off["id"], lambda job: job["state"] == "running")
        child.kill()
        child.wait(10)
    with served(folder) as (_, client):
        told = client.get(f"/v1/jobs/{cut_off['id']}").json()
        assert (told["state"], told["failure"]["what"]) == ("failed", "the server stopped")
        assert told["asked"]["address"] in told["failure"]["remedy"]
        problem = client.get(f"/v1/jobs/{cut_off['id']}/result").json()
        assert (problem["status"], problem["detail"]) == (409, f"/v1/jobs/{cut_off['id']}: the server stopped")
        assert client.get(done["result"]).content == answer
        again = client.post(told["asked"]["address"], json=told["asked"]["body"])
        assert again.json()["state"] == "queued", json.dumps(again.json())
