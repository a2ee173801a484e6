"""What a store asks of a server of one's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol


class Server(Protocol):
    """A server of one's own behind a store."""

    @property
    def address(self) -> str:
        """Where it answers; another one where its port was taken while it was down."""
        ...

    @property
    def pid(self) -> int:
        """Id of its process, 0 where none runs."""
        ...

    def is_full(self) -> bool:
        """Whether its disk has no room left."""
        ...

    def revive(self) -> None:
        """Start it again where it has died."""
        ...

    def close(self) -> None:
        """Stop it."""
        ...

    def rework(self, change: Callable[[Path], None]) -> None:
        """Change its data while it does not run: a copy is changed and takes the place of what was, whole."""
        ...
