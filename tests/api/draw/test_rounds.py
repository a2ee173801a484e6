"""The page of a shock by rounds: columns, lines, words, and nothing from anywhere else."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.draw.rounds import draw_rounds
from api.draw.style import STROKES
from api.engine import Engine, Place
from api.questions.shocks.cascade import cascade
from api.questions.shocks.scenario import Scenario
from api.settings import Settings
from tests.api.conftest import CLOCK, HOSTILE, NAMES
from tests.api.draw.test_in_browser import browser, opened  # noqa: F401  (a fixture)
from tests.api.jobs.chain import LENDER, chain, firm
from tests.api.questions.shocks.test_cascade import asked
from tests.api.questions.shocks.test_shock import sold, stated
from tests.api.serving import serving
from tests.api.test_app import SCENARIO
from tests.api.test_cli import AT, run
from tests.api.world import day


def page(folder: Path, *more: Any, **said: Any) -> str:
    return draw_rounds(asked(folder, *more, **said))


def drawn(text: str, what: str) -> list[dict[str, Any]]:
    """The nodes, edges or heads of a page."""
    found = re.search(rf"const {what} = (?:new vis\.DataSet\()?(\[.*?\])\)?;\n", text)
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_columns_run_from_the_shock_over_rounds_to_the_lender(tmp_path: Path) -> None:
    text = page(tmp_path)
    at = {node["id"]: node["x"] for node in drawn(text, "nodes")}
    assert at["shock"] < at["r:a"] < at["r:c"] == at["r:d"] < at["r:e"] == at["r:h"] < at["r:bank"]
    titles = [head["title"] for head in drawn(text, "heads")]
    assert titles == [
        "The shock · 初始冲击", "Round 1 · 第1轮", "Round 2 · 第2轮", "Lose and stand · 受损未倒", "Lenders · 贷款人",
    ]  # fmt: skip
    assert all(edge["from"] == "shock" or at[edge["from"]] < at[edge["to"]] for edge in drawn(text, "edges"))


def test_a_line_says_its_amount_and_is_thicker_where_more_is_lost(tmp_path: Path) -> None:
    edges = {(edge["from"], edge["to"]): edge for edge in drawn(page(tmp_path), "edges")}
    assert edges["r:a", "r:c"]["label"] == "CNY 100"
    assert edges["r:a", "r:c"]["width"] > edges["r:d", "r:h"]["width"]
    colours = {edge["kind"]: edge["color"]["color"] for edge in edges.values()}
    assert colours["guarantees"] == STROKES["GUARANTEES"].color
    assert len(set(colours.values())) == 5


def test_what_guarantors_pay_is_told_as_before_recourse_in_both_languages(tmp_path: Path) -> None:
    text = page(tmp_path)
    paid = [edge["title"] for edge in drawn(text, "edges") if edge["kind"] == "guarantees"]
    assert paid
    assert all("before recourse · 追偿前" in title for title in paid)
    assert "who they paid for, which comes later" in text
    assert "代偿额为向债务人追偿之前的金额" in text
    unpaid = page(tmp_path / "none", layers=["debts"])
    assert "recourse" not in unpaid
    assert "追偿" not in unpaid


def test_everything_drawn_stands_in_the_tables_too(tmp_path: Path) -> None:
    text = page(tmp_path)
    rows = set(re.findall(r'data-edge="([^"]+)"', text))
    assert rows == {edge["id"] for edge in drawn(text, "edges") if edge["from"] != "shock"}
    assert set(re.findall(r'data-node="([^"]+)"', text)) == {n["id"] for n in drawn(text, "nodes")} - {"shock"}


def test_a_guarantor_that_falls_by_another_of_its_round_has_a_line_from_it(tmp_path: Path) -> None:
    vouched = {"from": "r:h", "to": "r:c", "amount": 30.0, "currency": "CNY", "creditor": "r:bank"}
    text = page(tmp_path, ("GUARANTEES", {**vouched, "liability": "joint"}), *stated("h", net_assets=15.0))
    at = {node["id"]: node["x"] for node in drawn(text, "nodes")}
    assert at["r:c"] == at["r:h"] < at["r:bank"]
    assert ("r:c", "r:h") in {(edge["from"], edge["to"]) for edge in drawn(text, "edges")}


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ({"lost": {"r:d": 12.0}}, "D loses CNY 12 as the scenario says\n情景所列损失 CNY 12"),
        (
            {"lost": {"r:d": 12.0}, "stopped": [{"share": 0.5, "parties": ["r:d"]}]},
            "D loses CNY 12 as the scenario says and CNY 20 of income\n情景所列损失 CNY 12；收入损失 CNY 20",
        ),
        # 100 dollars are 700 yuan, and a fiftieth more is 14.
        ({"rates": {"USD/CNY": 0.02}}, "D loses CNY 14 by exchange rates\n汇率所致损失 CNY 14"),
    ],
    ids=["lost", "lost and stopped", "rates"],
)
def test_a_line_of_the_shock_itself_says_what_it_takes(tmp_path: Path, said: dict[str, Any], title: str) -> None:
    owed = ("OWES", {"from": "r:d", "to": "r:h", "amount": 100.0, "currency": "USD"})
    rate = ("Rate", {"base": "USD", "quote": "CNY", "day": day("2024-06-30"), "rate": 7.0})
    edges = drawn(page(tmp_path, owed, rate, **({"failed": ()} | said)), "edges")
    assert {edge["to"]: edge["title"] for edge in edges if edge["from"] == "shock"}["r:d"] == title


def test_what_led_to_nothing_has_a_row_and_no_line(tmp_path: Path) -> None:
    text = page(tmp_path, *stated("a", net_assets=50.0, revenue=100.0, material_cost=60.0), sold("a", "e", 100.0))
    assert not [edge for edge in drawn(text, "edges") if edge["to"] == "r:a" and edge["from"] != "shock"]
    assert "after it had failed 违约之后" in text
    assert "发生于承损方违约之后" in text


def test_what_is_not_drawn_is_counted_in_both_languages(tmp_path: Path) -> None:
    text = page(tmp_path, limit=2)
    assert "2 more parties fail, not drawn: 2 in round 2." in text
    assert "另有2家违约未画出" in text
    assert [node["id"] for node in drawn(text, "nodes")] == ["shock", "r:bank", "r:a"]


def test_who_stands_without_a_line_is_counted_in_both_languages(tmp_path: Path) -> None:
    counted = set[int]()
    for limit in range(1, 7):
        text = page(tmp_path / f"{limit}", limit=limit)
        ends = {edge[end] for edge in drawn(text, "edges") for end in ("from", "to")}
        loose = sum(node["id"] not in ends for node in drawn(text, "nodes"))
        assert (f"{loose} part" in text and f"图中{loose}家无连线" in text) == (loose > 0)
        counted.add(loose)
    assert len(counted) > 1


def test_where_nobody_loses_the_page_says_so(tmp_path: Path) -> None:
    text = page(tmp_path, failed=(), stopped=[{"share": 0.5, "parties": ["r:h"]}])
    assert "Nobody drawn here loses by another" in text
    assert "missing = &#34;medians&#34; (--missing medians)" in text, "words, without the marks of what one types"


def test_the_same_answer_is_drawn_the_same(tmp_path: Path) -> None:
    answer = asked(tmp_path)
    assert draw_rounds(answer) == draw_rounds(answer)


def test_nothing_is_fetched_and_a_hostile_name_stays_text(tmp_path: Path) -> None:
    text = page(tmp_path, ("Profile", {"party": "r:a", "name": NAMES[HOSTILE]}), name=NAMES[HOSTILE])
    assert not re.search(r"<(script|link|img|iframe)[^>]*\b(src|href)\s*=", text)
    assert NAMES[HOSTILE] not in text
    assert text.count("</script>") == 2


def test_the_picture_is_the_same_page_over_http_and_as_a_command(folder: Path, engine: Engine, tmp_path: Path) -> None:
    out, file = tmp_path / "picture.html", str(Path(__file__).parent.with_name("scenario.json"))
    typed = run("draw", "shock", file, "--out", str(out), "--store", str(folder), *AT)
    with serving(create_app(engine, Settings())) as client:
        at = {"valid_at": AT[1], "known_at": AT[3]}
        replied: httpx.Response = client.post("/v1/shocks/picture.html", params=at, json=SCENARIO)
    assert typed.returncode == 0, typed.stderr
    assert replied.status_code == 200, replied.text
    assert replied.text == out.read_text(encoding="utf-8")
    assert "script-src 'sha256-" in replied.headers["content-security-policy"]


def test_a_picture_of_a_party_called_like_a_command_can_be_asked_for(folder: Path, tmp_path: Path) -> None:
    done = run("draw", "party", "shock", "--out", str(tmp_path / "x.html"), "--store", str(folder), *AT)
    assert done.returncode == 2
    assert "shock: no party of this id" in done.stderr


@pytest.mark.browser
def test_in_a_browser_it_asks_nobody_says_no_error_and_a_row_leads_to_its_line(
    browser: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    it = opened(browser, page(tmp_path), tmp_path)
    assert [url.split("/")[-1] for url in it.requests] == ["page.html"]
    assert it.errors == []
    it.page.focus("tr[data-edge]")
    assert it.page.evaluate("network.getSelectedEdges()") == [it.page.evaluate("document.activeElement.dataset.edge")]
    it.page.uncheck("#legend input[data-kind=debts]")
    hidden = it.page.evaluate("edges.get({filter: edge => edge.hidden}).map(edge => edge.kind)")
    assert set(hidden) == {"debts"}


@pytest.mark.browser
def test_in_a_browser_a_long_cascade_is_seen_whole(browser: Any, tmp_path: Path) -> None:  # noqa: F811
    folder = chain(tmp_path / "store", 60)
    engine = Engine(Place(folder), Place(folder).facts(), clock=lambda: CLOCK)
    scenario = Scenario(failed=(firm(0),), lender=LENDER, lgd=1.0)
    it = opened(browser, draw_rounds(cascade(engine, scenario, moment=engine.moment())), tmp_path)
    names = it.page.evaluate("Object.keys(network.getPositions())")
    # What the lender's loss goes back to: the last of the chain.
    assert sorted(names) == [LENDER, *map(firm, range(31, 60))]
    corners = it.page.evaluate(
        "Object.values(network.getPositions()).map(at => network.canvasToDOM(at)).map(({x, y}) => [x, y])"
    )
    size = it.page.evaluate("(({clientWidth: w, clientHeight: h}) => [w, h])(document.getElementById('picture'))")
    assert all(0 <= x <= size[0] and 0 <= y <= size[1] for x, y in corners)
    assert "31 more parties fail, not drawn: in rounds 1 to 31." in it.page.inner_text("#tables")
    assert it.errors == []
