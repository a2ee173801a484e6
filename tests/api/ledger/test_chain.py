"""The ledger keeps what it accepted, tells what was torn, and names the first entry that does not fit."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.sealed.chain import START, Ledger
from graph.errors import BrokenLedger
from tests.conftest import ROOT

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def filled(folder: Path, count: int = 4) -> Ledger:
    ledger = Ledger(folder)
    with ledger.held():
        for n in range(count):
            ledger.append("judgements", {"say": f"第{n}条"}, author="张", at=NOON)
    return ledger


def test_each_hash_is_that_of_its_line_without_it(tmp_path: Path) -> None:
    previous = START
    for line in filled(tmp_path).path.read_text(encoding="utf-8").splitlines():
        said: dict[str, Any] = json.loads(line)
        given = said.pop("hash")
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert given == hashlib.sha256(text.encode()).hexdigest()
        assert said["previous"] == previous
        previous = given


def test_nothing_is_no_trouble(tmp_path: Path) -> None:
    state = Ledger(tmp_path).verify()
    assert (state.entries, state.last, state.torn) == (0, START, 0)


@pytest.mark.parametrize("entry", [1, 2, 3, 4])
@pytest.mark.parametrize("change", ["word", "author", "gone", "twice", "space", "number"])
def test_the_first_entry_that_does_not_fit_is_named(tmp_path: Path, entry: int, change: str) -> None:
    ledger = filled(tmp_path)
    lines = ledger.path.read_text(encoding="utf-8").splitlines()
    line = lines[entry - 1]
    changed = {
        "word": [line.replace("条", "款")], "author": [line.replace("张", "李")], "gone": [], "twice": [line, line],
        "space": [line + " "], "number": [line.replace(f'"number":{entry}', '"number":9')],
    }  # fmt: skip
    lines[entry - 1 : entry] = changed[change]
    ledger.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    first = {"gone": entry, "twice": entry + 1}.get(change, entry)
    if change == "gone" and entry == 4:
        assert (
            ledger.verify().entries == 3
        )  # no chain tells what was cut off its end; the last hash kept elsewhere does
        return
    with pytest.raises(BrokenLedger, match=f"^entry {first}:"):
        ledger.verify()


def test_an_entry_resealed_with_another_word_breaks_the_next(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    lines = ledger.path.read_text(encoding="utf-8").splitlines()
    said = json.loads(lines[1])
    del said["hash"]
    said["author"] = "李"
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    said["hash"] = hashlib.sha256(text.encode()).hexdigest()
    lines[1] = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    ledger.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    with pytest.raises(BrokenLedger, match=r"^entry 3: does not follow"):
        ledger.verify()


@pytest.mark.parametrize(("word", "entry"), [("第3条", "entry 4"), ("第2条", "entry 3")])
def test_nothing_is_written_behind_a_broken_end(tmp_path: Path, word: str, entry: str) -> None:
    ledger = filled(tmp_path)
    text = ledger.path.read_text(encoding="utf-8").replace(word, "第9条")
    ledger.path.write_text(text, encoding="utf-8")
    with ledger.held(), pytest.raises(BrokenLedger, match=entry):
        ledger.append("judgements", {}, author="张", at=NOON)
    assert ledger.path.read_text(encoding="utf-8") == text


def test_who_appends_reads_the_end_alone_and_who_verifies_all(tmp_path: Path) -> None:
    """Of a ledger of a megabyte whose beginning was changed by hand."""
    ledger = Ledger(tmp_path)
    with ledger.held():
        for n in range(30):
            ledger.append("judgements", {"n": n, "text": "字" * 12_000}, author="张", at=NOON)
        whole = ledger.path.read_bytes()
        ledger.path.write_bytes(b"x" + whole[1:])
        assert ledger.append("judgements", {}, author="张", at=NOON).number == 31
    with pytest.raises(BrokenLedger, match=r"^entry 1:"):
        ledger.verify()
    ledger.path.write_bytes(whole + ledger.path.read_bytes()[len(whole) :])
    assert ledger.verify().entries == 31


@pytest.mark.parametrize("size", [0, 1, 10, 100, 3000])
def test_entries_read_from_the_end_are_the_entries_backwards(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.sealed.chain.BLOCK", 64)
    ledger = Ledger(tmp_path)
    with ledger.held():
        for n in range(5):
            ledger.append("judgements", {"text": "字" * (size * n % 1000)}, author="张", at=NOON)
    for torn in (b"", b'{"torn'):
        ledger.path.write_bytes(ledger.path.read_bytes() + torn)
        assert list(ledger.backwards()) == ledger.entries()[::-1]


def test_a_line_torn_anywhere_is_told_and_set_aside(tmp_path: Path) -> None:
    whole = filled(tmp_path).path.read_bytes()
    third = len(b"\n".join(whole.split(b"\n")[:3])) + 1
    for cut in range(third + 1, len(whole)):
        home = tmp_path / str(cut)
        home.mkdir()
        ledger = Ledger(home)
        ledger.path.write_bytes(whole[:cut])
        state = ledger.verify()
        assert (state.entries, state.torn) == (3, cut - third)
        with ledger.held():
            assert ledger.append("judgements", {}, author="张", at=NOON).number == 4
        assert ledger.verify().torn == 0
        assert [file.read_bytes() for file in home.glob("ledger.torn-*")] == [whole[third:cut]]


def test_an_entry_is_flushed_before_it_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    flush = os.fsync

    def counted(handle: int) -> None:
        flushed.append(os.fstat(handle).st_size)
        flush(handle)

    monkeypatch.setattr(os, "fsync", counted)
    ledger = filled(tmp_path, 1)
    assert ledger.path.stat().st_size in flushed


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from api.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
for n in range(100_000):
    with ledger.held():
        entry = ledger.append("judgements", {"n": n, "text": "x" * 4000}, author="a", at=datetime.now(UTC))
    print(entry.number, flush=True)
"""


def test_a_kill_at_any_instant_loses_nothing_accepted(tmp_path: Path) -> None:
    dice = np.random.default_rng(20260101)
    accepted = 0
    for _ in range(8):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT)
        assert writer.stdout is not None
        accepted = int(writer.stdout.readline())
        time.sleep(dice.random() * 0.03)
        writer.send_signal(signal.SIGKILL)
        told = writer.stdout.read().split(b"\n")[:-1]
        writer.wait()
        writer.stdout.close()
        accepted = int(told[-1]) if told else accepted
        assert Ledger(tmp_path).verify().entries in (accepted, accepted + 1)


def test_two_writers_do_not_break_the_chain(tmp_path: Path) -> None:
    script = WRITER.replace("100_000", "25")
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.DEVNULL, cwd=ROOT)
        for _ in range(3)
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert Ledger(tmp_path).verify().entries == 75
