"""A planted world in the shape of a labelled research set: one graph without days, labels, a split, unnamed figures."""

from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from graph.errors import InvalidQuestion

SPLIT: Final = (0.6, 0.2, 0.2)
PARTS: Final = ("train", "valid", "test")
SLOPES: Final = (0.6, -0.5, 0.5, 0.4, -0.4, 0.3, 0.3, -0.3, 0.2, 0.2)
"""Of a firm's own log odds along its first figures."""
NOISE: Final = 0.8
STRONG: Final = 1.6
"""How much neighbours' own risk counts beside a firm's own, in log odds."""


def write_labelled(folder: Path, *, firms: int = 4000, figures: int = 40, rate: float = 0.5, seed: int = 1) -> Path:
    """Write firms.csv (id, f1 …, label, split) and two lists of links, of which `partners.csv` carries risk.

    A firm's own risk is a curved function of ten of its figures; it defaults by it and by the mean own risk of those
    it is linked to in `partners.csv`, and theirs. `neighbours.csv` carries nothing. `rate` is the base rate. Raises
    InvalidQuestion where there are fewer figures than risk hangs on.
    """
    if figures < len(SLOPES):
        raise InvalidQuestion(f"{figures} are too few", where="figures", remedy=f"give {len(SLOPES)} or more")
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(firms, figures))
    own = _own(values)
    partner = _links(rng, firms, 3 * firms)
    near = _mean(partner, own)
    odds = own + STRONG * _scaled(near + 0.5 * _mean(partner, near)) + NOISE * rng.normal(size=firms)
    base = brentq(lambda by: float(expit(odds + by).mean()) - rate, -30, 30)
    label = rng.random(firms) < expit(odds + base)
    part = rng.choice(len(PARTS), firms, p=SPLIT)
    values[rng.random(values.shape) < 0.05] = np.nan
    ids = np.array([f"n{number:06d}" for number in rng.permutation(firms)])
    folder.mkdir(parents=True, exist_ok=True)
    columns: dict[str, object] = {"id": ids}
    columns |= {f"f{at + 1}": pa.array(values[:, at].round(5), from_pandas=True) for at in range(figures)}
    columns |= {"label": label.astype(np.int8), "split": np.array(PARTS)[part]}
    pa_csv.write_csv(pa.table(columns), folder / "firms.csv")
    for name, ends in (("partners", partner), ("neighbours", _links(rng, firms, 2 * firms))):
        pa_csv.write_csv(pa.table({"source": ids[ends[0]], "target": ids[ends[1]]}), folder / f"{name}.csv")
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return folder


def _own(values: NDArray[np.float64]) -> NDArray[np.float64]:
    line = values[:, : len(SLOPES)] @ np.array(SLOPES)
    return np.asarray(_scaled(line + 0.4 * np.abs(values[:, 0]) - 0.3 * values[:, 1] * values[:, 2]))


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((values - values.mean()) / values.std())


def _links(rng: np.random.Generator, firms: int, count: int) -> NDArray[np.int64]:
    """Heavy-tailed: some firms have many; shape (2, m), none of a firm to itself."""
    weight = rng.pareto(2.5, firms) + 1
    ends = rng.choice(firms, (2, count), p=weight / weight.sum())
    return np.unique(ends[:, ends[0] != ends[1]], axis=1)


def _mean(ends: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over those linked either way; 0 where nobody is."""
    one, other = np.concatenate([ends, ends[::-1]], axis=1)
    total = np.bincount(one, values[other], minlength=len(values))
    return np.asarray(total / np.maximum(np.bincount(one, minlength=len(values)), 1))


MAPPING: Final = """\
[source]
name = "study"
delivery = "full"

[[table]]
file = "firms.csv"
[[table.party]]
as = "party"
id = "id"
kind = "Company"
[[table.fact]]
kind = "Outcome"
party = "party"
defaulted = "label"
part = { column = "split", map = { valid = "validate" } }
[[table.fact]]
kind = "Statement"
party = "party"
items = "f*"                                  # every such column is an item, by its header
period_end = { constant = "2000-12-31" }      # the data have no days: any will do
months = { constant = 0 }
unit = { constant = "ratio" }

[[table]]
file = "partners.csv"
[[table.party]]
as = "one"
id = "source"
kind = "Company"
[[table.party]]
as = "other"
id = "target"
kind = "Company"
[[table.fact]]
kind = "SUPPLIES"
from = "one"
to = "other"

[[table]]
file = "neighbours.csv"
[[table.party]]
as = "one"
id = "source"
kind = "Company"
[[table.party]]
as = "other"
id = "target"
kind = "Company"
[[table.fact]]
kind = "RELATED_TO"
from = "one"
to = "other"
fields.kind = { constant = "address" }
"""
