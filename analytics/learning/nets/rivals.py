"""Layers of PyTorch Geometric between parties of one numbering, one type of links a relation and way."""

from collections.abc import Sequence

from analytics.learning.nets.geometric import HeteroConv, HGTConv, RGCNConv, SAGEConv, torch
from analytics.learning.serving.blueprint import Blueprint
from analytics.learning.serving.rivals import PARTY


class Rival(torch.nn.Module):  # type: ignore[misc]
    """R-GCN, hetero-SAGE or HGT, by the kind of a blueprint.

    Shapes:
        - state: (n, hidden)
        - links: one (2, m) a channel, who is heard, who hears
        - output: (n, hidden)
    """

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__()
        self.kind, hidden = blueprint.kind, blueprint.hidden
        self.types = [(PARTY, f"c{at}", PARTY) for at in range(len(blueprint.channels))]
        if self.kind == "r-gcn":
            self.mixed = RGCNConv(hidden, hidden, len(self.types))
        elif self.kind == "sage":
            self.mixed = HeteroConv({kind: SAGEConv(hidden, hidden) for kind in self.types})
        else:
            self.mixed = HGTConv(hidden, hidden, ([PARTY], self.types), heads=blueprint.heads)

    def forward(self, state: "torch.Tensor", links: "Sequence[torch.Tensor]") -> "torch.Tensor":
        """Shapes: (n, hidden) → (n, hidden)."""
        if self.kind == "r-gcn":
            of = torch.cat([torch.full((some.shape[1],), at, device=state.device) for at, some in enumerate(links)])
            return self.mixed(state, torch.cat(list(links), dim=1), of)
        kinds = dict(zip(self.types, links, strict=True))
        return self.mixed({PARTY: state}, kinds)[PARTY]
