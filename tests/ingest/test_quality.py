"""Each refusal is a sentence of the model: shares are fractions, money is not negative, arrows join two parties."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.bands import UNIT, Band, units
from graph.field import Kind
from graph.identifiers import is_uscc
from graph.model import (
    ASSESSMENT,
    EVENT,
    GUARANTEES,
    HOLDS_OFFICE,
    IDENTIFIER,
    LENDS,
    OWES,
    OWNS,
    PROFILE,
    RATE,
    RELATED_TO,
    SUPPLIES,
)
from graph.schema import STAGED_PARTY, staged_schema
from ingest.quality import Checks
from ingest.source import Rejected, Staged

KEY = b"a workspace's secret"
RESIDENT = "11010519491231002X"
"""The specimen of GB 11643-1999 itself; no person's."""


def staged(kind: Kind | None, *rows: dict[str, Any]) -> Staged:
    schema = staged_schema(kind) if kind else STAGED_PARTY
    told = {"source": "s", "source_ref": "1", "confidence": 1.0}
    if kind and kind.is_relation:
        told |= {"from": "s:a", "to": "s:b"}
    elif kind and kind.ends:
        told |= {"party": "s:a"}
    full = [{**told, "place": f"t.csv:{n}", **row} for n, row in enumerate(rows, 2)]
    table = pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in full], schema=schema)
    return Staged(kind, table, lambda positions: [f'{{"row": {p}, "id": "{RESIDENT}"}}' for p in positions])


DAY = date(2024, 6, 28)
BAND = {"share_low": 0.5, "share_high": 0.5, "share_ends": 0}


@pytest.mark.parametrize(
    ("kind", "row", "reason"),
    [
        (OWNS, {"share_low": 1.5, "share_high": 1.5, "share_ends": 0}, "share over 1"),
        (OWNS, {"share_low": 0.5, "share_high": 1.2, "share_ends": 0}, "share over 1"),
        (OWNS, {"share_low": -0.1, "share_high": 0.2, "share_ends": 0}, "out of range"),
        (OWNS, {"share_low": 0.5, "share_high": 0.25, "share_ends": 0}, "band upside down"),
        (OWNS, {"share_low": 0.5, "share_high": 0.5, "share_ends": 1}, "band upside down"),
        (OWNS, {"share_low": 0.5, "share_ends": 0}, "half a band"),
        (OWNS, {"share_low": float("nan"), "share_high": 0.2, "share_ends": 0}, "out of range"),
        (OWNS, BAND | {"directness": "sideways"}, "unknown word"),
        (OWNS, BAND | {"from": ""}, "missing id"),
        (OWNS, BAND | {"to": "s:"}, "missing id"),
        (OWNS, BAND | {"valid_from": date(2024, 1, 1), "valid_to": date(2024, 1, 1)}, "ends before it starts"),
        (OWNS, BAND | {"valid_from": date(1066, 1, 1)}, "date out of range"),
        (OWNS, BAND | {"confidence": 1.1}, "confidence outside 0 to 1"),
        (OWNS, BAND | {"op": "forget"}, "unknown word"),
        (GUARANTEES, {"amount": -1.0, "currency": "CNY"}, "negative money"),
        (GUARANTEES, {"amount": float("inf"), "currency": "CNY"}, "number too large"),
        (GUARANTEES, {"amount": 1.0}, "missing currency"),
        (GUARANTEES, {"amount": 1.0, "currency": "RMB"}, "unknown currency"),
        (GUARANTEES, {"to": "s:a"}, "relation to itself"),
        (GUARANTEES, {"agreed_share": 1.01}, "share over 1"),
        (LENDS, {}, "missing value"),
        (RELATED_TO, {"kind": "spouse", "generations": -1}, "out of range"),
        (ASSESSMENT, {"author": "m", "pd": -0.1}, "out of range"),
        (RATE, {"base": "EUR", "quote": "ZZZ", "rate": 1.0, "day": DAY}, "unknown currency"),
        (None, {"id": "", "kind": "Company"}, "missing id"),
        (None, {"id": "s:a", "kind": "Robot"}, "unknown word"),
    ],
)
def test_what_cannot_be_is_refused_whole_with_reason_and_remedy(
    kind: Kind | None, row: dict[str, Any], reason: str
) -> None:
    good = {"id": "s:ok", "kind": "Company"} if kind is None else {}
    kept, bad = Checks(key=KEY).check(staged(kind, row, good))
    first = bad[0]
    assert (first.place, first.reason) == ("t.csv:2", reason)
    assert first.remedy
    assert '"row": 0' in first.raw
    assert "t.csv:2" not in kept.rows["place"].to_pylist()


