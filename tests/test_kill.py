"""A load killed at any instant loses nothing, doubles nothing, and goes on to the same end."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from graph.facts import Facts
from graph.local import open_store
from ingest.loading.load import load
from ingest.loading.staging import Watch
from tests.conftest import ROOT
from tests.ingest.loading.small import Lines, Row, Workspace, company, contents, owns
from tests.killed import place_of

KILLS = 50
KILLS_OF_ONE_LOAD = 5
PHASES = ("start", "read", "compare", "store", "store", "store", "close", "columns")
SEED = 20260101


def earlier() -> list[Row]:
    """What was known before: holdings, and some that wait for a party."""
    rows = [company(f"c{n}") for n in range(40)]
    rows += [owns(f"c{n}", f"c{(n + 1) % 40}", 0.3, valid_from="2020-01-01") for n in range(40)]
    return rows + [owns(f"c{n}", f"d{n}", 0.2) for n in range(12)]


def delivered() -> list[Row]:
    """What the killed load brings: new parties and holdings, changes, ends, a waiting fact, a bad row, a joined one."""
    rows = [company(f"c{n}") for n in range(40)] + [company(f"d{n}") for n in range(8)]
    rows += [owns(f"c{n}", f"c{(n + 1) % 40}", 0.3 + (n % 3) / 10, valid_from="2020-01-01") for n in range(30)]
    rows += [owns(f"d{n % 8}", f"c{n}", 0.1) for n in range(40)] + [owns(f"c{n}", f"d{n}", 0.2) for n in range(10)]
    return [*rows, owns("c1", "c3", 1.5), owns("c1", "nobody")]


@dataclass
class Case:
    """A folder as it was before a load, the load's file, and what an undisturbed load leaves."""

    before: Path
    file: Path
    expected: dict[str, pa.Table]
    bulk: int


@pytest.fixture(scope="module", params=["batches", "in process", "in process, first"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    home = tmp_path_factory.mktemp("kill")
    before = home / "before"
    before.mkdir()
    if request.param != "in process, first":
        Workspace(before, day=-100).load(*earlier(), mode="full", delivered="2025-01-01")
    file = home / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in delivered()), encoding="utf-8")
    made = Case(before, file, {}, 10**9 if request.param == "batches" else 1)
    whole = home / "whole"
    shutil.copytree(before, whole)
    made.expected = contents(finish(whole, made))
    return made


def finish(folder: Path, case: Case) -> Facts:
    """Load to the end in this process."""
    source = Lines()
    delivery = source.delivery((case.file,), {"mode": "full", "delivered": "2025-06-01"})
    load(source, delivery, place_of(folder, delivery, bulk=case.bulk), Watch())
    return Facts.open(folder / "columns")


def run_and_kill(folder: Path, case: Case, phase: str, dice: random.Random) -> bool:
    """Start a load, kill its process in a phase; whether it was killed before its end."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.killed", str(folder), str(case.file), "full", str(case.bulk)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert child.stdout
    assert child.stderr
    share, delay = dice.random(), dice.random() * 0.04
    for line in child.stdout:
        name, done, total = json.loads(line)
        closing = name == "store" and done == total
        if (
            (phase == name == "store" and done >= share * total)
            or (phase == "close" and closing)
            or (phase in ("start", "read", "compare", "columns") and phase == name)
        ):  # fmt: skip
            break
    time.sleep(delay if phase != "start" else dice.random() * 0.5)
    alive = child.poll() is None
    if alive:
        os.kill(child.pid, signal.SIGKILL)
    child.wait()
    said = child.stderr.read()
    for pipe in (child.stdout, child.stderr):
        pipe.close()
    assert "Traceback" not in said, said
    return alive


def check(folder: Path, case: Case) -> None:
    """The columns are those of an undisturbed load, and so is what the store holds; nothing is left over."""
    assert contents(finish(folder, case)) == case.expected
    with open_store(folder) as store:
        assert contents(Facts.rebuild(folder / "beside", store)) == case.expected
        assert all(load.closed_at for load in store.loads())
    assert not list((folder / "staging").glob("*/*"))
    assert not [name for name in ("store.new", "store.old") if (folder / name).exists()]


def test_a_killed_load_loses_nothing_doubles_nothing_and_goes_on_to_the_same_end(case: Case, tmp_path: Path) -> None:
    dice = random.Random(SEED)  # noqa: S311
    wanted = KILLS if case.bulk > 1 else 8
    killed = round_ = 0
    while killed < wanted:
        folder = tmp_path / str(round_)
        shutil.copytree(case.before, folder)
        for _ in range(KILLS_OF_ONE_LOAD if case.bulk > 1 else 2):
            killed += run_and_kill(folder, case, dice.choice(PHASES), dice)
        check(folder, case)
        shutil.rmtree(folder)
        round_ += 1
        assert round_ < wanted, "loads end before they are killed"
