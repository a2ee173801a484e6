from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from graph import texts
from graph.texts import UNKNOWN

words = st.text(max_size=12) | st.sampled_from(["", "a", "a" * 8, "a" * 9, "登记:甲", "登记:乙", "\x00", "\x00\x00"])


@given(st.lists(words, unique=True, max_size=40), st.lists(words, max_size=40), st.integers(0, 3))
def test_a_text_is_found_where_it_stands(known: list[str], asked: list[str], skip: int) -> None:
    column = pa.array(["x"] * skip + known, pa.string()).slice(skip)
    out = np.full(len(asked), UNKNOWN, np.uint32)
    texts.look_up(texts.index(column), column, pa.array(asked, pa.string()), base=7, out=out)
    place = {text: at + 7 for at, text in enumerate(known)}
    assert out.tolist() == [place.get(text, UNKNOWN) for text in asked]


@given(st.lists(words, max_size=40))
def test_equal_texts_have_equal_hashes_and_hardly_any_others(column: list[str]) -> None:
    hashes = texts.hashes(pa.array(column, pa.string()))
    assert len(set(hashes.tolist())) == len(set(column))


def test_a_length_is_not_taken_for_a_sign() -> None:
    """Every text of up to two of the first 32 signs."""
    signs = ["", *map(chr, range(32))]
    column = sorted({a + b for a in signs for b in signs})
    assert len(set(texts.hashes(pa.array(column, pa.string())).tolist())) == len(column)


def test_a_hundred_thousand_ids_have_as_many_hashes() -> None:
    ids = pa.array([f"登记:{n:018d}" for n in range(100_000)])
    assert len(np.unique(texts.hashes(ids))) == 100_000


@given(st.lists(words, unique=True, max_size=30), st.lists(words, unique=True, max_size=30))
def test_new_texts_are_merged_into_the_order(known: list[str], more: list[str]) -> None:
    new = sorted(set(more) - set(known), key=str.encode)
    before = np.array(sorted(range(len(known)), key=lambda at: known[at].encode()), np.uint32)
    order = texts.merge_order(before, pa.array(known, pa.string()), pa.array(new, pa.string()))
    assert [(known + new)[at] for at in order] == sorted(known + new, key=str.encode)


@given(st.lists(words, max_size=10))
def test_ascending_means_each_after_the_one_before(column: list[str]) -> None:
    encoded = [text.encode() for text in column]
    assert texts.ascends(pa.array(column, pa.string())) == all(a < b for a, b in pairwise(encoded))
