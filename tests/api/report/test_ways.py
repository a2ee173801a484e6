"""A report by function, over HTTP and as a command: one page."""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import httpx
import openpyxl
import pytest
from pydantic import TypeAdapter

from api.answers.frame import Answer
from api.app import create_app
from api.engine import Engine
from api.questions import links
from api.questions.group_report import GroupReport, group_report
from api.questions.links.links import Linkage
from api.report import group_page, linkage_page
from api.routes.reports import WORKBOOK
from api.settings import Settings
from tests.api.conftest import BANK, MINE, RING2
from tests.api.serving import serving, wait_until_ready
from tests.api.test_cli import AT, run
from tests.api.world import instant

KNOWN_AT = "2025-06-30T08:00:00"
MOMENT = {"valid_at": "2025-06-30", "known_at": f"{KNOWN_AT}Z"}


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[httpx.Client]:
    with serving(create_app(engine, Settings())) as client:
        wait_until_ready(client)
        yield client


@pytest.fixture(scope="module")
def answer(engine: Engine) -> Answer[Linkage]:
    return links(engine, [MINE, RING2], moment=replace(engine.moment(), known_at=instant(KNOWN_AT)))


def test_the_linkage_report_is_the_same_page_in_three_ways(
    client: httpx.Client, answer: Answer[Linkage], folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    asked = {"party": [MINE, RING2], "language": "zh", **MOMENT}
    replied = client.get("/v1/links.html", params=asked)
    typed = run("report", "links", MINE, RING2, "--out", str(out), "--language", "zh", "--store", str(folder), *AT)
    assert replied.status_code == 200, replied.text
    assert replied.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in replied.headers["content-security-policy"]
    assert typed.returncode == 0, typed.stderr
    assert replied.text == out.read_text(encoding="utf-8") == linkage_page(answer, language="zh")


def test_the_answer_behind_it_is_the_questions_own(answer: Answer[Linkage], folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    typed = run("report", "links", MINE, RING2, "--out", str(out), "--store", str(folder), *AT)
    assert typed.returncode == 0, typed.stderr
    expected = TypeAdapter(Answer[Linkage]).dump_python(answer, mode="json", by_alias=True)
    assert json.loads(out.read_text(encoding="utf-8")) == expected


def test_the_group_report_is_the_same_page_in_three_ways(
    client: httpx.Client, engine: Engine, folder: Path, tmp_path: Path
) -> None:
    told = group_report(engine, MINE, lender=BANK, moment=replace(engine.moment(), known_at=instant(KNOWN_AT)))
    for name in ("group.html", "group.json"):
        out = tmp_path / name
        typed = run("report", "group", MINE, "--lender", BANK, "--out", str(out), "--store", str(folder), *AT)
        assert typed.returncode == 0, typed.stderr
    replied = client.get(f"/v1/parties/{MINE}/group.html", params={"lender": BANK, **MOMENT})
    assert replied.status_code == 200, replied.text
    assert replied.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in replied.headers["content-security-policy"]
    assert replied.text == (tmp_path / "group.html").read_text(encoding="utf-8") == group_page(told)
    expected = TypeAdapter(Answer[GroupReport]).dump_python(told, mode="json", by_alias=True)
    assert json.loads((tmp_path / "group.json").read_text(encoding="utf-8")) == expected


def test_the_picture_is_the_same_page_in_two_ways(client: httpx.Client, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "picture.html"
    typed = run("draw", MINE, "--mark", "groups", "--mark", "circles", "--out", str(out), "--store", str(folder), *AT)
    assert typed.returncode == 0, typed.stderr
    replied = client.get(f"/v1/parties/{MINE}/network.html", params={"mark": ["groups", "circles"], **MOMENT})
    assert replied.status_code == 200, replied.text
    assert replied.text == out.read_text(encoding="utf-8")
    assert replied.headers["content-security-policy"].count("sha256-") == 2


def cells(book: openpyxl.Workbook) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_workbook_of_limits_is_the_same_in_two_ways(client: httpx.Client, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "limits.xlsx"
    typed = run("ask", "book", "limits", BANK, "--out", str(out), "--store", str(folder), *AT)
    assert typed.returncode == 0, typed.stderr
    replied = client.get(f"/v1/lenders/{BANK}/limits.xlsx", params=MOMENT)
    assert replied.status_code == 200, replied.text
    assert replied.headers["content-type"] == WORKBOOK
    disposition = replied.headers["content-disposition"]
    assert disposition == "attachment; filename=limits.xlsx; filename*=UTF-8''limits%20bank%20bank%202025-06-30.xlsx"
    sent = cells(openpyxl.load_workbook(BytesIO(replied.content)))
    assert sent == cells(openpyxl.load_workbook(out))
    assert (BANK in str(sent), len(sent)) == (True, 6)


@pytest.mark.parametrize("address", [f"/v1/lenders/{MINE}x/limits.xlsx", f"/v1/parties/{MINE}x/group.html"])
def test_what_nobody_knows_is_a_problem_and_no_file(client: httpx.Client, address: str) -> None:
    reply = client.get(address)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "links", MINE, RING2, "--out", "x.docx"), "--out: no report is written as x.docx"),
        (("report", "links", MINE, RING2, "--out", "x.html", "--language", "fr"), "no report is written in 'fr'"),
        (("report", "group", "register:nobody", "--out", "x.html"), "no party of this id"),
    ],
)
def test_what_cannot_be_written_says_how_to_ask(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = run(*words, "--store", str(folder))
    assert done.returncode == 2
    assert said in done.stderr
    assert "→" in done.stderr


def test_a_mistyped_language_over_http_is_a_problem(client: httpx.Client) -> None:
    reply = client.get("/v1/links.html", params={"party": [MINE, RING2], "language": "fr"})
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
