"""Measures of the engine over the network of a moment, as figures of every node."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.supply.network import SupplyNetwork
from analytics.contagion.supply.ranking import COARSE, Progress, every_firm
from analytics.learning.features.engine import FEATURES, OWNER, SYSTEMIC
from analytics.learning.panel import Feature
from analytics.structure.owners.portions import capital
from analytics.structure.ownership.pairs import pairs_above
from analytics.structure.ownership.stakes import Stakes
from api.contagion.figures import known_of
from api.contagion.goods import network_of
from api.engine import View
from api.learning.keeping import write_whole
from graph.model import OWNS

Numbers = NDArray[np.float64]
Index = Callable[[View], Numbers]
"""Systemic risk index of every node of a view; NaN where it has no known supplies."""
KEPT: Final = "systemic"
"""Folder of a store in which the indices of a network of supplies are kept."""


def measures(view: View, equity: Numbers, index: Index | None) -> tuple[tuple[Feature, ...], NDArray[np.float32]]:
    """Features and their columns (n, k); the systemic index among them where it is given."""
    size, groups = view.snapshot.size, view.groups
    members = np.diff(groups.start)
    group = np.ones(size)
    np.maximum.at(group, groups.flat, np.repeat(members, members).astype(np.float64))
    promises = view.promises
    called = np.bincount(promises.guarantor, np.nan_to_num(promises.amount), minlength=size)
    load = np.full(size, np.nan)
    np.divide(called, equity, out=load, where=equity > 0)
    columns = [group, view.guarantee_circles.core >= 0, controlled_share(view), load]
    features = FEATURES
    if index is not None:
        features, columns = (*features, SYSTEMIC), [*columns, index(view)]
    return features, np.column_stack(columns).astype(np.float32)


def controlled_share(view: View) -> Numbers:
    """Largest integrated share of one owner in each node; 0 where nobody has a quarter, NaN where no holder is known.

    Of bands the low ends count.
    """
    links = view.snapshot.links(OWNS)
    found = np.full(view.snapshot.size, np.nan)
    if not len(links.head):
        return found
    found[links.head] = 0.0
    pairs = pairs_above(Stakes.holding(capital(links), overfull=view.overfull), OWNER)
    np.fmax.at(found, pairs.company, pairs.low)
    return found


def systemic_index(folder: Path, progress: Progress | None = None) -> Index:
    """Economic systemic risk index of every node, failing alone along known supplies; kept for each such network.

    Of CPU it takes about 1 ms a firm where 10,000 trade and 24 ms where 100,000 do (`benchmarks.esri`). Raises
    InvalidQuestion where amounts stand in several currencies and none was named.
    """

    def index(view: View) -> Numbers:
        if view.snapshot.mixed:
            raise view.snapshot.several
        network = network_of(view, known_of(view), essential="goods", rationed=True)
        found = np.full(view.snapshot.size, np.nan)
        if network is None:
            return found
        file = folder / KEPT / f"{_digest(network)}.f64"
        trades = np.flatnonzero((network.sales > 0) | (network.purchases > 0))
        if not file.exists():
            every = every_firm(network, trades, stop=COARSE, progress=progress).total
            write_whole(file, every.astype("<f8").tobytes())
        found[trades] = np.frombuffer(file.read_bytes(), "<f8")
        return found

    return index


def _digest(network: SupplyNetwork) -> str:
    """Of all that the indices hang on."""
    found = hashlib.sha256(f"{COARSE} {network.rationed}".encode())
    for column in (network.seller, network.buyer, network.amount, network.industry, network.essential, network.revenue):
        found.update(np.ascontiguousarray(column).tobytes())
    return found.hexdigest()[:32]
