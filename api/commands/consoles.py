"""Consoles of the commands: what a source says is printed as it is."""

from rich.console import Console


def console(*, stderr: bool = False) -> Console:
    """A console that takes no letters between colons for a picture: `own:B:` is an id."""
    return Console(stderr=stderr, emoji=False)
