from dataclasses import replace

import numpy as np
import pytest

from analytics.learning.models import Task
from analytics.learning.models.calibration import Calibration
from analytics.learning.models.first import FOLDS, FirstStage
from analytics.learning.models.tree import MANY
from analytics.learning.panel import Feature, Panel, Part, Split
from graph.errors import InvalidModel, InvalidPanel
from tests.analytics.learning.panels import YEARS, small

GROUP = Feature("group_size", "count", "Members of its group", "集团成员数", 1, "engine", "test")
HEARD = Feature("in.SUPPLIES.failed", "fraction", "Failed suppliers", "违约供应商", 1, "neighbours", "test")


def task(panel: Panel) -> Task:
    return Task(panel, Split.by_time(panel))


def widened(panel: Panel, seed: int) -> Panel:
    """With figures of other scopes that would tell the label."""
    rng = np.random.default_rng(seed)
    waves = []
    for wave in panel.waves:
        told = rng.normal(size=(panel.size, 2)).astype(np.float32)
        told[wave.rows] += 5 * wave.label[:, None]
        waves.append(replace(wave, values=np.hstack([told[:, :1], wave.values, told[:, 1:]])))
    return replace(panel, features=(GROUP, *panel.features, HEARD), waves=tuple(waves))


def shuffled(panel: Panel) -> Panel:
    """With its links between others."""
    rng = np.random.default_rng(9)
    waves = [
        replace(
            wave, ties={name: replace(ties, head=rng.permutation(ties.head)) for name, ties in wave.ties.items()},
            capacity=wave.capacity * 3, public=~wave.public,
        )
        for wave in panel.waves
    ]  # fmt: skip
    return replace(panel, waves=tuple(waves))


def test_no_figure_but_own_ones_and_no_link_reaches_the_first_stage() -> None:
    panel = small(firms=300)
    plain = FirstStage.of(task(panel))
    for other in (widened(panel, 1), shuffled(panel), shuffled(widened(panel, 2))):
        found = FirstStage._fitted(task(other))
        assert found.save() == plain.save()
        for one, two in zip(found.cross_fitted, plain.cross_fitted, strict=True):
            np.testing.assert_array_equal(one, two)
    assert {feature.scope for feature in plain.columns.features} == {"own"}


def test_a_firm_that_teaches_is_told_by_trees_that_never_saw_it() -> None:
    """Labels of one party are turned round: what is said of it out of its fold stays as it was."""
    panel = small(firms=300)
    before = FirstStage.of(task(panel))
    party = int(panel.waves[0].rows[5])
    waves = list(panel.waves)
    for at in (0, 1):
        wave = waves[at]
        label = wave.label.copy()
        label[wave.rows == party] ^= 1
        waves[at] = replace(wave, label=label)
    after = FirstStage.of(task(replace(panel, waves=tuple(waves))))
    for at in (0, 1):
        assert after.cross_fitted[at][party] == before.cross_fitted[at][party]
    assert after.predict(panel, 0)[party] != before.predict(panel, 0)[party]


def test_rows_that_judge_change_nothing() -> None:
    panel = small(firms=300)
    split = Split.by_time(panel)
    judged = [at for at in range(len(YEARS)) if (split.parts[at] == Part.TEST).any()]
    waves = [
        replace(wave, label=(1 - wave.label).astype(np.int8)) if at in judged else wave
        for at, wave in enumerate(panel.waves)
    ]
    other = replace(panel, waves=tuple(waves))
    assert FirstStage._fitted(Task(other, split)).save() == FirstStage._fitted(Task(panel, split)).save()


def test_it_is_fitted_once_a_task() -> None:
    panel = small(firms=300)
    assert FirstStage.of(task(panel)) is FirstStage.of(task(small(firms=300)))
    assert FirstStage.of(task(panel)) is not FirstStage.of(replace(task(panel), seed=1))


