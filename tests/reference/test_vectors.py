import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import reference_folder
from tests.reference.vectors import KINDS, evaluate

VECTORS = Path("vectors", "domain.json")


def cases() -> list[dict[str, object]]:
    path = reference_folder() / VECTORS
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


@pytest.fixture(scope="module")
def compare(reference_data: Path) -> ModuleType:
    """The reference data's own judge."""
    spec = importlib.util.spec_from_file_location("compare", reference_data / "vectors" / "compare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", [c for c in cases() if c["kind"] in KINDS], ids=lambda case: case["id"])
def test_a_worked_case_comes_out_as_derived(case: dict[str, object], compare: ModuleType) -> None:
    got = evaluate(case["kind"], case["inputs"])
    assert compare.differences(case["expected"], got, case["tol"]) == []


def test_a_kind_not_built_yet_is_said(reference_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = {str(case["kind"]) for case in cases()}
    missing = sorted(kinds - KINDS.keys())
    for kind in missing:
        with pytest.raises(NotImplementedError, match=kind):
            evaluate(kind, {})
    with capsys.disabled():
        built = f"{len(kinds) - len(missing)} of {len(kinds)} kinds are built"
        print(f"\nworked cases: {built}; not yet: {', '.join(missing)}")
    assert kinds | {"fsri"} >= KINDS.keys()  # no case of it among those shown
