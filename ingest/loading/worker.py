"""Which process writes a load, and whether it is still there: what a killed one left is undone."""

import os
import socket
from pathlib import Path


def worker() -> str:
    """Name of this process, for the note of an open load: host, process, and when it began."""
    return f"{socket.gethostname()}:{os.getpid()}:{_began(os.getpid())}"


def worker_is_gone(name: str) -> bool:
    """Whether the process that wrote a load has certainly ended: it ran here and runs no more."""
    host, _, process = name.partition(":")
    number, _, began = process.partition(":")
    if host != socket.gethostname() or not number.isdigit() or not Path("/proc/self").exists():
        return False
    return _began(int(number)) != began


def _began(process: int) -> str:
    """When a process began, in ticks since the machine did; ids come back, this does not. Empty where it is gone."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return told.rpartition(")")[2].split()[19]
