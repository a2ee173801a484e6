"""The child processes of `graph.local` and `graph.bulk`: ArcadeDB serving a folder, or filling a copy of one.

Run as a script, never imported: it needs only the database and Arrow, and a parent that was killed must
not leave it behind. The first line of standard input holds the settings, so that no password stands on a
command line; what else comes and when it ends depends on the work.
"""

import ctypes
import json
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import arcadedb
import pyarrow as pa
import pyarrow.compute as pc

PARENT_LOOK = 0.25
"""Seconds between two looks at the parent's id."""
COMMIT_EVERY = 10_000


def die_with(parent: int) -> None:
    """End at once when the parent does: by the kernel's word on Linux, by looking everywhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_LOOK)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=look, daemon=True).start()


def serve(settings: dict[str, Any]) -> None:
    """Serve a folder over Bolt until standard input ends."""
    root = Path(settings["root"])
    # The server keeps the first password it sees; a new run has a new one.
    (root / "config" / "server-users.jsonl").unlink(missing_ok=True)
    server = arcadedb.create_server(
        root_path=str(root),
        root_password=settings["password"],
        config={
            "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "bolt_port": settings["port"],
            "http_port": 0,
            "host": "127.0.0.1",
            # Other modes hide why a statement failed; the one thing they guard is shut here.
            "mode": "development",
            "opencypher_loadCsv_allowFileUrls": False,
        },
    )
    server.start()
    if not (root / "databases" / settings["database"]).is_dir():
        server.create_database(settings["database"])
    else:
        server.get_database(settings["database"])
    print("ready", flush=True)
    sys.stdin.read()
    server.stop()


def fill(settings: dict[str, Any]) -> None:
    """Add to a database from parts: a line that says what follows and how many bytes, then an Arrow stream.

    Its log is off: a database left by a killed filling opens as partial data without a complaint, so
    nothing counts until the last line has been answered.
    """
    stream = sys.stdin.buffer
    filling = Filling(settings)
    while "part" in (said := json.loads(stream.readline() or b"{}")):
        filling.take(said["part"], pa.ipc.open_stream(stream.read(said["bytes"])).read_all())
    if "finish" not in said:
        raise EOFError("what there was to load ended early")
    filling.finish(said["finish"])
    print("ready", flush=True)


class Filling:
    """A database being filled without a log, far faster than over Bolt."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._database = arcadedb.open_database(str(Path(settings["root"]) / "databases" / settings["database"]))
        self._rids: list[str] = []
        self._party_kinds: list[str] = settings["party_kinds"]
        for name in settings["kinds"]:
            self._lift_indexes(name)
        self._batch = self._database.graph_batch(commit_every=COMMIT_EVERY)

    def take(self, part: str, table: pa.Table) -> None:
        """Ids of parties that are there, new parties, or facts of a kind, ends as party numbers."""
        if part == "Known":
            self._know(table["id"].combine_chunks())
        elif part == "Party":
            self._parties(table)
        elif "from" in table.column_names:
            tails = [self._rids[number] for number in table["from"].to_pylist()]
            heads = [self._rids[number] for number in table["to"].to_pylist()]
            self._batch.new_edges(tails, part, heads, _rows(table.drop_columns(["from", "to"])))
        else:
            self._batch.create_vertices(part, _rows(table))

    def finish(self, statements: list[dict[str, Any]]) -> None:
        """Write what is buffered, make indexes that were lifted, note how far the load is, and close."""
        self._batch.close()
        for statement in statements:
            if not statement["parameters"]:
                self._database.command("opencypher", statement["text"])
                continue
            with self._database.transaction():
                self._database.command("opencypher", statement["text"], statement["parameters"])
        self._database.close()

    def _lift_indexes(self, name: str) -> None:
        """Drop the indexes of a type that has no rows: made over all rows at once they take half the time."""
        if self._database.query("sql", f"SELECT FROM `{name}` LIMIT 1").to_list():
            return
        # First, as a constraint: one whose index alone is gone is believed to be there.
        self._database.command(
            "opencypher", f"DROP CONSTRAINT {name}_{'id' if name == 'Party' else 'fact_id'} IF EXISTS"
        )
        for found in self._database.query("sql", "SELECT name, typeName FROM schema:indexes").to_list():
            # An index of a type has a part a file, named by two numbers; the parts go with the whole.
            if found["typeName"] == name and not re.search(r"_\d+_\d+$", found["name"]):
                self._database.command("sql", f"DROP INDEX `{found['name']}`")

    def _know(self, ids: pa.Array) -> None:
        """Places of the parties there are, by number."""
        found = self._database.query("sql", "SELECT id, @rid.asString() AS rid FROM Party").to_arrow()
        places = pc.index_in(ids, value_set=found["id"].combine_chunks())
        self._rids = found["rid"].take(places).to_pylist()

    def _parties(self, table: pa.Table) -> None:
        start = len(self._rids)
        self._rids += [""] * len(table)
        kinds = table["kind"].to_pylist()
        every = _rows(table)
        for kind in self._party_kinds:
            places = [at for at, of in enumerate(kinds) if of == kind]
            # A node with two labels has a type named after both.
            made = self._batch.create_vertices("~".join(sorted((kind, "Party"))), [every[at] for at in places])
            for at, rid in zip(places, made, strict=True):
                self._rids[start + at] = rid


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    """Rows as maps of what has a value."""
    return [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]


def main() -> None:
    """Read the settings, work, and say on standard output what went wrong."""
    # The terminal's Ctrl-C is for the parent, which stops this process in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = json.loads(sys.stdin.buffer.readline())
    die_with(settings["parent"])
    try:
        {"serve": serve, "fill": fill}[settings["work"]](settings)
    except Exception as problem:
        print(f"failed {(str(problem).splitlines() or [type(problem).__name__])[0]}", flush=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
