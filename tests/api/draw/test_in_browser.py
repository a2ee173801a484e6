"""The page in a real browser: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.draw import draw
from api.draw.labels import along
from api.draw.marks import KINDS, marks
from api.draw.scene import KEEP
from api.engine import Engine, Place
from api.questions import network
from api.settings import Settings
from tests.api.conftest import ALONE, BUYER, HOLD, HOSTILE, MINE, NAMES, RING1, B
from tests.api.serving import serving, wait_until_ready
from tests.api.world import Book, instant

pytestmark = pytest.mark.browser
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip
INK = r"""() => {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = '40px ' + getComputedStyle(document.body).fontFamily;
  const ink = text => {
    pen.clearRect(0, 0, 90, 60);
    pen.fillText(text, 5, 45);
    return pen.getImageData(0, 0, 90, 60).data.filter((value, at) => at % 4 == 3 && value > 128).length;
  };
  return ['澜', '汀', '\uE0F1'].map(ink);
}"""
"""Ink of two Chinese characters, and of one that no font has."""
INKED = r"""([id, dx, dy]) => {
  const place = network.getPosition(id), at = network.canvasToDOM({x: place.x + dx, y: place.y + dy});
  const canvas = document.querySelector('#picture canvas'), ratio = canvas.width / canvas.clientWidth;
  return [...canvas.getContext('2d').getImageData(at.x * ratio, at.y * ratio, 1, 1).data];
}"""
"""Colour of the picture beside a party."""
WRITTEN = """() => [...Object.values(network.body.nodes), ...Object.values(network.body.edges)]
  .filter(one => one.options.label && one.labelModule.size && !one.options.hidden)
  .map(one => [one.options.label, one.labelModule.size])
  .map(([label, {left, top, width, height}]) => [label, [left, top, left + width, top + height]])"""
"""Every text of the picture and its box, as the library measured it."""
ON_LINES = """() => drawn.filter(line => line.at && line.from != line.to).map(line => {
  const {from, to, labelModule} = network.body.edges[line.id], {left, top, width, height} = labelModule.size;
  return [line.at, line.smooth, [from.x, from.y], [to.x, to.y], [left, top, left + width, top + height]];
})"""
"""What stands on each line: at which part, how the line runs, and the box of it."""
PLACES = "JSON.stringify(network.getPositions())"


@dataclass
class Opened:
    page: Any
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium")
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("no chromium here: apt-get install chromium fonts-noto-cjk")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield running
        running.close()


def opened(browser: Any, text: str, folder: Path) -> Opened:
    (folder / "page.html").write_text(text, encoding="utf-8")
    it = Opened(browser.new_page(viewport={"width": 1440, "height": 900}))
    it.page.on("request", lambda request: it.requests.append(request.url))
    it.page.on("console", lambda message: it.errors.append(message.text))
    it.page.on("pageerror", lambda error: it.errors.append(str(error)))
    it.page.on("dialog", lambda dialog: it.errors.append(dialog.message))
    it.page.goto((folder / "page.html").as_uri())
    it.page.wait_for_selector("body[data-drawn]")
    return it


def drawn(engine: Engine, party: str, **asked: Any) -> str:
    return draw(network(engine, party, moment=engine.moment(), **asked))


def test_it_asks_no_other_host_and_says_no_error(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, drawn(engine, B, hops=2), tmp_path)
    assert [url.split("/")[-1] for url in it.requests] == ["page.html"]
    assert it.errors == []


def test_nodes_stay_where_they_are(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, drawn(engine, B, hops=2), tmp_path)
    before = it.page.evaluate(PLACES)
    it.page.mouse.move(500, 450)
    it.page.mouse.wheel(0, 300)
    it.page.wait_for_timeout(800)
    assert it.page.evaluate(PLACES) == before


def test_chinese_names_have_glyphs_of_their_own(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, drawn(engine, B), tmp_path)
    widths = it.page.evaluate(INK)
    assert len(set(widths)) == 3


def test_a_row_chosen_by_keyboard_selects_in_the_picture(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, drawn(engine, B, hops=2), tmp_path)
    it.page.focus("tr[data-edge]")
    first = it.page.evaluate("network.getSelectedEdges()")
    it.page.keyboard.press("ArrowDown")
    second = it.page.evaluate("network.getSelectedEdges()")
    assert len(first) == len(second) == 1
    assert first != second
    assert it.page.locator("tr[aria-selected=true]").count() == 1


def test_a_node_chosen_in_the_picture_is_marked_in_the_table(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, drawn(engine, B, hops=2), tmp_path)
    place = it.page.evaluate(f"network.canvasToDOM(network.getPosition('{B}'))")
    box = it.page.locator("#picture").bounding_box()
    it.page.mouse.click(box["x"] + place["x"], box["y"] + place["y"])
    it.page.wait_for_selector(f'tr[data-node="{B}"][aria-selected=true]')


def test_a_relation_switched_off_is_hidden(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, drawn(engine, B, hops=2), tmp_path)
    it.page.locator("input[data-kind=OWNS]").uncheck()
    hidden = it.page.evaluate("edges.get({filter: edge => edge.hidden}).map(edge => edge.kind)")
    assert set(hidden) == {"OWNS"}
    assert len(hidden) == 7


def test_a_hostile_name_stays_text(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, drawn(engine, ALONE), tmp_path)
    it.page.wait_for_timeout(300)
    assert it.errors == []
    assert it.page.locator("img").count() == 0
    assert it.page.locator(f'tr[data-node="{HOSTILE}"] td').first.inner_text() == NAMES[HOSTILE]
    label = it.page.evaluate(f"nodes.get('{HOSTILE}').title")
    assert label.startswith(NAMES[HOSTILE])


def test_a_hub_is_folded_and_the_folded_are_reached_by_the_table(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, drawn(engine, BUYER, limit=500), tmp_path)
    assert it.page.evaluate("nodes.length") == 1 + 1 + KEEP + 1
    it.page.focus('tr[data-node="register:s000"]')
    assert it.page.evaluate("network.getSelectedNodes()")[0].startswith("fold ")


def with_marks(engine: Engine, party: str, **asked: Any) -> str:
    found = marks(engine, party, KINDS, moment=engine.moment())
    beside = [one.id for one in found.parties]
    return draw(network(engine, party, beside=beside, moment=engine.moment(), **asked), found)


def test_members_of_a_group_are_shaded_and_others_are_not(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, with_marks(engine, MINE, hops=2, kinds=["OWNS", "CONTROLS", "GUARANTEES"]), tmp_path)
    assert it.errors == []
    assert [url.split("/")[-1] for url in it.requests] == ["page.html"]
    members = it.page.evaluate("shades[0].nodes")
    assert set(members) == {B, HOLD, MINE, RING1}
    strangers = it.page.evaluate("nodes.getIds().filter(id => !shades[0].nodes.includes(id))")
    shaded = {one: it.page.evaluate(INKED, [one, -24, -12]) for one in [*members, *strangers]}
    white = [[0, 0, 0, 0], [255, 255, 255, 255]]
    assert not any(shaded[one] in white for one in members)
    assert all(shaded[one] in white for one in strangers)
    it.page.locator("input[data-mark-kind=groups]").uncheck()
    it.page.wait_for_timeout(200)
    assert all(it.page.evaluate(INKED, [one, -24, -12]) in white for one in members)


def test_marked_lines_stand_out_until_they_are_switched_off(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, with_marks(engine, MINE, hops=2), tmp_path)
    wide = "edges.get({filter: edge => edge.width === 5}).map(edge => edge.label.split(' ')[0]).sort()"
    assert it.page.evaluate(wide) == ["A1", "A2", "A2", "C1", "C1", "C1"]
    it.page.locator("input[data-mark-kind=circles]").uncheck()
    assert it.page.evaluate(wide) == ["A1", "A2", "A2"]
    it.page.locator("input[data-mark-kind=control]").uncheck()
    assert it.page.evaluate(wide) == []


def test_the_picture_over_http_runs_its_own_scripts_and_no_others(browser: Any, engine: Engine) -> None:
    with serving(create_app(engine, Settings())) as client:
        wait_until_ready(client)
        page = browser.new_page()
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{client.base_url}/v1/parties/{MINE}/network.html?mark=groups")
        page.wait_for_selector("body[data-drawn]")
        assert errors == []
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {text: 'window.foreign = 1'}))"
        )
        assert page.evaluate("window.foreign") is None
        assert any("Content Security Policy" in error for error in errors)


def test_a_mark_is_chosen_by_keyboard_and_its_parties_are_selected(
    browser: Any, engine: Engine, tmp_path: Path
) -> None:
    it = opened(browser, with_marks(engine, MINE, hops=2), tmp_path)
    before = it.page.evaluate(PLACES)
    it.page.focus('tr[data-mark="1"]')
    assert set(it.page.evaluate("network.getSelectedNodes()")) == {B, HOLD, MINE, RING1}
    it.page.keyboard.press("ArrowDown")
    assert len(it.page.evaluate("network.getSelectedEdges()")) == 3
    assert it.page.locator("tr[aria-selected=true]").count() == 1
    assert it.page.evaluate(PLACES) == before


def test_what_is_written_lies_on_nothing_else_that_is(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, with_marks(engine, MINE, hops=3), tmp_path)
    it.page.evaluate("network.moveTo({scale: 1})")
    it.page.wait_for_timeout(300)
    boxes = it.page.evaluate(WRITTEN)
    assert len(boxes) > 15
    for (one, a), (other, b) in combinations(boxes, 2):
        beside = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert beside, (one, other)


def test_what_stands_on_a_line_stands_where_there_was_room_for_it(browser: Any, engine: Engine, tmp_path: Path) -> None:
    it = opened(browser, with_marks(engine, MINE, hops=3), tmp_path)
    it.page.evaluate("network.moveTo({scale: 1})")
    it.page.wait_for_timeout(300)
    lines = it.page.evaluate(ON_LINES)
    assert any(part != 0.5 for part, *_ in lines)
    for part, smooth, tail, head, (left, top, right, low) in lines:
        aside = smooth.get("roundness", 0) * (1 if smooth.get("type") == "curvedCCW" else -1)
        found = along(tuple(tail), tuple(head), aside=aside, part=part)
        assert found == pytest.approx(((left + right) / 2, (top + low) / 2), abs=0.6)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """500 companies of which each owns or supplies a few others, so that nothing folds."""
    folder = tmp_path_factory.mktemp("crowd")
    book = Book(folder / "columns")
    parties = [f"r:{n:03d}" for n in range(500)]
    facts: list[tuple[str, dict[str, object]]] = [
        ("Profile", {"party": p, "name": f"澜汀{p[-3:]}号有限公司"}) for p in parties
    ]
    for n in range(1, 500):
        facts.append(("OWNS", {"from": parties[n // 4], "to": parties[n], "share": 0.3}))
        buyer = parties[(n * 7 + 1) % 500]
        facts.append(("SUPPLIES", {"from": parties[n], "to": buyer, "amount": 1e6, "currency": "CNY"}))
    book.load(dict.fromkeys(parties, "Company"), facts, closed_at=instant("2024-01-01"))
    return Engine(Place(folder), book.facts)


def test_five_hundred_parties_are_quick_and_still(browser: Any, crowd: Engine, tmp_path: Path) -> None:
    text = drawn(crowd, "r:000", hops=6, limit=500)
    it = opened(browser, text, tmp_path)
    assert it.page.evaluate("nodes.length") >= 400
    assert int(it.page.evaluate("document.body.dataset.drawn")) < 15_000
    before = it.page.evaluate(PLACES)
    it.page.wait_for_timeout(1000)
    assert it.page.evaluate(PLACES) == before
    assert it.errors == []


def test_five_hundred_parties_in_one_group_are_quick(browser: Any, tmp_path: Path) -> None:
    """The shades are drawn anew with every frame: zooming stays smooth."""
    parties = [f"r:{n:03d}" for n in range(500)]
    facts: list[tuple[str, dict[str, object]]] = []
    for n in range(1, 500):
        facts.append(("OWNS", {"from": parties[(n - 1) // 3], "to": parties[n], "share": 0.6}))
        facts.append(("SUPPLIES", {"from": parties[n], "to": parties[(n * 7 + 1) % 500], "amount": 1e6}))
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys(parties, "Company"), facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), book.facts)
    it = opened(browser, with_marks(engine, "r:000", hops=6, limit=500), tmp_path)
    assert it.page.evaluate("shades[0].nodes.length") >= 400
    assert int(it.page.evaluate("document.body.dataset.drawn")) < 15_000
    frame = it.page.evaluate(
        "(() => { const from = performance.now(); network.redraw(); return performance.now() - from; })()"
    )
    assert frame < 1000
    assert it.errors == []
