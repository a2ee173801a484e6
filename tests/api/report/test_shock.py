"""The report of a shock: every line with its source, in both languages, nothing fetched and nothing run."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from api.answers.frame import Answer
from api.app import create_app
from api.engine import Engine, Place
from api.questions import shock
from api.questions.shocks.catalogue import named
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.shock import ShockAnswer
from api.report import as_pdf, shock_page
from api.report.plots import MOST, bars
from api.report.words import Words
from api.settings import Settings
from graph.errors import NotInstalled
from tests.api.draw.test_in_browser import browser  # noqa: F401  (a fixture)
from tests.api.questions.shocks.test_shock import NAMES, WORLD
from tests.api.report.test_linkage import OUTSIDE
from tests.api.serving import serving, wait_until_ready
from tests.api.test_cli import run
from tests.api.world import Book, day, instant

HOSTILE = "<img src=x onerror=alert(1)> & $\\frac{1}{2}$ 险"
KNOWN_AT = "2024-06-30T00:00:00"
MOMENT = {"valid_at": "2024-06-30", "known_at": f"{KNOWN_AT}Z", "currency": "CNY"}
AT = ("--valid-at", "2024-06-30", "--known-at", KNOWN_AT, "--currency", "CNY")
SAID = {"name": HOSTILE, "lender": "r:bank", "failed": ["r:a"], "lgd": 0.6}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """INT-03 with suppliers: a owes 200, c guarantees 120 and has 100, d and e sell to a, whose name is hostile."""
    folder = tmp_path_factory.mktemp("shocked")
    named = [
        (kind, fact | {"name": HOSTILE} if kind == "Profile" and fact["party"] == "r:a" else fact)
        for kind, fact in WORLD
    ]
    Book(folder / "columns").load({f"r:{name}": "Company" for name in NAMES}, named, closed_at=instant("2024-05-01"))
    return folder


@pytest.fixture(scope="module")
def engine(place: Path) -> Engine:
    return Engine(Place(place), Place(place).facts(), clock=lambda: instant("2024-06-30"))


@pytest.fixture(scope="module")
def answer(engine: Engine) -> Answer[ShockAnswer]:
    moment = replace(engine.moment(currency="CNY"), known_at=instant(KNOWN_AT))
    return shock(engine, Scenario.model_validate(SAID), moment=moment)


def sections(text: str) -> dict[str, str]:
    """What stands under each heading."""
    found = re.split(r"<h2[^>]*>(.*?)</h2>", text)
    return dict(zip(found[1::2], found[2::2], strict=True))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_fetched_nothing_runs_and_names_stay_text(answer: Answer[ShockAnswer], language: str) -> None:
    text = shock_page(answer, language=language)
    assert not re.findall(OUTSIDE, text)
    assert "default-src 'none'" in text
    assert "<img" not in text
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; $\\frac{1}{2}$ 险" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_line_of_a_party_names_its_sources(answer: Answer[ShockAnswer], language: str) -> None:
    text = shock_page(answer, language=language)
    assert set(re.findall(r'href="#(s\d+)"', text)) == set(re.findall(r'<tr id="(s\d+)"', text))
    told = sections(text)
    lenders, fallen, standing, payers, idle, causes = (
        next(body for title, body in told.items() if title.startswith(names[language == "zh"]))
        for names in (
            ("Losses by lender", "各贷款人的损失"), ("Who fails", "违约主体"), ("Who loses and stands", "受损而未违约"),
            ("Who pays", "为他人代偿"),
            ("Whose output", "产出下降"), ("What the CNY", "BANK损失"),
        )
    )  # fmt: skip
    for body, lines in ((lenders, 1), (standing, 2), (payers, 1), (idle, 2), (causes, 5)):
        rows = re.findall(r"<tr><td.*?</tr>", body, re.DOTALL)
        assert sum('class="src"' in row for row in rows) >= lines
    rows = {
        name: row
        for row in re.findall(r"<tr><td.*?</tr>", fallen, re.DOTALL)
        for name in "CD"
        if row.startswith(f"<tr><td>{name}<")
    }
    kinds = {name: {kind_of(text, number) for number in re.findall(r"#s(\d+)", row)} for name, row in rows.items()}
    said = Words(language).kind
    shared = {said("LENDS"), said("Statement")}
    assert kinds == {"C": {said("GUARANTEES"), *shared}, "D": {said("SUPPLIES"), *shared}}


def kind_of(text: str, number: str) -> str:
    row = re.search(rf'<tr id="s{number}">(.*?)</tr>', text, re.DOTALL)
    assert row
    return re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.DOTALL)[2].strip()


def test_amounts_are_those_worked_by_hand(answer: Answer[ShockAnswer]) -> None:
    """The bank loses 20 of a's 200, 18 of c's 30 and 15 of d's 25; static 255 × 0.6, by the shock alone 120."""
    told = sections(shock_page(answer))
    row = next(row for row in told["Losses by lender · CNY"].split("<tr>") if "r:bank" in row)
    assert re.findall(r'class="n">([\d,]+)<', row) == ["295", "255", "153", "53", "120"]
    causes = next(body for title, body in told.items() if title.startswith("What the CNY 53"))
    lines = re.findall(r'padding-left: ([\d.]+)mm">([^<]*).*?class="n">(\d+)<', causes, re.DOTALL)
    first = [int(amount) for indent, _, amount in lines if indent == "1.6"]
    assert sum(first) == 53
    assert sorted(first) == [15, 18, 20]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_assumed_and_not_known_is_said_in_its_language(answer: Answer[ShockAnswer], language: str) -> None:
    text = shock_page(answer, language=language)
    for gap in answer.answer.gaps:
        assert (gap.said_zh if language == "zh" else gap.said) in text
    assert "60%" in sections(text)["Method and limits" if language == "en" else "方法与局限"]
    if language == "zh":
        told = re.sub(r"<svg.*?</svg>|<style.*?</style>", "", text, flags=re.DOTALL)
        assert not re.search(r">[^<]*\b(shock|lost output|called guarantee|unpaid debt)\b", told)


