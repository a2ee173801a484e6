"""Exposure-weighted sums of short messages, one matrix a relation and way."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.learning.nets.geometric import MessagePassing, torch
from analytics.learning.nets.product import Sums


@dataclass(frozen=True)
class Edges:
    """The links of a channel as PyTorch Geometric lists them: the same sums as `Sums`, ten times as slow."""

    index: "torch.Tensor"
    """Who is heard, who hears; (2, m)."""
    weight: "torch.Tensor"
    """Shape (m,)."""


class Heard(MessagePassing):  # type: ignore[misc]
    r"""What each party hears over all channels.

    .. math:: y_r = \Big( \big\Vert_c \sum_{e: s \to r} w_e\, x_s V_c \Big) U

    with one matrix V a channel and one U for all of them side by side. Sums, not means: a second failure hits as hard
    as the first. Messages have no constant of their own: who stands alone hears nothing.

    Shapes:
        - state: (n, hidden)
        - channels: one `Sums` (n, n) or `Edges` (m links) each, in the order of the blueprint
        - send: (hidden, channels · message)
        - receive: (channels · message, hidden)
        - output: (n, hidden)
    """

    def __init__(self, channels: int, hidden: int, message: int) -> None:
        super().__init__(aggr="sum", flow="source_to_target", node_dim=0)
        self.width = message
        self.send = torch.nn.Parameter(torch.empty(hidden, channels * message))
        self.receive = torch.nn.Parameter(torch.empty(channels * message, hidden))
        torch.nn.init.normal_(self.send, std=hidden**-0.5)
        torch.nn.init.normal_(self.receive, std=max(channels * message, 1) ** -0.5)

    def forward(self, state: "torch.Tensor", channels: "Sequence[Sums | Edges]") -> "torch.Tensor":
        """Shapes: (n, hidden) → (n, hidden)."""
        sent = (state @ self.send).split(self.width, dim=1)
        sums = [self._sum(channel, part) for channel, part in zip(channels, sent, strict=True)]
        return torch.cat(sums, dim=1) @ self.receive

    def _sum(self, channel: "Sums | Edges", sent: "torch.Tensor") -> "torch.Tensor":
        if isinstance(channel, Sums):
            return channel @ sent.contiguous()
        size = (len(sent), len(sent))
        found: torch.Tensor = self.propagate(channel.index, sent=sent, weight=channel.weight, size=size)
        return found

    def message(self, sent_j: "torch.Tensor", weight: "torch.Tensor") -> "torch.Tensor":
        """Shapes: (m, message), (m,) → (m, message)."""
        return weight[:, None] * sent_j
