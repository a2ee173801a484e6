"""A workspace to load into."""

from pathlib import Path

import pytest

from tests.ingest.loading.small import Workspace


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)
