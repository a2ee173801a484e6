"""Kernels that are kept on disk are those of their sources."""

import subprocess
import sys
from pathlib import Path

from analytics.kernels.compiled import sources_of
from tests.conftest import ROOT

KERNEL = """
from analytics.kernels.compiled import INT, compiled
from step import after
@compiled(INT(INT))
def twice(x):
    return after(after(x))
"""
STEP = """
from amount import MORE
from analytics.kernels.compiled import apart
@apart
def after(x):
    return x + MORE
"""
ASK = "from kernel import twice; print(twice(0), sum(twice.stats.cache_hits.values()))"


def asked(folder: Path) -> list[int]:
    """What the kernel says in a process of its own, and how often it was found on disk."""
    found = subprocess.run(
        [sys.executable, "-c", ASK], cwd=folder, env={"PYTHONPATH": f"{ROOT}:{folder}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [int(word) for word in found.stdout.split()]


def test_a_kernel_whose_step_or_number_was_edited_is_compiled_anew(tmp_path: Path) -> None:
    (tmp_path / "kernel.py").write_text(KERNEL)
    (tmp_path / "step.py").write_text(STEP)
    (tmp_path / "amount.py").write_text("MORE = 1\n")
    assert [asked(tmp_path), asked(tmp_path)] == [[2, 0], [2, 1]]
    (tmp_path / "amount.py").write_text("MORE = 2\n")
    assert asked(tmp_path) == [4, 0]
    (tmp_path / "step.py").write_text(STEP.replace("x + MORE", "x + MORE + 1"))
    assert asked(tmp_path) == [6, 0]


def test_sources_are_those_that_are_taken_from_however_far(tmp_path: Path) -> None:
    (tmp_path / "kernel.py").write_text(KERNEL)
    (tmp_path / "step.py").write_text(STEP)
    assert sources_of(tmp_path / "kernel.py") == (KERNEL.encode(), STEP.encode())
    assert sources_of(tmp_path / "nosuch.py") == ()
