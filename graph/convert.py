"""A snapshot as a graph of another library, for interchange and small subgraphs."""

import warnings
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from graph.columns import ALWAYS
from graph.errors import NotInstalled
from graph.field import PARTY_KINDS, Field, Kind
from graph.holding import EPOCH_DAY
from graph.identity import fact_ids
from graph.links import Links
from graph.model import RELATIONS
from graph.snapshot import Snapshot

if TYPE_CHECKING:
    from torch_geometric.data import HeteroData

FIGURES: Final = ("money", "number", "fraction", "band")
"""Types of fields that become figures of links."""


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


def to_hetero(snapshot: Snapshot, *, kinds: Iterable[Kind] = RELATIONS) -> "HeteroData":
    """A `HeteroData` of PyTorch Geometric: parties by kind, links by relation; without torch NotInstalled.

    A type of nodes is a kind of parties that occurs, with `node`, their numbers in the snapshot, and `ids`. A type of
    links is (kind of tail, relation, kind of head), with `edge_index` among the nodes of those types, `fact`, the
    row of each link in its table, and every money, number and share it states by name, NaN where it states none;
    amounts are in the snapshot's currency.

    Shapes:
        - node: (n of the kind,); edge_index: (2, m of the type); fact and figures: (m of the type,)
    """
    try:
        with warnings.catch_warnings():
            # PyTorch Geometric 2.8 warns of its own use of torch.jit when it is imported.
            warnings.simplefilter("ignore", FutureWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            import torch  # noqa: PLC0415 — torch is an extra; nothing else of the graph needs it
            from torch_geometric.data import HeteroData  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise NotInstalled(
            f"{missing.name} is not installed; a graph cannot be converted for PyTorch Geometric without",
            remedy="pip install 'contagraph[gnn]'",
        ) from None
    data = HeteroData()
    place = np.zeros(snapshot.size, np.int64)
    for code in np.unique(snapshot.kind).tolist():
        nodes = np.flatnonzero(snapshot.kind == code)
        place[nodes] = np.arange(len(nodes))
        data[PARTY_KINDS[code]].node = torch.from_numpy(nodes)
        data[PARTY_KINDS[code]].ids = snapshot.ids(nodes)
        data[PARTY_KINDS[code]].num_nodes = len(nodes)
    for kind in kinds:
        links = snapshot.links(kind)
        ends = snapshot.kind[links.tail].astype(np.int64) * len(PARTY_KINDS) + snapshot.kind[links.head]
        for code in np.unique(ends).tolist():
            at = np.flatnonzero(ends == code)
            tail, head = divmod(code, len(PARTY_KINDS))
            edges = data[PARTY_KINDS[tail], kind.name, PARTY_KINDS[head]]
            pairs = np.stack([place[links.tail[at]], place[links.head[at]]])
            edges.edge_index = torch.from_numpy(pairs)
            edges.fact = torch.from_numpy(links.fact[at].astype(np.int64))
            for field in kind.fields:
                for name in field.columns if field.type in FIGURES else ():
                    edges[name] = torch.from_numpy(links.fields[name][at].astype(np.float64))
    return data
