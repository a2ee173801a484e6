"""A year's losses and reverse stress as jobs, asked of a real server: the same answer, how far it is, stopping it."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.jobs.chain import LENDER, chain, firm
from tests.api.jobs.test_over_http import ended, service, until
from tests.api.test_app import ASSUMED, BANK

YEARS = {"pd": {"parties": {firm(0): 0.5, firm(2): 0.1}, "rest": 0.001}, "draws": 1_000_000}
"""A million years of half a thousand firms: many seconds."""
FIRMS = 500


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return chain(tmp_path_factory.mktemp("years"), FIRMS)


def job_of(reply: httpx.Response) -> dict[str, Any]:
    assert reply.status_code == 202, reply.text
    made: dict[str, Any] = reply.json()
    assert reply.headers["location"] == f"/v1/jobs/{made['id']}"
    return made


@pytest.mark.parametrize(
    ("question", "parameters"),
    [("losses", {"limit": "2", "offset": "1"}), ("reverse", {"loss": "0.3", "limit": "3", "order": "likeliest"})],
)
def test_an_answer_is_that_of_the_question_byte_by_byte(
    folder: Path, question: str, parameters: dict[str, str]
) -> None:
    address = f"/v1/lenders/{BANK}/{question}"
    with service(folder) as client:
        waited = client.post(address, params=parameters, json=ASSUMED)
        made = job_of(client.post(address, params=parameters, json=ASSUMED, headers={"Prefer": "respond-async"}))
        done = ended(client, made["id"])
        kept = client.get(done["result"])
        again = client.post(made["asked"]["address"].replace("&wait=false", ""), json=made["asked"]["body"])
        other = job_of(client.post(made["asked"]["address"], json=made["asked"]["body"]))
    assert (done["question"], done["state"], kept.status_code) == (f"book_{question}", "done", 200)
    assert kept.content == waited.content
    assert again.json()["answer"] == kept.json()["answer"]
    assert again.json()["question"] == kept.json()["question"]
    assert other["id"] == made["id"], "asked again it is the one that was answered"


@pytest.mark.parametrize(
    ("question", "parameters", "body", "word"),
    [
        ("losses", {}, YEARS, "drawing years: [0-9,]+ of 1,000,000"),
        ("reverse", {"loss": "0.5"}, {"lgd": 1.0}, "sending failures, at most: [0-9]+ of"),
    ],
)
def test_it_is_told_as_it_goes_and_stops_when_asked_and_holds_up_no_other_question(
    long: Path, question: str, parameters: dict[str, str], body: dict[str, Any], word: str
) -> None:
    with service(long) as client:
        made = job_of(
            client.post(f"/v1/lenders/{LENDER}/{question}", params={"wait": "false", **parameters}, json=body)
        )
        seen = until(client, made["id"], lambda job: re.search(word, job["progress"]["doing"]) is not None)
        assert 0 < seen["progress"]["fraction"] < 1
        assert re.search("(抽取年度|传导违约，至多)：[0-9,]+/[0-9,]+", seen["progress"]["doing_zh"])
        assert client.get(f"/v1/parties/{firm(0)}/control").status_code == 200
        assert client.get(f"/v1/jobs/{made['id']}").json()["state"] == "running"
        assert client.delete(f"/v1/jobs/{made['id']}").status_code == 202
        assert ended(client, made["id"])["state"] == "cancelled"


@pytest.mark.parametrize(
    ("lender", "question", "body", "where"),
    [
        ("r:nobody", "losses", ASSUMED, "r:nobody"),
        (BANK, "losses", {"layers": ["weather"]}, "layers"),
        (BANK, "losses", {"pd": {"parties": {"r:nobody": 0.1}}}, "r:nobody"),
        (BANK, "losses", {"pd": {"assessed": False}}, "pd"),
        ("r:nobody", "reverse?loss=0.1", {}, "r:nobody"),
        (BANK, "reverse?loss=0.1&order=worst", {}, "order"),
        (BANK, "reverse?loss=0.1&order=likeliest", {"pd": {"assessed": False}}, "pd"),
        (BANK, "reverse?loss=-1", {}, "loss"),
    ],
)
def test_what_cannot_be_answered_is_refused_before_it_is_a_job(
    folder: Path, lender: str, question: str, body: dict[str, Any], where: str
) -> None:
    with service(folder) as client:
        before = client.get("/v1/jobs").json()
        reply = client.post(f"/v1/lenders/{lender}/{question}", json=body, headers={"Prefer": "respond-async"})
        assert reply.status_code in (404, 422), reply.text
        assert where in reply.json()["where"]
        assert client.get("/v1/jobs").json() == before


def test_more_years_than_one_question_may_draw_are_refused_before_they_are_a_job(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.questions.book.drawn.WORK", 1000)
    with service(folder) as client:
        before = client.get("/v1/jobs").json()
        reply = client.post(f"/v1/lenders/{BANK}/losses?wait=false", json=ASSUMED)
        assert (reply.status_code, reply.json()["where"]) == (422, "draws")
        assert client.get("/v1/jobs").json() == before
