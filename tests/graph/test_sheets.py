"""An item of statements has one value a party: the latest period, the whole year, the trusted source."""

from pathlib import Path

import numpy as np
import pytest

from graph.facts import Facts
from graph.moment import Moment
from graph.snapshot import Snapshot
from tests.api.world import Book, day, instant

A, B = "r:a", "r:b"


def said(party: str = A, value: float = 100.0, **more: object) -> tuple[str, dict[str, object]]:
    plain = {"period_end": day("2023-12-31"), "months": 12, "standard": "CAS", "item": "revenue", "unit": "CNY"}
    return "Statement", {"party": party, "value": value, **plain, **more}


def snapshot(facts: Facts, currency: str | None = "CNY") -> Snapshot:
    return Snapshot.build(facts, Moment(day("2024-06-30"), instant("2024-06-30"), None, currency))


def facts(folder: Path, *rows: tuple[str, dict[str, object]]) -> Facts:
    return Book(folder).load({A: "Company", B: "Company"}, rows, closed_at=instant("2024-01-15"))


def test_each_party_has_its_own_and_who_says_nothing_none(tmp_path: Path) -> None:
    found = snapshot(facts(tmp_path, said(A, 7.0))).items(("revenue",))
    assert found.value[0] == 7.0
    assert np.isnan(found.value[1])
    assert found.row.tolist() == [0, -1]


@pytest.mark.parametrize(("months", "value"), [(12, 100.0), (6, 200.0), (3, 400.0), (24, 50.0)])
def test_what_flows_is_scaled_to_a_year_and_a_balance_is_not(tmp_path: Path, months: int, value: float) -> None:
    moment = snapshot(facts(tmp_path, said(months=months)))
    assert moment.items(("revenue",), of_a_year=True).value[0] == value
    assert moment.items(("revenue",)).value[0] == 100.0


@pytest.mark.parametrize("months", [None, 0])
def test_a_flow_over_no_period_is_unknown(tmp_path: Path, months: int | None) -> None:
    assert np.isnan(snapshot(facts(tmp_path, said(months=months))).items(("revenue",), of_a_year=True).value[0])


def test_the_first_item_that_is_stated_counts_whatever_its_period(tmp_path: Path) -> None:
    rows = said(value=5.0, item="output", period_end=day("2020-12-31")), said(value=9.0)
    moment = snapshot(facts(tmp_path, *rows))
    assert [moment.items(names).value[0] for names in (("output", "revenue"), ("revenue", "output"))] == [5.0, 9.0]


def test_of_two_sources_the_trusted_one_is_believed(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.load({A: "Company"}, [said(value=1.0)], closed_at=instant("2024-01-15"), trust=0.9)
    found = book.load({}, [said(value=2.0)], closed_at=instant("2024-02-15"), source="rumour", trust=0.1)
    assert snapshot(found).items(("revenue",)).value[0] == 1.0


@pytest.mark.parametrize("unit", ["ratio", None, "EUR"])
def test_a_unit_that_cannot_be_converted_leaves_it_unknown(tmp_path: Path, unit: str | None) -> None:
    assert np.isnan(snapshot(facts(tmp_path, said(unit=unit))).items(("revenue",)).value[0])


def rated(party: str = A, **more: object) -> tuple[str, dict[str, object]]:
    return "Assessment", {"party": party, "author": "model", "horizon_months": 12, **more}


def test_a_probability_looks_as_far_ahead_as_asked(tmp_path: Path) -> None:
    moment = snapshot(facts(tmp_path, rated(pd=0.02, lgd=0.4), rated(B, pd=0.3, horizon_months=36)))
    assert moment.assessed("pd", horizon=12).value[0] == 0.02
    assert np.isnan(moment.assessed("pd", horizon=12).value[1])
    assert moment.assessed("pd").value.tolist() == [0.02, 0.3]
    assert moment.assessed("lgd").row.tolist() == [0, -1]


def test_of_two_assessments_the_trusted_one_that_states_the_figure_is_believed(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.load({A: "Company"}, [rated(pd=0.02)], closed_at=instant("2024-01-15"), trust=0.9)
    second = rated(pd=0.5, lgd=0.6, author="other")
    found = book.load({}, [second], closed_at=instant("2024-02-15"), source="rumour", trust=0.1)
    assert [snapshot(found).assessed(name).value[0] for name in ("pd", "lgd")] == [0.02, 0.6]


def test_the_grade_is_that_of_the_trusted_assessment_that_states_one(tmp_path: Path) -> None:
    book = Book(tmp_path)
    book.load({A: "Company", B: "Company"}, [rated(pd=0.02)], closed_at=instant("2024-01-15"), trust=0.9)
    second, third = rated(grade="BB", author="other"), rated(B, grade="A", author="other")
    found = book.load({}, [second, third], closed_at=instant("2024-02-15"), source="rumour", trust=0.1)
    grades = snapshot(found).grades()
    assert [grades.words[code] for code in grades.code] == ["BB", "A"]
    best = book.load({}, [rated(grade="AA", author="third")], closed_at=instant("2024-03-15"), trust=0.9)
    grades = snapshot(best).grades()
    assert [grades.words[code] for code in grades.code] == ["AA", "A"]


@pytest.mark.parametrize(("since", "value"), [("2022-12-31", 9.0), ("2023-01-01", 5.0), ("2024-01-01", np.nan)])
def test_a_period_that_ended_too_long_ago_gives_way_to_the_next_item(tmp_path: Path, since: str, value: float) -> None:
    rows = said(value=9.0, period_end=day("2022-12-31")), said(value=5.0, item="total_income")
    found = snapshot(facts(tmp_path, *rows)).items(("revenue", "total_income"), since=day(since))
    assert np.array_equal(found.value[:1], [value], equal_nan=True)
    assert (found.row[0] < 0) == np.isnan(value)
