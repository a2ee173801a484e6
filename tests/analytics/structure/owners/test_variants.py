import tomllib
from importlib import resources
from typing import Any

import pytest

from analytics.rules.reading import read_rule
from analytics.structure.owners.regimes import PACKAGE
from analytics.structure.owners.variants import Variant, variants
from graph.errors import InvalidRule

CRR = tomllib.loads((resources.files(PACKAGE) / "variants" / "crr.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "change",
    [
        {"measure": "guessed"},
        {"layers": []},
        {"layers": ["profit"]},
        {"threshold": 20},
        {"common": "name"},
        {"comparison": "="},
        {"extra": 1},
        {"control": 1},
    ],
)
def test_what_a_variant_may_not_say_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidRule) as error:
        read_rule(Variant, {**CRR, **change}, where="a.toml")
    assert error.value.where.startswith("a.toml")


def test_both_variants_take_a_fifth_in() -> None:
    for name in ("ECB", "CRR"):
        assert (variants()[name].threshold, variants()[name].comparison) == (0.2, ">=")
