"""How the interface is described: OpenAPI 3.1, with each relation's fields taken from the model."""

import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from api.answers.frame import Share
from api.service.problems import MEDIA_TYPE, Problem
from graph.field import Field, Kind
from graph.model import KINDS, RECORDS, RELATIONS

DESCRIPTION = """Who owns, guarantees, supplies and lends to whom, as of a day and as of what was known by an instant.

Every answer has the same frame: `question`, `as_of`, `snapshot`, `answer`, `reasons`, `sources`. Asked again with
the version that stands at the beginning of `snapshot`, and with its two times, it is the same for ever.
Shares are fractions, amounts whole units of the currency beside them. What fails is told as
`application/problem+json` with its remedy."""

try:
    VERSION = version("contagraph")
except PackageNotFoundError:  # run from a folder that was not installed
    VERSION = "0"

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "model": Problem}
    for status, text in (
        (401, "The token is missing or wrong"),
        (404, "What was asked about is not known"),
        (422, "The question cannot be answered as it was asked"),
        (500, "A fault of the service"),
        (503, "The store cannot be reached"),
    )
}
"""Problems of every question."""

TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "choice": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "flag": {"type": "boolean"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "money": {"type": "number"},
    "fraction": {"type": "number"},
    "band": {"$ref": "#/components/schemas/Share"},
}
"""How each type of the model is written in JSON."""


def describe(app: FastAPI, *, token: bool) -> None:
    """Let the service describe itself; made when first asked for."""
    app.openapi = cache(lambda: _described(app, token=token))  # type: ignore[method-assign]
    app.state.parameters = cache(lambda: parameters(app.openapi()))


def parameters(document: dict[str, Any]) -> dict[str, dict[str, bool]]:
    """Names of the query parameters of each operation, and whether each may be repeated."""
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    return {
        operation["operationId"]: {
            each["name"]: _is_list(each["schema"]) for each in operation.get("parameters", ()) if each["in"] == "query"
        }
        for operation in operations
    }


def _is_list(schema: dict[str, Any]) -> bool:
    return any(each.get("type") == "array" for each in (schema, *schema.get("anyOf", ())))


def _described(app: FastAPI, *, token: bool) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas: dict[str, Any] = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas.setdefault("Share", TypeAdapter(Share).json_schema(mode="serialization"))
    schemas |= {kind.name: values_schema(kind) for kind in KINDS.values()}
    for holder, kinds in (("Fact", RELATIONS), ("Record", RECORDS), ("State", tuple(KINDS.values()))):
        some = {"anyOf": [{"$ref": f"#/components/schemas/{kind.name}"} for kind in kinds]}
        schemas[holder]["properties"]["values"] = some | {"description": "What the source says, as its kind has it"}
    examples = json.loads(files("api.routes").joinpath("examples.json").read_text(encoding="utf-8"))
    for operations in document["paths"].values():
        for operation in operations.values():
            _as_problems(operation["responses"])
            if operation["operationId"] in examples:
                content = operation["responses"]["200"]["content"]["application/json"]
                content["example"] = examples[operation["operationId"]]
    if token:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
    return document


def values_schema(kind: Kind) -> dict[str, Any]:
    """The JSON schema of what a fact of this kind says, both languages beside each field."""
    return {
        "type": "object",
        "description": f"{kind.en} · {kind.zh}",
        "properties": {field.name: _field_schema(field) for field in kind.fields},
        "additionalProperties": False,
    }


def _field_schema(field: Field) -> dict[str, Any]:
    unit = f", {field.unit}" if field.unit else ""
    schema = TYPES[field.type] | {"description": f"{field.en} · {field.zh}{unit}"}
    if field.choices:
        schema["enum"] = list(field.choices)
    if field.type != "band":
        limits = {"minimum": field.low, "maximum": field.high}
        schema |= {name: value for name, value in limits.items() if value is not None}
    return schema


def _as_problems(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if int(status) >= 400 and response.get("content"):
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
