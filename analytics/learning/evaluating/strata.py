"""The table by industry and size: where a model is good, and where it is not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.learning.evaluating.cell import AS_IS, Outcome
from analytics.learning.evaluating.plan import Judged, Plan
from analytics.learning.features.profile import ASSETS, INDUSTRY, REVENUE, SIZE
from analytics.learning.judging.bootstrap import Draws, Estimate, Sample
from analytics.learning.judging.measures import NAMES
from analytics.learning.panel import Panel

SIZES: Final = (SIZE.name, ASSETS.name, REVENUE.name)
"""Figures by which firms are small or large; the first that is known of any row."""
BANDS: Final = ("small", "middle", "large")
FEWEST: Final = 10
"""Defaults and others that a stratum needs to be judged."""


@dataclass(frozen=True)
class Stratum:
    """A model on the rows of one industry or size."""

    model: str
    by: str
    """Name of the figure."""
    group: str
    """Category, or `small`, `middle`, `large` by thirds; empty where the figure is missing."""
    rows: int
    bad: int
    measures: Mapping[str, Estimate]
    """Empty where there are too few of a class."""


def strata(plan: Plan, kept: Mapping[str, Outcome]) -> tuple[Stratum, ...]:
    r"""Judge models by industry and by size, in the main split on the panel as it is.

    .. math:: G_g = \{ i : g_i = g \}, \qquad \text{each measure over } G_g \text{ alone}

    Each model's first seed counts; of communities all folds' rows stand together, as each judges once.

    Parameters
    ----------
    plan : Plan
    kept : mapping by key
        What was learned.

    Raises
    ------
    InvalidPanel
        As the measures.

    Source
    ------
    Issue of learning, part 7.

    Example
    -------
    >>> from types import SimpleNamespace
    >>> strata(SimpleNamespace(panel=SimpleNamespace(names=()), cells=(), splits={}), {})
    ()
    """
    size = next((name for name in SIZES if _known(plan.panel, name)), "")
    figures = [name for name in (INDUSTRY.name, size) if name in plan.panel.names]
    return tuple(found for name in figures for found in _by(plan, kept, name))


def _known(panel: Panel, name: str) -> bool:
    """Whether a figure is there, and known of any row."""
    if name not in panel.names:
        return False
    at = panel.names.index(name)
    return any(not np.isnan(wave.values[wave.rows, at]).all() for wave in panel.waves)


def _by(plan: Plan, kept: Mapping[str, Outcome], name: str) -> Iterator[Stratum]:
    said: dict[str, list[NDArray[np.float64]]] = {}
    label, group, party = [], [], []
    for split in (name for name in plan.splits if plan.family(name) == plan.main):
        rows = plan.judged(split)
        label.append(rows.label)
        party.append(rows.party)
        group.append(_groups(plan.panel, rows, name))
        for cell in plan.cells:
            outcome = kept.get(cell.key)
            if (cell.split, cell.variant, cell.seed) == (split, AS_IS, 0) and outcome and not outcome.refused:
                said.setdefault(cell.model, []).append(outcome.probability)
    of, bad, whose = np.concatenate(group), np.concatenate(label), np.concatenate(party)
    for model, each in said.items():
        if sum(map(len, each)) == len(bad):
            yield from _of_model(Stratum(model, name, "", 0, 0, {}), np.concatenate(each), of, bad, whose, plan.times)


def _of_model(form: Stratum, said: NDArray[np.float64], of: NDArray[np.str_], bad: NDArray[np.int8],
              party: NDArray[np.int32], times: int) -> Iterator[Stratum]:  # fmt: skip
    for group in sorted(
        set(of.tolist()), key=lambda name: (name not in BANDS, BANDS.index(name) if name in BANDS else name)
    ):
        chosen = of == group
        defaults = int(bad[chosen].sum())
        found = replace(form, group=group, rows=int(chosen.sum()), bad=defaults)
        if min(defaults, found.rows - defaults) >= FEWEST:
            sample = Sample.of(bad[chosen], said[chosen], Draws.of(party[chosen], times=times))
            found = replace(found, measures={name: sample.estimate(name) for name in NAMES})
        yield found


def _groups(panel: Panel, rows: Judged, name: str) -> NDArray[np.str_]:
    """Of each row: its category, or its third among those known on its day."""
    at = panel.names.index(name)
    categories, found = panel.features[at].categories, np.full(len(rows.party), "", dtype="<U100")
    for number, wave in enumerate(panel.waves):
        here = rows.wave == number
        values = wave.values[rows.party[here], at]
        known = ~np.isnan(values)
        names = np.full(len(values), "", dtype="<U100")
        if categories:
            names[known] = np.array(categories)[values[known].astype(np.int64)]
        elif known.any():
            third = np.searchsorted(np.quantile(values[known], [1 / 3, 2 / 3]), values[known])
            names[known] = np.array(BANDS)[third]
        found[here] = names
    return found
