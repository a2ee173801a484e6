"""Every public numerical function says its six things, in order."""

import ast
import re

import pytest

from tests.architecture.test_sizes import sources
from tests.conftest import ROOT

PARTS = (".. math::", "Parameters\n", "Raises\n", "Source\n", "Example\n")


def numerical() -> list[tuple[str, str]]:
    """Public functions of analytics that stand in a module's own face, not among the kernels."""
    found = []
    for path in sources("analytics"):
        if "kernels" in path.parts:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found.append((f"{path.relative_to(ROOT)}:{node.name}", ast.get_docstring(node) or ""))
    return found


@pytest.mark.parametrize(("where", "text"), numerical(), ids=[name for name, _ in numerical()])
def test_a_numerical_docstring_has_its_six_parts_in_order(where: str, text: str) -> None:
    first = text.split("\n", 1)[0]
    assert first.strip(), f"{where} does not say what it means"
    places = [text.find(part) for part in PARTS]
    missing = [part.strip() for part, place in zip(PARTS, places, strict=True) if place < 0]
    assert not missing, f"{where} lacks {missing}"
    assert places == sorted(places), f"{where}: parts out of order"
    assert re.search(r">>> ", text[places[-1] :]), f"{where}: the example does not run"
