import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.field import Kind
from graph.model import IDENTIFIER, OWNS, SAME_AS
from graph.moment import Moment
from graph.snapshot import Snapshot
from tests.graph.rows import LATE, T0, Load, Row, fact, holding, joined, keep, moments, worlds

NOW = Moment(date(2024, 6, 30), LATE)
PARTIES = [(f"{source}:1", "Company", False) for source in "abcd"]


def number(party: str, value: str = "1", **more: object) -> tuple[Kind, Row]:
    return fact(IDENTIFIER, party, scheme="CN-USCC", value=value, **{"verified": True, **more})


def verdict(a: str, b: str, said: str, **more: object) -> tuple[Kind, Row]:
    return fact(SAME_AS, a, b, verdict=said, **more)


def blocks(
    folder: Path, rows: list[object], parties: list[tuple[str, str, bool]] = PARTIES, moment: Moment = NOW
) -> list[str]:
    trusts = [Load(source=source, trust=trust) for source, trust in (("a", 0.5), ("b", 0.9), ("c", 0.5))]
    snapshot = Snapshot.build(keep(folder, [Load(parties, rows, source="z"), *trusts]), NOW)
    return [" ".join(snapshot.members(node)) for node in range(snapshot.size)]


def test_records_with_one_verified_number_are_one_party(tmp_path: Path) -> None:
    rows = [number("a:1"), number("c:1"), number("b:1", "2"), number("d:1", "2", verified=False)]
    assert blocks(tmp_path, rows) == ["a:1 c:1", "b:1", "d:1"]


def test_a_number_of_another_scheme_joins_nobody(tmp_path: Path) -> None:
    rows = [number("a:1"), fact(IDENTIFIER, "b:1", scheme="XI-LEI", value="1", verified=True)]
    assert blocks(tmp_path, rows) == ["a:1", "b:1", "c:1", "d:1"]


def test_every_id_of_a_joined_party_answers(tmp_path: Path) -> None:
    facts = keep(tmp_path, [Load(PARTIES, [verdict("d:1", "b:1", "confirmed")])])
    snapshot = Snapshot.build(facts, NOW)
    assert snapshot.node("d:1") == snapshot.node("b:1")
    assert snapshot.id(snapshot.node("d:1")) == "b:1"
    assert snapshot.find(["d:1", "x:1", "a:1"]).tolist() == [1, 0xFFFFFFFF, 0]


def test_anonymous_parties_are_never_joined(tmp_path: Path) -> None:
    parties = [("a:1", "Person", True), *PARTIES[1:]]
    rows = [number("a:1"), number("b:1"), verdict("a:1", "c:1", "confirmed")]
    assert blocks(tmp_path, rows, parties) == ["a:1", "b:1", "c:1", "d:1"]


def test_a_rejection_separates_what_a_number_joins_and_the_rest_goes_with_the_first(tmp_path: Path) -> None:
    rows = [number("a:1"), number("b:1"), number("c:1"), verdict("b:1", "a:1", "rejected")]
    assert blocks(tmp_path, rows) == ["a:1 c:1", "b:1", "d:1"]


def test_those_whom_the_first_is_kept_apart_from_stay_together(tmp_path: Path) -> None:
    rows = [number(f"{source}:1") for source in "abc"]
    rows += [verdict("a:1", "b:1", "rejected"), verdict("a:1", "c:1", "rejected")]
    assert blocks(tmp_path, rows) == ["a:1", "b:1 c:1", "d:1"]


def test_a_confirmation_goes_before_a_number(tmp_path: Path) -> None:
    rows = [number("a:1"), number("c:1"), verdict("b:1", "c:1", "confirmed"), verdict("a:1", "b:1", "rejected")]
    assert blocks(tmp_path, rows) == ["a:1", "b:1 c:1", "d:1"]


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ({"source": "a"}, {"source": "b"}, False),
        ({"source": "a"}, {"source": "c", "recorded_at": T0 + timedelta(hours=1)}, False),
        ({"source": "c"}, {"source": "a", "recorded_at": T0 + timedelta(hours=1)}, False),
        ({"source": "a"}, {"source": "c"}, True),
        ({"source": "b"}, {"source": "a", "recorded_at": T0 + timedelta(hours=1)}, True),
        ({"source": "a"}, {"source": "a", "source_ref": "2"}, False),
    ],
)
def test_of_two_verdicts_the_more_trusted_then_the_newer_then_the_first_by_name_stands(
    tmp_path: Path, first: Row, second: Row, together: bool
) -> None:
    rows = [verdict("a:1", "b:1", "confirmed", **first), verdict("b:1", "a:1", "rejected", **second)]
    assert blocks(tmp_path, rows) == (["a:1 b:1"] if together else ["a:1", "b:1"]) + ["c:1", "d:1"]


