import json
import re
from pathlib import Path

import pytest

from api.draw import draw
from api.draw.labels import wrapped
from api.engine import Engine
from api.questions import network
from tests.api.conftest import ALONE, HOSTILE, NAMES, B
from tests.api.limits.test_standing import A, C, D, lender
from tests.api.limits.test_standing import B as B2
from tests.api.questions.limits.test_doubts import engine as engine_of
from tests.api.questions.limits.test_doubts import verdict


def page(engine: Engine, party: str, **asked: object) -> str:
    return draw(network(engine, party, moment=engine.moment(), **asked))  # type: ignore[arg-type]


def test_the_same_answer_is_drawn_the_same(engine: Engine) -> None:
    assert page(engine, B, hops=2) == page(engine, B, hops=2)


def test_nothing_is_fetched_from_anywhere(engine: Engine) -> None:
    text = page(engine, B, hops=2)
    assert not re.search(r"<(script|link|img|iframe)[^>]*\b(src|href)\s*=", text)
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_a_hostile_name_stays_text(engine: Engine) -> None:
    text = page(engine, ALONE)
    assert NAMES[HOSTILE] not in text
    assert text.count("</script>") == 2
    assert "<b>remark</b>" not in text


def test_everything_drawn_stands_in_the_tables_too(engine: Engine) -> None:
    answer = network(engine, B, hops=2, moment=engine.moment())
    text = draw(answer)
    assert set(re.findall(r'data-fact="([^"]+)"', text)) == {fact.fact_id for fact in answer.answer.links}
    for around in answer.answer.parties:
        assert f'data-node="{around.party.id}"' in text
    assert text.count("since 2020-01-01 · register") == 2


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("澜汀集团有限公司", 1),
        ("澜汀岚禾川机械电子化工国际贸易有限公司", 2),
        ("Keladak Holdings", 1),
        ("A" * 60, 1),
        ("a name of many words that goes on and on and on and on and on and on and on", 3),
    ],
)
def test_a_name_is_broken_between_words_or_chinese_characters(name: str, lines: int) -> None:
    found = wrapped(name).split("\n")
    assert len(found) == lines
    assert name.replace(" ", "").startswith("".join(found).replace(" ", "").rstrip("…"))


def test_a_dependence_that_was_rejected_is_not_drawn_as_one(tmp_path: Path) -> None:
    """A ring fence and a rejected dependence are judgements that somebody does not fall with another."""
    said = (
        verdict(A, B2, "rejected"),
        verdict(C, B2, "rejected", criterion="control"),
        verdict(D, B2, "confirmed"),
    )
    judged = engine_of(tmp_path, lender(), *said)
    text = draw(network(judged, B2, moment=judged.moment()))
    rows = re.findall(r"<tr[^>]*data-fact=.*?</tr>", text, re.DOTALL)
    would = [row for row in rows if "Would fail if the other failed, as judged 经济依存" in row]
    assert len(rows) == 3
    assert len(would) == 1
    assert sum("经认定不依存于对方" in row for row in rows) == 1
    assert sum("经认定与对方风险隔离" in row for row in rows) == 1
    edges = {edge["from"]: edge for edge in json.loads(re.search(r"new vis\.DataSet\((\[\{\"arrows.*?\])\);", text)[1])}  # type: ignore[index]
    assert {who: edge["label"] for who, edge in edges.items()} == {A: "rejected", C: "ring-fenced", D: "cn-annex1-1"}
    assert {who for who, edge in edges.items() if edge["color"].get("opacity")} == {A, C}
