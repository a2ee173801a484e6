"""The embedded server: ArcadeDB as a child process that speaks Bolt on this machine only.

One process owns a folder: the lock file is held by the owner and inherited by its child, so that a second
owner is refused until both are gone. Port and password are new with every owner. The write-ahead log is
flushed with every commit.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from graph.disk import flush_folder, flush_tree, is_full, room_on
from graph.errors import StoreFull, StoreLocked, StoreUnavailable, WrongVersion
from graph.store import PATIENCE, GraphStore

DATABASE = "contagraph"
USER = "root"
PAGE = "32768"
"""Bytes the engine reads to see one fact; smaller pages waste more, as a quarter of these is their directory."""
READY_WITHIN = 300.0
"""Seconds; a store of millions that was killed is ready in one."""
STOP_WITHIN = 30.0
ORPHAN_GRACE = 1.0
"""Seconds the child of a killed owner is given to be gone."""
PORT_TRIES = 5
STORE, FRESH, FORMER = "store", "store.new", "store.old"
"""Where the data lies, and while it is reworked the changed copy and what was."""


class LocalStore:
    """The store of one folder, served while this object is open."""

    user = USER
    database = DATABASE

    def __init__(self, folder: Path | str, *, wait: float = 0.0) -> None:
        # A child has a working folder of its own.
        self.folder = Path(folder).absolute()
        self._wait = wait
        self.root = self.folder / STORE
        self.password = secrets.token_urlsafe(24)
        self._port = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None
        self._starting = threading.Lock()

    @property
    def address(self) -> str:
        """Where the driver finds it."""
        return f"bolt://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """Id of the child process, 0 where none runs."""
        return self._child.pid if self._child else 0

    def is_full(self) -> bool:
        """Whether its disk has no room left."""
        return is_full(self.folder)

    def start(self) -> Self:
        """Own the folder and serve it; StoreLocked where another process does."""
        if self._lock is None:
            self._lock = own(self.folder, wait=self._wait)
            _clear(self.folder)
        try:
            self.revive()
        except BaseException:
            self.close()
            raise
        return self

    def revive(self) -> None:
        """Start the child again, at the same address, where it has died."""
        with self._starting:
            if self._lock is None or (self._child and self._child.poll() is None):
                return
            if self._child:
                release(self._child)
            for attempt in range(1, PORT_TRIES + 1):
                self._port = self._port or free_port()
                try:
                    self._child = self._spawn()
                    return
                except StoreUnavailable as problem:
                    if "use" not in problem.what.lower() or attempt == PORT_TRIES:
                        raise
                    self._port = 0

    def rework(self, change: Callable[[Path], None]) -> None:
        """Change a copy of the store while nobody serves it, and put the copy in the store's place.

        Whatever fails or is killed, the store is as it was or as it was to be. Raises StoreFull.
        """
        fresh = self.folder / FRESH
        try:
            with room_on(self.folder), self._starting:
                self._stop()
                shutil.copytree(self.root, fresh, ignore=shutil.ignore_patterns("log"))
                change(fresh)
                flush_tree(fresh)
                self.root.rename(self.folder / FORMER)
                fresh.rename(self.root)
                flush_folder(self.folder)
        finally:
            _clear(self.folder)
            self.revive()

    def close(self) -> None:
        """Stop the child in order and give the folder back."""
        self._stop()
        if self._lock:
            self._lock.close()
            self._lock = None

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child:
            release(child)
            try:
                child.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def __enter__(self) -> Self:
        return self if self._lock else self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _spawn(self) -> "subprocess.Popen[bytes]":
        found: list[subprocess.Popen[bytes] | OSError] = []
        started = threading.Event()
        settings: dict[str, Any] = {"work": "serve", "root": str(self.root), "database": self.database}
        settings |= {"port": self._port, "password": self.password}

        def keep() -> None:
            # The kernel's word on a parent's death follows the thread that started the child: this one stays.
            try:
                found.append(spawn(self.root, settings, lock=self._lock))
            except OSError as problem:
                found.append(problem)
            started.set()
            if isinstance(found[0], subprocess.Popen):
                found[0].wait()

        threading.Thread(target=keep, name="store", daemon=True).start()
        started.wait()
        child = found[0]
        if isinstance(child, OSError):
            raise StoreUnavailable(f"its process could not be started: {child.strerror}", where=str(self.root))
        await_ready(child, self.root, within=READY_WITHIN)
        return child


def spawn(root: Path, settings: dict[str, Any], *, lock: IO[bytes] | None) -> "subprocess.Popen[bytes]":
    """A child process of ours with its own working folder and logs; it holds the lock as long as it lives."""
    logs = root / "log"
    logs.mkdir(parents=True, exist_ok=True)
    environment = {"LC_ALL": "C.UTF-8", "arcadedb.txWalFlush": "1", "arcadedb.bucketDefaultPageSize": PAGE}
    # To fill gaps, which only a roll-back leaves, the engine would read all of a type before its first insertion.
    environment["arcadedb.bucketReuseSpaceMode"] = "low"
    # What it reads is kept, so looking through all of it for garbage often is work for nothing.
    environment["ARCADEDB_NATIVE_ISOLATE_ARGS"] = "-Xms1g -Xmn512m"
    environment |= {"ARCADEDB_LOG_DIR": str(logs), "ARCADEDB_LOG_CONSOLE": "0"}
    with (logs / "process.log").open("ab") as log:
        child = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-I", str(Path(__file__).with_name("local_child.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=root,
            env=environment,
            pass_fds=[lock.fileno()] if lock else [],
        )
    with contextlib.suppress(BrokenPipeError):  # a child that died at once has said why, which is read next
        tell(child, settings | {"parent": os.getpid()})
    return child


def tell(child: "subprocess.Popen[bytes]", said: dict[str, Any], follows: bytes = b"") -> None:
    """One line to a child, and the bytes it announces."""
    assert child.stdin is not None  # noqa: S101 - spawn asked for it
    child.stdin.write(json.dumps(said).encode() + b"\n")
    child.stdin.write(follows)
    child.stdin.flush()


def await_ready(child: "subprocess.Popen[bytes]", root: Path, *, within: float) -> None:
    """Wait until a child says that it is ready; raise what it says instead."""
    assert child.stdout is not None  # noqa: S101 - spawn asked for it
    late = threading.Timer(within, child.kill)
    late.start()
    try:
        answer = child.stdout.readline().decode().strip()
    finally:
        late.cancel()
    if answer != "ready":
        child.wait()
        release(child)
        raise _trouble(answer.removeprefix("failed "), root)


def release(child: "subprocess.Popen[bytes]") -> None:
    """Close both pipes to a child; where it reads, this asks it to end."""
    for pipe in (child.stdin, child.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def open_store(
    where: str | Path,
    *,
    user: str = "",
    password: str = "",
    database: str | None = None,
    patience: float = PATIENCE,
    wait: float = 0.0,
) -> GraphStore:
    """The store at an address, or the local store of a folder, its schema made; closing it stops what it started.

    A folder that another process owns is waited for so many seconds, then it is StoreLocked.
    """
    if "://" in str(where):
        store = GraphStore.connect(str(where), user=user, password=password, database=database, patience=patience)
    else:
        local = LocalStore(where, wait=wait).start()
        try:
            store = GraphStore.connect(
                local.address, user=local.user, password=local.password, database=local.database, patience=patience
            )
        except BaseException:
            local.close()
            raise
        store.own(local)
    try:
        store.prepare()
    except BaseException:
        store.close()
        raise
    return store


def own(folder: Path, *, wait: float = 0.0) -> IO[bytes]:
    """The lock of a folder, held while the file is open; StoreLocked where another process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "store.lock").open("a+b")
    until = time.monotonic() + wait
    deadline = max(until, time.monotonic() + ORPHAN_GRACE)
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            now = time.monotonic()
            if (now >= until and _owner_lives(lock)) or now > deadline:
                lock.close()
                raise StoreLocked("another process owns this folder", where=str(folder)) from None
            time.sleep(0.02)
        else:
            lock.truncate(0)
            lock.write(str(os.getpid()).encode())
            lock.flush()
            return lock


def _clear(folder: Path) -> None:
    """Undo what a killed reworking left: of two renames, none or both count."""
    former = folder / FORMER
    if former.exists() and not (folder / STORE).exists():
        former.rename(folder / STORE)
    for left in (former, folder / FRESH):
        shutil.rmtree(left, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _owner_lives(lock: IO[bytes]) -> bool:
    lock.seek(0)
    owner = lock.read()
    if not owner.isdigit():
        return False
    try:
        os.kill(int(owner), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _trouble(answer: str, root: Path) -> StoreUnavailable | StoreLocked | StoreFull | WrongVersion:
    lower = answer.lower()
    if "no space left" in lower:
        return StoreFull("no room is left on its disk", where=str(root))
    if "locked" in lower:
        return StoreLocked("another process has its database open", where=str(root))
    if "version" in lower and "support" in lower:
        return WrongVersion(answer, where=str(root))
    what = f"its process failed: {answer}" if answer else "its process stopped before it was done"
    return StoreUnavailable(what, where=str(root), remedy=f"repeat the command; {root / 'log'} may say why")
