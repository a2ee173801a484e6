"""Imports go one way: api, then ingest and analytics side by side, then graph, then cypher."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_import_linter_keeps_its_contracts() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
