"""What a delivery changes: the vectorised way for what is plain, the timeline for the rest."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.delta import ENDED, Delta
from graph.model import KINDS
from ingest.loading.absent import end_absent, known_of
from ingest.loading.classify import Classes, classify, series_groups
from ingest.loading.coalesce import coalesced, completed
from ingest.loading.grouped import Decided, decide
from ingest.loading.histories import histories
from ingest.loading.incoming import JUDGED, Incoming, Load, chosen_rows, fresh_rows, incoming, together
from ingest.loading.numbering import Numbering
from ingest.loading.records import Records


@dataclass
class Comparison:
    """What one delivery changes, and what it leaves; every row of the delivery is counted once."""

    delta: Delta
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    outdated: int = 0
    """How many of these say something else than newer statements, and are not used."""
    ended: int = 0
    """Known facts that ended because nothing is said of them any more."""
    lapsed: int = 0
    """Rows that waited, could be joined, and are left out by this full delivery."""
    waiting: dict[str, pa.Table] = field(default_factory=dict)
    """Staged rows by kind, one of whose parties has not arrived."""
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    """Staged rows that contradict another row of the same statement."""
    waited_conflicts: list[dict[str, Any]] = field(default_factory=list)
    """The same where a row that had waited is among those that contradict each other."""
    late_conflicts: int = 0
    """How many of these had waited."""


def compare(
    staged: Mapping[str, pa.Table],
    joined: Mapping[str, pa.Table],
    numbering: Numbering,
    load: Load,
    *,
    refused: Mapping[str, pa.Table] | None = None,
) -> Comparison:
    """Compare a delivery, and rows that waited for its parties, with what is kept.

    `staged` and `joined` hold staged rows by kind; rows of `joined` waited in earlier loads. Facts of
    which `refused` rows speak are not ended by silence.
    """
    work = _Work(numbering, load)
    given: dict[str, Incoming] = {}
    for name, rows in staged.items():
        rows, spared = coalesced(KINDS[name], rows)  # noqa: PLW2901 - nobody needs them apart
        work.result.unchanged += spared
        given[name], left = incoming(KINDS[name], rows, numbering)
        if load.changes and not load.replaces_record:
            given[name] = completed(given[name], numbering.facts, load)
        if len(left):
            work.result.waiting[name] = left
    spoken = {name: incoming(KINDS[name], rows, numbering)[0].series for name, rows in (refused or {}).items()}
    late = {name: incoming(KINDS[name], rows, numbering)[0] for name, rows in joined.items()}
    if load.full:
        late = {name: work.still_said(rows, given.get(name), spoken.get(name)) for name, rows in late.items()}
    sizes = {name: len(rows.rows) for name, rows in given.items()}
    if load.replaces_record:
        # What waited of a record is brought with its newer statements; what others said replaces none.
        own, others = _by_source(late, load.source)
        work.bring(_joined(given, own), spoken, load, ours=sizes)
        alone = replace(load, full=False, replaces_record=False, source="")
        work.bring(others, {}, alone, late=True)
    else:
        work.bring(_joined(given, late), spoken, load, ours=sizes)
    return work.done()


class _Work:
    """A comparison while it is made."""

    def __init__(self, numbering: Numbering, load: Load) -> None:
        self.facts = numbering.facts
        self.load = load
        self.result = Comparison(Delta(load.number, numbering.new))
        self.added: dict[str, list[pa.Table]] = defaultdict(list)
        self.ended: dict[str, list[pa.Table]] = defaultdict(list)

    def bring(
        self,
        given: Mapping[str, Incoming],
        refused: Mapping[str, pa.Array],
        load: Load,
        *,
        ours: Mapping[str, int] | None = None,
        late: bool = False,
    ) -> None:
        """Bring rows to what is known; the first `ours` of each kind are the delivery's own and are counted."""
        if ours is None:
            ours = {name: 0 if late else len(rows.rows) for name, rows in given.items()}
        classes = {name: classify(rows, self.facts, load) for name, rows in given.items()}
        spared = {name: known_of(self.facts, KINDS[name], series) for name, series in refused.items()}
        records = Records(given, self.facts, load, spared) if load.replaces_record else None
        plain = records.plain(classes) if records else {name: c.fresh | c.same for name, c in classes.items()}
        for name, found in classes.items():
            self._plain(given[name], found, plain[name], ours.get(name, 0))
            if records is None:
                plain[name] = plain[name] | self._histories(given[name], found, ours.get(name, 0))
        groups = records.groups(plain) if records else series_groups(classes, plain)
        self._decided(decide(groups, self.facts, given, load, ours=ours), given, ours)
        if load.full and not late:
            for name, kind in KINDS.items():
                said = np.zeros(self.facts.rows(kind), bool)
                if name in classes:
                    said[classes[name].known] = True
                kept = said | (records.spoken[name] if records else False) | spared.get(name, False)
                ended, rest, count = end_absent(kind, self.facts, kept, load)
                self._add(name, [rest], [ended])
                self.result.ended += count

    def still_said(self, late: Incoming, given: Incoming | None, refused: pa.Array | None) -> Incoming:
        """Rows that waited, but those which a full delivery of their source leaves out."""
        theirs = pc.equal(late.rows["source"], self.load.source).to_numpy()
        if late.kind.name in JUDGED or not theirs.any():
            return late
        said = pa.concat_arrays(
            [late.series.slice(0, 0), *([given.series] if given else []), *([refused] if refused else [])]
        )
        keep = ~theirs | pc.is_in(late.series, value_set=said).to_numpy(zero_copy_only=False)
        self.result.lapsed += int((~keep).sum())
        return chosen_rows(late, keep)

    def done(self) -> Comparison:
        """The comparison, its delta put together."""
        added = {name: pa.concat_tables(tables) for name, tables in self.added.items()}
        ended = {name: pa.concat_tables(tables) for name, tables in self.ended.items()}
        self.result.delta = Delta(self.load.number, self.result.delta.parties, added, ended)
        return self.result

    def _plain(self, given: Incoming, found: Classes, plain: "np.ndarray[Any, Any]", ours: int) -> None:
        fresh = np.flatnonzero(found.fresh & plain)
        if len(fresh):
            self.added[given.kind.name].append(fresh_rows(given, fresh, self.load))
        self.result.new += int((fresh < ours).sum())
        self.result.unchanged += int((found.same & plain)[:ours].sum())

    def _histories(self, given: Incoming, found: Classes, ours: int) -> "np.ndarray[Any, Any]":
        rows, ends = histories(given, found, self.load)
        if len(rows):
            self.added[given.kind.name].append(fresh_rows(given, rows, self.load, ends=ends))
        self.result.new += int((rows < ours).sum())
        taken = np.zeros(len(given.rows), bool)
        taken[rows] = True
        return taken

    def _decided(self, decided: Decided, given: Mapping[str, Incoming], ours: Mapping[str, int]) -> None:
        for name, tables in decided.added.items():
            self._add(name, tables, [])
        for name, rows in decided.ended.items():
            keys, revisions, instants = zip(*rows, strict=True)
            self._add(name, [], [pa.table([list(keys), list(revisions), list(instants)], schema=ENDED)])
        self.result.new += decided.new
        self.result.changed += decided.changed
        self.result.unchanged += decided.unchanged
        self.result.outdated += decided.outdated
        self.result.ended += decided.unlisted
        waited = [row for row in decided.conflicts if row.row >= ours.get(row.kind, 0)]
        self.result.late_conflicts += len(waited)
        touched = {row.series for row in waited}
        for row in decided.conflicts:
            kept = self.result.waited_conflicts if row.series in touched else self.result.conflicts
            kept.append(_row(given[row.kind], row.row))

    def _add(self, name: str, added: list[pa.Table], ended: list[pa.Table]) -> None:
        for tables, more in ((self.added, added), (self.ended, ended)):
            for table in more:
                if len(table):
                    tables[name].append(table)


def _row(given: Incoming, row: int) -> dict[str, Any]:
    return {"fact": given.kind.name, **given.rows.slice(row, 1).to_pylist()[0]}


def _by_source(late: Mapping[str, Incoming], source: str) -> tuple[dict[str, Incoming], dict[str, Incoming]]:
    """Rows that waited, those of a source and those of others."""
    theirs = {name: pc.equal(rows.rows["source"], source).to_numpy() for name, rows in late.items()}
    own = {name: chosen_rows(rows, theirs[name]) for name, rows in late.items() if theirs[name].any()}
    others = {name: chosen_rows(rows, ~theirs[name]) for name, rows in late.items() if not theirs[name].all()}
    return own, others


def _joined(given: Mapping[str, Incoming], late: Mapping[str, Incoming]) -> dict[str, Incoming]:
    """Rows of a delivery, behind them those that waited."""
    return {**given, **{name: together(given[name], rows) if name in given else rows for name, rows in late.items()}}
