"""torch and PyTorch Geometric, imported without the warnings they give of themselves."""

import warnings

with warnings.catch_warnings():
    # PyTorch Geometric 2.8 still scripts with torch.jit, which torch 2.15 warns of at import.
    warnings.simplefilter("ignore", FutureWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    import torch
    from torch_geometric.nn import HeteroConv, HGTConv, MessagePassing, RGCNConv, SAGEConv

__all__ = ["HGTConv", "HeteroConv", "MessagePassing", "RGCNConv", "SAGEConv", "torch"]
