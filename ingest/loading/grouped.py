"""Groups with a history, or with several statements: the timeline decides each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from graph import identity
from graph.facts import Facts
from graph.model import KINDS
from ingest.loading.incoming import ALWAYS, JUDGED, Incoming, Load, is_tie, kept, stated_rows
from ingest.timeline import Assertion, Known, NewFact, Outcome, merge

KNOWN = (
    "series", "key", "revision", "digest", "valid_from", "valid_to", "stated_from", "recorded_at", "retracted_at",
    "said_at", "end_said_at", "load", "retracted_by",
)  # fmt: skip
STATED = ("op", "valid_from", "valid_to", "stated_at", "stated_on", "said_at")


@dataclass
class Group:
    """Rows that are decided together, by kind."""

    known: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    stated: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Decided:
    """What the timeline made of all groups."""

    added: dict[str, list[pa.Table]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[str, list[tuple[bytes, int, object]]] = field(default_factory=lambda: defaultdict(list))
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    outdated: int = 0
    """How many of these say something else than newer statements."""
    unlisted: int = 0
    """Known facts that ended because the newer statement of their record leaves them out."""
    conflicts: list[Assertion] = field(default_factory=list)


def decide(
    groups: Iterable[Group], facts: Facts, given: Mapping[str, Incoming], load: Load, *, ours: Mapping[str, int]
) -> Decided:
    """Bring what is stated of each group to what is known of it; the first `ours` rows of a kind are counted."""
    groups = list(groups)
    known = {name: _known(facts, name, [row for g in groups for row in g.known.get(name, ())]) for name in KINDS}
    stated = {
        name: _stated(given[name], load, [row for g in groups for row in g.stated.get(name, ())]) for name in given
    }
    decided, recorded, others = Decided(), list[NewFact](), load.sayings.of_others()
    for group in groups:
        assertions = [stated[name][row] for name, rows in group.stated.items() for row in rows]
        held = [known[name][row] for name, rows in group.known.items() for row in rows]
        sayings = load.sayings if _spoken_of(assertions, load, ours) else others
        outcome = merge(
            held,
            assertions,
            key_of=identity.key,
            load_instant=load.instant,
            delivered=load.delivered,
            replaces_record=load.replaces_record,
            full=load.full,
            sayings=sayings,
        )
        for fact, at in outcome.retracted:
            decided.ended[fact.kind].append((fact.key, fact.revision, at))
        recorded += outcome.recorded
        decided.conflicts += outcome.conflicts
        _count(decided, held, [row for row in assertions if row.row < ours.get(row.kind, 0)], outcome, ours)
    _record(recorded, decided, facts, given, load)
    return decided


def _spoken_of(rows: Iterable[Assertion], load: Load, ours: Mapping[str, int]) -> bool:
    """Whether a newer full delivery spoke of these rows: not of judgements, nor of what waited and it did list."""
    full = load.sayings.next_full
    return full is not None and all(
        row.kind not in JUDGED
        and (row.row < ours.get(row.kind, 0) or (row.valid_to is not None and row.valid_to <= full.delivered))
        for row in rows
    )


def _count(
    decided: Decided, held: list[Known], told: list[Assertion], outcome: Outcome, ours: Mapping[str, int]
) -> None:
    """Count each row of the delivery once: new, changed, unchanged or contradicted."""
    before, said = {fact.series for fact in held}, {row.series for row in told}
    size = len(told) - sum(row.row < ours.get(row.kind, 0) for row in outcome.conflicts)
    unchanged = min(outcome.unchanged, size)
    new = min(sum(row.series not in before for row in told), size - unchanged)
    decided.new += new
    decided.unchanged += unchanged
    decided.outdated += min(outcome.outdated, unchanged)
    decided.changed += size - unchanged - new
    decided.unlisted += sum(fact.series not in said for fact, _ in outcome.retracted) if said else 0


def _known(facts: Facts, name: str, rows: list[int]) -> dict[int, Known]:
    if not rows:
        return {}
    kind = KINDS[name]
    chosen = pa.array(rows)
    columns = {column: facts.column(kind, column).take(chosen).to_pylist() for column in KNOWN}
    return {
        row: Known(
            kind=name,
            row=row,
            tie=is_tie(kind),
            **{column: values[at] for column, values in columns.items()},
        )
        for at, row in enumerate(rows)
    }


def _stated(given: Incoming, load: Load, rows: list[int]) -> dict[int, Assertion]:
    if not rows:
        return {}
    chosen = pa.array(rows)
    columns = {name: given.rows[name].take(chosen).to_pylist() for name in STATED}
    columns["op"] = [op or "record" for op in columns["op"]]
    columns |= {"series": given.series.take(chosen).to_pylist(), "digest": given.digest.take(chosen).to_pylist()}
    unlisted = given.unlisted_on(load)[rows]
    columns["unlisted_on"] = pa.array(unlisted, mask=unlisted == ALWAYS).cast(pa.date32()).to_pylist()
    return {
        row: Assertion(
            kind=given.kind.name,
            row=row,
            tie=is_tie(given.kind),
            **{name: values[at] for name, values in columns.items()},
        )
        for at, row in enumerate(rows)
    }


def _record(recorded: list[NewFact], decided: Decided, facts: Facts, given: Mapping[str, Incoming], load: Load) -> None:
    """Kept rows of what was decided: values from where they stand, times and names from the decision."""
    origins: dict[tuple[str, bool], list[NewFact]] = defaultdict(list)
    for fact in recorded:
        origins[fact.values.kind, isinstance(fact.values, Known)].append(fact)
    for (name, from_known), news in origins.items():
        rows = np.array([fact.values.row for fact in news])
        times = _times(news, load)
        if from_known:
            table = facts.table(KINDS[name]).take(pa.array(rows))
            columns = {column: table[column] for column in table.column_names}
            decided.added[name].append(kept(KINDS[name], columns | times, load))
        else:
            decided.added[name].append(stated_rows(given[name], rows, times, load))


def _times(news: list[NewFact], load: Load) -> dict[str, pa.Array]:
    day, instant = pa.date32(), pa.timestamp("us")
    gone = [fact.retracted_at for fact in news]
    return {
        "key": pa.array([fact.key for fact in news], pa.binary(16)),
        "revision": pa.array([fact.revision for fact in news], pa.int32()),
        "valid_from": pa.array([fact.valid_from for fact in news], day),
        "valid_to": pa.array([fact.valid_to for fact in news], day),
        "stated_from": pa.array([fact.stated_from for fact in news], day),
        "recorded_at": pa.array([fact.recorded_at for fact in news], instant),
        "said_at": pa.array([fact.said_at for fact in news], instant),
        "end_said_at": pa.array([fact.end_said_at for fact in news], instant),
        "retracted_at": pa.array(gone, instant),
        "retracted_by": pa.array([load.number if at else None for at in gone], pa.int32()),
    }
