"""The graph at a moment, kept warm: what every question is put to.

`engine` keeps the facts of one store and a `View` of each moment asked for; a `view` is one snapshot with what
analytics made of it, each piece computed once. `dependence` gives a view its suspicions and verdicts, `reckoned`
the amounts behind them where no one currency serves all, `strength` how strongly its links tie, `ties` which of them
a path may walk.
"""

from api.engine.engine import Engine, Place
from api.engine.view import View

__all__ = ["Engine", "Place", "View"]
