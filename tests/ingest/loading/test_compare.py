"""The vectorised comparison gives exactly what the rules of change give, group by group."""

import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import identity
from graph.delta import PARTIES, Delta
from graph.facts import Facts
from graph.model import KINDS
from graph.schema import staged_schema
from ingest.loading.compare import Comparison, compare
from ingest.loading.incoming import Load
from ingest.loading.numbering import Numbering
from ingest.timeline import Assertion, Brought, Known, Sayings, earlier, merge
from tests.ingest.kept import absent, as_known

SOURCE = "register"
IDS = [f"{SOURCE}:{name}" for name in "ABCD"]
ORIGIN = date(2020, 1, 1)
DAYS = [ORIGIN + timedelta(days=10 * n) for n in range(5)]
INSTANTS = [datetime(2020, 1, 1, 9) + timedelta(days=10 * n, hours=h) for n in range(5) for h in (0, 5)]
TIMES = ("valid_from", "valid_to", "stated_from", "recorded_at", "retracted_at")

Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """One delivery: its rows, whether it is full, and its day where its place among the loads does not say it."""

    rows: tuple[Row, ...]
    full: bool
    delivered: date | None = None


def row(draw: st.DrawFn, *, plain: bool) -> Row:
    kind = draw(st.sampled_from(["OWNS", "OWNS", "HOLDS_OFFICE"]))
    start = draw(st.sampled_from([None, *DAYS[:3]]))
    end = draw(st.sampled_from([None, None, None, *(day for day in DAYS[1:] if start is None or day > start)]))
    made: Row = {
        "kind": kind,
        "op": None if plain else draw(st.sampled_from([None, "record", None, "end", "correct", "retract"])),
        "from": draw(st.sampled_from(IDS[:2])),
        "to": IDS[2],
        "source": SOURCE,
        "source_ref": draw(st.sampled_from(["r1", "r2"])),
        "valid_from": start,
        "valid_to": None if plain and draw(st.booleans()) else end,
        "stated_at": draw(st.sampled_from([None, None, *INSTANTS])),
        "confidence": draw(st.sampled_from([1.0, 1.0, 0.5])),
    }
    if made["stated_at"] and draw(st.integers(0, 3)) == 0:
        made["stated_on"] = draw(st.sampled_from(DAYS))
    if kind == "OWNS":
        made |= {"share_low": 0.5, "share_high": draw(st.sampled_from([0.5, 0.75]))}
    else:
        made["role"] = draw(st.sampled_from(["director", "secretary"]))
    return made


@st.composite
def deliveries(draw: st.DrawFn) -> list[Told]:
    """A few deliveries of a small world; rows of earlier ones come again."""
    told: list[Told] = []
    said: list[Row] = []
    for _ in range(draw(st.integers(1, 4))):
        plain = draw(st.booleans())
        fresh = [row(draw, plain=plain) for _ in range(draw(st.integers(0, 4)))]
        again = draw(st.lists(st.sampled_from(said), max_size=5)) if said else []
        said += fresh
        day = ORIGIN + timedelta(days=draw(st.integers(0, 70)))
        told.append(Told((*again, *fresh), draw(st.booleans()), day))
    return told


def tables(rows: Iterable[Row]) -> dict[str, pa.Table]:
    found: dict[str, list[Row]] = defaultdict(list)
    for each in rows:
        found[each["kind"]].append(each)
    return {name: pa.Table.from_pylist(given_, schema=staged_schema(KINDS[name])) for name, given_ in found.items()}


class Ours:
    """Facts in columns, changed by what `compare` says."""

    def __init__(self, folder: str) -> None:
        parties = pa.table([IDS, ["Company"] * 4, [SOURCE] * 4, [False] * 4], schema=PARTIES)
        self.facts = self._append(Facts.open(Path(folder)), Delta(1, parties))
        self.loads: list[tuple[Told, Load]] = []

    def load(self, told: Told, number: int, *, record: bool, refused: Iterable[Row] = ()) -> Comparison:
        numbering = Numbering(self.facts, PARTIES.empty_table(), {})
        plan = load_of(told, number, record=record, loads=self.loads)
        self.loads.append((told, plan))
        found = compare(tables(told.rows), {}, numbering, plan, refused=tables(refused))
        self.facts = self._append(self.facts, found.delta)
        return found

    def _append(self, facts: Facts, delta: Delta) -> Facts:
        return facts.append(delta, source=SOURCE, trust=0.5, closed_at=datetime(2026, 1, 1, tzinfo=UTC))

    def held(self) -> list[tuple[Any, ...]]:
        names = ("series", "key", "revision", "digest", *TIMES)
        facts = [fact for kind in ("OWNS", "HOLDS_OFFICE") for fact in self.facts.table(KINDS[kind]).to_pylist()]
        return sorted((tuple(fact[name] for name in names) for fact in facts), key=repr)


