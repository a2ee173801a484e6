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
from array import array
from pathlib import Path
from typing import Any

import arcadedb
import pyarrow as pa
import pyarrow.compute as pc
from arcadedb._native.database import _call as crossing

PARENT_LOOK = 0.25
"""Seconds between two looks at the parent's id."""
COMMIT_EVERY = 10_000
NUMBERS = ("load", "retracted_by")
"""Indexed properties that are whole numbers; the others are text."""


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
    """Add to a database from parts, each a line that says what follows: party numbers and rows as JSON text.

    Its log is off: a database left by a killed filling opens as partial data without a complaint, so
    nothing counts until the last line has been answered.
    """
    stream = sys.stdin.buffer
    filling = Filling(settings)
    while "part" in (said := json.loads(stream.readline() or b"{}")):
        numbers = array("I", stream.read(said["numbers"]))
        filling.take(said["part"], said["type"], numbers, stream.read(said["rows"]))
    if "finish" not in said:
        raise EOFError("what there was to load ended early")
    filling.finish(said["finish"])
    print("ready", flush=True)


class Filling:
    """A database being filled without a log, far faster than over Bolt."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._database = arcadedb.open_database(str(Path(settings["root"]) / "databases" / settings["database"]))
        self._rids = [""] * settings["parties"]
        self._lifted: list[dict[str, Any]] = []
        for name in settings["kinds"]:
            self._lift_indexes(name)
        self._batch = self._database.graph_batch(commit_every=COMMIT_EVERY)

    def take(self, part: str, name: str, numbers: "array[int]", rows: bytes) -> None:
        """Parties that are there, new parties, relations (tails before heads) or records."""
        if part == "known":
            self._know(numbers, json.loads(rows))
        elif part == "parties":
            made = self._run("create_vertices", name, rows=rows)["rids"]
            for number, rid in zip(numbers, made, strict=True):
                self._rids[number] = rid
        elif part == "relations":
            ends = [self._rids[number] for number in numbers]
            tails, heads = ends[: len(ends) // 2], ends[len(ends) // 2 :]
            self._run("new_edges", name, src=_listed(tails), dst=_listed(heads), props=rows)
        else:
            self._run("create_vertices", name, rows=rows)

    def finish(self, statements: list[dict[str, Any]]) -> None:
        """Write what is buffered, make indexes that were lifted, note how far the load is, and close."""
        self._batch.close()
        for index in self._lifted:
            self._make_index(index)
        for statement in statements:
            if not statement["parameters"]:
                self._database.command("opencypher", statement["text"])
                continue
            with self._database.transaction():
                self._database.command("opencypher", statement["text"], statement["parameters"])
        self._database.close()

    def _run(self, operation: str, name: str, **values: bytes) -> dict[str, Any]:
        """One crossing into the engine; the batch's own methods would read every row and write it as JSON again."""
        told = b",".join(
            [b'"type":' + json.dumps(name).encode(), *(b'"%s":%s' % (k.encode(), v) for k, v in values.items())]
        )
        answer: dict[str, Any] = crossing(
            name, "arcadedb_n_gb", self._batch._gb, operation.encode(), b'{"type":"%s",%s}' % (name.encode(), told)
        )
        return answer

    def _lift_indexes(self, name: str) -> None:
        """Drop the indexes of a type that has no rows, to be made over all rows at once."""
        if self._database.query("sql", f"SELECT FROM `{name}` LIMIT 1").to_list():
            return
        # An index of a type has a part a file, named by two numbers; the parts go with the whole.
        whole = [
            found
            for found in self._database.query("sql", "SELECT FROM schema:indexes").to_list()
            if found["typeName"] == name and not re.search(r"_\d+_\d+$", found["name"])
        ]
        self._lifted += whole
        # A constraint goes with its index; one whose index alone is gone is believed to be there.
        self._database.command(
            "opencypher", f"DROP CONSTRAINT {name}_{'id' if name == 'Party' else 'fact_id'} IF EXISTS"
        )
        for found in whole:
            self._database.command("sql", f"DROP INDEX `{found['name']}` IF EXISTS")

    def _make_index(self, index: dict[str, Any]) -> None:
        """Make a lifted index from sorted keys; row by row, the unique ones look every key up in all that is there."""
        name, ((field,),) = index["typeName"], index["properties"]
        kind = "LONG" if field in NUMBERS else "STRING"
        self._database.command("sql", f"CREATE PROPERTY `{name}`.`{field}` IF NOT EXISTS {kind}")
        # The engine names one itself after its type and field.
        told = "" if "[" in index["name"] else f"`{index['name']}`"
        unique = "UNIQUE" if index["unique"] else "NOTUNIQUE"
        self._database.command(
            "sql", f"CREATE INDEX {told} ON `{name}` (`{field}`) {unique} METADATA {{buildMode: 'SORTED'}}"
        )

    def _know(self, numbers: "array[int]", ids: list[str]) -> None:
        """Places of parties that are there."""
        found = self._database.query("sql", "SELECT id, @rid.asString() AS rid FROM Party").to_arrow()
        places = pc.index_in(pa.array(ids, pa.string()), value_set=found["id"].combine_chunks())
        for number, rid in zip(numbers, found["rid"].take(places).to_pylist(), strict=True):
            self._rids[number] = rid


def _listed(rids: list[str]) -> bytes:
    return ('["' + '","'.join(rids) + '"]').encode() if rids else b"[]"


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
