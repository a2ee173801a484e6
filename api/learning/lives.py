"""All runs of a store, as they are listed."""

from dataclasses import dataclass
from pathlib import Path

from api.learning.registry import called, champion, digest, finished
from graph.errors import InvalidModel


@dataclass(frozen=True)
class Listed:
    """One run."""

    run: str
    standing: str
    """champion, challenger, or broken where it cannot be read."""
    model: str
    definition: str
    made_at: str
    held_out: tuple[str, ...]
    promoted_by: str
    problem: str


def listed(store: Path) -> list[Listed]:
    """By name and number. Raises BrokenLedger."""
    last = champion(store)
    found = []
    for run in finished(store):
        serves = last is not None and (last.name, last.number) == (run.name, run.number)
        people = f"{last.by}, {last.second}" if serves and last else ""
        try:
            said = run.manifest()
            problem = "changed since it was promoted" if serves and last and last.digest != digest(run) else ""
        except InvalidModel as broken:
            found.append(Listed(called(run), "broken", "", "", "", (), people, str(broken)))
            continue
        found.append(Listed(
            called(run), "champion" if serves else "challenger", said["model"], said.get("definition", ""),
            said.get("made_at", ""), tuple(said.get("held_out", ())), people, problem,
        ))  # fmt: skip
    return found
