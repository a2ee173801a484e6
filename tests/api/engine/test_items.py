"""The README names the items of statements that figures and limits divide by, as the data has them."""

import re

from analytics.limits.denominators import DENOMINATORS
from api.engine.dependence import BALANCE, ITEMS
from tests.conftest import ROOT


def test_the_readme_names_every_item_that_counts() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = readme.split("<!-- items -->")[1].split("<!-- /items -->")[0].strip().splitlines()[2:]
    told = [(tuple(re.findall("`([a-z0-9_]+)`", row)), "a year" in row) for row in rows]
    assert told == [
        *((name, False) for name in dict.fromkeys((one.item,) for one in DENOMINATORS.values())),
        *ITEMS.values(),
        *BALANCE.values(),
    ]
