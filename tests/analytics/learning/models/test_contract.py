from dataclasses import replace

import numpy as np
import pytest

from analytics.learning.models import Fitted, Task
from analytics.learning.panel import Part, Split
from graph.errors import Cancelled, InvalidModel, InvalidPanel
from tests.analytics.learning.models.contract import (
    BY_NAME,
    learned,
    renamed,
    task,
    without_figures,
    without_links,
)

ALL = pytest.mark.parametrize("name", sorted(BY_NAME))


@ALL
def test_probabilities_are_those_of_every_party_and_within_0_and_1(name: str) -> None:
    panel, fitted = learned(name)
    assert isinstance(fitted, Fitted)
    assert fitted.name == name
    for at in range(len(panel.waves)):
        said = fitted.predict(panel, at)
        assert said.shape == (panel.size,)
        assert said.dtype == np.float64
        assert ((said >= 0) & (said <= 1)).all()


@ALL
def test_it_tells_more_of_firms_it_never_judged_by_than_chance(name: str) -> None:
    """Own figures drive these panels; degrees alone know nothing of them, and nothing is asked of that."""
    panel, fitted = learned(name)
    at = len(panel.waves) - 1
    wave = panel.waves[at]
    said, label = fitted.predict(panel, at)[wave.rows], wave.label
    better = (said[label == 1][:, None] > said[label == 0]).mean() + (
        said[label == 1][:, None] == said[label == 0]
    ).mean() / 2
    assert better > (0.6 if name != "lightgbm-degrees" else 0)


@ALL
def test_one_wave_alone_is_told_the_same(name: str) -> None:
    panel, fitted = learned(name)
    np.testing.assert_allclose(fitted.predict(panel.at(3), 0), fitted.predict(panel, 3), rtol=0, atol=1e-12)


@ALL
def test_what_is_saved_says_the_same_byte_for_byte(name: str) -> None:
    panel, fitted = learned(name)
    files = fitted.save()
    again = BY_NAME[name].model.load(files)
    assert again.save() == files
    for at in (0, len(panel.waves) - 1):
        assert again.predict(panel, at).tobytes() == fitted.predict(panel, at).tobytes()
        assert again.explain(panel, at, 7) == fitted.explain(panel, at, 7)


@ALL
def test_a_changed_a_missing_and_a_strange_file_are_refused(name: str) -> None:
    _, fitted = learned(name)
    files, load = fitted.save(), BY_NAME[name].model.load
    for file, held in files.items():
        for at in {0, len(held) // 3, len(held) - 2}:
            with pytest.raises(InvalidModel):
                load({**files, file: held[:at] + bytes([held[at] ^ 4]) + held[at + 1 :]})
        with pytest.raises(InvalidModel):
            load({other: content for other, content in files.items() if other != file})
        with pytest.raises(InvalidModel):
            load({**files, file: b""})
    with pytest.raises(InvalidModel):
        load({**files, "strange.txt": b"more"})


@ALL
def test_files_of_another_model_are_refused(name: str) -> None:
    others = [other for other in BY_NAME if other != name]
    _, fitted = learned(others[0])
    with pytest.raises(InvalidModel):
        BY_NAME[name].model.load(fitted.save())


@ALL
def test_a_panel_of_other_features_and_relations_is_refused(name: str) -> None:
    panel, fitted = learned(name)
    other = renamed(panel)
    with pytest.raises(InvalidModel):
        fitted.predict(other, 0)
    with pytest.raises(InvalidModel):
        fitted.explain(other, 0, 1)


@ALL
def test_columns_in_another_order_are_found_by_name(name: str) -> None:
    panel, fitted = learned(name)
    turned = [replace(wave, values=wave.values[:, ::-1]) for wave in panel.waves]
    other = replace(panel, features=panel.features[::-1], waves=tuple(turned))
    np.testing.assert_array_equal(fitted.predict(other, 2), fitted.predict(panel, 2))


@ALL
def test_firms_of_which_nothing_is_known_and_without_neighbours_get_an_answer(name: str) -> None:
    panel, fitted = learned(name)
    for bare in (without_figures(panel), without_links(panel), without_links(without_figures(panel))):
        said = fitted.predict(bare, 1)
        assert ((said >= 0) & (said <= 1)).all()
        for reason in fitted.explain(bare, 1, 3):
            assert np.isfinite(reason.effect)


@ALL
@pytest.mark.parametrize("part", [Part.TRAIN, Part.VALIDATE])
def test_one_class_only_is_refused(name: str, part: Part) -> None:
    panel = BY_NAME[name].panel()
    split = Split.by_time(panel)
    waves = [
        replace(wave, label=np.where(of == part, 0, wave.label).astype(np.int8))
        for wave, of in zip(panel.waves, split.parts, strict=True)
    ]
    safe = replace(panel, waves=tuple(waves))
    with pytest.raises(InvalidPanel):
        BY_NAME[name].model.fit(Task(safe, split))


@ALL
def test_the_same_seed_gives_the_same_files_and_rows_that_judge_are_never_looked_at(name: str) -> None:
    """Labels and figures of waves that judge alone are others: not a byte changes."""
    panel, fitted = learned(name)
    split = Split.by_time(panel)
    waves = list(panel.waves)
    for at, part in enumerate(split.parts):
        if (part == Part.TEST).all():
            wave = waves[at]
            label = (1 - wave.label).astype(np.int8)
            waves[at] = replace(wave, label=label, values=wave.values[::-1].copy(), public=~wave.public)
    assert any(one is not other for one, other in zip(waves, panel.waves, strict=True))
    again = BY_NAME[name].model.fit(Task(replace(panel, waves=tuple(waves)), split))
    assert again.save() == fitted.save()


@ALL
def test_reasons_are_few_the_strongest_first_and_finite(name: str) -> None:
    panel, fitted = learned(name)
    for party in (0, 5, 11):
        reasons = fitted.explain(panel, 2, party, most=3)
        effects = [reason.effect for reason in reasons]
        assert len(reasons) <= 3
        assert np.isfinite(effects).all()
        assert all(reason.feature or (reason.relation and reason.link >= 0) for reason in reasons)
    assert fitted.explain(panel, 2, 0, most=0) == ()


@ALL
def test_who_watches_hears_of_it_and_can_stop_it(name: str) -> None:
    panel = BY_NAME[name].panel()
    told: list[float] = []

    def stop(done: float, doing: str) -> None:
        assert doing
        told.append(done)
        raise Cancelled("asked to")

    with pytest.raises(Cancelled):
        BY_NAME[name].model.fit(replace(task(panel, seed=5), watch=stop))
    assert 0 <= told[0] <= 1
