import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.delta import PARTIES, Delta
from graph.errors import LoadInProgress, StoreError, UnknownVersion, UnreadableFile, WrongVersion
from graph.facts import UNKNOWN, Facts
from graph.model import KINDS, LENDS, OWNS, PROFILE
from graph.segments import MANIFEST, MERGE_UNDER
from tests.conftest import ROOT
from tests.graph.rows import LATE, T0, Load, delta, fact, keep, naive, worlds, written

A = [("a:1", "Company", False), ("a:2", "Person", True)]
HOLDING = fact(OWNS, "a:2", "a:1", share_low=0.5, share_high=0.5)


def append(facts: Facts, load: Load, number: int) -> Facts:
    return facts.append(delta(facts, load, number), source=load.source, trust=load.trust, closed_at=T0)


def test_an_empty_folder_holds_no_facts(tmp_path: Path) -> None:
    facts = Facts.open(tmp_path / "none")
    assert (facts.version, facts.party_count, len(facts.ids), facts.loads, facts.trust) == (0, 0, 0, [], {})
    assert all(len(facts.table(kind)) == 0 for kind in KINDS.values())
    assert facts.numbers(["a:1"]).tolist() == [UNKNOWN]
    assert not (tmp_path / "none").exists()


@given(loads=worlds())
@settings(max_examples=30, deadline=None)
def test_every_fact_appended_is_there_with_what_became_of_it(loads: list[Load]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        facts = keep(Path(folder), loads)
        ids = facts.ids.to_pylist()
        ended = {key: (naive(at), n) for n, load in enumerate(loads, 1) for _, key, at in load.ended}
        for name, kind in KINDS.items():
            expected = {}
            for number, load in enumerate(loads, 1):
                for k, row in load.facts:
                    if k is kind:
                        at = naive(row.get("retracted_at"))
                        gone = ended.get(row["key"], (at, number if at else None))
                        expected[row["key"]] = (*(row[end] for end in kind.ends), number, row["source"], *gone)
            said = ("load", "source", "retracted_at", "retracted_by")
            got = {
                row["key"]: (*(ids[row[end]] for end in kind.ends), *(row[name] for name in said))
                for row in facts.table(kind).to_pylist()
            }
            assert got == expected, name


@given(loads=worlds(), asked=st.lists(st.sampled_from(["a:1", "b:7", "丙:2", "", "a:1 ", "x"]) | st.text(max_size=5)))
@settings(max_examples=30, deadline=None)
def test_numbers_are_places_in_the_list_of_ids(loads: list[Load], asked: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        facts = keep(Path(folder), loads)
        ids = facts.ids.to_pylist()
        assert sorted(ids) == sorted(party[0] for load in loads for party in load.parties)
        assert facts.numbers(ids).tolist() == list(range(len(ids)))
        place = {party: at for at, party in enumerate(ids)}
        assert facts.numbers(asked).tolist() == [place.get(text, UNKNOWN) for text in asked]
        chunked = pa.chunked_array([asked[:2], asked[2:]], pa.string())
        assert facts.numbers(chunked).tolist() == facts.numbers(asked).tolist()
        assert [ids[number] for number in facts.order] == sorted(ids, key=str.encode)
        hidden = {party: anonymous for load in loads for party, _, anonymous in load.parties}
        assert facts.anonymous.tolist() == [hidden[party] for party in ids]


def test_a_load_appended_again_changes_nothing(tmp_path: Path) -> None:
    empty = Facts.open(tmp_path)
    load = Load(A, [HOLDING])
    first = append(empty, load, 1)
    names = sorted(path.name for path in tmp_path.iterdir())
    again = empty.append(delta(empty, load, 1), source="a", trust=0.5, closed_at=LATE)
    assert again.version == first.version == 1
    assert written(again, OWNS).equals(written(first, OWNS))
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_load_prepared_on_older_facts_is_refused(tmp_path: Path) -> None:
    empty = Facts.open(tmp_path)
    append(empty, Load(A), 1)
    with pytest.raises(LoadInProgress):
        append(empty, Load([("b:1", "Company", False)]), 2)


def test_a_party_twice_or_an_end_of_nothing_is_refused_and_leaves_no_trace(tmp_path: Path) -> None:
    facts = keep(tmp_path, [Load(A, [HOLDING])])
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(StoreError, match="already there"):
        append(facts, Load(A[:1]), 2)
    with pytest.raises(StoreError, match="do not hold"):
        append(facts, Load([], [], [(OWNS, b"x" * 16, T0)]), 2)
    with pytest.raises(StoreError, match="already there"):
        append(facts, Load([("b:1", "Company", False)] * 2), 2)
    again = Facts.open(tmp_path)
    assert (again.version, again.party_count) == (1, 2)
    append(again, Load([("b:1", "Company", False)]), 2)
    assert {*before} - {path.name for path in tmp_path.iterdir()} == {n for n in before if n.startswith("parties")}


def test_an_opened_version_stays_while_newer_ones_replace_it(tmp_path: Path) -> None:
    old = keep(tmp_path, [Load(A, [HOLDING])])
    end = Load([("b:1", "Company", False)], [], [(OWNS, HOLDING[1]["key"], LATE)])
    new = append(old, end, 2)
    assert (old.version, old.party_count, old.table(OWNS)["retracted_by"].to_pylist()) == (1, 2, [None])
    assert (new.version, new.party_count, new.table(OWNS)["retracted_by"].to_pylist()) == (2, 3, [2])
    assert (new.parties_at(1), new.parties_at(2), new.parties_at(0)) == (2, 3, 0)
    with pytest.raises(UnknownVersion):
        new.parties_at(3)


def test_trust_is_what_the_last_load_of_a_source_gave_it(tmp_path: Path) -> None:
    loads = [Load(source="a", trust=0.1), Load(source="b", trust=0.2), Load(source="a", trust=0.3)]
    facts = keep(tmp_path, loads)
    assert facts.trust == {"a": 0.3, "b": 0.2}
    assert facts.trust_at(2) == {"a": 0.1, "b": 0.2}
    assert [load.source for load in facts.loads] == ["a", "b", "a"]


def test_many_small_loads_stay_few_files_and_no_fact_is_lost(tmp_path: Path) -> None:
    facts = Facts.open(tmp_path)
    for number in range(1, 41):
        parties = [(f"a:{number}-{at}", "Company", False) for at in range(3)]
        row = fact(PROFILE, parties[0][0], name=f"公司{number}")
        facts = append(facts, Load(parties, [row]), number)
    assert facts.table(PROFILE)["name"].to_pylist() == [f"公司{number}" for number in range(1, 41)]
    assert facts.numbers(facts.ids).tolist() == list(range(120))
    lengths = [table.num_rows for table in facts._runs["Profile"]]
    assert all(a >= MERGE_UNDER * b for a, b in pairwise(lengths))
    named = {path.name for path in tmp_path.glob("*.arrow")}
    assert len(named) == sum(len(run) for run in facts._runs.values())


def test_a_file_cut_short_is_noticed(tmp_path: Path) -> None:
    keep(tmp_path, [Load(A, [HOLDING])])
    for path in sorted(tmp_path.glob("*.arrow")):
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(UnreadableFile, match="cut short"):
            Facts.open(tmp_path)
        path.write_bytes(whole)
    assert Facts.open(tmp_path).version == 1


def test_a_manifest_cut_short_at_any_byte_never_opens_as_something_else(tmp_path: Path) -> None:
    keep(tmp_path, [Load(A, [HOLDING])])
    whole = (tmp_path / MANIFEST).read_bytes()
    for length in range(0, len(whole), 7):
        (tmp_path / MANIFEST).write_bytes(whole[:length])
        with pytest.raises(UnreadableFile):
            Facts.open(tmp_path)


def test_columns_of_another_program_are_refused(tmp_path: Path) -> None:
    keep(tmp_path, [Load(A)])
    manifest = tmp_path / MANIFEST
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"format": 1', '"format": 2'), encoding="utf-8")
    with pytest.raises(WrongVersion):
        Facts.open(tmp_path)


def test_what_a_killed_writer_left_behind_is_passed_over(tmp_path: Path) -> None:
    facts = keep(tmp_path, [Load(A, [HOLDING])])
    (tmp_path / f"{MANIFEST}.new").write_text("{")
    (tmp_path / "LENDS.2.0.arrow").write_bytes(b"half")
    loan = fact(LENDS, "a:1", "a:2", facility_id="1", kind="loan")
    assert append(facts, Load([], [loan]), 2).table(LENDS)["facility_id"].to_pylist() == ["1"]
    assert Facts.open(tmp_path).version == 2


KILLS = 12
WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from graph.facts import Facts
from tests.graph.test_facts import append, numbered
facts = Facts.open(Path(sys.argv[1]))
while True:
    facts = append(facts, numbered(facts.version + 1), facts.version + 1)
    print("ready", flush=True)
"""


def numbered(number: int) -> Load:
    """A load that brings two parties and three facts, and ends the first fact of the load before."""
    ids = [f"a:{number:05d}-{at}" for at in range(2)]
    rows = [fact(OWNS, ids[0], ids[1], share_low=at / 10, source_ref=f"{number}-{at}") for at in range(3)]
    ends = [(OWNS, numbered_key(number - 1), T0 + timedelta(days=number))] if number > 1 else []
    return Load([(party, "Company", False) for party in ids], rows, ends)


def numbered_key(number: int) -> bytes:
    ids = [f"a:{number:05d}-{at}" for at in range(2)]
    return bytes(fact(OWNS, ids[0], ids[1], share_low=0.0, source_ref=f"{number}-0")[1]["key"])


def test_a_kill_at_any_instant_leaves_one_version_whole(tmp_path: Path) -> None:
    instants = np.random.default_rng(7).uniform(0, 0.4, KILLS)
    seen = 0
    for instant in instants:
        child = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(instant)
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        facts = Facts.open(tmp_path)
        n = facts.version
        assert n >= seen
        assert facts.party_count == 2 * n
        assert facts.numbers(facts.ids).tolist() == list(range(2 * n))
        table = facts.table(OWNS)
        refs = [f"{number}-{at}" for number in range(1, n + 1) for at in range(3)]
        assert sorted(table["source_ref"].to_pylist()) == sorted(refs)
        ended = table.filter(table["retracted_by"].is_valid())
        assert sorted(ended["key"].to_pylist()) == sorted(numbered_key(number) for number in range(1, n))
        seen = n
    assert seen > 0


def test_a_delta_in_any_order_of_parties_is_kept_in_the_order_of_ids(tmp_path: Path) -> None:
    parties = [("b:2", "Company", False), ("a:10", "Person", False), ("a:9", "State", True)]
    facts = keep(tmp_path, [Load(parties, [fact(OWNS, "a:9", "b:2", share_low=0.25)])])
    assert facts.ids.to_pylist() == ["a:10", "a:9", "b:2"]
    assert facts.party_kind.tolist() == [1, 2, 0]
    row = facts.table(OWNS).to_pylist()[0]
    assert (row["from"], row["to"]) == (1, 2)


def test_a_delta_that_changes_nothing_still_makes_a_version(tmp_path: Path) -> None:
    facts = Facts.open(tmp_path).append(Delta(4, PARTIES.empty_table()), source="a", trust=0.5, closed_at=T0)
    assert (facts.version, facts.loads[0].closed_at) == (4, T0)
    assert replace(facts.loads[0], number=1).number == 1
