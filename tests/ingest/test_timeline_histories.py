"""What must hold of every history, whatever was said in whatever order."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.timeline import Assertion, Brought, Known, Op
from tests.ingest.kept import LOADED, held, key_of, later, load

ORIGIN = date(2020, 1, 1)
DAYS = [ORIGIN + timedelta(days=10 * n) for n in range(8)]
INSTANTS = [datetime(2020, 1, 1, 9) + timedelta(days=10 * n, hours=h) for n in range(8) for h in (0, 5)]


@st.composite
def assertions(draw: st.DrawFn, *, dated: bool = False) -> Assertion:
    start = draw(st.sampled_from([None, *DAYS]))
    end = draw(st.sampled_from([None, None, None, *(later_ for later_ in DAYS if start is None or later_ > start)]))
    op: Op = draw(st.sampled_from(["record", "record", "record", "record", "end", "correct", "retract"]))
    stated = draw(st.sampled_from(INSTANTS if dated else [None, *INSTANTS]))
    series = draw(st.sampled_from([b"a", b"b"]))
    return Assertion(series, draw(st.sampled_from([b"1", b"2", b"3"])), op, start, end, stated)


deliveries = st.integers(0, 100).map(lambda days: ORIGIN + timedelta(days=days))
loads = st.lists(
    st.tuples(st.lists(assertions(), min_size=1, max_size=5), st.booleans(), deliveries), min_size=1, max_size=4
)
Step = tuple[list[Assertion], bool, date]
records = st.booleans()


def run(steps: list[Step], *, record: bool) -> list[list[Known]]:
    states: list[list[Known]] = [[]]
    for number, (rows, full, delivered) in enumerate(steps):
        after = next_full(steps, number)
        states.append(
            load(states[-1], *rows, at=later(number), delivered=delivered, record=record, full=full, next_full=after)
        )
    return states


def next_full(steps: list[Step], number: int) -> Brought | None:
    """The first full delivery of a later day among those loaded before."""
    full = [(day, at) for at, (_, whole, day) in enumerate(steps[:number]) if whole and day > steps[number][2]]
    return Brought(later(min(full)[1]), min(full)[0]) if full else None


def instants_of(known: list[Known]) -> list[datetime]:
    return sorted({at for fact in known for at in (fact.recorded_at, fact.retracted_at) if at})


def probes() -> list[date]:
    return [ORIGIN + timedelta(days=n) for n in range(-5, 130, 5)]


def answer(known: list[Known], series: bytes, valid_at: date, known_at: datetime) -> list[bytes]:
    return [
        fact.digest
        for fact in known
        if fact.series == series
        and (fact.valid_from or date.min) <= valid_at < (fact.valid_to or date.max)
        and fact.recorded_at <= known_at < (fact.retracted_at or datetime.max)
    ]


@given(loads, records)
@settings(max_examples=150, deadline=None)
def test_one_value_at_most_holds_at_any_moment(steps: list[Step], record: bool) -> None:
    known = run(steps, record=record)[-1]
    for known_at in instants_of(known):
        for valid_at in probes():
            assert len(answer(known, b"a", valid_at, known_at)) <= 1


@given(loads, records)
@settings(max_examples=150, deadline=None)
def test_revisions_of_a_key_are_consecutive_and_intervals_run_forwards(steps: list[Step], record: bool) -> None:
    known = run(steps, record=record)[-1]
    keys: dict[bytes, list[int]] = {}
    for fact in known:
        keys.setdefault(fact.key, []).append(fact.revision)
        assert fact.key == key_of(fact.series, fact.valid_from)
        assert fact.valid_from is None or fact.valid_to is None or fact.valid_from < fact.valid_to
        assert fact.retracted_at is None or fact.recorded_at <= fact.retracted_at
    assert all(sorted(revisions) == list(range(len(revisions))) for revisions in keys.values())


@given(loads, records)
@settings(max_examples=150, deadline=None)
def test_what_was_answered_before_is_answered_still(steps: list[Step], record: bool) -> None:
    """Up to the first instant at which a load changed anything, both states answer alike."""
    states = run(steps, record=record)
    for before, after in pairwise(states):
        fresh = [fact.recorded_at for fact in after[len(before) :]]
        ended = [
            new.retracted_at for old, new in zip(before, after, strict=False) if new.retracted_at != old.retracted_at
        ]
        changed = min([*fresh, *(at for at in ended if at)], default=datetime.max)
        for known_at in [at for at in instants_of(before) if at < changed]:
            for valid_at in probes():
                assert answer(before, b"a", valid_at, known_at) == answer(after, b"a", valid_at, known_at)


@given(loads, records)
@settings(max_examples=150, deadline=None)
def test_a_known_fact_is_never_lost(steps: list[Step], record: bool) -> None:
    """A fact that was held until now can be asked as of the instant at which it became known."""
    states = run(steps, record=record)
    for before, after in pairwise(states):
        for old, new in zip(before, after, strict=False):
            if old.retracted_at is None and new.retracted_at is not None and old.recorded_at < LOADED:
                assert new.retracted_at > old.recorded_at


@given(st.lists(assertions(), min_size=1, max_size=6), records, st.randoms())
@settings(max_examples=150, deadline=None)
def test_the_order_of_a_delivery_does_not_matter(rows: list[Assertion], record: bool, random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert load([], *rows, record=record) == load([], *shuffled, record=record)


@given(loads, records, st.booleans())
@settings(max_examples=300, deadline=None)
def test_loading_twice_changes_nothing(steps: list[Step], record: bool, states_day: bool) -> None:
    """Whatever was known before, and on whichever day the delivery is repeated."""
    known: list[Known] = []
    for number, (rows, full, delivered) in enumerate(steps):
        day = delivered if states_day else later(number).date()
        known = load(known, *rows, at=later(number), delivered=day, record=record, full=full)
    again = later(len(steps) + 5)
    day = day if states_day else again.date()
    assert load(known, *rows, at=again, delivered=day, record=record, full=full) == known


def naive(rows: list[Assertion]) -> dict[datetime, dict[date, bytes]]:
    """What was believed of each day after each statement: a calendar painted over, statement by statement."""
    calendar: dict[date, tuple[bytes, date, date]] = {}
    beliefs: dict[datetime, dict[date, bytes]] = {}
    for row in sorted(rows, key=lambda row: row.stated_at or LOADED):
        assert row.stated_at
        said, start = row.stated_at.date(), row.valid_from or date.min
        begun = {(begin, stated) for _, begin, stated in calendar.values()}
        if any(start <= begin < said and stated != said for begin, stated in begun):
            start = said
        for moment in probes():
            if moment >= start:
                calendar[moment] = (row.digest, start, said)
        beliefs[row.stated_at] = {moment: value for moment, (value, _, _) in calendar.items()}
    return beliefs


values_once = st.lists(
    st.tuples(st.sampled_from([None, *DAYS]), st.sampled_from(INSTANTS)), max_size=6, unique_by=lambda pair: pair[1]
)


@given(values_once, st.integers(0, 6))
@settings(max_examples=150, deadline=None)
def test_beliefs_are_those_of_a_painted_calendar(pairs: list[tuple[date | None, datetime]], split: int) -> None:
    """In one load or in two, what is known at each instant of each day is what painting gives."""
    rows = [Assertion(b"a", b"%d" % n, "record", start, None, at) for n, (start, at) in enumerate(pairs)]
    rows.sort(key=lambda row: row.stated_at or LOADED)
    known = load(load([], *rows[:split]), *rows[split:], at=later())
    for known_at, belief in naive(rows).items():
        for valid_at in probes():
            expected = [belief[valid_at]] if valid_at in belief else []
            assert answer(known, b"a", valid_at, known_at) == expected


def begun(row: Assertion, delivered: date) -> Assertion:
    """A value without a day of its own, that has begun: what never began leaves no trace of having been said."""
    start = row.valid_from if row.valid_from and row.valid_from <= delivered else None
    return replace(row, op="record", stated_at=None, valid_from=start)


@given(loads.filter(lambda steps: len({day for _, _, day in steps}) == len(steps)), records)
@settings(max_examples=300, deadline=None)
def test_what_states_no_day_was_said_on_the_day_of_its_delivery(steps: list[Step], record: bool) -> None:
    """In whatever order deliveries of several days come, values stand as if each row said the end of its day."""
    plain = [[begun(row, delivered) for row in rows] for rows, _, delivered in steps]
    silent: list[Known] = []
    spoken: list[Known] = []
    for number, (bare, (_, full, delivered)) in enumerate(zip(plain, steps, strict=True)):
        said = datetime.combine(delivered, time.max)
        silent = load(silent, *bare, at=later(number), delivered=delivered, record=record, full=full)
        dated = [replace(row, stated_at=said) for row in bare]
        spoken = load(spoken, *dated, at=later(number), delivered=delivered, record=record, full=full)
        assert held(silent) == held(spoken)