@pytest.mark.parametrize(
    ("language", "first", "row"),
    [
        (
            "en",
            "Nobody fails, and no creditor loses. But of 1 party that loses it cannot be",
            "assumed: median of",
        ),
        ("zh", "无主体违约，债权人无损失。但1 个受损主体是否违约无法判定", "估计：行业中位数"),
    ],
)
def test_what_cannot_be_told_stands_with_the_good_news_and_medians_with_their_row(
    tmp_path: Path, language: str, first: str, row: str
) -> None:
    """h states no revenue or cost, and e2, of the industry of e, no equity: in its row it has the 25 of e."""
    more = [
        ("Profile", {"party": "r:e2", "name": "E2", "industry": "C41"}),
        ("OWES", {"from": "r:a", "to": "r:e2", "amount": 90.0, "currency": "CNY"}),
    ]
    parties = {f"r:{name}": "Company" for name in (*NAMES, "e2")}
    Book(tmp_path / "columns").load(parties, [*WORLD, *more], closed_at=instant("2024-05-01"))
    engine = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    quiet, loud = (
        shock_page(
            shock(engine, Scenario.model_validate(said), moment=engine.moment(currency="CNY")), language=language
        )
        for said in (
            {"stopped": [{"share": 0.1, "parties": ["r:h"]}]}, {"failed": ["r:a"], "missing": "medians"},
        )
    )  # fmt: skip
    assert first in quiet
    assert "missing = &#34;medians&#34; (--missing medians)" in quiet, "words, without the marks of what one types"
    assert re.search(rf"<td>E2<[^\n]*>25<br><small>{row}", loud)


def test_the_same_answer_is_the_same_page(answer: Answer[ShockAnswer]) -> None:
    assert shock_page(answer, language="zh") == shock_page(answer, language="zh")


def test_the_cascade_is_drawn_with_its_rounds(answer: Answer[ShockAnswer]) -> None:
    body = next(body for title, body in sections(shock_page(answer)).items() if title.startswith("The cascade"))
    told = re.findall(r"<text[^>]*>(.*?)</text>", body)
    assert {"round 1", "round 2", "stands", "C", "D", "BANK"} <= set(told)


