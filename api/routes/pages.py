"""The page that lists what can be asked: one file, nothing from another host, no script."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment

from api.service.problems import status_of, title_of, type_of
from graph.errors import ContagraphError

router = APIRouter(include_in_schema=False)

STYLE = """
body { font: 16px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
       max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b2733; background: #fff }
h2 { margin-top: 2.5rem; font-size: 1.1rem; border-top: 1px solid #d5dce3; padding-top: 1rem }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; overflow-wrap: anywhere }
tr:target, section:target h2 { background: #fff3c4 }
code { overflow-wrap: anywhere }
pre { background: #f4f6f8; padding: 1rem; overflow: auto }
small { color: #5b6b7a; font-weight: normal }
"""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a question."""

    name: str
    about: str
    required: bool
    default: str | None
    example: str


@dataclass(frozen=True)
class Operation:
    """One address."""

    name: str
    method: str
    path: str
    about: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    example: str

    @property
    def title(self) -> str:
        """What it is for."""
        return self.about[0]


@router.get("/")
def start() -> RedirectResponse:
    """Where to begin."""
    return RedirectResponse("/docs")


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """What can be asked, and what can go wrong."""
    return HTMLResponse(_page(request.app), headers={"Content-Security-Policy": _policy()})


@cache
def _page(app: FastAPI) -> str:
    text = files("api.routes").joinpath("docs.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True).from_string(text)
    document = app.openapi()
    return template.render(
        info=document["info"],
        style=STYLE,
        operations=list(_operations(document)),
        problems=[
            {
                "anchor": type_of(kind.__name__).partition("#")[2],
                "status": int(status_of(kind)),
                "title": title_of(kind),
                "remedy": kind.remedy,
            }
            for kind in tree(ContagraphError)
        ],
    )


def tree(kind: type[ContagraphError]) -> Iterator[type[ContagraphError]]:
    """The errors below one, each before its own."""
    for each in kind.__subclasses__():
        yield each
        yield from tree(each)


def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation["responses"]["200"].get("content", {}).get("application/json", {})
            example = content.get("example")
            yield Operation(
                operation["operationId"],
                method.upper(),
                path,
                tuple(operation["description"].split("\n\n")),
                tuple(_parameter(each) for each in operation.get("parameters", ())),
                "" if example is None else json.dumps(example, ensure_ascii=False, indent=2),
            )


def _parameter(described: dict[str, Any]) -> Parameter:
    schema = described["schema"]
    example = next(iter(schema.get("examples", ())), "")
    if isinstance(example, list):
        example = "&".join(f"{described['name']}={each}" for each in example)
    return Parameter(
        described["name"],
        described.get("description", ""),
        described["required"],
        json.dumps(schema["default"]) if "default" in schema else None,
        str(example),
    )
