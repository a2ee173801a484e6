"""Scoring all firms of a moment, and one firm with its explanation, by the model that is served."""

import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

import numpy as np

from analytics.learning.models import Task
from analytics.learning.models.forests import GRAPH
from analytics.learning.panel import Split
from api import questions
from api.answers.progress import untold
from api.engine import Engine, Place
from api.intake import Intake, Parcel
from api.learning.config import config_of
from api.learning.keeping import in_json
from api.learning.panel import build_panel
from api.learning.registry import digest, ready
from api.learning.runs import CONFIG, PANEL, Run
from api.learning.scoring import scores
from api.learning.tables import head_of
from api.sealed.promotions import promote
from ingest.loading.staging import Watch
from ingest.synthetic.planted import DAYS, planted, write

ASKED = 200
"""Firms asked about one by one."""


def main() -> None:
    """`python -m benchmarks.risk FIRMS`: loads a planted world of so many firms, trains on four days, and asks."""
    firms = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        engine = _store(Path(folder), firms)
        days = DAYS[3:7]
        text = f'[panel]\ndays = [{", ".join(map(str, days))}]\ndefinition = "PUBLIC"\n'.encode()
        now = engine.moment(valid_at=date(2023, 12, 31))
        began = perf_counter()
        panel = build_panel(engine, config_of(text, where="benchmark").panel.plan(), now=now, progress=untold)
        print(f"panel of {len(days)} days: {perf_counter() - began:.1f} s")
        fitted = GRAPH.fit(Task(panel, Split.by_time(panel, test=1)))
        run = Run(engine.place.folder / "models" / "firms" / "1")
        run.write(CONFIG, text)
        run.write(PANEL, in_json(head_of(panel)))
        run.finish(fitted.save(), {"model": fitted.name})
        promote(engine.place.folder, "firms", 1, digest(run), by="one", second="other", reason="",
                now=lambda: datetime.now(UTC))  # fmt: skip
        _asked(engine, run)


def _asked(engine: Engine, run: Run) -> None:
    moment = engine.moment(valid_at=date(2023, 12, 31))
    view, served = engine.view(moment), ready(run)
    view.groups, view.promises, view.guarantee_circles  # noqa: B018  (of the snapshot, whatever is asked of it)
    began = perf_counter()
    found = scores(engine, served, moment=moment)
    print(f"all {view.snapshot.size:,} parties, {sum(t.size for t in found.wave.ties.values()):,} links: "
          f"{perf_counter() - began:.2f} s")  # fmt: skip
    rows = np.random.default_rng(0).choice(found.wave.rows, ASKED, replace=False)
    ids = [found.panel.ids[row] for row in rows]
    questions.risk(engine, ids[0], moment=moment)
    took = []
    for party in ids:
        began = perf_counter()
        questions.risk(engine, party, moment=moment)
        took.append(perf_counter() - began)
    middle, late = 1000 * np.median(took), 1000 * np.quantile(took, 0.99)
    print(f"one firm with explanation: median {middle:.1f} ms, 99% {late:.1f} ms")


def _store(folder: Path, firms: int) -> Engine:
    write(planted("S3", count=firms, seed=1), folder / "files")
    delivery = folder / "files" / "delivery"
    settings = {"mapping": str(delivery / "mapping.toml"), "delivered": "2024-12-31", "name": "planted"}
    place = Place(folder / "store")
    parcel = Parcel(tuple(sorted(delivery.glob("*.csv"))), "tables", settings)
    Intake(place, lambda: datetime.now(UTC)).load(parcel, Watch())
    return Engine(place, place.facts())


if __name__ == "__main__":
    main()
