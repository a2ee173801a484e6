"""Tables keep ids and amounts whole where the terminal has room, and lose nothing where it has not."""

from collections.abc import Sequence
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from api.printing.paper import row, table

RULE, PARTY, NAME = "CN_GROUP_CREDIT_15", "工商登记:91990000XN00000048", "沅汀岚笙坡汽配有限公司"
CELLS = ([RULE, "单一集团客户授信"], [NAME, PARTY], "CNY 593,688,614", "274.86%", "binding")
HEADS = ("rule", "who", "exposure", "use", "note")


def shown(width: int, *rows: Sequence[object]) -> str:
    made = table(*HEADS, amounts=("exposure", "use"))
    for cells in rows:
        row(made, *cells)
    out = StringIO()
    Console(file=out, width=width).print(made)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 83, 100, 160])
def test_no_id_breaks_where_all_have_room(width: int) -> None:
    """18 + 27 + 15 + 7 + 7 columns and four gaps of one are 78."""
    said = shown(width, CELLS)
    assert all(text in said for text in (RULE, NAME, PARTY, "CNY 593,688,614", "274.86%", "binding"))


def test_the_first_column_gives_way_last() -> None:
    said = shown(62, CELLS)
    assert RULE in said
    assert PARTY not in said


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30), st.integers(0, 10**9)), min_size=1, max_size=4),
    st.integers(60, 140),
)
def test_nothing_is_cut_off(sizes: list[tuple[int, int, int]], width: int) -> None:
    """Amounts stay whole; whatever else breaks, all its signs are there, and no line is wider than the terminal."""
    rows = [("R" * a, "名" * b, f"CNY {amount:,}", "100%", "b" * a) for a, b, amount in sizes]
    said = shown(width, *rows)
    assert all(cell_len(line) <= width for line in said.splitlines())
    assert all(f"CNY {amount:,}" in said for *_, amount in sizes)
    assert said.count("名") == sum(b for _, b, _ in sizes)
    assert said.count("R") == sum(a for a, *_ in sizes)


def test_heads_of_amounts_break_before_rows_stand_by_themselves() -> None:
    """8 columns of a name, two heads of 22 and two gaps are 54; two amounts of 14 leave 45 enough."""
    heads = ("lost output · 产出损失", "unpaid debt · 债权损失")
    made = table("party", *heads, amounts=heads)
    row(made, NAME, "CNY 11,907,000", "CNY 72,000,000")
    out = StringIO()
    Console(file=out, width=45).print(made)
    first, second, *rows = out.getvalue().splitlines()
    assert "lost output ·" in first
    assert "产出损失" in second
    assert "CNY 11,907,000" in rows[0]
    assert "CNY 72,000,000" in rows[0]


@given(st.lists(st.integers(0, 10**12), min_size=3, max_size=9), st.integers(50, 140))
def test_no_amount_and_no_name_is_cut_however_many_columns_there_are(amounts: list[int], width: int) -> None:
    """A terminal of 80 columns has no room for six amounts and a name: then each row stands by itself."""
    heads = [f"lost by layer {number} · 第{number}层" for number in range(len(amounts))]
    made = table("party", *heads, title="who loses", amounts=heads)
    row(made, NAME, *(f"CNY {amount:,}" for amount in amounts))
    out = StringIO()
    Console(file=out, width=width).print(made)
    said = out.getvalue()
    told = "".join(said.split())
    assert all(cell_len(line) <= width for line in said.splitlines())
    assert all(f"CNY {amount:,}".replace(" ", "") in told for amount in amounts)
    assert sum(said.count(sign) for sign in set(NAME)) == len(NAME)
