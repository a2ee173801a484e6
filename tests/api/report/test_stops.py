"""Sentences of every report end with one stop, whatever is put together in them and however names end."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from api.engine import Engine
from api.questions import book_losses, links, shock
from api.questions.book.assumed import Assumed
from api.questions.group_report import group_report
from api.questions.shocks.scenario import Scenario
from api.report import group_page, linkage_page, losses_page, shock_page
from tests.api.questions.lending import BANK, OWED, bank, party

DOUBLED = re.compile(r".{0,60}(?:(?<!\.)\.\.(?!\.)|[。，；：]\s*[。，；]|\.\s+\.\s|[,;:]\s*[.,;](?=\s)).{0,20}")
"""A stop or pause after another; an abbreviation keeps its own before a Chinese one."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The small bank, where every name ends with a stop of its own."""
    names = {BANK: "Bank Ltd.", "r:p": "Parent Ltd.", **{party(name): f"{name.upper()} Ltd." for name in OWED}}
    profiles = [("Profile", {"party": x, "name": name, "source": "z"}) for x, name in names.items()]
    return bank(tmp_path_factory.mktemp("stops"), *profiles)


def pages(engine: Engine, language: str) -> Iterator[tuple[str, str]]:
    moment = engine.moment(currency="CNY")
    for name in ("a1", "f1", "s", "solo", "p"):
        for lender in (BANK, None):
            answer = group_report(engine, party(name), lender=lender, moment=moment)
            yield f"group {name}", group_page(answer, language=language)
    for pair in (("r:p", "r:s"), ("r:a1", "r:f1"), ("r:bank", "r:a2")):
        yield f"links {pair}", linkage_page(links(engine, pair, moment=moment), language=language)
    for failed in (["r:a1"], ["r:solo", "r:f1"]):
        scenario = Scenario.model_validate({"lender": BANK, "failed": failed})
        yield f"shock {failed}", shock_page(shock(engine, scenario, moment=moment), language=language)
    assumed = Assumed.model_validate({"pd": {"rest": 0.1}, "draws": 400})
    yield "losses", losses_page(book_losses(engine, BANK, assumed, moment=moment), language=language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_sentence_of_a_report_has_two_stops(engine: Engine, language: str) -> None:
    found, named = [], 0
    for name, page in pages(engine, language):
        text = unescape(
            re.sub(r"<style.*?</style>|<svg.*?</svg>|</?(?:b|i|em|strong|span)[^>]*>", "", page, flags=re.DOTALL)
        )
        lines = re.split(r"<[^>]*>", text)
        named += sum("Ltd." in line for line in lines)
        found += [(name, doubled) for line in lines for doubled in DOUBLED.findall(line)]
    assert named > 50
    assert found == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is so.. And", True),
        ("如此。。其余", True),
        ("A Ltd.. B", True),
        ("A Co., Ltd. is", False),
        ("A Ltd.。", False),
    ],
)
def test_two_stops_are_found(text: str, found: bool) -> None:
    assert bool(DOUBLED.search(text)) is found
