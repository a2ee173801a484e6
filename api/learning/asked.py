"""The panel that a file asks for: made of the facts of a store, or one that was kept."""

from pathlib import Path

from analytics.learning.panel import Panel
from api.answers.progress import Progress
from api.engine import Engine
from api.learning.config import PanelAsked
from api.learning.panel import build_panel
from api.learning.tables import read_panel
from graph.errors import InvalidQuestion
from graph.moment import Moment


def panel_asked(asked: PanelAsked, engine: Engine | None, now: Moment | None, *, beside: Path,
                progress: Progress) -> Panel:  # fmt: skip
    """Make it, or read the one in the folder that is named, which stands beside the file that names it.

    Raises InvalidPanel, UnreadableFile.
    """
    if asked.folder:
        return read_panel(beside / asked.folder)
    if engine is None or now is None:
        raise InvalidQuestion("no store to make it of", where="panel", remedy="name one, or a folder with a panel")
    return build_panel(engine, asked.plan(), now=now, progress=progress)