@pytest.mark.parametrize(("language", "called"), [("en", "Steel falls"), ("zh", "钢铁行业下行")])
def test_a_scenario_of_the_catalogue_is_called_in_the_language_of_the_report(
    engine: Engine, language: str, called: str
) -> None:
    text = shock_page(shock(engine, named("steel"), moment=engine.moment(currency="CNY")), language=language)
    title = re.search("<title>(.*?)</title>", text)
    assert title is not None
    assert title[1].endswith(f" · {called}")
    assert re.search(f'<p class="frame">[^<]*{called}[;；]', text)


@pytest.mark.parametrize(("language", "said"), [("en", "before recourse to who was paid for"), ("zh", "追偿之前")])
def test_a_tree_says_that_what_guarantors_paid_is_before_recourse(
    answer: Answer[ShockAnswer], language: str, said: str
) -> None:
    told = sections(shock_page(answer, language=language))
    tree = next(body for title, body in told.items() if title.startswith(("What the CNY", "BANK损失")))
    assert said in tree


def test_a_shock_that_costs_nothing_says_so(engine: Engine) -> None:
    quiet = Scenario.model_validate({"stopped": [{"share": 0.1, "parties": ["r:h"]}]})
    text = shock_page(shock(engine, quiet, moment=engine.moment(currency="CNY")))
    assert "Nobody fails" in text
    assert "10% of the output of" in text


def test_the_report_is_the_same_page_in_three_ways(
    engine: Engine, answer: Answer[ShockAnswer], place: Path, tmp_path: Path
) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(SAID, ensure_ascii=False), encoding="utf-8")
    for name in ("report.html", "report.json"):
        typed = run(
            "report", "shock", str(file), "--out", str(tmp_path / name), "--language", "zh", "--store", str(place), *AT
        )
        assert typed.returncode == 0, typed.stderr
    with serving(create_app(engine, Settings())) as client:
        wait_until_ready(client)
        replied = client.post("/v1/shocks.html", json=SAID, params={"language": "zh", **MOMENT})
        refused: httpx.Response = client.post("/v1/shocks.html", json={"failed": []})
    assert replied.status_code == 200, replied.text
    assert "default-src 'none'" in replied.headers["content-security-policy"]
    assert replied.text == (tmp_path / "report.html").read_text(encoding="utf-8") == shock_page(answer, language="zh")
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    expected = TypeAdapter(Answer[ShockAnswer]).dump_python(answer, mode="json", by_alias=True)
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == expected


def test_it_prints_as_pdf(answer: Answer[ShockAnswer]) -> None:
    pytest.importorskip("weasyprint.text.ffi", exc_type=OSError, reason="apt-get install libpangoft2-1.0-0")
    try:
        assert as_pdf(shock_page(answer, language="zh")).startswith(b"%PDF-")
    except NotInstalled as missing:
        pytest.skip(f"{missing}: {missing.remedy}")


@pytest.mark.browser
def test_it_asks_for_nothing_and_fits_its_page(
    browser: Any,  # noqa: F811
    answer: Answer[ShockAnswer],
    tmp_path: Path,
) -> None:
    (tmp_path / "report.html").write_text(shock_page(answer, language="zh"), encoding="utf-8")
    page, asked, said = browser.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto((tmp_path / "report.html").as_uri())
    assert [url.split("/")[-1] for url in asked] == ["report.html"]
    assert said == []
    assert page.locator("figure.plot svg text", has_text="BANK").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.close()


def test_bars_are_as_long_as_their_amounts_and_begin_at_nothing() -> None:
    svg = bars("t", [("a", (200.0,)), ("b", (50.0,)), ("c", (-100.0,))], ["x"], str).svg
    paths = re.findall(r'<path d="([^"]*)"[^>]*fill: #1f5fa8', svg)
    across = [[float(x) for x in re.findall(r"[ML] ([\d.]+) ", path)] for path in paths]
    wide = [(max(x) - min(x), min(x), max(x)) for x in across]
    (a, zero, _), (b, also, _), (c, _, end) = wide
    assert (b / a, c / a) == pytest.approx((0.25, 0.5), rel=1e-4)
    assert zero == pytest.approx(also) == pytest.approx(end)