def load_of(told: Told, number: int, *, record: bool, loads: Iterable[tuple[Told, Load]]) -> Load:
    """What `ingest.loading.load` plans for a delivery, from the loads before."""
    day = told.delivered or ORIGIN + timedelta(days=60 + number)
    instant = datetime(2026, 1, 1) + timedelta(days=number)
    full = [load for each, load in loads if each.full]
    after = min((load for load in full if load.delivered > day), key=lambda load: load.delivered, default=None)
    sayings = Sayings(
        {load.number: Brought(load.instant, load.delivered) for _, load in loads},
        Brought(after.instant, after.delivered) if after else None,
    )
    listed = {SOURCE: [load.delivered for load in full]}
    newest = told.full and after is None
    return Load(number, instant, day, newest, record, not told.full, SOURCE, sayings, listed)


class Theirs:
    """The same facts as the rules of change make them, one group after the other."""

    def __init__(self) -> None:
        self.known: list[Known] = []
        self.ref: dict[bytes, str] = {}
        self.loads: list[tuple[Told, Load]] = []

    def load(self, told: Told, number: int, *, record: bool) -> None:
        plan = load_of(told, number, record=record, loads=self.loads)
        groups: dict[Any, list[Assertion]] = defaultdict(list)
        full = plan.listed[SOURCE]
        for each in told.rows:
            table = tables([each])[each["kind"]]
            kind = KINDS[each["kind"]]
            series = identity.series(kind, [table[end] for end in kind.ends], table)[0].as_py()
            self.ref[series] = each["source_ref"]
            times = {name: each.get(name) for name in ("valid_from", "valid_to", "stated_at", "stated_on")}
            unlisted = max((day for day in full if day < plan.delivered), default=None)
            said = Assertion(
                series, identity.digests(kind, table)[0].as_py(), each["op"] or "record", **times,
                tie=True, unlisted_on=unlisted,
            )  # fmt: skip
            groups[each["source_ref"] if record else series].append(said)
        before = {name: [] for name in groups} | self._grouped(record=record)
        for name, known in before.items():
            if name in groups:
                outcome = merge(
                    known, groups[name], key_of=key_of, load_instant=plan.instant, delivered=plan.delivered,
                    replaces_record=record, full=plan.full, sayings=plan.sayings,
                )  # fmt: skip
            elif plan.full:
                held = [fact for fact in known if fact.retracted_at is None]
                held = [fact for fact in held if not earlier(plan.said, fact.said)]
                outcome = absent(held, load_instant=plan.instant, delivered=plan.delivered)
            else:
                continue
            gone = {(fact.key, fact.revision): at for fact, at in outcome.retracted}
            self.known = [
                replace(fact, retracted_at=gone[fact.key, fact.revision], retracted_by=number)
                if (fact.key, fact.revision) in gone
                else fact
                for fact in self.known
            ]
            self.known += [as_known(new, number) for new in outcome.recorded]
        self.loads.append((told, plan))

    def held(self) -> list[tuple[Any, ...]]:
        names = ("series", "key", "revision", "digest", *TIMES)
        return sorted((tuple(getattr(fact, name) for name in names) for fact in self.known), key=repr)

    def _grouped(self, *, record: bool) -> dict[Any, list[Known]]:
        groups: dict[Any, list[Known]] = defaultdict(list)
        for fact in self.known:
            groups[self.ref[fact.series] if record else fact.series].append(fact)
        return groups


def key_of(series: bytes, start: date | None) -> bytes:
    found: bytes = identity.keys(pa.array([series], pa.binary(16)), pa.array([start], pa.date32()))[0].as_py()
    return found


