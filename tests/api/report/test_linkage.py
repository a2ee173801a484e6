import re
from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions import links
from api.report import linkage_page
from tests.api.conftest import ALONE, BANK, HOLD, HOSTILE, MINE, NAMES, RING1, RING2, B
from tests.api.world import Book, instant

OUTSIDE = r"<(script|link|img|iframe|object|embed)\b|@import|url\(|(?:src|href|action)=[\"'](?!#)"


def page(engine: Engine, *parties: str, language: str = "en", **asked: object) -> str:
    return linkage_page(links(engine, parties, moment=engine.moment(), **asked), language=language)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_fetched_from_anywhere_and_nothing_runs(engine: Engine, language: str) -> None:
    text = page(engine, MINE, RING2, language=language)
    assert not re.findall(OUTSIDE, text)
    assert "default-src 'none'" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_fact_of_the_answer_stands_in_the_report_with_its_source(engine: Engine, language: str) -> None:
    answer = links(engine, [MINE, RING2], moment=engine.moment())
    text = linkage_page(answer, language=language)
    rows = dict(re.findall(r'<tr id="s(\d+)">.*?<small>(.*?)</small>', text))
    assert list(rows) == [str(at) for at in range(1, len(answer.sources) + 1)]
    assert sorted(rows.values()) == sorted(source.source_ref for source in answer.sources)
    record = {source.fact_id: source.source_ref for source in answer.sources}
    paths = text.split("<h2>")[-4 if answer.answer.times else -3]
    shown = {fact.fact_id for chain in answer.answer.paths for tie in chain.steps for fact in tie.facts}
    cited = {rows[number] for number in re.findall(r'href="#s(\d+)"', paths)}
    assert cited == {record[fact] for fact in shown}


def test_sources_are_numbered_as_they_are_first_cited(engine: Engine) -> None:
    cited = re.findall(r'href="#s(\d+)"', page(engine, MINE, RING2))
    assert list(dict.fromkeys(cited)) == [str(at) for at in range(1, len(set(cited)) + 1)]


def test_every_number_in_brackets_names_a_line_of_the_sources(engine: Engine) -> None:
    text = page(engine, MINE, RING2)
    assert set(re.findall(r'href="#(s\d+)"', text)) <= set(re.findall(r'<tr id="(s\d+)"', text))


def test_pages_are_numbered_and_of_the_size_a4(engine: Engine) -> None:
    text = page(engine, MINE, RING2, language="zh")
    assert "size: A4" in text
    assert re.search(r'@bottom-right {[^}]*"第 " counter\(page\) " 页，共 " counter\(pages\)', text)


def test_a_hostile_name_stays_text(engine: Engine) -> None:
    text = page(engine, HOSTILE, ALONE)
    assert NAMES[HOSTILE] not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "<img" not in text


def test_parties_that_nothing_ties_get_a_report_that_says_so(engine: Engine) -> None:
    text = page(engine, ALONE, MINE, language="zh")
    assert "未发现关联" in text
    assert "<figure>" not in text


def test_a_chinese_report_says_what_facts_say_in_chinese(engine: Engine) -> None:
    text = page(engine, MINE, RING2, language="zh")
    assert "连带责任" in text
    told = text.split("<h2>信息来源</h2>")[0]
    assert not re.search(r">[^<]*\b(joint|loan|nominee|vie)\b", told)


def test_the_same_answer_is_laid_out_the_same(engine: Engine) -> None:
    assert page(engine, MINE, RING2) == page(engine, MINE, RING2)


def test_a_report_of_several_parties_has_a_cut_for_each_two(engine: Engine) -> None:
    answer = links(engine, [MINE, RING2, BANK], moment=engine.moment())
    assert len(answer.answer.cuts) == 3
    assert all(cut.facts for cut in answer.answer.cuts)
    assert "<svg" in linkage_page(answer)


def test_a_remark_of_many_sources_is_told_once(tmp_path: Path) -> None:
    rows = [
        ("OWNS", {"from": "r:a", "to": f"r:{n}", "share": 0.3, "directness": "direct", "note": "as filed"})
        for n in range(2)
    ] + [("OWNS", {"from": f"r:{n}", "to": "r:b", "share": 0.3, "directness": "direct"}) for n in range(2)]
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys(["r:a", "r:b", "r:0", "r:1"], "Company"), rows, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    text = page(engine, "r:a", "r:b")
    assert text.count("as filed") == 1
    assert text.count("<sup>a</sup>") == 2 + 1
    assert "<sup>b</sup>" not in text


def test_a_gap_in_a_link_is_shown_with_both_of_its_periods(tmp_path: Path) -> None:
    held = [("2010-01-01", "2014-01-01"), ("2020-01-01", None)]
    rows = [
        ("OWNS", {"from": "r:a", "to": "r:b", "share": 0.3, "directness": "direct", "source_ref": first,
                  "valid_from": instant(first).date(), "valid_to": last and instant(last).date()})
        for first, last in held
    ]  # fmt: skip
    book = Book(tmp_path / "columns")
    book.load(dict.fromkeys(["r:a", "r:b"], "Company"), rows, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    (line,) = links(engine, ["r:a", "r:b"], moment=engine.moment()).answer.times
    assert [(str(one.valid_from), one.holds) for one in line.stretches] == [("2010-01-01", False), ("2020-01-01", True)]
    assert "gap 2014-01-01 to 2020-01-01" in page(engine, "r:a", "r:b")


def test_two_records_of_one_party_get_a_report_that_says_so(tmp_path: Path) -> None:
    number = {"scheme": "XI-LEI", "value": "5299000J2N45DDNE4Y28", "verified": True}
    book = Book(tmp_path / "columns")
    facts = [("Identifier", {"party": one, **number}) for one in ("r:a", "r:b")]
    book.load(dict.fromkeys(["r:a", "r:b"], "Company"), facts, closed_at=instant("2024-01-01"))
    engine = Engine(Place(tmp_path), book.facts, clock=lambda: instant("2024-06-30"))
    text = page(engine, "r:a", "r:b", language="zh")
    assert "同一主体" in text
    assert text.count("5299000J2N45DDNE4Y28") >= 2


def test_one_of_a_thing_is_told_as_one(engine: Engine) -> None:
    answer = links(engine, [HOLD, MINE], steps=1, moment=engine.moment())
    text = re.sub("<[^>]*>", " ", linkage_page(answer, language="en"))
    assert "refuting 1 fact parts them on every path shown (1)" in text
    assert not re.search(r"\b1 (?:more )?(?:facts|paths|steps|parties)\b", " ".join([text, *answer.reasons]))
    several = linkage_page(links(engine, [B, RING2], limit=1, moment=engine.moment()), language="en")
    assert re.search(r"The picture shows 1 path, the strongest; the table has \d+ more", several)


def test_why_they_are_connected_is_said_in_whole_sentences(engine: Engine) -> None:
    english, chinese = (page(engine, MINE, RING1, language=language) for language in ("en", "zh"))
    short = english.partition("<ul>")[2].partition("</ul>")[0]
    assert f"under a common controller, by way of {NAMES[B]}." in short
    assert f"受同一方控制，经由{NAMES[B]}。" in chinese
    assert all(title[0].isupper() for title in re.findall(r"<h3>\d+\. (.)", english))
