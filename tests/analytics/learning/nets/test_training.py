"""What training promises: same seed same weights, an interruption changes nothing, what is said twice is the same."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.learning.models import Files, Task
from analytics.learning.models.net import NetModel
from analytics.learning.nets.geometric import torch
from analytics.learning.panel import Part, Split
from analytics.learning.serving.served import ServedNet
from graph.errors import Cancelled, InvalidModel
from tests.analytics.learning.panels import small

torch.set_num_threads(1)
SHORT = {"epochs": 4, "every": 2, "device": "cpu"}


def task(seed: int = 0, **how: int) -> Task:
    panel = small(firms=200, **how)  # type: ignore[arg-type]
    return Task(panel, Split.by_time(panel), seed)


def learned(name: str, of: Task, **given: object) -> ServedNet:
    return NetModel.named(name, **{"nets": 1, "schedule": SHORT, "sizes": {"hidden": 8}, **given}).fit(of)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["gnn", "mlp", "cascade", "sage"])
def test_the_same_seed_gives_the_same_files(name: str) -> None:
    assert learned(name, task()).save() == learned(name, task()).save()


def test_another_seed_gives_other_weights() -> None:
    first, other = (learned("gnn", task(seed)).nets[0].weights["encoder.weight"] for seed in (0, 1))
    assert not np.allclose(first, other)


def test_going_on_after_an_interruption_ends_the_same() -> None:
    held: dict[int, Files] = {}
    whole = learned("gnn", task())

    def stop(_done: float, doing: str) -> None:
        if doing.endswith("epoch 3"):
            raise Cancelled("asked to stop")

    with pytest.raises(Cancelled):
        learned("gnn", replace(task(), watch=stop), keep=held.__setitem__)
    assert set(held) == {0}
    again = learned("gnn", task(), kept=held.get)
    assert again.save() == whole.save()


def test_the_state_of_another_training_is_refused() -> None:
    held: dict[int, Files] = {}
    learned("gnn", task(), keep=held.__setitem__)
    with pytest.raises(InvalidModel, match="another training"):
        learned("gnn", task(1), kept=held.get)
    broken = {name: content[:-1] + bytes([content[-1] ^ 1]) for name, content in held[0].items()}
    with pytest.raises(InvalidModel, match="changed"):
        learned("gnn", task(), kept=lambda _number: {**held[0], "state.safetensors": broken["state.safetensors"]})


def test_rows_that_judge_are_not_looked_at() -> None:
    of = task()
    waves = list(of.panel.waves)
    for at in range(len(waves)):
        judges = of.split.rows(at, Part.TEST)
        label = waves[at].label.copy()
        label[judges] = 1 - label[judges]
        waves[at] = replace(waves[at], label=label)
    other = replace(of, panel=replace(of.panel, waves=tuple(waves)))
    before, after = learned("gnn", of), learned("gnn", other)
    assert before.nets[0].weights.keys() == after.nets[0].weights.keys()
    assert all(np.array_equal(array, after.nets[0].weights[name]) for name, array in before.nets[0].weights.items())


def test_what_is_loaded_says_the_same_and_saves_the_same() -> None:
    of = task()
    for name in ("gnn", "cascade", "hgt"):
        model = NetModel.named(name, nets=2, schedule=SHORT, sizes={"hidden": 8})
        fitted = model.fit(of)
        loaded = model.load(fitted.save())
        assert np.array_equal(loaded.predict(of.panel, 4), fitted.predict(of.panel, 4))
        assert loaded.save() == fitted.save()


def test_a_changed_byte_is_found_wherever_it_is() -> None:
    model = NetModel.named("mlp", nets=1, schedule=SHORT, sizes={"hidden": 8})
    files = model.fit(task()).save()
    for name, content in files.items():
        for place in (0, len(content) // 2, len(content) - 2):
            broken = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            with pytest.raises(InvalidModel):
                model.load({**files, name: broken})


def test_more_risk_is_learned_from_a_line_in_the_figures() -> None:
    panel = small(firms=800, missing=0.0)
    fitted = NetModel.named("mlp", nets=1, schedule={"epochs": 40, "device": "cpu"}).fit(
        Task(panel, Split.by_time(panel))
    )
    told, x = fitted.predict(panel, 4), panel.waves[4].values
    truth = 1 / (1 + np.exp(3 - 1.2 * x[:, 0] + 0.8 * x[:, 1]))
    assert np.corrcoef(np.argsort(np.argsort(told)), np.argsort(np.argsort(truth)))[0, 1] > 0.9
