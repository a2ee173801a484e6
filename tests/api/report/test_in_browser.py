"""The page in a real browser: what it asks for, what it prints."""

import re
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.engine import Engine
from api.questions import links
from api.report import linkage_page, shock_page
from api.settings import Settings
from tests.api.conftest import MINE, NAMES, RING2
from tests.api.draw.test_in_browser import browser  # noqa: F401  (a fixture)
from tests.api.questions.shocks.test_amounts import asked, guaranteed, lent
from tests.api.questions.shocks.test_shock import stated
from tests.api.serving import serving

pytestmark = pytest.mark.browser


OVERLAPPING = """() => [...document.querySelectorAll("tr")].flatMap(row => {
    const ends = [...row.cells].map(cell => { const said = document.createRange(); said.selectNodeContents(cell);
        const box = said.getBoundingClientRect(); return [box.left, box.right, cell.textContent.trim()] });
    return ends.slice(1).filter((end, k) => end[2] && ends[k][2] && end[0] < ends[k][1] - 1).map(end => end[2]) })"""
"""What in a table begins before what stands to its left has ended."""


@pytest.mark.parametrize("width", [360, 390, 701, 1440])
@pytest.mark.parametrize("unit", [1e6, 1e12], ids=["millions", "trillions"])
def test_amounts_never_lie_over_each_other(browser: Any, tmp_path: Path, width: int, unit: float) -> None:  # noqa: F811
    sheet = stated("a", net_assets=5 * unit, total_assets=45 * unit, total_liabilities=40 * unit)
    found = asked(
        tmp_path, lent("a", 21 * unit), lent("a", 19 * unit, by="b2"), guaranteed("c", "a", 17 * unit),
        *sheet, *stated("c", net_assets=3 * unit),
    )  # fmt: skip
    (tmp_path / "report.html").write_text(shock_page(found, language="zh"), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto((tmp_path / "report.html").as_uri())
    assert page.locator("td.n").count() > 10
    assert page.evaluate(OVERLAPPING) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.close()


def test_it_asks_for_nothing_and_prints_its_pages(browser: Any, engine: Engine, tmp_path: Path) -> None:  # noqa: F811
    text = linkage_page(links(engine, [MINE, RING2], moment=engine.moment()), language="zh")
    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    page = browser.new_page()
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.goto((tmp_path / "report.html").as_uri())
    assert [url.split("/")[-1] for url in requests] == ["report.html"]
    assert errors == []
    assert page.locator("svg text", has_text=NAMES[MINE]).count() >= 1
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert len(sizes) >= 3
    a4 = {595, 842}
    assert all({round(float(one)) for one in size} <= {594, 595, 596, 841, 842, 843} for size in sizes), (sizes, a4)


def test_it_fits_a_phone(browser: Any, engine: Engine, tmp_path: Path) -> None:  # noqa: F811
    """No line of text, table or time line runs out of a page as wide as a phone."""
    text = linkage_page(links(engine, [MINE, RING2], moment=engine.moment()), language="zh")
    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((tmp_path / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_the_page_of_questions_fits_a_phone(browser: Any, engine: Engine) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": 390, "height": 844})
    with serving(create_app(engine, Settings())) as client:
        page.goto(f"{client.base_url}/docs")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
