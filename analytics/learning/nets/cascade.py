"""Failures that bring others down within the year; the same formula as `serving.cascade`, with its gradient."""

from typing import Final

import numpy as np

from analytics.learning.nets.geometric import torch
from analytics.learning.serving.hearing import Flat

TINY: Final = 1e-12
START: Final = -4.0
"""Of the logarithm of λ: at first next to nobody is brought down, and what a net learned without links still holds."""


class FlatTensors:
    """Links of all channels by who hears, as tensors."""

    def __init__(self, flat: Flat, like: "torch.Tensor") -> None:
        self.lengths = torch.from_numpy(np.diff(flat.begins)).to(like.device)
        self.heard = torch.from_numpy(flat.heard).to(like.device)
        self.channel = torch.from_numpy(flat.channel).to(like.device)
        self.weight = torch.from_numpy(flat.weight).to(like)

    def summed(self, values: "torch.Tensor") -> "torch.Tensor":
        """Shapes: (m,) → (n,)."""
        found: torch.Tensor = torch.segment_reduce(values, "sum", lengths=self.lengths, initial=0.0)
        return found


class Cascade(torch.nn.Module):  # type: ignore[misc]
    """Noisy-or in rounds that share their few numbers.

    Shapes:
        - odds: (n,), log odds of failing by itself
        - public: (n,), 1 where publicly failed
        - loud: (n,), log odds that a public failure is still felt
        - links: m of all channels
        - output: (n,), log odds with what others bring down
    """

    def __init__(self, channels: int, rounds: int) -> None:
        super().__init__()
        self.rounds = rounds
        self.hidden = torch.nn.Parameter(torch.full((channels,), START))
        self.public = torch.nn.Parameter(torch.full((channels,), START))

    def forward(
        self, odds: "torch.Tensor", public: "torch.Tensor", loud: "torch.Tensor", links: FlatTensors
    ) -> "torch.Tensor":
        """Shapes: (n,), (n,), (n,) → (n,)."""
        softplus = torch.nn.functional.softplus
        failed = public > 0
        strength = torch.where(
            failed[links.heard], torch.exp(self.public)[links.channel], torch.exp(self.hidden)[links.channel]
        )
        hits = -torch.expm1(-strength * links.weight)
        by_itself = softplus(odds)
        felt = torch.sigmoid(loud)
        fails = torch.where(failed, felt, torch.sigmoid(odds))
        hazard = by_itself
        for _ in range(self.rounds):
            hazard = by_itself - links.summed(torch.log(torch.clamp(1 - fails[links.heard] * hits, min=TINY)))
            fails = torch.where(failed, felt, -torch.expm1(-hazard))
        return hazard + torch.log(-torch.expm1(-hazard))
