import numpy as np
import pytest
from scipy.special import expit

from analytics.learning.judging.ranking import auc
from analytics.learning.models.conformal import Conformal
from graph.errors import InvalidModel, InvalidPanel


def drawn(rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    odds = -2 + 1.5 * rng.normal(size=rows)
    y = (rng.random(rows) < expit(odds)).astype(np.int8)
    return expit(odds + 0.7), y  # told too high: the promise does not rest on calibration


@pytest.mark.parametrize("miss", [0.05, 0.1, 0.3])
def test_in_each_class_the_true_one_is_left_out_as_often_as_promised_and_no_oftener(miss: float) -> None:
    """Mean over 200 drawn worlds; exactly floor(miss (m + 1)) / (m + 1) in each, where no two are told alike."""
    rng = np.random.default_rng(1)
    missed: list[list[float]] = [[], []]
    promised: list[list[float]] = [[], []]
    for _ in range(200):
        found = Conformal.of(*drawn(600, rng))
        p, y = drawn(2_000, rng)
        stays = found.sets(p, miss=miss)
        for label, settled in ((0, found.sound), (1, found.defaults)):
            missed[label].append(1 - stays[y == label, label].mean())
            promised[label].append(np.floor(miss * (len(settled) + 1)) / (len(settled) + 1))
    for label in (0, 1):
        error = np.std(missed[label]) / np.sqrt(200)
        assert np.mean(missed[label]) <= miss + 3 * error
        assert abs(np.mean(missed[label]) - np.mean(promised[label])) < 4 * error


def test_rows_that_chose_the_model_promise_too_much_and_others_do_not() -> None:
    """Of forty scores without any worth the one is taken that parts the settling rows best: a model that was fitted to
    them. Defaults look less strange there than anywhere else; 400 drawn worlds of 60 rows that settle."""
    rng, missed = np.random.default_rng(5), {"settle": [], "unseen": []}  # type: dict[str, list[float]]
    for _ in range(400):
        y = (np.arange(60) < 20).astype(np.int8)
        scores = rng.random((40, 60))
        best = max(range(40), key=lambda at: auc(y, scores[at]))
        new = rng.random(400)  # what the score says of new defaults: it has no worth there
        for name, said in (("settle", scores[best]), ("unseen", rng.random(60))):
            stays = Conformal.of(said, y).sets(new, miss=0.1)
            missed[name].append(1 - stays[:, 1].mean())
    error = {name: np.std(found) / np.sqrt(400) for name, found in missed.items()}
    assert np.mean(missed["settle"]) > 0.1 + 4 * error["settle"]
    assert np.mean(missed["unseen"]) <= 0.1 + 3 * error["unseen"]


def test_sets_by_hand() -> None:
    """Four sound rows and three defaults: p-values are counted."""
    found = Conformal.of([0.1, 0.2, 0.3, 0.6, 0.4, 0.7, 0.9], [0, 0, 0, 0, 1, 1, 1])
    np.testing.assert_allclose(found.fits([0.05, 0.3, 0.5, 0.95]), [[1, 0.25], [0.6, 0.25], [0.4, 0.5], [0.2, 1]])
    assert found.verdicts([0.05, 0.5, 0.95], miss=0.3) == ["sound", "cannot tell", "defaults"]
    assert found.verdicts([0.5], miss=0.5) == ["unlike any"]


def test_one_class_alone_promises_nothing() -> None:
    with pytest.raises(InvalidPanel, match="one class"):
        Conformal.of([0.1, 0.2], [0, 0])


def test_sets_are_read_as_they_were_written() -> None:
    found = Conformal.of(*drawn(100, np.random.default_rng(2)))
    again = Conformal.read(found.facts())
    np.testing.assert_array_equal(again.fits([0.2, 0.7]), found.fits([0.2, 0.7]))
    for broken in ({}, {"sound": [0.2, 0.1], "defaults": [0.3]}, {"sound": [], "defaults": [0.3]}):
        with pytest.raises(InvalidModel):
            Conformal.read(broken)
