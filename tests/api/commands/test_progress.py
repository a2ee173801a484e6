"""A question that takes long on a terminal: how far it is, and Ctrl-C."""

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import threading
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


class Terminal:
    """A terminal that is read all the while: one that nobody reads fills, and whoever writes waits.

    Example:
        `Terminal().shows("drawing")` waits until that word stands on it.
    """

    def __init__(self) -> None:
        self._read, self.end = pty.openpty()
        self._said = b""
        self._reader = threading.Thread(target=self._listen)
        self._reader.start()

    def _listen(self) -> None:
        # Reading ends with an error once nobody holds the other end any more.
        with contextlib.suppress(OSError):
            while piece := os.read(self._read, 65536):
                self._said += piece

    @property
    def said(self) -> str:
        return self._said.decode("utf-8", "ignore")

    def shows(self, words: str) -> bool:
        """Whether some words come to stand on it within two minutes."""
        end = time.monotonic() + 120
        while words not in self.said and time.monotonic() < end:
            time.sleep(0.01)
        return words in self.said

    def close(self) -> str:
        """All that was written, once the writers are gone."""
        if self.end >= 0:
            os.close(self.end)
            self.end = -1
            self._reader.join(timeout=60)
            os.close(self._read)
        return self.said


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    opened = Terminal()
    yield opened
    opened.close()


def test_a_bar_tells_the_years_on_a_terminal_and_leaves_the_answer_alone(typed: list[str], terminal: Terminal) -> None:
    with subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=terminal.end, text=True) as child:
        shown = child.communicate(timeout=300)[0]
    assert child.returncode == 0
    assert re.search(r"drawing [0-9a-z]+", terminal.close())
    assert "100,000" in shown
    assert "\x1b" not in shown


def test_ctrl_c_ends_it_within_some_years(typed: list[str], terminal: Terminal) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=terminal.end, text=True) as child:
            assert terminal.shows("drawing")
            child.send_signal(signal.SIGINT)
            shown = child.communicate(timeout=60)[0]
    finally:
        signal.signal(signal.SIGINT, before)
    assert child.returncode == 130
    assert shown == ""
    # The cursor that the bar hid is there again, and no trace of what was stopped.
    left = terminal.close()
    assert left.rindex("\x1b[?25h") > left.rfind("\x1b[?25l")
    assert "Traceback" not in left


def test_where_nobody_watches_nothing_but_the_answer_is_written(typed: list[str]) -> None:
    done = subprocess.run(typed, capture_output=True, text=True, check=True, timeout=300)
    assert done.stderr == ""
