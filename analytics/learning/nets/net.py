"""A net by its blueprint: encoder, layers, head; beside it, where asked for, a cascade that the head corrects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from analytics.learning.models.model import Numbers
from analytics.learning.nets.cascade import Cascade, FlatTensors
from analytics.learning.nets.geometric import torch
from analytics.learning.nets.heard import Edges, Heard
from analytics.learning.nets.product import Sums
from analytics.learning.nets.rivals import Rival
from analytics.learning.serving.blueprint import Blueprint
from analytics.learning.serving.hearing import Hearing
from analytics.learning.serving.inputs import Encoded

Path = Literal["csr", "edges"]
MOVED: Final = {"layers": "own", "head": "own_head"}
"""Parts of a net without links, and where they stand in one that corrects a cascade."""


@dataclass(frozen=True)
class Given:
    """What a net sees of one wave, as tensors.

    Shapes:
        - figures: (n, width)
        - codes: (n, categories)
        - odds, public: (n,)
        - channels: one `Sums` or `Edges` each
        - pairs: one (2, m) a channel, for the rivals
    """

    figures: "torch.Tensor"
    codes: "torch.Tensor"
    odds: "torch.Tensor"
    public: "torch.Tensor"
    channels: "tuple[Sums | Edges, ...]"
    pairs: "tuple[torch.Tensor, ...]"
    flat: FlatTensors | None

    @classmethod
    def of(
        cls, encoded: Encoded, hearing: Hearing, blueprint: Blueprint, like: "torch.Tensor", *, path: Path = "csr"
    ) -> "Given":
        """On the device and of the precision of a tensor; only what the blueprint's kind needs."""
        sums = [] if blueprint.kind != "sum" else hearing.weighted
        channels = tuple(Sums.of(each, like) if path == "csr" else _edges(each, like) for each in sums)
        pairs = tuple(_edges(each, like).index for each in hearing.plain)
        return cls(
            torch.from_numpy(encoded.figures).to(like), torch.from_numpy(encoded.codes).to(like.device),
            torch.from_numpy(encoded.odds).to(like), torch.from_numpy(encoded.public).to(like), channels, pairs,
            FlatTensors(hearing.flat, like) if blueprint.rounds else None,
        )  # fmt: skip


def _edges(matrix: "object", like: "torch.Tensor") -> Edges:
    found = matrix.tocoo()  # type: ignore[attr-defined]
    index = np.stack([found.col, found.row]).astype(np.int64)
    return Edges(torch.from_numpy(index).to(like.device), torch.from_numpy(found.data).to(like))


class Layer(torch.nn.Module):  # type: ignore[misc]
    """One residual step: what a party is, what it hears; bent and normalised.

    Shapes: state (n, hidden) → (n, hidden)
    """

    def __init__(self, blueprint: Blueprint, *, alone: bool = False) -> None:
        super().__init__()
        kind, hidden = "none" if alone else blueprint.kind, blueprint.hidden
        self.norm = torch.nn.LayerNorm(hidden)
        self.own = torch.nn.Linear(hidden, hidden) if kind in ("sum", "none") else None
        self.heard = Heard(len(blueprint.channels), hidden, blueprint.message) if kind == "sum" else None
        self.rival = None if kind in ("sum", "none") else Rival(blueprint)

    def forward(self, state: "torch.Tensor", given: Given) -> "torch.Tensor":
        """Shapes: (n, hidden) → (n, hidden)."""
        if self.rival is not None:
            added = self.rival(state, given.pairs)
        else:
            added = self.own(state) if self.own is not None else 0.0
            if self.heard is not None and given.channels:
                added = added + self.heard(state, given.channels)
        found: torch.Tensor = self.norm(state + torch.nn.functional.silu(added))
        return found


class Net(torch.nn.Module):  # type: ignore[misc]
    """Log odds of default of all parties of a wave.

    Shapes:
        - figures: (n, width), with tables of categories beside them
        - state: (n, hidden)
        - output: (n,)
    """

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__()
        self.blueprint, hidden = blueprint, blueprint.hidden
        self.tables = torch.nn.ModuleList(torch.nn.Embedding(rows, blueprint.table) for rows in blueprint.tables)
        self.encoder = torch.nn.Linear(blueprint.width + blueprint.table * len(blueprint.tables), hidden)
        self.first = torch.nn.LayerNorm(hidden)
        self.skip = torch.nn.Parameter(torch.ones(1))
        if blueprint.rounds:
            self.own = torch.nn.ModuleList(Layer(blueprint, alone=True) for _ in range(blueprint.layers))
            self.own_head, self.loud = _quiet(hidden), _quiet(hidden)
            self.cascade = Cascade(len(blueprint.channels), blueprint.rounds)
        if blueprint.kind != "none" or not blueprint.rounds:
            self.layers = torch.nn.ModuleList(Layer(blueprint) for _ in range(blueprint.layers))
            self.head = _quiet(hidden)

    def take(self, weights: Mapping[str, Numbers]) -> None:
        """Take the weights of a net of the same blueprint, by their names."""
        self.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})

    def begin(self, alone: Mapping[str, Numbers]) -> None:
        """Take over the weights of a net without links: it says what that one says, a cascade's first hits apart."""
        weights = self.state_dict()
        for name, array in alone.items():
            weights[self._own(name)].copy_(torch.from_numpy(array))
        for name, weight in weights.items():
            if not self.blueprint.rounds and name.endswith("heard.receive"):
                weight.zero_()

    def _own(self, name: str) -> str:
        """What is called here what a net without links calls so."""
        part, _, rest = name.partition(".")
        return f"{MOVED[part]}.{rest}" if self.blueprint.rounds and part in MOVED else name

    def forward(self, given: Given) -> "torch.Tensor":
        """Shapes: given → (n,)."""
        blueprint = self.blueprint
        tables = [table(given.codes[:, at]) for at, table in enumerate(self.tables)]
        state = self.first(torch.nn.functional.silu(self.encoder(torch.cat([given.figures, *tables], dim=1))))
        base: torch.Tensor = self.skip * given.odds
        if blueprint.rounds:
            own = state
            for layer in self.own:
                own = layer(own, given)
            base = self.cascade(base + self.own_head(own)[:, 0], given.public, self.loud(own)[:, 0], given.flat)
            if blueprint.kind == "none":
                return base
        for layer in self.layers:
            state = layer(state, given)
        return base + self.head(state)[:, 0]


def _quiet(hidden: int) -> "torch.nn.Linear":
    """A head that says nothing at first: the net starts from the first stage."""
    head = torch.nn.Linear(hidden, 1)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    return head
