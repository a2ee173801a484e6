"""Files and functions stay small, names say what they mean."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("graph", "ingest", "analytics", "api", "cypher")
BANNED = {"utils", "helpers", "common", "misc", "manager", "core"}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_passes_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources(*PACKAGES, "tests", "benchmarks")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_no_function_passes_60_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources(*PACKAGES, "tests", "benchmarks")
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > 60
    ]
    assert not long


def test_no_function_takes_more_than_8_arguments() -> None:
    many = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources(*PACKAGES)
        for node in functions(path)
        if len(
            [
                a
                for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
                if a.arg not in ("self", "cls")
            ]
        )
        > 8
    ]
    assert not many


def test_no_name_means_nothing() -> None:
    names = [path for folder in PACKAGES for path in (ROOT / folder).rglob("*") if path.stem.lower() in BANNED]
    assert not names


def test_every_package_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources(*PACKAGES)
        if path.name == "__init__.py" and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_only_settings_read_the_environment() -> None:
    reads = re.compile(r"\bos\.environ|\bos\.getenv|\bgetenv\(")
    found = [
        f"{path.relative_to(ROOT)}"
        for path in sources(*PACKAGES)
        if reads.search(path.read_text(encoding="utf-8")) and path != ROOT / "api" / "settings.py"
    ]
    assert not found


def test_cypher_stands_only_in_cypher() -> None:
    statement = re.compile(r"\b(MATCH|MERGE) \(\w*:|\bUNWIND \$|\]->\(|\bCREATE CONSTRAINT\b|\bFOR \(\w+:")
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("graph", "ingest", "analytics", "api")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.search(node.value)
    ]
    assert not found


@pytest.mark.parametrize("banned", ["pickle", "marshal", "shelve"])
def test_nothing_is_unpickled(banned: str) -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in sources(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and banned in {name.name for name in node.names})
        or (isinstance(node, ast.ImportFrom) and node.module == banned)
    ]
    assert not found


def test_nothing_is_executed_from_text() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"eval", "exec", "compile"}
    ]
    assert not found
