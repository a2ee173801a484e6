from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from graph.field import Kind
from graph.model import EVENT, IDENTIFIER, OWNS, PROFILE, SAME_AS
from graph.moment import Moment
from graph.snapshot import Snapshot
from tests.graph.rows import LATE, T0, Load, Row, fact, keep

NOW = Moment(date(2024, 6, 30), LATE)
PARTIES = [("a:1", "Company", False), ("b:1", "Company", False), ("b:2", "Person", False)]
SAME = fact(SAME_AS, "a:1", "b:1", verdict="confirmed")


def snapshot(folder: Path, *rows: tuple[Kind, Row], moment: Moment = NOW) -> Snapshot:
    loads = [Load(PARTIES, source="b", trust=0.9), Load([], [SAME, *rows], source="a")]
    return Snapshot.build(keep(folder, loads), moment)


def test_a_profile_takes_each_field_from_the_most_believed_statement_that_fills_it(tmp_path: Path) -> None:
    register = fact(PROFILE, "b:1", name="甲公司", status="active")
    other = fact(PROFILE, "a:1", name="Alpha Ltd", industry="C26", recorded_at=LATE)
    given = snapshot(tmp_path, register, other)
    assert given.profile(0) == {"name": "甲公司", "status": "active", "industry": "C26"}
    assert (given.name_of(0), given.names(np.array([1, 0]))) == ("甲公司", ["b:2", "甲公司"])
    assert given.profile(1) == {}


def test_a_party_without_a_name_on_the_day_is_called_by_its_last_else_its_next(tmp_path: Path) -> None:
    """A register that left a party out for a month still tells whom a holding is about."""
    old = fact(PROFILE, "b:1", name="甲公司", valid_from=date(2020, 1, 1), valid_to=date(2023, 1, 1))
    last = fact(PROFILE, "b:1", name="甲集团", valid_from=date(2023, 1, 1), valid_to=date(2024, 3, 1))
    after = fact(PROFILE, "b:1", name="乙公司", valid_from=date(2025, 1, 1))
    unborn = fact(PROFILE, "b:2", name="丙某", valid_from=date(2025, 6, 1))
    given = snapshot(tmp_path, old, last, after, unborn)
    assert given.names(np.array([0, 1])) == ["甲集团", "丙某"]
    assert given.profile(0) == {}
    early = Snapshot.build(given.facts, Moment(NOW.valid_at, T0 - timedelta(days=1)))
    assert early.names(np.arange(early.size)) == early.ids(np.arange(early.size))  # nothing was known then


def test_an_amount_of_a_profile_keeps_its_own_currency(tmp_path: Path) -> None:
    register = fact(PROFILE, "b:1", name="甲公司", currency="CNY")
    other = fact(PROFILE, "a:1", registered_capital=100.0, currency="USD")
    assert snapshot(tmp_path, register, other).profile(0) == {
        "name": "甲公司",
        "registered_capital": 100.0,
        "currency": "USD",
    }


def test_a_name_that_changed_is_the_name_of_the_day(tmp_path: Path) -> None:
    change = date(2024, 5, 1)
    old = fact(PROFILE, "b:2", name="旧名", valid_to=change)
    new = fact(PROFILE, "b:2", name="新名", valid_from=change)
    facts = snapshot(tmp_path, old, new).facts
    before = Snapshot.build(facts, Moment(change - timedelta(days=1), LATE))
    assert (before.name_of(1), Snapshot.build(facts, NOW).name_of(1)) == ("旧名", "新名")


def test_records_of_a_party_come_from_all_its_ids_and_say_where_from(tmp_path: Path) -> None:
    one = fact(EVENT, "a:1", kind="lawsuit", happened=date(2024, 1, 5), source="a", note="n", confidence=0.5)
    two = fact(EVENT, "b:1", kind="default", happened=date(2024, 2, 5), source="b", valid_from=date(2024, 2, 5))
    given = snapshot(tmp_path, one, two)
    default, lawsuit = given.records(EVENT, 0)
    assert (default["kind"], lawsuit["kind"], lawsuit["happened"]) == ("default", "lawsuit", date(2024, 1, 5))
    assert lawsuit["fact"] == {
        "fact_id": f"{one[1]['key'].hex()}.1",
        "source": "a",
        "source_ref": "r",
        "valid_from": None,
        "valid_to": None,
        "recorded_at": datetime(2024, 1, 1, tzinfo=UTC),
        "confidence": 0.5,
        "note": "n",
    }
    assert given.records(EVENT, 1) == []


def test_sources_come_in_the_order_asked(tmp_path: Path) -> None:
    rows = [fact(OWNS, "b:2", "b:1", source_ref=str(n), share_low=n / 10, recorded_at=T0) for n in range(5)]
    given = snapshot(tmp_path, *rows)
    links = given.links(OWNS)
    order = np.array([3, 0, 4])
    said = [source["source_ref"] for source in given.sources(OWNS, links.fact[order])]
    assert said == [str(round(share * 10)) for share in links.fields["share_low"][order]]
    assert given.sources(OWNS, np.zeros(0, np.uint32)) == []


def test_records_not_known_yet_are_not_there(tmp_path: Path) -> None:
    later = fact(IDENTIFIER, "b:2", scheme="X", value="1", recorded_at=T0 + timedelta(days=2))
    given = snapshot(tmp_path, later, moment=Moment(NOW.valid_at, T0 + timedelta(days=1)))
    assert given.records(IDENTIFIER, given.node("b:2")) == []
    assert len(Snapshot.build(given.facts, NOW).records(IDENTIFIER, 1)) == 1
