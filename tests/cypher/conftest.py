"""The servers every statement is run on."""

from tests.graph.conftest import server, store

__all__ = ["server", "store"]