@pytest.mark.browser
@pytest.mark.parametrize("above", [286.53e6, 0.0])
def test_an_amount_below_nothing_stands_clear_of_the_name_of_its_row(
    browser: Any,  # noqa: F811
    tmp_path: Path,
    above: float,
) -> None:
    rows = [("guarantees", (-119.94e6,)), ("shares", (above,))]
    svg = bars("t", rows, ["x"], lambda amount: Words("en").money(amount, "CNY")).svg
    (tmp_path / "bars.html").write_text(f"<!DOCTYPE html><body>{svg}</body>", encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "bars.html").as_uri())
    name, amount = (page.locator("svg text", has_text=text).bounding_box() for text in ("guarantees", "119.94"))
    assert name["x"] + name["width"] < amount["x"]
    page.close()


def test_a_plot_holds_so_many_rows_and_escapes_what_they_are_called() -> None:
    svg = bars("<t>", [(f"<b>{at}</b> $x", (float(at),)) for at in range(MOST + 5)], ["x"], str).svg
    assert "<b>" not in svg
    assert "<t>" not in svg
    assert len(re.findall(r"&lt;b&gt;\d+&lt;/b&gt; \$x", svg)) == MOST
    assert "font-family" not in svg
    assert " id=" not in svg


def test_money_lost_and_rates_of_a_scenario_are_told(tmp_path: Path) -> None:
    owed = ("OWES", {"from": "r:h", "to": "r:e", "amount": 10.0, "currency": "USD"})
    rate = ("Rate", {"base": "USD", "quote": "CNY", "day": day("2024-06-30"), "rate": 7.0})
    parties = {f"r:{name}": "Company" for name in NAMES}
    Book(tmp_path / "columns").load(parties, [*WORLD, owed, rate], closed_at=instant("2024-05-01"))
    engine = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    said = Scenario.model_validate({"failed": ["r:a"], "lost": {"r:e": 1000.0}, "rates": {"USD/CNY": 0.1}})
    found = shock(engine, said, moment=engine.moment(currency="CNY"))
    english, chinese = shock_page(found), shock_page(found, language="zh")
    assert re.search(r"money lost by E [^;]*1k; exchange rates: USD/CNY \+10%", english)
    assert "汇率变动：USD/CNY +10%" in chinese
    assert "损失资金：E" in chinese


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_a_large_cascade_each_round_is_drawn_and_the_rest_is_one_box(tmp_path: Path, language: str) -> None:
    """Thirty fail at once, and with each a creditor, who owes the bank 100: of sixty some are drawn."""
    firms = [f"r:{kind}{k:02d}" for kind in "xy" for k in range(30)]
    period = {"period_end": day("2024-03-31"), "standard": "CAS", "unit": "CNY", "months": 0}
    facts: list[tuple[str, dict[str, Any]]] = [
        ("Statement", {"party": name, "item": "net_assets", "value": 10.0, **period}) for name in firms
    ]
    for k in range(30):
        owed, loan = {"amount": 100.0 + k, "currency": "CNY"}, {"kind": "loan", "undrawn": 0.0, "currency": "CNY"}
        facts.append(("OWES", {"from": f"r:x{k:02d}", "to": f"r:y{k:02d}", **owed}))
        facts.append(("LENDS", {"from": "r:bank", "to": f"r:y{k:02d}", "facility_id": f"F{k}", "drawn": 100.0, **loan}))
    Book(tmp_path / "columns").load(
        dict.fromkeys(["r:bank", *firms], "Company"), facts, closed_at=instant("2024-05-01")
    )
    engine = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    scenario = Scenario(failed=tuple(firms[:30]), lender="r:bank")
    found = shock(engine, scenario, limit=60, moment=engine.moment(currency="CNY"))
    assert found.answer.fallen_page.total == 60
    text = shock_page(found, language=language)
    drawn = max(re.findall(r'<svg[^>]* role="img".*?</svg>', text, re.DOTALL), key=len)
    shown = set(re.findall(r"r:[xy]\d\d", re.sub(r"<title>.*?</title>", "", drawn, flags=re.DOTALL)))
    assert {"r:x29", "r:x28"} <= shown, "who owes most of a round"
    assert any(name[2] == "y" for name in shown), "and some of the next"
    left = sum(100 + int(name[-2:]) if name[2] == "x" else 100 for name in {*firms} - shown)
    owed, many = Words(language).money(left, "CNY"), 60 - len(shown)
    rest = {"en": (f"{many} parties fail", f"owe {owed}"), "zh": (f"另有 {many} 个主体违约", f"共欠 {owed}")}
    for words in rest[language]:
        assert words in drawn
