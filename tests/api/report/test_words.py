import re
import tomllib
from pathlib import Path

import pytest

from api import report
from api.answers.frame import Fact, Party
from api.answers.wording import label
from api.report.words import LANGUAGES, Words
from graph.errors import InvalidQuestion
from graph.model import (
    BASES,
    COLLATERAL,
    DIRECTNESS,
    FACILITIES,
    GUARANTEE_FORMS,
    KINDS,
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


@pytest.mark.parametrize(
    ("language", "said"), [("en", ["CNY 50m", "USD 3.4m", "CNY 20k"]), ("zh", ["5,000万元", "USD 340万", "2万元"])]
)
def test_amounts_on_one_page_stand_in_the_units_of_its_language(language: str, said: list[str]) -> None:
    """Whatever their currencies, on lines as in sentences: 5e7, 3.4e6 and 2e4."""
    words, amounts = Words(language), [(5e7, "CNY"), (3.4e6, "USD"), (2e4, "CNY")]
    one = Party("x", "x", "Company")
    facts = [Fact("f", "LENDS", one, one, {"drawn": a, "currency": c}, "") for a, c in amounts]
    assert [words.label(fact) for fact in facts] == [words.money(*each) for each in amounts] == said


def test_a_picture_in_both_languages_labels_all_amounts_in_one_kind_of_units() -> None:
    said = [label(KINDS["LENDS"], {"drawn": 5e7, "currency": currency}) for currency in ("CNY", "USD")]
    assert said == ["CNY 50m", "USD 50m"]