@pytest.mark.parametrize(
    ("kind", "row", "detail"),
    [
        (OWNS, {"share_low": 1.5, "share_high": 1.5, "share_ends": 0}, "share = 150%"),
        (OWNS, {"votes_low": -0.1, "votes_high": 0.2, "votes_ends": 0}, "votes = -10–20%"),
        (OWNS, {"share_low": 0.5, "share_high": 0.25, "share_ends": 0}, "share = 50–25%"),
        (OWNS, {"share_low": 0.5, "share_high": 0.5, "share_ends": 1}, "share = >50–50%"),
        (OWNS, {"share_low": 0.5, "share_ends": 0}, "share has no high end"),
        (OWNS, {"share_low": 0.5, "share_high": 0.6, "share_ends": 7}, "share = >50–<60%"),
        (GUARANTEES, {"agreed_share": 1.01}, "agreed_share = 1.01"),
        (LENDS, {}, "kind is empty"),
    ],
)
def test_what_is_refused_is_told_by_the_fields_of_the_model(kind: Kind, row: dict[str, Any], detail: str) -> None:
    (bad,) = Checks(key=KEY).check(staged(kind, row))[1]
    assert bad.detail == detail


@pytest.mark.parametrize(
    ("kind", "row", "told"),
    [
        (OWNS, {"share_low": -0.05, "share_high": -0.05, "share_ends": 0}, "share must be 0% to 100%"),
        (OWNS, BAND | {"votes_low": -0.2, "votes_high": 0.5, "votes_ends": 1}, "votes must be 0% to 100%"),
        (RELATED_TO, {"kind": "spouse", "generations": -1}, "generations must be 0 or more"),
        (ASSESSMENT, {"author": "m", "pd": -0.1}, "pd must be 0% to 100%"),
        (ASSESSMENT, {"author": "m", "pd": 0.1, "horizon_months": 0}, "horizon_months must be 1 or more"),
    ],
)
def test_a_number_out_of_range_is_told_its_range(kind: Kind, row: dict[str, Any], told: str) -> None:
    (bad,) = Checks(key=KEY).check(staged(kind, row))[1]
    assert bad.reason == "out of range"
    assert bad.remedy == f"{told}: correct the number, or its unit in the mapping"


@pytest.mark.parametrize(
    ("kind", "field", "swapped"),
    [(OWES, "amount", True), (SUPPLIES, "receivable", False), (LENDS, "drawn", False),
     (PROFILE, "registered_capital", False), (EVENT, "amount", False)],
)  # fmt: skip
def test_parties_are_swapped_only_for_what_one_owes_or_sells_the_other(kind: Kind, field: str, swapped: bool) -> None:
    needed = {LENDS: {"kind": "loan"}, EVENT: {"kind": "news", "happened": DAY}}.get(kind, {})
    (bad,) = Checks(key=KEY).check(staged(kind, {field: -1.0, "currency": "CNY", **needed}))[1]
    assert (bad.reason, "swap the parties" in bad.remedy) == ("negative money", swapped)
    assert "correct the sign" in bad.remedy


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (OWNS, BAND | {"from": "s:b"}),
        (OWNS, {}),
        (OWNS, {"share_low": 1.0, "share_high": 1.0 + 1e-12, "share_ends": 0}),
        (OWNS, {"share_low": 0.5, "share_high": 1.0, "share_ends": 1}),
        (GUARANTEES, {"amount": 0.0, "currency": "XOF"}),
        (GUARANTEES, {}),
        (PROFILE, {"name": "示例"}),
        (RATE, {"base": "EUR", "quote": "CNY", "rate": 7.8, "day": DAY}),
    ],
)
def test_what_can_be_stands(kind: Kind, row: dict[str, Any]) -> None:
    kept, bad = Checks(key=KEY).check(staged(kind, row))
    assert not bad
    assert len(kept.rows) == 1


ENDS = st.one_of(
    st.floats(0, 1.01),
    st.sampled_from([0.0, 0.25, 0.5, 1.0]).flatmap(lambda end: st.floats(end - 2e-9, end + 2e-9)),
    st.sampled_from([1.0000000000000002, 1 + 1e-9, 0.25 + 1e-10, 0.25, 0.1 + 0.2]),
)


@given(ENDS, ENDS, st.integers(0, 3))
@example(1.0000000000000002, 1.0000000000000002, 0)
@example(0.25, 0.25 + 1e-10, 1)
def test_a_share_that_stands_is_a_band_that_every_reader_takes(low: float, high: float, ends: int) -> None:
    kept, bad = Checks(key=KEY).check(staged(OWNS, {"share_low": low, "share_high": high, "share_ends": ends}))
    assert len(kept.rows) + len(bad) == 1
    for row in kept.rows.to_pylist():
        assert Band.of(row["share_low"], row["share_high"], row["share_ends"]) is not None
        assert np.array_equal(units([row["share_low"], row["share_high"]]), np.minimum(units([low, high]), UNIT))


