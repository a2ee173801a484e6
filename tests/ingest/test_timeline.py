"""Rules of change, each on a case worked by hand."""

from datetime import datetime
from itertools import permutations

from ingest.timeline import merge
from tests.ingest.kept import DELIVERED, LOADED, day, held, key_of, later, left_out, load, says, values


def test_what_holds_already_changes_nothing_however_new_the_statement() -> None:
    known = load([], says("50", "2019-01-01", at="2019-01-05"))
    outcome = merge(
        known, [says("50", "2019-01-01", at="2024-01-05")], key_of=key_of, load_instant=later(), delivered=DELIVERED
    )
    assert (outcome.retracted, outcome.recorded, outcome.unchanged) == ([], [], 1)


def test_an_old_statement_delivered_again_changes_nothing() -> None:
    history = says("50", "2019-01-01", at="2019-01-05"), says("100", "2019-01-01", at="2022-01-21")
    known = load([], *history)
    assert load(known, history[0], at=later()) == known
    assert load(known, *history, at=later()) == known


def test_a_later_start_ends_the_old_value_there() -> None:
    known = load([], says("60", "2021-09-24", at="2021-09-30"))
    known = load(known, says("70", "2022-09-21", at="2022-09-30"), at=later())
    assert values(known) == [("60", "2021-09-24", "2022-09-21"), ("70", "2022-09-21", None)]
    assert values(known, datetime(2022, 9, 29)) == [("60", "2021-09-24", None)]


def test_a_start_that_is_not_later_is_cut_on_the_day_of_the_statement() -> None:
    """fermcat.json: 50 %, then 100 %, both from 2019-09-11; the second stated on 2022-01-21."""
    known = load([], says("50", "2019-09-11", at="2019-09-11T11:17:23"))
    known = load(known, says("100", "2019-09-11", at="2022-01-21T11:56:47"), at=later())
    assert values(known) == [("50", "2019-09-11", "2022-01-21"), ("100", "2022-01-21", None)]
    assert [fact.stated_from for fact in known if fact.digest == b"100"] == [day("2019-09-11")]


def test_a_value_without_dates_changes_on_the_delivery_day() -> None:
    known = load([], says("50"), delivered=day("2024-01-01"))
    known = load(known, says("60"), at=later(), delivered=day("2024-07-01"))
    assert values(known) == [("50", None, "2024-07-01"), ("60", "2024-07-01", None)]


def test_the_day_of_the_statement_counts_in_the_world_and_its_publication_for_knowing() -> None:
    known = load([], says("50", at="2020-01-31", on="2020-01-01"))
    known = load(known, says("60", at="2021-02-28", on="2021-01-15"), at=later())
    assert values(known) == [("50", None, "2021-01-15"), ("60", "2021-01-15", None)]
    assert values(known, datetime(2021, 2, 27)) == [("50", None, None)]


def test_statements_published_together_follow_their_own_days() -> None:
    bulk = (
        says("50", "2019-01-01", at="2025-03-05", on="2019-01-09"),
        says("100", "2019-01-01", at="2025-03-05", on="2022-01-21"),
    )
    expected = [("50", "2019-01-01", "2022-01-21"), ("100", "2022-01-21", None)]
    for order in permutations(bulk):
        known = load([], *order, record=True)
        assert values(known) == expected
        assert load(known, *order, at=later(), record=True) == known


def test_a_correction_stands_with_its_own_validity_and_the_old_value_can_be_asked_as_of_then() -> None:
    known = load([], says("50", "2019-01-01", at="2019-01-05"))
    known = load(known, says("55", "2019-01-01", at="2020-06-01", op="correct"), at=later())
    assert values(known) == [("55", "2019-01-01", None)]
    assert values(known, datetime(2020, 5, 31)) == [("50", "2019-01-01", None)]
    assert [fact.revision for fact in known] == [0, 1]


def test_another_value_stated_on_the_same_day_is_a_correction() -> None:
    known = load([], says("50", "2019-01-01", at="2019-01-05T09:00:00"))
    known = load(known, says("55", "2019-01-01", at="2019-01-05T17:00:00"), at=later())
    assert values(known) == [("55", "2019-01-01", None)]


def test_a_correction_of_the_same_instant_is_known_from_the_load_that_brought_it() -> None:
    known = load([], says("50", "2019-01-01", at="2019-01-05"))
    known = load(known, says("55", "2019-01-01", at="2019-01-05"), at=later())
    assert values(known) == [("55", "2019-01-01", None)]
    assert values(known, LOADED) == [("50", "2019-01-01", None)]


def test_a_correction_keeps_the_end_its_successor_gave() -> None:
    known = load([], says("50", "2019-01-01", at="2019-01-05"), says("60", "2021-01-01", at="2021-01-05"))
    known = load(known, says("55", "2019-01-01", at="2022-01-05", op="correct"), at=later())
    assert values(known) == [("55", "2019-01-01", "2021-01-01"), ("60", "2021-01-01", None)]


def test_an_end_is_a_revision_on_the_day_it_states() -> None:
    known = load([], says("50", "2019-09-11", at="2019-09-11"))
    known = load(known, says("50", "2019-09-11", "2021-04-03", at="2021-09-11", op="end"), at=later())
    assert values(known) == [("50", "2019-09-11", "2021-04-03")]
    assert values(known, datetime(2021, 9, 10)) == [("50", "2019-09-11", None)]
    assert [fact.revision for fact in known] == [0, 1]


