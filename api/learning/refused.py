"""Rows of a panel's sources that could not be loaded."""

from collections import Counter
from contextlib import closing, suppress

import numpy as np

from analytics.learning.panel import Panel
from api.engine import Engine
from api.intake.workspace import QUARANTINE
from api.learning.ties import kind_of
from graph.holding import When, known
from graph.model import EVENT, OUTCOME, STATEMENT
from graph.moment import Moment
from ingest.quarantine import Choice, Quarantine


def refused_rows(engine: Engine, panel: Panel, now: Moment) -> dict[str, int]:
    """How many stand in quarantine now, by reason, of the sources of its links, figures and outcomes.

    What waits for a party that has not come is not among them: that is no mistake of the files yet.
    """
    file = engine.place.folder / QUARANTINE
    if not file.exists():
        return {}
    found: Counter[str] = Counter()
    # A folder that may only be read does not open it; then nothing is known of refused rows.
    with suppress(PermissionError), closing(Quarantine(file)) as quarantine:
        for source in sorted(_sources(engine, panel, now)):
            found.update(quarantine.counts(Choice(source=source)))
    return dict(found.most_common())


def _sources(engine: Engine, panel: Panel, now: Moment) -> set[str]:
    snapshot = engine.view(now).snapshot
    facts, when = snapshot.facts, When.of(snapshot.moment, snapshot.version)
    kinds = {kind.name: kind for kind in (STATEMENT, EVENT, OUTCOME, *map(kind_of, panel.relations))}
    found: set[str] = set()
    for kind in kinds.values():
        words, code = facts.coded(kind, "source")
        found |= {words[at] for at in np.unique(code[known(facts, kind, when)]).tolist()}
    return found
