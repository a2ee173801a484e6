"""Facts into a real Neo4j: by its offline importer, and by batches over Bolt at a tenth of the size."""

import argparse
import json
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from benchmarks.questions import world
from benchmarks.timing import scaled
from graph.columns import combined
from graph.delta import PARTIES, Delta
from graph.facts import Facts
from graph.field import PARTY_KINDS
from graph.importer import write_importer_files
from graph.model import KINDS
from graph.store import GraphStore, LoadRecord
from graph.stored import PENDING_ROWS
from ingest.loading.batches import batches
from ingest.loading.pending import NOTHING
from tests.neo4j_server import FOR_MILLIONS, Neo4jServer

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def record() -> LoadRecord:
    return LoadRecord(1, "register", "d", "full", NOW.date(), NOW, NOW, 0, "benchmark", "{}", 0.9)


def connected(server: Neo4jServer) -> GraphStore:
    store = GraphStore.connect(server.address, user=server.user, password=server.password)
    store.prepare()
    return store


def asked(store: GraphStore, party: str) -> None:
    """The first answer: what one party's links are."""
    found = store.rows("read/records_of", "Profile", party=party, version=1, columns=["name"])
    if not found:
        raise AssertionError(f"{party} has no facility")


def imported(folder: Path, facts: Facts) -> dict[str, float]:
    """Seconds of each step from facts to a first answer."""
    server = Neo4jServer(folder / "imported", FOR_MILLIONS)
    server.folder.mkdir(parents=True)
    seconds, began = {}, time.perf_counter()
    command = write_importer_files(folder / "files", facts, [record()], PENDING_ROWS.empty_table())
    seconds["writing its files"] = time.perf_counter() - began
    began = time.perf_counter()
    server.admin(command[1:])
    seconds["importing"] = time.perf_counter() - began
    began = time.perf_counter()
    server.start()
    try:
        with connected(server) as store:
            seconds["start and indexes"] = time.perf_counter() - began
            asked(store, str(facts.ids[0]))
    finally:
        server.close()
    return seconds


def batched(folder: Path, facts: Facts) -> float:
    """Seconds of the same facts in batches over Bolt."""
    kinds = pa.array(PARTY_KINDS).take(pa.array(facts.party_kind))
    columns = [facts.ids, kinds, facts.party_source.cast(pa.string()), pa.array(facts.anonymous)]
    added = {name: facts.table(kind) for name, kind in KINDS.items() if facts.rows(kind)}
    delta = Delta(1, pa.table(columns, schema=PARTIES), added)
    with closing(Neo4jServer(folder / "batched", FOR_MILLIONS).start()) as server, connected(server) as store:
        began = time.perf_counter()
        note = record()
        store.open_load(
            source=note.source, trust=note.trust, digest=note.digest, delivery=note.delivery,
            delivered=note.delivered, worker=note.worker, opened_at=NOW,
        )  # fmt: skip
        for position, _, batch in batches(delta, combined(facts.ids), NOTHING):
            store.write(1, batch, position=position)
        store.close_load(1, report="{}", closed_at=NOW)
        return time.perf_counter() - began


def main() -> None:
    """Fill one Neo4j after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="20,000 parties, a tenth of them in batches")
    given = parser.parse_args()
    size = 20_000 if given.quick else given.parties
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        facts = world(folder / "columns", size)
        count = sum(facts.rows(kind) for kind in KINDS.values())
        seconds = imported(folder, facts)
        total = sum(seconds.values())
        said = ", ".join(f"{step} {scaled(took)}" for step, took in seconds.items())
        print(
            f"importer, {size:,} parties, {count:,} facts: {scaled(total)} ({said}); asked 240 s at 1M/5M", flush=True
        )
        small = world(folder / "small", size // 10)
        few = sum(small.rows(kind) for kind in KINDS.values()) + small.party_count
        slow = batched(folder, small)
        ratio = (slow / few) / (total / (count + size))
        print(
            f"batches, {size // 10:,} parties: {scaled(slow)}, {few / slow:,.0f} rows/s; importer {ratio:.0f} × a row"
        )
        result = {"task": "neo4j", "size": size, "importer": seconds, "batches": slow, "ratio": ratio}
        print(json.dumps(result))


if __name__ == "__main__":
    main()
