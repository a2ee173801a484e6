"""Bodies that cannot be read, over the whole service."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.engine import Engine
from api.settings import Settings
from tests.api.serving import serving, wait_until_ready

REQUEST = json.loads(Path(__file__).parents[1].joinpath("request.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[httpx.Client]:
    with serving(create_app(engine, Settings())) as client:
        wait_until_ready(client)
        yield client


@pytest.mark.parametrize("address", ["/v1/credit-checks", "/v1/judgements"])
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[1]", "a list of 1 value given; it must be an object, such as "),
        ('[{"applicant": "a"}, {}]', "a list of 2 values given; it must be an object, such as "),
        ('"x"', "'x' given; it must be an object, such as "),
        ("null", "null given; it must be an object, such as "),
        ("3", "'3' given; it must be an object, such as "),
        ("", "it must be given: an object such as "),
    ],
)
def test_a_body_that_is_no_object_is_told_with_one_that_is(
    client: httpx.Client, address: str, body: str, said: str
) -> None:
    headers = {"Content-Type": "application/json"}
    reply = client.post(address, content=body.encode(), headers=headers)
    problem = reply.json()
    assert (reply.status_code, problem["where"]) == (422, "body")
    assert problem["detail"].startswith(f"body: {said}"), problem
    example = json.loads(problem["detail"].removeprefix(f"body: {said}"))
    again = client.post(address, json=example)
    # It can be read; a service without a token takes no judgements.
    assert again.status_code == (200 if address == "/v1/credit-checks" else 403), again.text


def test_a_body_that_does_not_say_that_it_is_json_is_told_so(client: httpx.Client) -> None:
    problem = client.post("/v1/credit-checks", content=json.dumps(REQUEST).encode()).json()
    assert problem["status"] == 422
    assert problem["detail"] == "body: it was sent without Content-Type: application/json, and is not read"


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"facility": None}, "facility: null given; it must be an object"),
        ({"facility": [1]}, "facility: a list of 1 value given; it must be an object"),
        ({"applicant": 5}, "applicant: '5' given; it must be a text"),
        ({"facility": {**REQUEST["facility"], "collateral": {}}}, "facility.collateral: "),
    ],
)
def test_a_field_of_the_wrong_form_is_told_by_what_it_must_be(
    client: httpx.Client, change: dict[str, Any], detail: str
) -> None:
    problem = client.post("/v1/credit-checks", json=REQUEST | change).json()
    assert problem["status"] == 422
    assert problem["detail"].startswith(detail), problem


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"faild": ["r:a"]}, "faild: 1 value given; nothing here is called so"),
        ({"stopped": [{"share": 0, "industry": "C"}]}, "stopped.0.share: '0' given; it must be more than 0.0"),
        ({"calls": "whole"}, "calls: 'whole' given; it must be 'pro rata' or 'in full'"),
        ({"lgd": "forty"}, "lgd: 'forty' given; it must be a number"),
        ({"substitution": "perhaps"}, "substitution: 'perhaps' given; it must be true or false"),
        ({"rates": [1, 2]}, "rates: 2 values given; it must be an object"),
        ({"failed": "r:a"}, "failed: 'r:a' given; it must be a list"),
    ],
)
def test_what_a_scenario_cannot_say_is_told_in_plain_words(
    client: httpx.Client, change: dict[str, Any], detail: str
) -> None:
    problem = client.post("/v1/shocks", json={"name": "x"} | change).json()
    assert (problem["status"], problem["detail"]) == (422, detail)


@pytest.mark.parametrize(
    ("facility", "said"),
    [
        ({"amount": -5}, "facility.amount: "),
        ({"kind": "lease"}, "facility.kind: there is no kind 'lease'"),
        ({"kind": "lease", "currency": "JPY"}, "facility.kind: there is no kind 'lease'"),  # JPY has no rate here
        ({"ccf": 2}, "facility.ccf 2.0: "),
        ({"currency": "XYZ"}, "facility.currency: 'XYZ' is not a currency"),
        ({"maturity": "soon"}, "facility.maturity: "),
        ({"collateral": [{"kind": "gold", "value": 1}]}, "facility.collateral.0.kind: there is no kind 'gold'"),
        ({"collateral": [{"kind": "deposit", "value": -1}]}, "facility.collateral.0.value: "),
        ({"guarantors": [{"party": "nobody", "amount": -1}]}, "facility.guarantors.0.amount: "),
    ],
)
@pytest.mark.parametrize("lender", ["", REQUEST["lender"], "nobody"])
def test_a_facility_that_cannot_be_is_told_before_who_lends_and_at_what_rate(
    client: httpx.Client, facility: dict[str, Any], said: str, lender: str
) -> None:
    asked = REQUEST | {"lender": lender, "facility": REQUEST["facility"] | facility}
    problem = client.post("/v1/credit-checks", json=asked).json()
    assert problem["status"] == 422, problem
    assert problem["detail"].startswith(said), problem
