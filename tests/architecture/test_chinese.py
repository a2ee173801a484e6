"""Chinese sentences end and pause with Chinese signs, in every text of the program and in what is answered."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HAN = "[\u3400-\u9fff）”]"
LATIN_STOP = re.compile(rf"{HAN}[.,;:!?](?=\s|$|[\u3400-\u9fff（])|[,;][\u3400-\u9fff]")
"""A Latin sign where a Chinese clause or sentence ends; an address or a number may hold one between Latin signs."""
SAID_TWICE = re.compile(rf" · (?=.*{HAN})[^a-z()]*\.$")
"""A text in English and then in Chinese that ends with a Latin stop; where English words or a bracket end it, only a
term in it is said twice."""
ENGLISH = ("api/commands",)
"""Where Chinese words stand in English sentences alone."""


def texts(path: Path) -> Iterator[str]:
    """Texts of a module but its docstrings, the parts of one with values in one piece."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


def chinese(table: Any, name: str = "") -> Iterator[str]:
    """Chinese texts of a table of words or rules; citations are written as their authors do."""
    if isinstance(table, dict):
        for key, value in table.items():
            yield from () if key == "citation" else chinese(value, key)
    elif isinstance(table, list):
        for value in table:
            yield from chinese(value, name)
    elif isinstance(table, str):
        yield table


def test_no_chinese_text_ends_or_pauses_with_a_latin_sign() -> None:
    found = []
    for path in sorted((ROOT / "api").rglob("*.py")):
        if not str(path.relative_to(ROOT)).startswith(ENGLISH):
            found += [(path.name, text) for text in texts(path) if LATIN_STOP.search(text)]
    for path in sorted((*(ROOT / "api").rglob("*.toml"), *(ROOT / "analytics").rglob("*.toml"))):
        found += [
            (path.name, text) for text in chinese(tomllib.loads(path.read_text("utf-8"))) if LATIN_STOP.search(text)
        ]
    assert not found


def test_what_is_answered_in_both_languages_ends_with_a_chinese_stop() -> None:
    """The examples of the interface are answers as they are given."""
    said = set(re.findall(r'"((?:[^"\\]|\\.)*)"', (ROOT / "api/routes/examples.json").read_text("utf-8")))
    both = [text for text in map(json.loads, (f'"{text}"' for text in said)) if " · " in text]
    assert [text for text in both if SAID_TWICE.search(text)] == []
    assert any(text.endswith("。") for text in both)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("It would pass to lend CNY 59 less · 减少授信CNY 59.", True),
        ("CN_X breaks if it holds · 若成立，则突破CN_X.", True),
        ("It would pass to lend CNY 59 less · 减少授信CNY 59。", False),
        ("decline · 拒绝: CNY 5 to 甲公司.", False),
        ("They are not related (A · 乙).", False),
    ],
)
def test_a_latin_stop_is_found_where_a_text_is_said_in_both_languages(said: str, found: bool) -> None:
    assert bool(SAID_TWICE.search(said)) is found