@given(deliveries(), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_delivery_that_comes_twice_changes_nothing_the_second_time(told: list[Told], record: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(folder)
        for number, delivery in enumerate(told, 2):
            ours.load(delivery, number, record=record)
        before = ours.held()
        ours.load(told[-1], number + 1, record=record)
        assert ours.held() == before


def counted(found: Comparison) -> int:
    return found.new + found.changed + found.unchanged + len(found.conflicts)


@given(deliveries(), st.booleans())
@settings(max_examples=80, deadline=None)
def test_the_comparison_is_what_the_rules_of_change_say_of_each_group(told: list[Told], record: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Ours(folder), Theirs()
        for number, each in enumerate(told, 2):
            found = ours.load(each, number, record=record)
            theirs.load(each, number, record=record)
            assert ours.held() == theirs.held()
            assert counted(found) == len(each.rows)


@given(deliveries(), st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_a_delivery_does_not_matter(told: list[Told], record: bool, dice: random.Random) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        straight, mixed = Ours(one), Ours(other)
        for number, each in enumerate(told, 2):
            rows = list(each.rows)
            dice.shuffle(rows)
            found = straight.load(each, number, record=record)
            again = mixed.load(replace(each, rows=tuple(rows)), number, record=record)
            assert straight.held() == mixed.held()
            assert counted(found) == counted(again)
            assert (found.new, found.changed, found.ended) == (again.new, again.changed, again.ended)


@given(deliveries(), st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_same_delivery_again_changes_nothing(told: list[Told], record: bool, full: bool) -> None:
    rows = tuple(row for each in told for row in each.rows if row["op"] in (None, "record"))
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(folder)
        delivery = Told(rows, full, ORIGIN + timedelta(days=60))
        ours.load(delivery, 2, record=record)
        again = ours.load(delivery, 3, record=record)
        assert not again.delta.added
        assert not again.delta.ended
        assert (again.new, again.changed, again.ended) == (0, 0, 0)


def says(ref: str = "r1", share: float = 0.5, **more: object) -> Row:
    return {
        "kind": "OWNS", "op": None, "from": IDS[0], "to": IDS[2], "source": SOURCE, "source_ref": ref,
        "share_low": share, "share_high": share, "confidence": 1.0, **more,
    }  # fmt: skip


def open_facts(ours: Ours) -> int:
    return sum(
        fact["valid_to"] is None and fact["retracted_at"] is None
        for fact in ours.facts.table(KINDS["OWNS"]).to_pylist()
    )


def test_a_full_delivery_does_not_end_what_a_refused_row_speaks_of(tmp_path: Path) -> None:
    for record in (False, True):
        ours = Ours(str(tmp_path / str(record)))
        ours.load(Told((says("r1"), says("r2"), says("r3")), True), 2, record=record)
        found = ours.load(Told((says("r1"),), True), 3, record=record, refused=[says("r2", 1.5)])
        assert (found.unchanged, found.ended) == (1, 1)
        assert open_facts(ours) == 2


def test_a_newer_record_does_not_end_what_its_refused_row_speaks_of(tmp_path: Path) -> None:
    ours = Ours(str(tmp_path))
    office = {**says(), "kind": "HOLDS_OFFICE", "role": "director"}
    ours.load(Told((says(stated_at=INSTANTS[0]), office | {"stated_at": INSTANTS[0]}), False), 2, record=True)
    newer = office | {"stated_at": INSTANTS[4]}
    found = ours.load(Told((newer,), False), 3, record=True, refused=[says(share=1.5, stated_at=INSTANTS[4])])
    assert (found.ended, open_facts(ours)) == (0, 1)
    found = ours.load(Told((newer | {"stated_at": INSTANTS[5]},), False), 4, record=True)
    assert (found.ended, open_facts(ours)) == (1, 0)


def test_a_full_delivery_without_a_kind_ends_all_facts_of_this_kind(tmp_path: Path) -> None:
    ours = Ours(str(tmp_path))
    ours.load(Told((says(), {**says(), "kind": "HOLDS_OFFICE", "role": "director"}), True), 2, record=False)
    found = ours.load(Told(({**says(), "kind": "HOLDS_OFFICE", "role": "director"},), True), 3, record=False)
    assert (found.unchanged, found.ended, open_facts(ours)) == (1, 1, 0)


def test_judgements_do_not_end_by_silence(tmp_path: Path) -> None:
    ours = Ours(str(tmp_path))
    same = {**says(), "kind": "SAME_AS", "verdict": "confirmed"}
    ours.load(Told((same, says()), True), 2, record=False)
    found = ours.load(Told((says(),), True), 3, record=False)
    assert (found.unchanged, found.ended) == (1, 0)


def test_a_long_history_told_at_once_is_compared_at_once(tmp_path: Path) -> None:
    days = [ORIGIN + timedelta(days=n) for n in range(3000)]
    history = tuple(says(share=n / 3000, valid_from=day) for n, day in enumerate(days))
    ours = Ours(str(tmp_path))
    assert ours.load(Told(history, False), 2, record=False).new == 3000
    held = ours.facts.table(KINDS["OWNS"]).sort_by("valid_from").to_pylist()
    assert [(fact["valid_from"], fact["valid_to"]) for fact in held] == list(zip(days, [*days[1:], None], strict=True))
