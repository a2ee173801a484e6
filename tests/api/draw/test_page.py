import re

import pytest

from api.draw import draw
from api.draw.labels import wrapped
from api.engine import Engine
from api.questions import network
from tests.api.conftest import ALONE, HOSTILE, NAMES, B


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
