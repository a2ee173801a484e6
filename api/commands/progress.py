"""Progress bars, and stopping at the next safe instant when the user presses Ctrl-C."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from api.answers.progress import Progress as Told
from api.answers.progress import Stage
from api.commands.consoles import console as new_console
from graph.errors import Cancelled
from ingest.loading.staging import Watch

STEPS = {
    "read": "reading and checking",
    "compare": "comparing with what is known",
    "store": "writing to the store",
    "columns": "writing the columns",
}
SLOW = 1.0
"""Seconds after which a question shows how far it is."""


@contextmanager
def answering() -> Iterator[Told]:
    """What a question tells its stages to: a bar on a terminal, once it takes long; it goes with the question."""
    console = new_console(stderr=True)
    # The words last: they are cut where the terminal is narrow.
    columns = BarColumn(20), TaskProgressColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task("", total=1.0)
    slow = Timer(SLOW, bar.start)
    slow.daemon = True
    if console.is_terminal:
        slow.start()

    def told(stage: Stage) -> None:
        bar.update(task, completed=stage.fraction, description=f"{stage.doing} · {stage.doing_zh}")

    try:
        yield told
    finally:
        slow.cancel()
        if slow.is_alive():
            slow.join()
        if bar.live.is_started:
            bar.stop()


@contextmanager
def watched(title: str, console: Console) -> Iterator[Watch]:
    """A watch that draws a bar for each step of a load."""
    stop = False

    def ask(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stop
        stop = True
        console.print("stopping after this step; repeat the command to go on")

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(f"{title}: {STEPS.get(step, step)}", total=total or 1)
            bars.update(tasks[step], completed=done if total else 1, total=total or 1)

        before = signal.signal(signal.SIGINT, ask)
        try:
            yield Watch(show, lambda: stop)
        finally:
            signal.signal(signal.SIGINT, before)


@contextmanager
def stoppable(title: str) -> Iterator[Callable[[float, str], None]]:
    """A bar of how far some learning is; Ctrl-C stops it at the next instant at which what is done is kept."""
    stop = False
    console = new_console(stderr=True)

    def ask(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stop
        if stop:  # files are whole at any instant, so that who cannot wait need not
            raise KeyboardInterrupt
        stop = True
        console.print("stopping at the next step; repeat the command to go on")

    columns = BarColumn(20), TaskProgressColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(title, total=1.0)

        def told(done: float, doing: str) -> None:
            bars.update(task, completed=done, description=f"{title} · {doing}")
            if stop:
                raise Cancelled(title)

        before = signal.signal(signal.SIGINT, ask)
        try:
            yield told
        finally:
            signal.signal(signal.SIGINT, before)


@contextmanager
def counted(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar, beside the answer, of how much is done of some work; none where no terminal shows it."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    console = new_console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        task = bars.add_task(title, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
