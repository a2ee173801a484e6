"""What all tests share: where the reference data lies."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The first call of a kernel waits for machine code; no test is about its own time.
settings.register_profile("contagraph", parent=settings(), deadline=None)
settings.load_profile("contagraph")

ROOT = Path(__file__).parent.parent


def reference_folder() -> Path:
    """Folder of the reference data; it may be absent."""
    return Path(os.environ.get("CONTAGRAPH_REFERENCE_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The reference data, or a skip that says where it was looked for."""
    folder = reference_folder()
    if not folder.is_dir():
        pytest.skip(f"no reference data at {folder}; set CONTAGRAPH_REFERENCE_DATA")
    return folder
