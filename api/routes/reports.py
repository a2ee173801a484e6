"""Answers as pages to print and as workbooks."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from analytics.limits.check import NEAR
from api import questions
from api.draw.asked import drawing
from api.questions.group_report import group_report
from api.report import group_page, linkage_page
from api.report.spreadsheet import limits_workbook
from api.routes.asked import At, FindingState, Kinds, Language, LenderId, Limit, Near, PartyId, Served, Set, Whose
from api.routes.links import Parties, Steps, Through

router = APIRouter(tags=["reports"])
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
"""A page of nothing but text, styles and pictures drawn in it."""
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Workbook(Response):
    """A workbook as a file to keep."""

    media_type = WORKBOOK


FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The workbook", "content": {WORKBOOK: {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/links.html", response_class=HTMLResponse)
def linkage_report(
    engine: Served,
    moment: At,
    party: Parties,
    steps: Steps = 4,
    kinds: Kinds = None,
    through: Through = None,
    limit: Limit = 100,
    language: Language = "en",
) -> HTMLResponse:
    """How parties hang together as a page to print: a picture, tables, each line with its sources, method, limits."""
    answer = questions.links(engine, party, steps=steps, kinds=kinds, through=through or (), limit=limit, moment=moment)
    return paper(linkage_page(answer, language=language))


@router.get("/parties/{id:path}/network.html", response_class=HTMLResponse)
def picture(
    engine: Served,
    id: PartyId,
    moment: At,
    hops: Annotated[int, Query(ge=1, le=6, description="Steps from the party")] = 2,
    kinds: Kinds = None,
    mark: Annotated[
        list[Literal["groups", "circles", "control"]] | None,
        Query(
            description="Mark its groups of connected clients, guarantee circles through it, and how control reaches "
            "it; repeatable",
            examples=[["groups", "control"]],
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Most parties drawn; the rest is counted")] = 300,
) -> HTMLResponse:
    """Its network as a picture to look around in, with everything as tables beside it."""
    made = drawing(engine, id, hops=hops, kinds=kinds, mark=mark or (), limit=limit, moment=moment)
    return HTMLResponse(made.page, headers={"Content-Security-Policy": scripted(made.page)})


@router.get("/parties/{id:path}/group.html", response_class=HTMLResponse)
def group_paper(
    engine: Served, id: PartyId, moment: At, settings: Set, lender: Whose = None, language: Language = "en"
) -> HTMLResponse:
    """Its groups as a page to print: limits, members and why, stakes, what would leave, guarantee circles."""
    whose = settings.lender if lender is None else lender
    return paper(group_page(group_report(engine, id, lender=whose or None, moment=moment), language=language))


@router.get("/lenders/{id:path}/limits.xlsx", response_class=Workbook, responses=FILE)
def limits_table(engine: Served, id: LenderId, moment: At, near: Near = NEAR, state: FindingState = "") -> Workbook:
    """Every limit of it as a workbook: large exposures, groups and members, breaches, rules, sources; all pages."""
    made = limits_workbook(engine, id, near=near, state=state, moment=moment)
    name = quote(f"limits {id} {moment.valid_at}.xlsx".replace(":", " ").replace("/", " "))
    return Workbook(made, headers={"Content-Disposition": f"attachment; filename=limits.xlsx; filename*=UTF-8''{name}"})


def scripted(page: str) -> str:
    """A policy under which the scripts of this page run and no other."""
    scripts = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    hashes = " ".join(f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in scripts)
    return f"{POLICY}; script-src {hashes}; img-src data: blob:"


def paper(text: str) -> HTMLResponse:
    """A report as a reply, under a policy by which nothing in it runs."""
    return HTMLResponse(text, headers={"Content-Security-Policy": POLICY})
