"""Small panels whose defaults hang on own figures, on neighbours, or on how many there are."""

from dataclasses import replace
from datetime import date

import numpy as np

from analytics.learning.panel import Feature, Panel, Ties, Wave
from tests.analytics.learning.evaluating.models import Line
from tests.analytics.learning.panels import CASH, DEBT

INDUSTRY = Feature("industry", "code", "Industry", "行业", 0, "own", "test", ("A", "C", "F"))
ASSETS = Feature("log_assets", "log money", "Logarithm of total assets", "总资产对数", 0, "own", "test")


def world(line: Line, *, firms: int = 800, years: int = 5, seed: int = 0, blocks: int = 40) -> Panel:
    """Defaults drawn by a line; links of two relations mostly inside blocks of firms."""
    rng = np.random.default_rng(seed)
    failed, waves = np.zeros(firms, bool), []
    block = rng.integers(0, blocks, firms)
    for year in range(years):
        x = np.column_stack([
            rng.normal(size=(firms, 2)), rng.integers(0, 3, firms), rng.normal(18, 2, firms)
        ]).astype(np.float32)  # fmt: skip
        x[rng.random(firms) < 0.05, 2:] = np.nan
        ties = {name: _ties(rng, block) for name in ("GUARANTEES", "SUPPLIES")}
        wave = Wave(date(2016 + year, 12, 31), None, x, np.full(firms, 10.0), failed.copy(), np.empty(0, np.int32),
                    np.empty(0, np.int8), ties)  # fmt: skip
        panel = _panel(firms, (wave,))
        fails = rng.random(firms) < line.predict(panel, 0)
        rows = np.flatnonzero(~failed).astype(np.int32)
        waves.append(replace(wave, rows=rows, label=fails[rows].astype(np.int8)))
        failed |= fails
    return _panel(firms, tuple(waves))


def undated(panel: Panel, *, given: bool = False, seed: int = 0) -> Panel:
    """Its first day without a day, and a split at random where one is to be given."""
    wave = replace(panel.waves[0], day=None)
    parts = np.random.default_rng(seed).choice([0, 1, 2], len(wave.rows), p=[0.6, 0.2, 0.2]).astype(np.int8)
    return replace(panel, waves=(wave,), given=(parts,) if given else None)


def _panel(firms: int, waves: tuple[Wave, ...]) -> Panel:
    ids = tuple(f"t:{number}" for number in range(firms))
    return Panel(ids, np.ones(firms, bool), (DEBT, CASH, INDUSTRY, ASSETS), ("GUARANTEES", "SUPPLIES"), waves, "test")


def _ties(rng: np.random.Generator, block: np.ndarray) -> Ties:
    firms = len(block)
    tail = rng.integers(0, firms, 2 * firms)
    order = np.argsort(block, kind="stable")
    place = np.empty(firms, np.int64)
    place[order] = np.arange(firms)
    near = order[np.clip(place[tail] + rng.integers(-12, 13, len(tail)), 0, firms - 1)]
    head = np.where(
        (rng.random(len(tail)) < 0.9) & (block[near] == block[tail]), near, rng.integers(0, firms, len(tail))
    )
    apart = tail != head
    ends = tail[apart].astype(np.int32), head[apart].astype(np.int32)
    return Ties(*ends, rng.uniform(0, 10, apart.sum()), np.full(apart.sum(), -1, np.int64))
