import copy
import tomllib
from collections.abc import Callable
from datetime import date
from importlib import resources
from typing import Any

import pytest

from analytics.rules.reading import named, read_rule
from analytics.structure.owners.regimes import PACKAGE, Regime, regimes
from graph.errors import InvalidQuestion, InvalidRule

CHINA = tomllib.loads((resources.files(PACKAGE) / "regimes" / "cn_2024.toml").read_text(encoding="utf-8"))


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    table = copy.deepcopy(CHINA)
    change(table)
    return table


def test_every_threshold_names_its_source_and_whether_it_was_checked() -> None:
    for regime in regimes().values():
        for row in (regime, *regime.tests, *regime.fallbacks):
            assert row.citation
            assert isinstance(row.verified, bool)
            assert row.name.en
            assert row.name.zh


def test_the_table_of_the_domain_reference_is_in_the_files() -> None:
    """§1.6: 25 % or more in China and under the regulation, more than 25 % under the directive and in Britain."""
    found = {
        regime.id: {(t.threshold, t.comparison) for t in regime.tests if t.threshold} for regime in regimes().values()
    }
    assert found == {
        "CN_2024": {(0.25, ">=")},
        "EU_AMLR": {(0.25, ">=")},
        "EU_AMLD4": {(0.25, ">")},
        "UK_PSC": {(0.25, ">")},
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.update(treshold=0.25),
        lambda t: t["tests"][0].update(limit=1),
        lambda t: t["tests"][0].pop("threshold"),
        lambda t: t["tests"][0].update(threshold=25),
        lambda t: t["tests"][0].update(threshold="25 %"),
        lambda t: t["tests"][0].update(comparison="≥"),
        lambda t: t["tests"][0].update(measure="added"),
        lambda t: t["tests"][0].update(layer="profit"),
        lambda t: t["tests"][2].update(threshold=0.5),
        lambda t: t["fallbacks"][0].update(when="often"),
        lambda t: t.pop("citation"),
        lambda t: t.update(verified="no"),
        lambda t: t.update(in_force_from="2024-11-01"),
        lambda t: t["name"].pop("zh"),
        lambda t: t["exemption"].update(holders=3),
    ],
)
def test_what_a_file_may_not_say_is_refused_with_its_place(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(InvalidRule) as error:
        read_rule(Regime, changed(change), where="a.toml")
    assert error.value.where.startswith("a.toml")
    assert error.value.remedy


def test_a_regime_applies_from_its_first_day_to_the_day_before_its_end() -> None:
    regulation, directive = regimes()["EU_AMLR"], regimes()["EU_AMLD4"]
    first = date(2027, 7, 10)
    assert regulation.in_force(first)
    assert not directive.in_force(first)
    assert directive.in_force(date(2027, 7, 9))
    assert not regulation.in_force(date(2027, 7, 9))


def test_an_unknown_regime_is_answered_with_those_there_are() -> None:
    with pytest.raises(InvalidQuestion) as error:
        named(regimes(), "US_CTA", where="regime")
    assert "UK_PSC" in error.value.remedy
