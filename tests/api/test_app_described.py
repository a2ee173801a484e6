"""The description of the service is whole, and the service keeps to it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.engine import Engine
from api.routes.reports import WORKBOOK
from api.settings import Settings
from graph.model import KINDS
from tests.api.conftest import B
from tests.api.serving import serving, wait_until_ready


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[httpx.Client]:
    with serving(create_app(engine, Settings())) as client:
        wait_until_ready(client)
        yield client


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    """The OpenAPI document."""
    described: dict[str, Any] = client.get("/openapi.json").json()
    return described


KEPT = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_whatever_is_asked_the_reply_is_as_described(client: httpx.Client) -> None:
    schema = schemathesis.openapi.from_url(f"{client.base_url}/openapi.json")
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def ask(case: Any) -> None:
            # Ids made up at random are of nobody: half of the questions are about somebody.
            if "id" in case.path_parameters and len(str(case.path_parameters)) % 2:
                case.path_parameters["id"] = B
            case.call_and_validate(checks=KEPT)

        ask()


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    jsonschema_rs.meta.validate(document["components"]["schemas"]["Fact"])


def test_every_question_is_described_with_its_parameters_and_an_answer(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert operation["description"], operation["operationId"]
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (operation["operationId"], parameter["name"])
        if not {"service", "judgements", "jobs", "catalogue"} & set(operation["tags"]):
            told = operation["responses"]["200"]["content"]
            assert {"text/html", WORKBOOK} & set(told) or told["application/json"]["example"]
            assert {"404", "422"} <= set(operation["responses"])


def test_every_example_is_an_answer_as_described(document: dict[str, Any]) -> None:
    for operation in operations(document):
        content = operation["responses"]["200"]["content"].get("application/json", {})
        if "example" in content:
            whole = {**content["schema"], "components": document["components"]}
            jsonschema_rs.validator_for(whole).validate(content["example"])
            # A question asked with a body and without is one question.
            assert operation["operationId"].startswith(content["example"]["question"]["name"])


def asked(client: httpx.Client, question: dict[str, Any]) -> httpx.Response:
    """The reply to the question of an answer."""
    given = {name: value for name, value in question["parameters"].items() if value not in (None, [])}
    if question["name"] == "credit_check":
        return client.post("/v1/credit-checks", json=given.pop("request"), params=given)
    if question["name"] == "shock":
        return client.post("/v1/shocks", json=given.pop("scenario"), params=given)
    where, parameters = address(question, given)
    for body in ("assumed", "scenario"):
        if isinstance(parameters.get(body), dict):
            return client.post(where, json=parameters.pop(body), params=parameters)
    return client.get(where, params=parameters)


def address(question: dict[str, Any], given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Where the question of an answer is asked over HTTP."""
    if question["name"] == "search":
        return "/v1/parties", {"q": given.pop("text"), **given}
    if question["name"] == "links":
        return "/v1/links", {"party": given.pop("parties"), **given}
    if question["name"].startswith("book_"):
        return f"/v1/lenders/{given.pop('lender')}/{question['name'].removeprefix('book_')}", given
    party = given.pop("party")
    return f"/v1/parties/{party}" + ("" if question["name"] == "party" else f"/{question['name']}"), given


def close(told: Any) -> Any:
    """The same, numbers as near as two machines come to each other."""
    if isinstance(told, dict):
        return {name: close(value) for name, value in told.items()}
    if isinstance(told, list):
        return [close(value) for value in told]
    return pytest.approx(told, rel=1e-6) if isinstance(told, float) else told


def test_every_example_is_what_is_answered_today(client: httpx.Client, document: dict[str, Any]) -> None:
    for operation in operations(document):
        example = operation["responses"]["200"]["content"].get("application/json", {}).get("example")
        if example:
            assert asked(client, example["question"]).json() == close(example), operation["operationId"]


def test_what_a_fact_may_say_is_the_models(document: dict[str, Any]) -> None:
    for kind in KINDS.values():
        schema = document["components"]["schemas"][kind.name]
        assert list(schema["properties"]) == [field.name for field in kind.fields]
        for field in kind.fields:
            assert field.zh in schema["properties"][field.name]["description"]


def test_the_page_lists_every_question_and_asks_no_other_host(client: httpx.Client, document: dict[str, Any]) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path in document["paths"]:
        assert path in page.text
    assert not re.findall(r"(?:src|href|action)=[\"']?(?:https?:)?//|@import|url\(|<script", page.text)
    assert "澜汀集团有限公司" in page.text
    assert client.get("/").headers["location"] == "/docs"


def test_every_kind_of_problem_is_explained_on_the_page(client: httpx.Client) -> None:
    page = client.get("/docs").text
    for address in ("/v1/parties/nobody", f"/v1/parties/{B}?limit=0", f"/v1/parties/{B}?valid_at=never"):
        path, _, anchor = client.get(address).json()["type"].partition("#")
        assert path == "/docs"
        assert f'id="{anchor}"' in page