def test_more_debt_never_lowers_and_more_cash_never_raises_what_it_says() -> None:
    panel = small(firms=300)
    found = FirstStage.of(task(panel))
    grid = np.linspace(-3, 3, 300, dtype=np.float32)
    for column, sign in ((0, 1), (1, -1)):
        values = np.zeros((300, 2), np.float32)
        values[:, column] = grid
        wave = replace(panel.waves[0], values=values)
        said = found.predict(replace(panel, waves=(wave,), given=None), 0)
        assert (sign * np.diff(said) >= -1e-12).all()
        assert np.ptp(said) > 0.01


def test_what_is_saved_says_the_same_and_a_changed_byte_is_refused() -> None:
    panel = small(firms=300)
    found = FirstStage.of(task(panel))
    files = found.save()
    again = FirstStage.load(files)
    np.testing.assert_array_equal(again.predict(panel, 3), found.predict(panel, 3))
    assert again.save() == files
    assert sum(name.endswith("trees.txt") for name in files) == FOLDS
    for name, held in files.items():
        at = len(held) // 2
        with pytest.raises(InvalidModel):
            FirstStage.load({**files, name: held[:at] + bytes([held[at] ^ 1]) + held[at + 1 :]})
        with pytest.raises(InvalidModel):
            FirstStage.load({other: content for other, content in files.items() if other != name})


def test_some_parties_are_told_as_among_all_and_many_rows_by_many_threads_as_by_one() -> None:
    panel = small(firms=300)
    found = FirstStage.of(task(panel))
    some = np.array([7, 3, 250])
    np.testing.assert_array_equal(found.predict(panel, 2, some), found.predict(panel, 2)[some])
    values = panel.waves[2].values
    many = found.trees[0].log_odds(np.tile(values, (80, 1)))
    assert len(many) >= MANY
    np.testing.assert_array_equal(many, np.tile(found.trees[0].log_odds(values), 80))


def test_a_panel_without_own_figures_teaches_nothing() -> None:
    panel = small(firms=300)
    bare = tuple(replace(wave, values=wave.values[:, :0]) for wave in panel.waves)
    with pytest.raises(InvalidPanel, match="own"):
        FirstStage.of(task(replace(panel, features=(), waves=bare)))


def test_a_panel_that_lacks_a_figure_is_not_scored() -> None:
    panel = small(firms=300)
    found = FirstStage.of(task(panel))
    waves = tuple(replace(wave, values=wave.values[:, :1]) for wave in panel.waves)
    with pytest.raises(InvalidModel, match="cash_ratio"):
        found.predict(replace(panel, features=panel.features[:1], waves=waves), 0)


def test_what_is_told_follows_the_year_that_settles_and_what_models_hear_stays() -> None:
    """Three in four defaults of the last years did not happen: the trees that teach say four times too much."""
    panel, rng = small(firms=3000), np.random.default_rng(3)
    spared = [replace(wave, label=wave.label * (rng.random(len(wave.label)) < 0.25)) for wave in panel.waves[2:]]
    late = replace(panel, waves=(*panel.waves[:2], *(replace(w, label=w.label.astype(np.int8)) for w in spared)))
    split = Split.by_time(late)
    found = FirstStage.of(Task(late, split))
    waves = range(len(late.waves))
    heard, told = (
        split.pick(late, Part.VALIDATE, tuple(of(late, at) for at in waves)) for of in (found.predict, found.told)
    )
    rate = split.labels(late, Part.VALIDATE).mean()
    assert heard.mean() > 2 * rate
    assert told.mean() == pytest.approx(rate, rel=1e-4)  # where the loss is least, a constant leaves no rest
    np.testing.assert_array_equal(np.argsort(told, kind="stable"), np.argsort(heard, kind="stable"))
    assert replace(found, calibration=Calibration()).predict(late, 4).tobytes() == found.predict(late, 4).tobytes()
    assert FirstStage.load(found.save()).told(late, 4).tobytes() == found.told(late, 4).tobytes()
