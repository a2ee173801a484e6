"""The local store is its owner's alone: one process, one machine, gone when its owner is."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from graph.errors import StoreLocked
from graph.local import LocalStore, open_store
from tests.conftest import ROOT
from tests.graph.stores import connect

OWNER = """
import sys, time
from graph.local import open_store
store = open_store(sys.argv[1])
print(store.server.pid, flush=True)
time.sleep(60)
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_second_owner_is_refused_at_once_and_told_where(tmp_path: Path) -> None:
    with LocalStore(tmp_path):
        start = time.monotonic()
        with pytest.raises(StoreLocked) as caught:
            LocalStore(tmp_path).start()
        assert time.monotonic() - start < 0.5
        assert caught.value.where == str(tmp_path)
    with LocalStore(tmp_path):
        pass


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    with LocalStore(tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", OWNER, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert "StoreLocked" in done.stderr


@linux
def test_when_its_owner_is_killed_the_server_is_gone_and_the_folder_free(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout
    child = int(owner.stdout.readline())
    assert alive(child)
    owner.kill()
    owner.wait()
    owner.stdout.close()
    deadline = time.monotonic() + 2
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(child)
    with open_store(tmp_path) as store:
        assert store.version() == 0


def test_it_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    made: list[LocalStore] = []
    thread = threading.Thread(target=lambda: made.append(LocalStore(tmp_path).start()))
    thread.start()
    thread.join()
    time.sleep(0.2)
    with made[0] as local, connect(local) as store:  # type: ignore[arg-type]
        assert store.version() == 0


@linux
def test_its_password_stands_neither_on_a_command_line_nor_in_the_environment(tmp_path: Path) -> None:
    with LocalStore(tmp_path) as local:
        for told in ("cmdline", "environ"):
            assert local.password not in Path(f"/proc/{local.pid}/{told}").read_text()
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert not [path for path in files if local.password.encode() in path.read_bytes()]


def test_port_and_password_are_new_with_every_owner(tmp_path: Path) -> None:
    with LocalStore(tmp_path) as first:
        seen = first.password
    with LocalStore(tmp_path) as second:
        assert second.password != seen
        with connect(second) as store:  # type: ignore[arg-type]
            assert store.version() == 0


@linux
def test_it_listens_on_this_machine_only(tmp_path: Path) -> None:
    with LocalStore(tmp_path) as local:
        sockets = {
            link.readlink().name
            for link in Path(f"/proc/{local.pid}/fd").iterdir()
            if link.is_symlink() and "socket" in str(link.readlink())
        }
        listening = [
            row.split()
            for table in ("tcp", "tcp6")
            for row in Path(f"/proc/{local.pid}/net/{table}").read_text().splitlines()[1:]
            if row.split()[3] == "0A" and f"socket:[{row.split()[9]}]" in sockets
        ]
    assert listening
    loopback = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
    assert {row[1].split(":")[0] for row in listening} <= loopback


@linux
@pytest.mark.skipif(not shutil.which("strace"), reason="counts system calls with strace")
def test_every_commit_reaches_the_disk(tmp_path: Path) -> None:
    commits, calls = 50, tmp_path / "calls"
    with open_store(tmp_path / "store") as store:
        local = store.server
        assert local
        watch = ["strace", "-f", "-e", "trace=fsync,fdatasync", "-o", str(calls), "-p", str(local.pid)]
        with subprocess.Popen(watch, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            said = tracer.stderr.readline()
            if "attached" not in said:
                pytest.skip(f"strace may not look at a process here: {said.strip()}")
            for _ in range(commits):
                store._bolt.write(lambda t: None)
            tracer.send_signal(signal.SIGINT)
    assert len(re.findall(r"\b(?:fsync|fdatasync)\(\d", calls.read_text())) >= commits


def test_its_logs_and_files_stay_in_its_folder_and_the_console_is_quiet(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    with open_store(tmp_path / "库 one"):
        pass
    assert list(here.iterdir()) == []
    assert {path.name for path in (tmp_path / "库 one").iterdir()} == {"store", "store.lock"}
    assert (tmp_path / "库 one" / "store" / "log" / "process.log").read_text() == ""
    assert capfd.readouterr() == ("", "")


def test_an_owner_may_open_its_store_again(tmp_path: Path) -> None:
    for _ in range(2):
        with open_store(tmp_path) as store:
            assert store.version() == 0
    assert os.path.exists(tmp_path / "store" / "databases" / "contagraph")