def test_a_share_of_a_guarantee_that_is_one_but_for_rounding_is_one() -> None:
    kept, _ = Checks(key=KEY).check(staged(GUARANTEES, {"agreed_share": 1.0000000000000002}))
    assert kept.rows["agreed_share"].to_pylist() == [1.0]


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (OWNS, {"share_low": -0.0, "share_high": -0.0, "share_ends": 0}),
        (GUARANTEES, {"amount": -0.0, "agreed_share": -0.0, "currency": "CNY"}),
        (ASSESSMENT, {"author": "m", "pd": -0.0}),
    ],
)
def test_a_zero_has_no_sign(kind: Kind, row: dict[str, Any]) -> None:
    kept, bad = Checks(key=KEY).check(staged(kind, row))
    (told,) = kept.rows.to_pylist()
    assert not bad
    assert {name: str(told[name]) for name, value in row.items() if isinstance(value, float)} == {
        name: "0.0" for name, value in row.items() if isinstance(value, float)
    }


def test_rows_kept_still_name_their_own_source_rows() -> None:
    kept, _ = Checks(key=KEY).check(staged(GUARANTEES, {"amount": -1.0}, {}, {"to": "s:a"}, {}))
    assert [raw.split(",")[0] for raw in kept.raw([0, 1])] == ['{"row": 1', '{"row": 3']


def test_a_person_is_no_place_to_hold_office() -> None:
    checks = Checks(key=KEY)
    checks.check(staged(None, {"id": "s:a", "kind": "Person"}, {"id": "s:b", "kind": "Person"}))
    _, bad = checks.check(staged(HOLDS_OFFICE, {"role": "director"}, {"role": "director", "to": "s:unheard-of"}))
    assert [(row.place, row.reason) for row in bad] == [("t.csv:2", "wrong kind of party")]


def everything(kept: Staged, bad: list[Rejected]) -> str:
    return f"{kept.rows.to_pylist()} {kept.raw(list(range(len(kept.rows))))} {bad}"


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (None, {"id": f"s:person-{RESIDENT}", "kind": "Person"}),
        (None, {"id": f"s:P{RESIDENT.lower()}", "kind": "Person"}),
        (IDENTIFIER, {"scheme": "CN-RIC", "value": RESIDENT}),
        (OWNS, {"from": f"s:{RESIDENT}", "source_ref": f"{RESIDENT}|b|direct"}),
        (GUARANTEES, {"amount": -1.0, "note": f"身份证{RESIDENT}"}),
    ],
)
def test_a_resident_number_is_never_in_clear_and_equal_ones_stay_equal(kind: Kind | None, row: dict[str, Any]) -> None:
    first, second = Checks(key=KEY).check(staged(kind, row)), Checks(key=KEY).check(staged(kind, row))
    assert RESIDENT[:17] not in everything(*first)
    assert first[0].rows == second[0].rows
    other = Checks(key=b"another").check(staged(kind, row))[0].rows
    assert not len(other) or other != first[0].rows


def test_without_a_key_a_resident_number_is_refused_and_struck_out() -> None:
    kept, bad = Checks().check(staged(IDENTIFIER, {"scheme": "x", "value": RESIDENT}, {"scheme": "x", "value": "7"}))
    assert [row.reason for row in bad] == ["national id in clear"]
    assert RESIDENT[:17] not in everything(kept, bad)


def test_a_company_number_of_digits_only_is_no_persons() -> None:
    # Signs 7 to 14 read as a day of 1919, so that only the check digit of GB 32100-2015 tells it apart.
    numbers = (f"9111011919030{serial:04}{sign}" for serial in range(10_000) for sign in "0123456789")
    code = next(number for number in numbers if is_uscc(number) and not agrees_as_resident(number))
    kept, _ = Checks(key=KEY).check(staged(IDENTIFIER, {"scheme": "CN-USCC", "value": code}))
    assert kept.rows["value"].to_pylist() == [code]


def agrees_as_resident(number: str) -> bool:
    """GB 11643-1999, 6.1: the sum of a_i * W_i over all 18 signs is 1 modulo 11, W_i = 2^(i-1)."""
    values = [10 if sign == "X" else int(sign) for sign in number]
    return sum(value * 2 ** (17 - place) for place, value in enumerate(values)) % 11 == 1