def test_a_verdict_joins_from_the_day_and_the_instant_it_holds(tmp_path: Path) -> None:
    day, known = date(2024, 5, 1), T0 + timedelta(days=100)
    rows = [verdict("a:1", "b:1", "confirmed", valid_from=day, recorded_at=known)]
    facts = keep(tmp_path, [Load(PARTIES, rows)])
    sizes = [
        Snapshot.build(facts, Moment(at, by)).size
        for at, by in ((day, known), (day - timedelta(days=1), known), (day, known - timedelta(microseconds=1)))
    ]
    assert sizes == [3, 4, 4]


def test_what_joined_records_hold_of_each_other_is_held_in_itself(tmp_path: Path) -> None:
    rows = [verdict("a:1", "b:1", "confirmed"), fact(OWNS, "a:1", "b:1", share_low=0.1, share_high=0.1)]
    links = Snapshot.build(keep(tmp_path, [Load(PARTIES, rows)]), NOW).links(OWNS)
    assert (links.tail.tolist(), links.head.tolist()) == ([0], [0])


@given(loads=worlds(), moment=moments)
@settings(max_examples=40, deadline=None)
def test_no_rejected_pair_is_ever_together(loads: list[Load], moment: Moment) -> None:
    said: dict[frozenset[str], set[str]] = {}
    for kind, row in holding(loads, moment):
        if kind is SAME_AS and row["from"] != row["to"]:
            said.setdefault(frozenset((row["from"], row["to"])), set()).add(row["verdict"])
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Snapshot.build(keep(Path(folder), loads), moment)
        for pair, words in said.items():
            if words == {"rejected"}:
                assert len({snapshot.node(party) for party in pair}) == 2


@given(
    order=st.permutations("abcdefgh"),
    rejected=st.sets(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_the_order_of_records_decides_nothing(order: list[str], rejected: set[tuple[str, str]]) -> None:
    parties = [(f"{source}:1", "Company", False) for source in "abcdefgh"]
    said = [verdict(f"{a}:1", f"{b}:1", "rejected") for a, b in sorted(rejected) if a != b]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        straight = blocks(Path(one), [number(f"{source}:1") for source in "abcdefgh"] + said, parties)
        mixed = blocks(Path(other), [*said[::-1], *(number(f"{source}:1") for source in order)], parties)
    assert straight == mixed
    if not said:
        assert len(straight) == 1


names = st.integers(0, 11).map("a:{:02}".format)
pairs = st.tuples(names, names)


@given(
    order=st.permutations([f"a:{n:02}" for n in range(12)]),
    numbers=st.lists(st.sets(names, min_size=2, max_size=6), max_size=8),
    confirmed=st.sets(pairs, max_size=6),
    rejected=st.sets(pairs, max_size=14),
)
@settings(max_examples=100, deadline=None)
def test_links_and_rejections_make_the_blocks_that_trying_each_pair_in_order_makes(
    order: list[str], numbers: list[set[str]], confirmed: set[tuple[str, str]], rejected: set[tuple[str, str]]
) -> None:
    rows = [number(party, str(value)) for value, members in enumerate(numbers) for party in sorted(members)]
    rows += [verdict(*pair, "confirmed") for pair in sorted(confirmed)]
    rows += [verdict(*pair, "rejected") for pair in sorted(rejected)]
    load = Load([(party, "Company", False) for party in order], rows)
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Snapshot.build(keep(Path(folder), [load]), NOW)
        made = {" ".join(snapshot.members(node)) for node in range(snapshot.size)}
    assert made == {" ".join(sorted(block)) for block in joined([load], NOW).values()}
