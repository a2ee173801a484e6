"""Peers that are not among the dependencies: used where they are installed, named and left out where not."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any


def installed(name: str) -> Any:
    """The module of a peer, or None, which is said: `clingo`, and `igraph`, whose licence forbids depending on it."""
    if find_spec(name) is None:
        print(f"{name} is not installed here (pip install {name}): left out")
        return None
    return import_module(name)
