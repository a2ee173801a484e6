"""All measures at once say what each says alone, for rows drawn again too."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from analytics.learning.judging.calibration import brier, log_loss, reliability
from analytics.learning.judging.measures import MEASURES, NAMES, Judge
from analytics.learning.judging.ranking import auc, average_precision, kolmogorov_smirnov


def rows(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    said = np.round(rng.beta(1, 4, 300), 2)
    return (rng.random(300) < said).astype(float), said


def test_rows_that_weigh_alike_give_each_measure() -> None:
    label, said = rows()
    alone = [measure(label, said) for measure in (auc, average_precision, kolmogorov_smirnov, brier, log_loss)]
    alone.append(reliability(label, said).error)
    np.testing.assert_allclose(Judge(label, said).whole(), alone, atol=1e-12)
    assert len(alone) == len(NAMES) == len(MEASURES)


def test_a_weight_is_as_many_rows() -> None:
    label, said = rows()
    often = np.random.default_rng(1).integers(0, 4, (5, 300))
    found = Judge(label, said).of(often.astype(np.uint16))
    for weight, got in zip(often, found, strict=True):
        y, p = np.repeat(label, weight), np.repeat(said, weight)
        assert got[0] == pytest.approx(roc_auc_score(y, p), abs=1e-12)
        assert got[1] == pytest.approx(average_precision_score(y, p), abs=1e-12)
        assert got[2] == pytest.approx(kolmogorov_smirnov(y, p), abs=1e-12)
        assert got[3:5] == pytest.approx([brier(y, p), log_loss(y, p)], abs=1e-12)


def test_rows_of_one_party_are_drawn_together() -> None:
    label, said = rows()
    party = np.random.default_rng(2).integers(0, 40, 300)
    counts = np.random.default_rng(3).integers(0, 3, (4, 40)).astype(np.uint16)
    together = Judge(label, said, party).of(counts)
    np.testing.assert_allclose(together, Judge(label, said).of(counts[:, party]), atol=1e-12)


def test_a_draw_without_a_class_has_no_order_to_measure() -> None:
    label, said = rows()
    found = Judge(label, said).of((1 - label)[None, :].astype(np.uint16))
    assert np.isnan(found[0, :3]).all()
    assert np.isfinite(found[0, 3:]).all()
