import copy
import tomllib
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from analytics.rules.reading import read_rule
from analytics.structure.listed.rules import PACKAGE, ListedRule
from graph.errors import InvalidRule

CHINA = tomllib.loads((resources.files(PACKAGE) / "rules" / "cn_takeover.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.update(extra=1),
        lambda t: t["tests"][0].update(measure="luck"),
        lambda t: t["tests"][0].update(comparison="="),
        lambda t: t["tests"][0].update(threshold=50),
        lambda t: t["tests"][0].pop("threshold"),
        lambda t: t["tests"][3].update(threshold=0.5),
        lambda t: t["concert"]["ties"][0].update(kind="friend"),
        lambda t: t["concert"]["ties"][2].update(line="wavy"),
        lambda t: t["concert"]["ties"][2].update(generations="three"),
    ],
)
def test_what_a_rule_may_not_say_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    table = copy.deepcopy(CHINA)
    change(table)
    with pytest.raises(InvalidRule) as error:
        read_rule(ListedRule, table, where="a.toml")
    assert error.value.where.startswith("a.toml")
