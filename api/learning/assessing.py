"""What a run says of all firms at a moment, loaded as assessments."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.panel.horizon import ends
from api.engine import Engine
from api.engine.authors import first_stage, served
from api.intake import Intake, Parcel
from api.learning.registry import Ready
from api.learning.scoring import scores
from graph.errors import InvalidQuestion
from graph.moment import Moment, write_instant
from ingest.assessed import SOURCE
from ingest.loading.report import Report
from ingest.loading.staging import Watch

TRUST: Final = "0.5"


@dataclass(frozen=True)
class Assessed:
    """What was written."""

    run: str
    firms: int
    first_stage: bool
    """Whether the run has one: a model on a first stage, or of own figures alone."""
    report: Report


def assess(engine: Engine, intake: Intake, ready: Ready, *, moment: Moment) -> Assessed:
    """Write the PDs of all scored firms, with and without the network, and load them.

    They hold for the horizon from the moment's day on; the same moment again changes nothing. Raises InvalidQuestion
    where the run's data do not say over what time they foretell, and what the loading raises.
    """
    if not ready.head.horizon:
        raise InvalidQuestion(
            "learned from outcomes that do not say over what time: no PD can be kept without", where=ready.called,
            remedy="state horizon_months of the outcomes in their mapping, load them and train again",
        )  # fmt: skip
    found = scores(engine, ready, moment=moment)
    rows = np.flatnonzero(~np.isnan(found.pd))
    ids = [found.panel.ids[node] for node in rows.tolist()]
    name, number = ready.run.name, ready.run.number
    series = [(served(name, number), found.pd[rows])]
    if found.first is not None:
        series.append((first_stage(name, number), found.first[rows]))
    day = found.view.snapshot.moment.valid_at
    stated = write_instant(found.view.snapshot.moment.known_at).rstrip("Z")
    staging = intake.place.folder / "staging"
    staging.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A folder of its own, as two may score at once; the file's name and bytes alone say which delivery it is.
    with TemporaryDirectory(prefix="assessed-", dir=staging) as folder:
        path = Path(folder) / f"{name}-{number}-{day}.jsonl"
        with path.open("w", encoding="utf-8") as out:
            for author, pd in series:
                lines = _lines(ids, pd, author=author, months=ready.head.horizon, day=day, stated=stated)
                out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        report = intake.load(Parcel((path,), "assessed", {"delivered": day.isoformat(), "trust": TRUST}), Watch())
    return Assessed(ready.called, len(rows), found.first is not None, report)


def _lines(
    ids: list[str], pd: NDArray[np.float64], *, author: str, months: int, day: date, stated: str
) -> Iterator[dict[str, Any]]:
    first, last = day.isoformat(), ends(day, months).isoformat()
    for number, (party, value) in enumerate(zip(ids, pd.tolist(), strict=True), 1):
        yield {
            "kind": "Assessment", "party": party, "author": author, "horizon_months": months, "pd": value,
            "valid_from": first, "valid_to": last, "stated_at": stated, "source": SOURCE,
            "source_ref": f"{author} {party}", "place": f"{author}:{number}",
        }  # fmt: skip
