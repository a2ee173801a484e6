"""A sparse matrix times a dense one, with its gradient: the fast path of all sums."""

import warnings
from dataclasses import dataclass
from typing import Any

from scipy import sparse

from analytics.learning.nets.geometric import torch


@dataclass(frozen=True)
class Sums:
    """A matrix (n, n) that sums messages, and its transpose, which carries gradients back."""

    forth: "torch.Tensor"
    back: "torch.Tensor"

    @classmethod
    def of(cls, matrix: sparse.csr_array, like: "torch.Tensor") -> "Sums":
        """On the device and of the precision of a tensor."""
        return cls(_csr(matrix, like), _csr(sparse.csr_array(matrix.T), like))

    def __matmul__(self, dense: "torch.Tensor") -> "torch.Tensor":
        """Shapes: dense (n, w) → (n, w)."""
        found: torch.Tensor = _Product.apply(dense, self.forth, self.back)
        return found


class _Product(torch.autograd.Function):  # type: ignore[misc]
    """The gradient of torch's own product converts the matrix at every step; this one keeps its transpose."""

    @staticmethod
    def forward(ctx: Any, dense: "torch.Tensor", forth: "torch.Tensor", back: "torch.Tensor") -> "torch.Tensor":
        ctx.back = back
        return forth @ dense

    @staticmethod
    def backward(ctx: Any, *above: "torch.Tensor") -> "tuple[torch.Tensor, None, None]":
        return ctx.back @ above[0].contiguous(), None, None


def _csr(matrix: sparse.csr_array, like: "torch.Tensor") -> "torch.Tensor":
    with warnings.catch_warnings():
        # torch says of all its CSR tensors that they are in beta.
        warnings.simplefilter("ignore", UserWarning)
        return torch.sparse_csr_tensor(
            torch.from_numpy(matrix.indptr.astype("int32")), torch.from_numpy(matrix.indices.astype("int32")),
            torch.from_numpy(matrix.data), size=matrix.shape, dtype=like.dtype, device=like.device,
        )  # fmt: skip
