import re
import tomllib
from pathlib import Path

import pytest

from api import report
from api.report.words import LANGUAGES, Words
from graph.errors import InvalidQuestion
from graph.model import (
    BASES,
    COLLATERAL,
    DIRECTNESS,
    FACILITIES,
    GUARANTEE_FORMS,
    LIABILITIES,
    RELATIONS,
    RELATIONSHIPS,
    VERDICTS,
)

FOLDER = Path(report.__file__).parent
TEXTS = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))


def test_both_languages_say_the_same_things_with_the_same_values() -> None:
    assert TEXTS["en"].keys() == TEXTS["zh"].keys()
    for name, english in TEXTS["en"].items():
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", TEXTS["zh"][name])), name


def test_every_text_is_used() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*") if path.suffix in (".py", ".html"))
    idle = [name for name in TEXTS["en"] if not re.search(rf"[\"'(]{name}[\"')]", pages) and "method_" not in name]
    assert not idle


def test_every_word_a_fact_may_say_is_said_in_chinese() -> None:
    words = Words("zh")
    choices = (*BASES, *FACILITIES, *LIABILITIES, *GUARANTEE_FORMS, *COLLATERAL, *RELATIONSHIPS, *VERDICTS, *DIRECTNESS)
    silent = [word for word in choices if words.said(word) == word and word not in ("unknown",)]
    assert not silent


def test_every_relation_has_a_short_english_name() -> None:
    assert {kind.name for kind in RELATIONS} == TEXTS["relations"].keys()


def test_another_language_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="fr"):
        Words("fr")
    assert LANGUAGES == ("en", "zh")
