import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.limits.units import Clients, Readings, Units, concerns, distinct, fits
from tests.analytics.limits.books import PARTY, RULES, SIZE, World, about

SETS = st.lists(st.sets(PARTY, min_size=1), max_size=6)


@given(SETS, st.frozensets(PARTY), st.frozensets(PARTY))
@settings(deadline=None)
def test_many_units_and_one_are_judged_alike_and_as_written_out(
    sets: list[set[int]], banks: frozenset[int], counting: frozenset[int]
) -> None:
    world = World([], groups={"connected": sets, "control": sets, "lender_related": sets}, banks=banks)
    units = Units.of(sets)
    for rule in RULES:
        mask = np.isin(np.arange(SIZE), list(counting))
        kept = fits(rule, units, world.clients, counted=mask[units.flat]).tolist()
        counted = [members[mask[members]] for members in (units.members(k) for k in range(len(units)))]
        assert kept == [concerns(rule, members, world.clients) for members in counted]
        if rule.scope in ("group", "either"):
            told = {frozenset(s) for s, keep in zip(sets, kept, strict=True) if keep and len(s) > 1}
            assert told == {unit for unit in about(world, rule, counting) if len(unit) > 1}


@given(SETS, SETS, st.data())
def test_units_are_joined_kept_and_found_as_sets_are(
    one: list[set[int]], other: list[set[int]], data: st.DataObject
) -> None:
    units = Units.of(one).joined(Units.of(other))
    sets = [*one, *other]
    assert [set(units.members(k).tolist()) for k in range(len(units))] == sets
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=len(sets), max_size=len(sets))), np.bool_)
    kept = units.kept(keep)
    assert [set(kept.members(k).tolist()) for k in range(len(kept))] == [
        s for s, k in zip(sets, keep, strict=True) if k
    ]
    for party in range(SIZE):
        assert [set(m.tolist()) for m in units.around(party)] == [s for s in sets if party in s]
    assert {frozenset(m.tolist()) for m in distinct([units.members(k) for k in range(len(units))])} == {
        frozenset(s) for s in sets
    }


def test_a_kind_that_the_wide_reading_does_not_name_reads_as_the_narrow_one() -> None:
    readings = Readings(
        {"control": Units.of([[1, 2]]), "connected": Units.of([[1]])}, {"connected": Units.of([[1, 3]])}
    )
    assert readings.of("control", wide=True).flat.tolist() == [1, 2]
    assert readings.of("connected", wide=True).flat.tolist() == [1, 3]
    assert readings.of("connected", wide=False).flat.tolist() == [1]
    assert len(readings.of("lender_related", wide=True)) == 0


def test_plain_clients_are_no_banks_and_disclosed() -> None:
    plain = Clients.plain(2)
    assert not (plain.institution | plain.gsib | plain.anonymous).any()
