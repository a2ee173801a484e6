"""Every planted world in turn."""

import pytest

from ingest.synthetic.planted import Planted, Truth
from tests.ingest.synthetic.planted.worlds import NAMES, known


@pytest.fixture(params=NAMES)
def told(request: pytest.FixtureRequest) -> tuple[Planted, Truth]:
    return known(request.param)
