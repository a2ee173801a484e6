"""The report of a book's losses: amounts worked by hand, both languages, nothing fetched and nothing run."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import escape
from pydantic import TypeAdapter

from api.answers.frame import Answer
from api.app import create_app
from api.engine import Engine, Place
from api.questions import book_losses
from api.questions.book.assumed import Assumed
from api.questions.book.losses import BookLosses
from api.report import as_pdf, losses_page
from api.settings import Settings
from graph.errors import NotInstalled
from tests.api.questions.book.test_losses import BANK, BOTH, assessed
from tests.api.report.test_linkage import OUTSIDE
from tests.api.report.test_shock import AT, HOSTILE, KNOWN_AT, MOMENT, sections
from tests.api.serving import serving, wait_until_ready
from tests.api.test_cli import run
from tests.api.world import Book, instant

SAID = {"name": HOSTILE, "pd": {"parties": {"r:a": 1.0}, "rest": 0.2}, "correlation": 0.0, "draws": 400}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """a fails every year and brings down d, which owes 60; d is assessed."""
    folder = tmp_path_factory.mktemp("losses")
    facts = [*BOTH, assessed("d", 0.1), ("Profile", {"party": "r:a", "name": HOSTILE, "industry": "C36"})]
    Book(folder / "columns").load(
        dict.fromkeys((BANK, "r:a", "r:d"), "Company"), facts, closed_at=instant("2024-05-01")
    )
    return folder


@pytest.fixture(scope="module")
def answer(place: Path) -> Answer[BookLosses]:
    engine = Engine(Place(place), Place(place).facts(), clock=lambda: instant("2024-06-30"))
    moment = replace(engine.moment(currency="CNY"), known_at=instant(KNOWN_AT))
    return book_losses(engine, BANK, Assumed.model_validate(SAID), moment=moment)


def body(text: str, start: str) -> str:
    """What stands under the heading that begins like this."""
    return next(body for title, body in sections(text).items() if title.startswith(start))


def test_amounts_are_those_worked_by_hand(answer: Answer[BookLosses]) -> None:
    """Every year 45 % of 200 and of 60 are lost with contagion: 117; alone 90, or 117 in a tenth of years."""
    text = losses_page(answer)
    rows = re.findall(r"<tr><td>(.*?)</td><td class=\"n\">([\d,]+)</td>", body(text, "The losses of a year"))
    assert {name: amount for name, amount in rows if "Value" in name or "shortfall" in name or "Expected" in name} == {
        "Expected loss": "117", "Value at risk 99%": "117", "Expected shortfall 99%": "117",
        "Value at risk 99.9%": "117", "Expected shortfall 99.9%": "117",
    }  # fmt: skip
    parts = body(text, "Who adds to the expected shortfall at 99%")
    assert re.findall(r'<tr><td class="n">(\d)</td><td>.*?<td class="n">(\d+)</td>', parts) == [
        ("1", "200"),
        ("2", "60"),
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_fetched_nothing_runs_and_names_stay_text(answer: Answer[BookLosses], language: str) -> None:
    text = losses_page(answer, language=language)
    assert not re.findall(OUTSIDE, text)
    assert "<img" not in text
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; $\\frac{1}{2}$ 险" in text
    assert text == losses_page(answer, language=language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_borrower_names_its_facility_and_its_assessment(answer: Answer[BookLosses], language: str) -> None:
    text = losses_page(answer, language=language)
    cited = set(re.findall(r'href="#(s\d+)"', text))
    assert cited == set(re.findall(r'<tr id="(s\d+)"', text))
    assert len(cited) == 3
    parts = body(text, "Who adds" if language == "en" else "对 99%")
    rows = [row for row in re.findall(r"<tr><td.*?</tr>", parts, re.DOTALL) if "r:d" in row]
    assert [len(re.findall(r'href="#s', row)) for row in rows] == [2]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_assumed_and_not_known_is_said_in_its_language(answer: Answer[BookLosses], language: str) -> None:
    text = losses_page(answer, language=language)
    for gap in answer.answer.gaps:
        assert escape(gap.said_zh if language == "zh" else gap.said) in text
    for form in answer.answer.closed:
        assert (form.assumes_zh if language == "zh" else form.assumes) in text
    if language == "zh":
        told = re.sub(r"<svg.*?</svg>|<style.*?</style>", "", text, flags=re.DOTALL)
        assert not re.search(r">[^<]*\b(borrower|contagion|the rest|named by party)\b", told)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "as far as their means go, failed ones too"), ("zh", "担保人（含违约者）以其财力为限代偿")],
)
def test_years_sent_as_shocks_fail_by_the_rules_of_shocks(
    place: Path, answer: Answer[BookLosses], language: str, words: str
) -> None:
    engine = Engine(Place(place), Place(place).facts(), clock=lambda: instant("2024-06-30"))
    said = Assumed.model_validate({**SAID, "layers": ["debts", "shares"]})
    sent = book_losses(engine, BANK, said, moment=engine.moment(currency="CNY"))
    method, fixed = (
        body(losses_page(one, language=language), "Method" if language == "en" else "方法") for one in (sent, answer)
    )
    assert words in method
    assert words not in fixed


def test_the_distribution_is_drawn_with_its_tail(answer: Answer[BookLosses]) -> None:
    svg = re.findall(r"<svg.*?</svg>", body(losses_page(answer), "The losses of a year"), re.DOTALL)
    (drawn,) = svg
    told = set(re.findall(r"<text[^>]*>(.*?)</text>", drawn))
    assert {"100%", "With contagion", "Without", "VaR 99.9% CNY 117", "ES 99.9% CNY 117"} <= told


def test_the_report_is_the_same_page_in_three_ways(answer: Answer[BookLosses], place: Path, tmp_path: Path) -> None:
    file = tmp_path / "assumed.json"
    file.write_text(json.dumps(SAID, ensure_ascii=False), encoding="utf-8")
    for name in ("report.html", "report.json"):
        out = ("--out", str(tmp_path / name), "--language", "zh", "--store", str(place))
        typed = run("report", "losses", BANK, str(file), *out, *AT)
        assert typed.returncode == 0, typed.stderr
    engine = Engine(Place(place), Place(place).facts(), clock=lambda: instant("2024-06-30"))
    with serving(create_app(engine, Settings())) as client:
        wait_until_ready(client)
        address = f"/v1/lenders/{BANK}/losses.html"
        replied = client.post(address, json=SAID, params={"language": "zh", **MOMENT})
        refused = client.post(address, json={"pd": {"assessed": False}}, params=MOMENT)
    assert replied.status_code == 200, replied.text
    assert "default-src 'none'" in replied.headers["content-security-policy"]
    assert replied.text == (tmp_path / "report.html").read_text(encoding="utf-8") == losses_page(answer, language="zh")
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    expected = TypeAdapter(Answer[BookLosses]).dump_python(answer, mode="json", by_alias=True)
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == expected


def test_it_prints_as_pdf(answer: Answer[BookLosses]) -> None:
    pytest.importorskip("weasyprint.text.ffi", exc_type=OSError, reason="apt-get install libpangoft2-1.0-0")
    try:
        assert as_pdf(losses_page(answer, language="zh")).startswith(b"%PDF-")
    except NotInstalled as missing:
        pytest.skip(str(missing))
