"""From which day on, and for whose rule sets, a government body may not guarantee."""

from datetime import date

import pytest

from analytics.structure.guarantees.bodies import bodies_barred


@pytest.mark.parametrize(
    ("serving", "day", "told"),
    [
        ({"CN"}, date(1995, 9, 30), []),
        ({"CN", "EU"}, date(1995, 10, 1), ["CN_GUARANTEE_LAW_8"]),
        ({"CN"}, date(2020, 12, 31), ["CN_GUARANTEE_LAW_8"]),
        ({"CN"}, date(2021, 1, 1), ["CN_CIVIL_CODE_683"]),
        ({"EU", "BCBS"}, date(2026, 11, 27), []),
        (set(), date(2026, 11, 27), []),
    ],
)
def test_the_law_of_the_day_bars_for_its_own_rule_sets(serving: set[str], day: date, told: list[str]) -> None:
    assert [rule.id for rule in bodies_barred(frozenset(serving), day)] == told
