"""A snapshot as a graph of another library, for interchange and small subgraphs."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import networkx as nx
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from graph.columns import ALWAYS
from graph.field import PARTY_KINDS, Field, Kind
from graph.holding import EPOCH_DAY
from graph.identity import fact_ids
from graph.links import Links
from graph.model import RELATIONS
from graph.snapshot import Snapshot


def to_networkx(
    snapshot: Snapshot, *, nodes: ArrayLike | None = None, kinds: Iterable[Kind] = RELATIONS
) -> "nx.MultiDiGraph[str]":
    """Nodes by id, with kind and name; links by fact id, with their relation and every field that has a value.

    With `nodes`, only those and what runs between them. Amounts are in the snapshot's currency, days are
    dates. Of SAME_AS only what does not join two records of one node is left, so it is mostly empty.
    """
    chosen = np.arange(snapshot.size) if nodes is None else np.unique(np.asarray(nodes, np.int64))
    graph = nx.MultiDiGraph(name=snapshot.name)
    ids, names = snapshot.ids(chosen), snapshot.names(chosen)
    for node, name, code in zip(ids, names, snapshot.kind[chosen], strict=True):
        graph.add_node(node, kind=PARTY_KINDS[code], name=name)
    inside = np.zeros(snapshot.size, bool)
    inside[chosen] = True
    for kind in kinds:
        graph.add_edges_from(_edges(snapshot, snapshot.links(kind), inside))
    return graph


def _edges(
    snapshot: Snapshot, links: Links, inside: NDArray[np.bool_]
) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    at = np.flatnonzero(inside[links.tail] & inside[links.head])
    if not len(at):
        return
    rows = pa.array(links.fact[at])
    named = fact_ids(*(snapshot.facts.column(links.kind, name).take(rows) for name in ("key", "revision")))
    tails, heads = snapshot.ids(links.tail[at]), snapshot.ids(links.head[at])
    columns = {name: _values(links, field, name, at) for field in links.kind.fields for name in field.columns}
    for edge, (tail, head, name) in enumerate(zip(tails, heads, named.to_pylist(), strict=True)):
        own = {column: values[edge] for column, values in columns.items() if values[edge] is not None}
        yield tail, head, name, {"relation": links.kind.name, **own}


def _values(links: Links, field: Field, name: str, at: NDArray[np.intp]) -> list[Any]:
    if field.type in ("text", "choice"):
        return list(links.text(name).take(pa.array(at)).to_pylist())
    values = links.fields[name][at]
    if field.type == "date":
        return [None if day == ALWAYS else EPOCH_DAY + timedelta(days=day) for day in values.tolist()]
    return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124 — NaN is none
