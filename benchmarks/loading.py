"""From files to a first answer: a first load, a second delivery with changes, opening, another moment."""

import argparse
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from api import questions
from api.engine import Engine, Place
from api.intake import Intake, Parcel
from benchmarks.world import Measured, write
from graph.facts import Facts
from graph.model import KINDS
from graph.moment import Moment
from graph.snapshot import Snapshot
from ingest.loading.staging import Watch
from ingest.synthetic import Delivered

ASKED = {"second delivery, every row": 90, "changes alone": 10, "opening the columns": 1, "another moment": 3}
"""Seconds asked for at 1M parties and 5M relations."""


@dataclass
class Clock:
    """Wall seconds of each phase."""

    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, name: str, call: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = call()
        self.seconds[name] = took = time.perf_counter() - start
        asked = next((ASKED[told] for told in ASKED if name.startswith(told)), None)
        goal = f", asked {asked} s at 1M/5M" if asked else ""
        print(f"{name}: {took:.1f} s{goal}", flush=True)
        return result


def load(intake: Intake, world: Measured, deliveries: Iterable[Delivered], clock: Clock, name: str = "") -> None:
    with intake.together() as together:
        for delivery in deliveries:
            settings = dict(delivery.settings())
            if delivery.mapping:
                settings["mapping"] = str(world.mapping(delivery))
            parcel = Parcel(world.paths(delivery), delivery.format, settings)
            report = clock.time(
                f"{name or 'first load'} of {delivery.name}", lambda parcel=parcel: together.load(parcel, Watch())
            )
            counts = f"{report.read:,} rows, {report.new:,} new, {report.changed:,} changed"
            print(f"  {counts}, {report.unchanged:,} unchanged", flush=True)


def run(folder: Path, parties: int) -> None:
    clock = Clock()
    world = clock.time("writing the files", lambda: write(folder / "world", parties=parties))
    intake = Intake(Place(folder / "store"), lambda: datetime.now(UTC))
    start = time.perf_counter()
    # The largest first, as a register comes before what refers to it.
    load(intake, world, sorted(world.first, key=lambda delivery: -delivery.rows), clock)
    engine = clock.time("engine and snapshot", lambda: Engine.open(intake.place))
    moment = engine.moment(valid_at=date(2025, 6, 30), currency="CNY")
    party = engine.view(moment).snapshot.id(0)
    clock.time("first answer: control", lambda: questions.control(engine, party, moment=moment))
    clock.seconds["files to first answer"] = time.perf_counter() - start
    print(f"files to first answer: {clock.seconds['files to first answer']:.1f} s")
    shutil.copytree(folder / "store", folder / "beside")
    load(intake, world, world.full, clock, "second delivery, every row")
    # Into a copy of the store as it was: else the changes would be known.
    load(Intake(Place(folder / "beside"), intake.now), world, world.changes, clock, "changes alone")
    facts = clock.time("opening the columns", lambda: _opened(folder))
    moments = (date(2025, 6, 30), date(2024, 12, 31))
    for name, day in zip(("a snapshot, all relations", "another moment"), moments, strict=True):
        clock.time(name, lambda day=day: _taken(facts, Moment(day, datetime.now(UTC), currency="CNY")))
    relations = sum(facts.rows(kind) for kind in KINDS.values() if kind.is_relation)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    size = f"{facts.party_count:,} parties, {relations:,} relations kept"
    print(f"{size}; most memory {memory:.1f} GiB, and {children:.1f} GiB in the store's process")
    print(json.dumps({"task": "loading", "size": size, "seconds": clock.seconds, "gib": [memory, children]}))


def _opened(folder: Path) -> Facts:
    facts = Facts.open(folder / "store" / "columns")
    facts.numbers(["nobody"])
    return facts


def _taken(facts: Facts, moment: Moment) -> Snapshot:
    snapshot = Snapshot.build(facts, moment)
    for kind in KINDS.values():
        if kind.is_relation:
            snapshot.links(kind)
    return snapshot


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5,000 parties")
    parser.add_argument("--parties", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), 5_000 if given.quick else given.parties)


if __name__ == "__main__":
    main()
