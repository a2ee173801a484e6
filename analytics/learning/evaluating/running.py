"""The cells that are missing, one by one."""

from collections.abc import Mapping, MutableMapping
from itertools import groupby
from typing import Protocol, runtime_checkable

from analytics.learning.evaluating.cell import Cell, Outcome
from analytics.learning.evaluating.plan import Plan
from analytics.learning.models.model import Fitted, Model, Task, Watch
from analytics.learning.panel import Panel, Part
from graph.errors import InvalidPanel, NotInstalled


@runtime_checkable
class Joins(Protocol):
    """A model that joins two others: where these have learned the task already, they do not learn it again."""

    one: Model
    other: Model

    def joined(self, task: Task, one: Fitted, other: Fitted) -> Fitted:
        """The two as one."""


def evaluate(plan: Plan, kept: MutableMapping[str, Outcome], watch: Watch) -> None:
    r"""Learn what is not kept yet, and keep each cell as soon as it is there.

    .. math:: kept \leftarrow kept \cup \{ key(c) \mapsto outcome(c) : c \in cells,\; key(c) \notin kept \}

    Parameters
    ----------
    plan : Plan
    kept : mapping by key
        What was learned before; whoever gives it may hold it in files, and stop at any cell and go on later.
    watch : function
        Told how far it is and with which cell; may raise Cancelled.

    Raises
    ------
    Cancelled
        If `watch` does. A model that cannot learn from the panel is kept as an outcome that says why.

    Source
    ------
    Issue of learning, part 7: each cell is kept.

    Example
    -------
    >>> from types import SimpleNamespace
    >>> evaluate(SimpleNamespace(cells=()), {}, lambda done, doing: None)
    """
    missing = [cell for cell in plan.cells if cell.key not in kept]
    done = len(plan.cells) - len(missing)
    for _, cells in groupby(missing, key=lambda cell: (cell.split, cell.variant, cell.seed)):
        panel: Panel | None = None
        at_hand: dict[str, Fitted] = {}
        for cell in cells:
            watch(done / len(plan.cells), str(cell))
            panel = panel or cell.panel(plan.panel)
            task = Task(panel, plan.splits[cell.split], cell.seed, _part(watch, done, plan, cell))
            kept[cell.key] = _learned(plan.models, cell.model, task, at_hand)
            done += 1


def _learned(models: Mapping[str, Model], name: str, task: Task, at_hand: dict[str, Fitted]) -> Outcome:
    """What a model says of the rows that judge; itself is added to those at hand, which have learned the same task."""
    try:
        at_hand[name] = fitted = _fitted(models, models[name], task, at_hand)
        panel, split = task.panel, task.split
        judges = [at for at in range(len(panel.waves)) if len(split.rows(at, Part.TEST))]
        said = {at: fitted.predict(panel, at) for at in judges}
        empty = said[judges[0]][:0]
        probability = split.pick(panel, Part.TEST, tuple(said.get(at, empty) for at in range(len(panel.waves))))
    except (InvalidPanel, NotInstalled) as error:
        return Outcome(refused=str(error))
    return Outcome(probability, note=getattr(fitted, "note", ""))


def _fitted(models: Mapping[str, Model], model: Model, task: Task, at_hand: Mapping[str, Fitted]) -> Fitted:
    if not isinstance(model, Joins):
        return model.fit(task)
    legs = [
        at_hand[leg.name] if leg.name in at_hand and repr(models[leg.name]) == repr(leg) else leg.fit(task)
        for leg in (model.one, model.other)
    ]
    return model.joined(task, *legs)


def _part(watch: Watch, done: int, plan: Plan, cell: Cell) -> Watch:
    """What is told of one cell's learning as of all."""
    return lambda fraction, doing: watch((done + fraction) / len(plan.cells), f"{cell}: {doing}")
