"""The process that `test_kill` kills: it loads one delivery into a folder, and says what it is about to do."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from graph.local import open_store
from ingest.loading.load import Place, load
from ingest.loading.staging import Watch
from tests.ingest.loading.small import Lines, keeper

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
ROWS = 8


def place_of(folder: Path, delivery: object, *, bulk: int) -> Place:
    """Where it loads to, its clock standing still."""
    keep = keeper(folder, Lines(), delivery)  # type: ignore[arg-type]
    return Place(folder, lambda: open_store(folder), keep=keep, now=lambda: NOW, rows=ROWS, bulk=bulk)


def main() -> None:
    """Arguments: folder, file, mode, facts from which a first load is made in process."""
    folder, file, mode, bulk = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    source = Lines()
    delivery = source.delivery((file,), {"mode": mode, "delivered": "2025-06-01"})

    def progress(name: str, done: int, total: int) -> None:
        print(json.dumps([name, done, total]), flush=True)

    print(json.dumps(["start", 0, 0]), flush=True)
    load(source, delivery, place_of(folder, delivery, bulk=bulk), Watch(progress))
    print(json.dumps(["done", 0, 0]), flush=True)


if __name__ == "__main__":
    main()
