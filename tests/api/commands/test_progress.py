"""A question that takes long on a terminal: how far it is, and Ctrl-C."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.jobs.chain import LENDER, chain

COMMAND = Path(sys.executable).with_name("contagraph")


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Many years of a lender's book as they are typed: some seconds of work."""
    folder = chain(tmp_path_factory.mktemp("chain"), 3500)
    file = folder / "assumed.toml"
    file.write_text("draws = 100000\n[pd]\nrest = 0.01\n")
    at = ("--store", str(folder), "--valid-at", "2025-06-30", "--limit", "2")
    return [str(COMMAND), "ask", "book", "losses", LENDER, str(file), *at]


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """The two ends of a terminal."""
    ends = pty.openpty()
    yield ends
    for end in ends:
        os.close(end)


def read(terminal: int, child: "subprocess.Popen[str]", wanted: str) -> str:
    """What stands on the terminal up to some words, or at the end of the child."""
    os.set_blocking(terminal, False)
    said, end = b"", time.monotonic() + 120
    while not re.search(wanted, said.decode("utf-8", "ignore")):
        assert time.monotonic() < end, said
        try:
            said += os.read(terminal, 65536)
        except BlockingIOError:
            if child.poll() is not None:
                break
            time.sleep(0.01)
    return said.decode("utf-8", "ignore")


def test_a_bar_tells_the_years_on_a_terminal_and_leaves_the_answer_alone(
    typed: list[str], terminal: tuple[int, int]
) -> None:
    with subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=terminal[1], text=True) as child:
        assert "drawing" in read(terminal[0], child, r"drawing [0-9a-z]+")
        shown = child.communicate(timeout=120)[0]
    assert child.returncode == 0
    assert "100,000" in shown
    assert "\x1b" not in shown


def test_ctrl_c_ends_it_within_some_years(typed: list[str], terminal: tuple[int, int]) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=terminal[1], text=True) as child:
            read(terminal[0], child, "drawing")
            child.send_signal(signal.SIGINT)
            shown = child.communicate(timeout=60)[0]
    finally:
        signal.signal(signal.SIGINT, before)
    assert child.returncode == 130
    assert shown == ""
    # The cursor that the bar hid is there again, and no trace of what was stopped.
    left = read(terminal[0], child, "(?!)")
    assert left.rindex("\x1b[?25h") > left.rfind("\x1b[?25l")
    assert "Traceback" not in left


def test_where_nobody_watches_nothing_but_the_answer_is_written(typed: list[str]) -> None:
    done = subprocess.run(typed, capture_output=True, text=True, check=True, timeout=120)
    assert done.stderr == ""
