import hashlib
import struct
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import identity
from graph.field import Field, Kind
from graph.model import HOLDS_OFFICE, KINDS, OWES, OWNS
from graph.schema import staged_schema

DAY = date(1970, 1, 1)
"""Counted as 0, like none."""
BASE: dict[str, object] = {"source": "登记", "source_ref": "7", "confidence": 1.0, "note": None, "role": "董事"}


def rows(kind: Kind, *given: dict[str, object]) -> pa.Table:
    schema = staged_schema(kind)
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in given], schema=schema)


def hashes(kind: Kind, table: pa.Table) -> list[tuple[bytes, bytes, bytes]]:
    series = identity.series(kind, [table[end] for end in kind.ends], table)
    keys = identity.keys(series, table["valid_from"])
    digests = identity.digests(kind, table)
    return list(zip(series.to_pylist(), keys.to_pylist(), digests.to_pylist(), strict=True))


def test_a_series_is_the_front_of_a_sha256_over_lengths_and_texts() -> None:
    table = rows(HOLDS_OFFICE, BASE | {"from": "a", "to": None})
    texts = [b"a", None, "登记".encode(), b"7", "董事".encode()]
    head = struct.pack("<5i", *(-1 if text is None else len(text) for text in texts))
    frame = b"series HOLDS_OFFICE\0" + head + b"".join(text or b"" for text in texts)
    assert hashes(HOLDS_OFFICE, table)[0][0] == hashlib.sha256(frame).digest()[:16]


def test_a_digest_is_the_front_of_a_sha256_over_numbers_with_a_mark_for_none() -> None:
    price = Kind("Price", "", "", (Field("of", "text", "", ""), Field("value", "number", "", "")), ends=())
    table = rows(price, BASE | {"of": "EUR", "value": 7.5, "confidence": None, "note": ""})
    bits = struct.unpack("<q", struct.pack("<d", 7.5))[0]
    head = struct.pack("<iqbqbi", 3, bits, 1, 0, 0, 0)
    assert hashes(price, table)[0][2] == hashlib.sha256(b"digest Price\0" + head + b"EUR").digest()[:8]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_kind_has_its_own_series_and_digests(kind: Kind) -> None:
    table = rows(kind, BASE)
    others = {value for name, other in KINDS.items() if name != kind.name for value in hashes(other, rows(other, BASE))}
    assert not set(hashes(kind, table)) & others


def test_moving_a_letter_from_one_text_to_the_next_makes_another_fact() -> None:
    table = rows(HOLDS_OFFICE, BASE | {"from": "ab", "to": "c"}, BASE | {"from": "a", "to": "bc"})
    first, second = hashes(HOLDS_OFFICE, table)
    assert first[0] != second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize(("name", "one", "other"), [("note", None, ""), ("role", None, ""), ("confidence", None, 0.0)])
def test_none_is_not_empty(name: str, one: object, other: object) -> None:
    first, second = hashes(HOLDS_OFFICE, rows(HOLDS_OFFICE, BASE | {name: one}, BASE | {name: other}))
    assert first[2] != second[2]


def test_minus_zero_is_zero() -> None:
    first, second = hashes(OWNS, rows(OWNS, BASE | {"share_low": 0.0}, BASE | {"share_low": -0.0}))
    assert first == second


def test_times_change_the_key_and_nothing_else() -> None:
    first, second = hashes(
        OWES, rows(OWES, BASE, BASE | {"valid_from": date(1970, 1, 1), "valid_to": date(2024, 1, 1)})
    )
    assert first[0] == second[0]
    assert first[1] != second[1]
    assert first[2] == second[2]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_own_field_enters_the_digest_and_only_key_fields_the_series(kind: Kind) -> None:
    plain = hashes(kind, rows(kind, BASE | {"role": None}))[0]
    for field in kind.fields:
        name = field.columns[0]
        value = {"text": "x", "choice": "x", "date": date(2024, 1, 1), "flag": True}.get(field.type, 1)
        said = hashes(kind, rows(kind, BASE | {"role": None, name: value}))[0]
        assert said[2] != plain[2], name
        assert (said[0] != plain[0]) == field.key, name


texts = st.none() | st.text(max_size=3)
said = st.fixed_dictionaries(
    {"from": texts, "to": texts, "role": texts, "source_ref": texts, "note": texts}
    | {"confidence": st.none() | st.sampled_from([0.0, 0.5, 1.0]), "valid_from": st.none() | st.dates()}
).map(lambda row: {"source": "s"} | row)


@given(st.lists(said, min_size=1, max_size=8), st.integers(1, 3))
def test_hashes_are_equal_exactly_where_rows_are(given: list[dict[str, object]], chunk: int) -> None:
    whole = rows(HOLDS_OFFICE, *given)
    got = hashes(HOLDS_OFFICE, pa.concat_tables([whole.slice(at, chunk) for at in range(0, len(given), chunk)]))
    for one, mine in zip(given, got, strict=True):
        for other, yours in zip(given, got, strict=True):
            about = all(one[name] == other[name] for name in ("from", "to", "role", "source_ref"))
            what = all(one[name] == other[name] for name in ("role", "note", "confidence"))
            assert (mine[0] == yours[0]) == about
            assert (mine[1] == yours[1]) == (about and one["valid_from"] == other["valid_from"])
            assert (mine[2] == yours[2]) == what


def test_many_rows_hash_like_few(monkeypatch: pytest.MonkeyPatch) -> None:
    table = rows(HOLDS_OFFICE, *(BASE | {"from": str(n)} for n in range(10)))
    whole = hashes(HOLDS_OFFICE, table)
    monkeypatch.setattr(identity, "FEW", 0)
    monkeypatch.setattr(identity, "SLICE", 3)
    assert hashes(HOLDS_OFFICE, table) == whole


@given(st.lists(st.tuples(st.binary(min_size=16, max_size=16), st.integers(1, 2**31 - 1)), max_size=5))
def test_fact_ids_split_into_what_they_were_made_of(given: list[tuple[bytes, int]]) -> None:
    keys = pa.array([key for key, _ in given], pa.binary(16))
    revisions = pa.array([revision for _, revision in given], pa.int32())
    ids = identity.fact_ids(keys, revisions)
    assert ids.to_pylist() == [identity.fact_id(*pair) for pair in given]
    back = identity.split_fact_ids(ids)
    assert back[0].equals(keys)
    assert back[1].equals(revisions)


def test_a_sliced_column_reads_as_its_own_rows() -> None:
    keys = pa.array([bytes([n]) * 16 for n in range(4)], pa.binary(16))
    assert identity.to_hex(keys.slice(2)).to_pylist() == [(bytes([n]) * 16).hex() for n in (2, 3)]
    assert identity.from_hex(identity.to_hex(keys).slice(1), 16).equals(keys.slice(1))