def test_an_end_without_a_day_is_the_day_of_its_statement() -> None:
    known = load([], says("50", "2019-09-11", at="2019-09-11"))
    known = load(known, says("50", "2019-09-11", at="2021-09-11", op="end"), at=later())
    assert values(known) == [("50", "2019-09-11", "2021-09-11")]


def test_the_end_of_an_unknown_fact_leaves_one_that_has_ended() -> None:
    known = load([], says("x", "2016-04-06", "2022-11-30", at="2025-03-05", on="2016-04-06", op="end"))
    assert values(known) == [("x", "2016-04-06", "2022-11-30")]


def test_what_never_was_is_retracted_and_leaves_nothing() -> None:
    known = load([], says("50", "2019-01-01", at="2019-01-05"))
    known = load(known, says("50", "2019-01-01", at="2020-01-05", op="retract"), at=later())
    assert values(known) == []
    assert values(known, datetime(2020, 1, 4)) == [("50", "2019-01-01", None)]


def test_a_newer_statement_of_a_record_ends_what_it_leaves_out() -> None:
    old = says("50", "2019-01-01", at="2019-01-05", series="a"), says("x", "2019-01-01", at="2019-01-05", series="b")
    known = load([], *old, record=True)
    known = load(known, says("50", "2019-01-01", at="2021-06-01", series="a"), at=later(), record=True)
    assert held(known) == [("a", "50", "2019-01-01", None), ("b", "x", "2019-01-01", "2021-06-01")]
    assert load(known, *old, at=later(2), record=True) == known


def test_without_replacement_a_statement_ends_nothing_by_silence() -> None:
    known = load([], says("50", at="2019-01-05", series="a"), says("x", at="2019-01-05", series="b"))
    known = load(known, says("50", at="2021-06-01", series="a"), at=later())
    assert held(known) == [("a", "50", None, None), ("b", "x", None, None)]


def test_what_a_full_delivery_leaves_out_ends_on_its_day_and_returns_on_the_day_of_its_return() -> None:
    known = load([], says("50"), delivered=day("2024-01-01"), full=True)
    known = left_out(known, at=later(), delivered=day("2024-07-01"))
    assert values(known) == [("50", None, "2024-07-01")]
    known = load(known, says("50"), at=later(2), delivered=day("2025-01-01"), full=True)
    assert values(known) == [("50", None, "2024-07-01"), ("50", "2025-01-01", None)]
    assert load(known, says("50"), at=later(3), delivered=day("2025-02-01"), full=True) == known


def test_a_dated_statement_that_a_full_delivery_lists_again_holds_again() -> None:
    row = says("50", "2019-01-01", at="2019-01-05")
    known = load([], row, delivered=day("2024-01-01"), full=True)
    known = left_out(known, at=later(), delivered=day("2024-07-01"))
    assert load(known, row, at=later(2), delivered=day("2025-01-01")) == known
    known = load(known, row, at=later(2), delivered=day("2025-01-01"), full=True)
    assert values(known) == [("50", "2019-01-01", None)]


def test_rows_of_one_statement_are_a_history() -> None:
    rows = says("50", "2010-01-01"), says("60", "2015-01-01"), says("70", "2020-01-01")
    expected = [("50", "2010-01-01", "2015-01-01"), ("60", "2015-01-01", "2020-01-01"), ("70", "2020-01-01", None)]
    for order in permutations(rows):
        known = load([], *order)
        assert values(known) == expected
        assert load(known, *order, at=later()) == known


def test_two_values_of_one_fact_in_one_statement_are_a_conflict_and_neither_is_used() -> None:
    rows = [says("50", "2010-01-01"), says("60", "2010-01-01"), says("1", "2010-01-01", series="t")]
    outcome = merge([], rows, key_of=key_of, load_instant=LOADED, delivered=DELIVERED)
    assert outcome.conflicts == rows[:2]
    assert [fact.digest for fact in outcome.recorded] == [b"1"]


def test_the_same_value_with_a_start_where_none_was_known_is_filled_in() -> None:
    known = load([], says("50"))
    known = load(known, says("50", "2019-01-01"), at=later())
    assert values(known) == [("50", "2019-01-01", None)]


def test_an_old_statement_that_comes_late_fills_what_newer_ones_leave_open() -> None:
    known = load([], says("100", "2021-01-01", at="2021-02-01"))
    known = load(known, says("50", "2019-01-01", at="2019-02-01"), at=later())
    assert values(known) == [("50", "2019-01-01", "2021-01-01"), ("100", "2021-01-01", None)]


def test_an_old_statement_that_comes_late_ends_where_its_predecessor_was_said_to_end() -> None:
    known = load([], says("50", "2019-01-01", at="2019-02-01"))
    known = load(known, says("50", "2019-01-01", "2022-01-01", at="2022-02-01", op="end"), at=later())
    known = load(known, says("60", "2020-01-01", at="2020-02-01"), at=later(2))
    assert values(known) == [("50", "2019-01-01", "2020-01-01"), ("60", "2020-01-01", "2022-01-01")]


def test_a_delivery_that_corrects_a_value_of_its_day_and_comes_again_adds_nothing() -> None:
    known = load([], says("1", "2020-02-10", "2020-02-20", at="2020-03-01"), delivered=day("2020-03-01"))
    known = load(known, says("2", at="2020-03-01"), at=later(), delivered=day("2020-03-01"))
    assert load(known, says("2", at="2020-03-01"), at=later(2), delivered=day("2020-03-01")) == known
