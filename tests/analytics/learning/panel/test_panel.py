from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from analytics.learning.panel import Panel, Part, Split, Ties
from analytics.learning.panel.horizon import ends
from analytics.learning.panel.ties import weights
from graph.errors import InvalidPanel
from tests.analytics.learning.panels import small


def test_the_same_figures_have_the_same_digest_and_any_other_one_does_not() -> None:
    panel = small()
    assert panel.digest == small().digest
    wave = panel.waves[2]
    values = wave.values.copy()
    values[3, 1] = 0.5
    changed = replace(panel, waves=(*panel.waves[:2], replace(wave, values=values), *panel.waves[3:]))
    assert changed.digest != panel.digest


def test_waves_out_of_order_or_with_mixed_known_dates_are_refused() -> None:
    panel = small()
    with pytest.raises(InvalidPanel, match="ascending"):
        replace(panel, waves=panel.waves[::-1])
    known = replace(panel.waves[0], known_at=datetime(2017, 1, 1, tzinfo=UTC))
    with pytest.raises(InvalidPanel, match="known"):
        replace(panel, waves=(known, *panel.waves[1:]))


@pytest.mark.parametrize("figure", [np.inf, -np.inf])
def test_infinite_figures_are_refused_and_missing_ones_kept(figure: float) -> None:
    wave = small(missing=0.3).waves[0]
    assert np.isnan(wave.values).any()
    values = wave.values.copy()
    values[0, 0] = figure
    with pytest.raises(InvalidPanel, match="infinite"):
        replace(wave, values=values).check(2)


def test_a_wave_without_a_relation_of_the_panel_is_refused() -> None:
    panel = small()
    wave = replace(panel.waves[0], ties={"GUARANTEES": panel.waves[0].ties["GUARANTEES"]})
    with pytest.raises(InvalidPanel, match="GUARANTEES"):
        replace(panel, waves=(wave, *panel.waves[1:]))


def test_time_splits_never_teach_by_later_waves_than_they_judge() -> None:
    split = Split.by_time(small(), validate=1, test=2)
    order = [np.unique(part).tolist() for part in split.parts]
    assert order == [[Part.TRAIN], [Part.TRAIN], [Part.VALIDATE], [Part.TEST], [Part.TEST]]


@pytest.mark.parametrize(("horizon", "order"), [
    (12, "TTTTTVJJ"), (24, "TTT-V-JJ"), (36, "T--V--JJ"),
])  # fmt: skip
def test_no_label_that_teaches_or_settles_looks_into_what_is_judged(horizon: int, order: str) -> None:
    """Yearly waves: of a horizon of k years, k - 1 waves are left out before those that settle and that judge."""
    panel = replace(small(years=tuple(range(2013, 2021))), horizon=horizon)
    split = Split.by_time(panel)
    letter = {Part.NONE: "-", Part.TRAIN: "T", Part.VALIDATE: "V", Part.TEST: "J"}
    assert "".join(letter[Part(part[0])] for part in split.parts) == order
    until = {part: max(ends(w.day, horizon) for w, of in zip(panel.waves, split.parts, strict=True) if of[0] == part)
             for part in (Part.TRAIN, Part.VALIDATE)}  # fmt: skip
    begins = {part: min(w.day for w, of in zip(panel.waves, split.parts, strict=True) if of[0] == part)
              for part in (Part.VALIDATE, Part.TEST)}  # fmt: skip
    assert until[Part.TRAIN] <= begins[Part.VALIDATE]
    assert until[Part.VALIDATE] <= begins[Part.TEST]


@pytest.mark.parametrize("asked", [{"validate": 0}, {"test": 0}, {"test": -1}, {"validate": 4}])
def test_too_few_waves_for_what_is_asked_are_refused(asked: dict[str, int]) -> None:
    with pytest.raises(InvalidPanel, match="settle"):
        Split.by_time(small(), **asked)


def test_a_party_is_on_one_side_of_a_split_by_folds_in_every_wave() -> None:
    panel = small()
    fold = np.arange(panel.size) % 5
    split = Split.by_folds(panel, fold, test=0, validate=1, name="folds")
    for wave, part in zip(panel.waves, split.parts, strict=True):
        assert (fold[wave.rows[part == Part.TEST]] == 0).all()
        assert (fold[wave.rows[part == Part.VALIDATE]] == 1).all()


def test_one_class_alone_cannot_be_learned_from() -> None:
    panel = small()
    safe = tuple(replace(wave, label=np.zeros_like(wave.label)) for wave in panel.waves)
    with pytest.raises(InvalidPanel, match="without default only"):
        Split.by_time(replace(panel, waves=safe)).check(replace(panel, waves=safe))


def test_rows_without_a_known_label_teach_and_judge_nothing() -> None:
    panel = small()
    last = panel.waves[-1]
    open_year = replace(last, label=np.full_like(last.label, -1))
    split = Split.by_time(replace(panel, waves=(*panel.waves[:-1], open_year)))
    assert (split.parts[-1] == Part.NONE).all()
    assert (split.parts[-2] == Part.TEST).all()


def test_a_split_that_did_not_come_is_refused() -> None:
    with pytest.raises(InvalidPanel, match="without a split"):
        Split.as_given(small())


def test_weights_are_capped_at_all_a_receiver_can_bear_and_unknown_ones_are_the_middle() -> None:
    tail, head = np.array([0, 1, 2, 0], np.int32), np.array([3, 3, 3, 2], np.int32)
    ties = Ties(tail, head, np.array([2.0, 30.0, np.nan, 4.0]), np.full(4, -1))
    found = weights(ties, np.array([8.0, 8.0, 8.0, 10.0]), "in")
    np.testing.assert_allclose(found, [0.2, 1.0, 0.5, 0.5])


def test_what_is_heard_sums_parallel_links_and_turns_with_the_way() -> None:
    tail, head = np.array([0, 0], np.int32), np.array([1, 1], np.int32)
    ties = Ties(tail, head, np.array([1.0, 2.0]), np.full(2, -1))
    inward = ties.heard(np.array([0.25, 0.5]), 2, "in").toarray()
    np.testing.assert_allclose(inward, [[0, 0], [0.75, 0]])
    np.testing.assert_allclose(ties.heard(np.array([0.25, 0.5]), 2, "out").toarray(), inward.T)


def test_one_wave_alone_is_a_panel() -> None:
    panel = small()
    alone: Panel = panel.at(3)
    assert alone.waves == (panel.waves[3],)
    assert alone.dated


def test_a_default_is_of_late_within_a_year_and_whenever_nobody_says_when() -> None:
    panel = small()
    wave = replace(panel.waves[3], since=None)
    assert wave.public.sum() > 10
    np.testing.assert_array_equal(wave.lately, wave.public)
    since = np.where(wave.public, np.arange(panel.size) % 3 + 0.5, np.nan).astype(np.float32)
    told = replace(wave, since=since)
    np.testing.assert_array_equal(told.lately, wave.public & (np.arange(panel.size) % 3 == 0))
    other = replace(panel, waves=(*panel.waves[:3], told, *panel.waves[4:]))
    assert other.digest != panel.digest
    with pytest.raises(InvalidPanel, match="known since"):
        replace(wave, since=since[:5]).check(2)
