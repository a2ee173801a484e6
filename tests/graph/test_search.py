from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.facts import Facts
from graph.grams import grams
from graph.names import bare, normalise
from graph.search import CANDIDATES, SearchIndex, Seen
from tests.api.world import Book

NAMES = {
    "register:91350100M000100Y43": "澜汀岚禾川机械有限公司",
    "register:2": "澜汀岚禾川机械贸易有限公司",
    "register:3": "Keladak Voraven Metals Limited",
    "register:4": "Keladak Voraven Foods B.V.",
    "register:5": "Société Générale d'Exploration S.A.",
    "register:6": "霁岑置业（集团）有限公司",
    "register:7": "赵某岚",
}
FIRST, SECOND = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
FIRST_LOAD = Seen(1, 2**62)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book(tmp_path / "columns")
    kinds = {party: "Person" if party == "register:7" else "Company" for party in NAMES}
    profiles = [("Profile", {"party": party, "name": name}) for party, name in NAMES.items()]
    numbers = [
        ("Identifier", {"party": "register:3", "scheme": "XI-LEI", "value": "213800LBDB8WB3QGVN21", "verified": True}),
        ("Identifier", {"party": "register:7", "scheme": "CN-ID", "value": "9f86d081884c7d659a2feaa0c55ad015"}),
    ]
    book.load(kinds, [*profiles, *numbers], closed_at=FIRST)
    return book


def all_of(version: int) -> Seen:
    return Seen(version, 2**62)


def found(book: Book, text: str, seen: Seen = FIRST_LOAD) -> list[str]:
    index = SearchIndex.open(book.facts.folder.parent / "search.sqlite", book.facts)
    return [book.facts.ids[hit.party].as_py() for hit in index.find(text, seen=seen).found]


@pytest.mark.parametrize(
    ("asked", "party"),
    [
        ("澜汀岚禾川机械有限公司", "register:91350100M000100Y43"),
        ("岚禾", "register:91350100M000100Y43"),
        ("霁岑置業", "register:6"),
        ("霁岑置业(集团)", "register:6"),
        ("澜汀岚川禾机械", "register:91350100M000100Y43"),
        ("KELADAK VORAVEN METALS", "register:3"),
        ("ＫＥＬＡＤＡＫ　ＶＯＲＡＶＥＮ　ＭＥＴＡＬＳ", "register:3"),
        ("Kelad", "register:4"),
        ("Keladak Voravne Metals", "register:3"),
        ("Keldak Voraven Foods", "register:4"),
        ("societe generale dexploration", "register:5"),
        ("Keladak Voraven Foods BV", "register:4"),
        ("213800LBDB8WB3QGVN21", "register:3"),
        ("2138 00lb", "register:3"),
        ("register:5", "register:5"),
        ("91350100M000100Y43", "register:91350100M000100Y43"),
    ],
)
def test_a_party_is_found_first(book: Book, asked: str, party: str) -> None:
    assert found(book, asked)[0] == party


def test_a_natural_persons_number_finds_nobody(book: Book) -> None:
    assert found(book, "9f86d081884c7d659a2feaa0c55ad015") == []


@pytest.mark.parametrize("asked", ["", "  ", "、。", "zzzzqqqq", "龘龘龘"])
def test_what_nobody_is_called_finds_nobody(book: Book, asked: str) -> None:
    assert found(book, asked) == []


def test_a_later_load_is_added_and_seen_only_by_those_who_may(book: Book) -> None:
    assert found(book, "Ostaven") == []
    renamed = [("Profile", {"party": "register:3", "name": "Ostaven Metals", "other_names": "澳斯特金属\nOM"})]
    book.load({"register:8": "Company"}, [*renamed, ("Profile", {"party": "register:8", "name": "Ostaven Ink"})],
              closed_at=SECOND)  # fmt: skip
    assert set(found(book, "Ostaven", all_of(2))) == {"register:3", "register:8"}
    assert found(book, "澳斯特", Seen(2, 2**62)) == ["register:3"]
    assert found(book, "Ostaven", Seen(1, 2**62)) == []
    assert found(book, "Ostaven", Seen(2, int(FIRST.timestamp() * 1e6))) == []
    assert found(book, "Keladak Voraven Metals", Seen(2, 2**62))[0] == "register:3"


def test_adding_load_by_load_finds_the_same_as_building_at_once(book: Book, tmp_path: Path) -> None:
    found(book, "Kel")
    more = {f"register:n{n}": "Company" for n in range(50)}
    book.load(more, [("Profile", {"party": p, "name": f"Quendak {p[-2:]} 澜汀"}) for p in more], closed_at=SECOND)
    grown = SearchIndex.open(tmp_path / "search.sqlite", book.facts)
    anew = SearchIndex.open(tmp_path / "anew.sqlite", Facts.open(book.facts.folder))
    for text in ("澜汀", "Quendak", "Quedank 3", "Keladak", "n1"):
        assert grown.find(text, seen=all_of(2)) == anew.find(text, seen=all_of(2))


def test_what_is_too_common_to_be_looked_at_whole_is_said_to_be(book: Book, tmp_path: Path) -> None:
    more = {f"register:n{n}": "Company" for n in range(CANDIDATES + 50)}
    book.load(more, [("Profile", {"party": p, "name": f"Quendak {p[10:]}"}) for p in more], closed_at=SECOND)
    index = SearchIndex.open(tmp_path / "search.sqlite", book.facts)
    assert not index.find("Quendak", seen=all_of(2)).complete
    assert not index.find("register:n", seen=all_of(2)).complete
    assert index.find("Kelad", seen=all_of(2)).complete


def test_an_older_index_answers_from_any_thread_after_a_newer_one_replaced_its_file(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "search.sqlite"
    older = SearchIndex.open(path, book.facts)
    more = {f"register:n{n}": "Company" for n in range(50)}
    book.load(more, [("Profile", {"party": p, "name": f"Quendak {p[-2:]} 澜汀"}) for p in more], closed_at=SECOND)
    SearchIndex.open(path, book.facts)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda text: older.find(text, seen=all_of(1)), ["澜汀", "Quendak 3", "Keladak"] * 8))
    assert all(hit.party < older._facts.party_count for hits in found for hit in hits.found)
    assert any(hits.found for hits in found)


def test_a_damaged_file_is_built_anew(book: Book, tmp_path: Path) -> None:
    (tmp_path / "search.sqlite").write_bytes(b"not a database at all" * 100)
    assert found(book, "Kelad")


@given(st.text(max_size=30))
def test_evening_out_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.lists(st.text(max_size=12), max_size=6))
def test_names_are_evened_out_the_same_alone_and_together(names: list[str]) -> None:
    names = ["".join(c for c in name if c not in "\n\r") for name in names]
    alone = [normalise(name) for name in names]
    assert normalise("\n".join(names)).split("\n") == (alone or [""])
    assert bare("\n".join(alone)).split("\n") == ([bare(name) for name in alone] or [""])


@given(st.lists(st.text(alphabet="ab 澜汀", max_size=8), max_size=5))
def test_grams_of_lines_are_those_of_each_line(names: list[str]) -> None:
    gram, line = grams("\n".join(names))
    assert sorted(zip(line.tolist(), gram.tolist(), strict=True)) == sorted(
        (at, gram) for at, name in enumerate(names) for gram in grams(name)[0].tolist()
    )
