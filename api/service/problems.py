"""What went wrong, told over HTTP: one table from error to status, written as `application/problem+json` (RFC 9457).

An error of ours is told with its place and its remedy. A store's place stays in the log, and of an
unforeseen fault nothing goes out but a number that stands in the log beside its trace.
"""

import json
import logging
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.answers.wording import plural
from graph import errors

MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[type[errors.ContagraphError], HTTPStatus] = {
    errors.InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.MissingRate: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotConverged: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.Cancelled: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NoResult: HTTPStatus.CONFLICT,
    errors.TooManyJobs: HTTPStatus.TOO_MANY_REQUESTS,
    errors.BrokenLedger: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.DecidedOtherwise: HTTPStatus.CONFLICT,
    errors.NotInstalled: HTTPStatus.NOT_IMPLEMENTED,
    errors.StoreError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StoreLocked: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.AccessRefused: HTTPStatus.BAD_GATEWAY,
    errors.WrongVersion: HTTPStatus.BAD_GATEWAY,
    errors.StoreFull: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.LoadInProgress: HTTPStatus.CONFLICT,
}
"""The status of each error; a class that is not named has its parent's."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What every reply carries: kept nowhere, framed nowhere, run nowhere."""

log = logging.getLogger("contagraph")


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong with a request."""

    where: str
    what: str


@dataclass(frozen=True)
class Problem:
    """Why there is no answer."""

    type: str
    """Where this kind of problem is explained."""
    title: str
    status: int
    detail: str
    """What is wrong this time."""
    where: str = ""
    """The parameter or the thing it is about."""
    remedy: str = ""
    """How to mend it."""
    errors: tuple[Trouble, ...] = ()
    """Each thing that is wrong, where the request itself cannot be read."""

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """The problem as a reply; what is empty is left out."""
        said = {name: value for name, value in asdict(self).items() if value}
        body = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
        return Response(body, self.status, {**HEADERS, **(headers or {})}, MEDIA_TYPE)


def status_of(kind: type[errors.ContagraphError]) -> HTTPStatus:
    """The status of an error: its own in the table, else that of its nearest parent there."""
    return next((STATUS[each] for each in kind.__mro__ if each in STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)


def type_of(name: str) -> str:
    """Where a kind of problem is explained.

    >>> type_of("UnknownParty")
    '/docs#unknown-party'
    """
    return "/docs#" + re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def title_of(kind: type[errors.ContagraphError]) -> str:
    """What a kind of error means: the first line of its docstring."""
    return (kind.__doc__ or kind.__name__).split("\n", 1)[0].rstrip(".")


def of_error(error: errors.ContagraphError) -> Problem:
    """An error of ours as a problem."""
    kind = type(error)
    inside = isinstance(error, errors.StoreError)
    detail, where = (error.what, "") if inside else (str(error), error.where)
    return Problem(type_of(kind.__name__), title_of(kind), status_of(kind), detail, where, error.remedy)


def of_status(status: int, detail: str, *, remedy: str = "") -> Problem:
    """A problem of the request as such, by its status."""
    title = HTTPStatus(status).phrase
    return Problem("about:blank", title, status, detail, remedy=remedy)


ALLOWED: Mapping[str, str] = {
    "int_parsing": "it must be a whole number",
    "int_parsing_size": "it must be a smaller number",
    "float_type": "it must be a number",
    "float_parsing": "it must be a number",
    "finite_number": "it must be a number",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "greater_than": "it must be more than {gt}",
    "less_than": "it must be less than {lt}",
    "literal_error": "it must be {expected}",
    "extra_forbidden": "nothing here is called so",
    "dict_type": "it must be an object",
    "tuple_type": "it must be a list",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
    "string_too_short": "it must not be empty",
    "string_too_long": "it must have at most {max_length} characters",
    # Of all parameters only a currency has a pattern.
    "string_pattern_mismatch": "it must be three capital letters, such as CNY",
    "too_short": "it must be given at least {min_length} times",
    "too_long": "it must be given at most {max_length} times",
    "model_type": "it must be an object",
    "model_attributes_type": "it must be an object",
    "list_type": "it must be a list",
    "string_type": "it must be a text",
}
"""What a parameter must be, by the word of the check that it failed."""
TEXTS = ("string_too_short", "string_too_long")
"""Checks of a free text: it may name a person, and what is answered is logged, so it is not told again."""
OBJECT = ("model_type", "model_attributes_type")
"""Checks that only an object passes."""
REPEATED = 50
"""Characters of what was given that are told again."""


def of_validation(found: Iterable[Mapping[str, Any]], *, example: str = "") -> Problem:
    """Parameters that cannot be read: each with what was given and what is allowed; of a body an example."""
    troubles = tuple(Trouble(_where(each), _wrong(each, example)) for each in found)
    named = "; ".join(f"{each.where}: {each.what}" for each in troubles)
    kind = errors.InvalidQuestion
    return Problem(
        type_of(kind.__name__),
        title_of(kind),
        HTTPStatus.UNPROCESSABLE_ENTITY,
        named,
        where=troubles[0].where if troubles else "",
        remedy="/docs lists the parameters of every question",
        errors=troubles,
    )


def _where(failed: Mapping[str, Any]) -> str:
    """Where it stands: a parameter, the body, a field of it, or a character of it that is no JSON."""
    place = ".".join(str(part) for part in failed["loc"][1:])
    return f"body, character {place}" if failed["type"] == "json_invalid" else place or "body"


def _wrong(failed: Mapping[str, Any], example: str) -> str:
    """What is wrong with one parameter, as pydantic found it; of a body that is no object what one would be."""
    whole = tuple(failed["loc"]) == ("body",)
    if failed["type"] == "missing":
        return f"it must be given: an object such as {example}" if whole and example else "it must be given"
    if failed["type"] == "json_invalid":
        return f"it is no JSON: {failed['ctx']['error']}"
    given, known = failed["input"], ALLOWED.get(failed["type"])
    what = known.format_map(failed.get("ctx", {})) if known else failed["msg"]
    if failed["type"] in TEXTS:
        return what
    if isinstance(given, bytes):
        return "it was sent without Content-Type: application/json, and is not read"
    such = f", such as {example}" if whole and example and failed["type"] in OBJECT else ""
    return f"{_given(given, one=failed['type'] in OBJECT)} given; {what}{such}"


def _given(given: Any, *, one: bool) -> str:
    """What was given, shortened; a list by its length, and called one where one thing was expected."""
    if given is None:
        return "null"
    if isinstance(given, list):
        return f"a list of {plural(len(given), 'value')}" if one else plural(len(given), "value")
    text = f"{given}"
    return repr(text[:REPEATED] + "…" * (len(text) > REPEATED))


def _example(request: Request) -> str:
    """A body of what was asked, as the service describes it; empty where it takes none."""
    document, name = request.app.openapi(), request.scope["route"].name
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    sent: Mapping[str, Any] = next((one.get("requestBody", {}) for one in operations if one["operationId"] == name), {})
    schema = sent.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    examples = document["components"]["schemas"].get(schema, {}).get("examples", ())
    return "".join(json.dumps(one, ensure_ascii=False) for one in examples[:1])


def register(app: FastAPI) -> None:
    """Let the service tell every problem in this way."""
    app.add_exception_handler(errors.ContagraphError, _told)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _unforeseen)


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, errors.ContagraphError)  # noqa: S101  (what it is registered for)
    problem = of_error(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s: %s", type(error).__name__, error)
    return problem.response({"Retry-After": str(error.seconds)} if isinstance(error, errors.TooManyJobs) else None)


def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return of_validation(error.errors(), example=_example(request)).response()


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    remedy = "/docs lists what can be asked" if error.status_code in (404, 405) else ""
    return of_status(error.status_code, str(error.detail), remedy=remedy).response(error.headers)


def _unforeseen(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    log.error("fault %s at %s", number, request.url.path)
    # The server ends the connection after a fault; a client must not send its next question into it.
    told = of_status(500, f"an unforeseen fault, number {number} in the log")
    return told.response({"Connection": "close"})
