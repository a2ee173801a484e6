"""Nets as models: torch trains them where it is installed, nothing but NumPy serves them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from analytics.learning.models.first import FirstStage
from analytics.learning.models.model import Files, Task
from analytics.learning.serving.blueprint import Kind
from analytics.learning.serving.served import ServedNet
from graph.errors import NotInstalled

Keep = Callable[[int, Files], None]
"""Takes the state of the training of one of the nets, by its number."""
SIZES: Final[Mapping[str, Mapping[str, Any]]] = {
    "mlp": {"kind": "none"},
    "gnn": {"kind": "sum", "rounds": 2},
    "gnn-sum": {"kind": "sum"},
    "cascade": {"kind": "none", "rounds": 2},
    "r-gcn": {"kind": "r-gcn"},
    "sage": {"kind": "sage"},
    "hgt": {"kind": "hgt"},
}
"""What nets are called, and how they are built: `gnn` corrects what `cascade` says by what `gnn-sum` hears.
These three begin as `mlp`, and stay it where links bring nothing that counts on the rows that settle."""


@dataclass(frozen=True)
class NetModel:
    """One way to build a net; several are trained from as many seeds, and their mean is what is said."""

    name: str
    graph: bool
    kind: Kind
    sizes: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `Blueprint` that differ from what it says."""
    scopes: tuple[str, ...] = ("own",)
    """Scopes of the figures it reads."""
    nets: int = 3
    """How many seeds."""
    schedule: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `Schedule` that differ from what it says."""
    keep: Keep | None = field(default=None, compare=False, repr=False)
    kept: Callable[[int], Files | None] = field(default=lambda _number: None, compare=False, repr=False)
    """The state of the training of one of the nets, where it was interrupted."""

    @classmethod
    def named(cls, name: str, **given: Any) -> "NetModel":
        """One of `SIZES`; further fields as given. Raises KeyError."""
        built = {**SIZES[name], **given.pop("sizes", {})}
        kind = built.pop("kind")
        graph = name != "mlp"
        # What a cascade starts from is own: figures of the engine would count the network twice.
        scopes = ("own", "engine") if graph and not built.get("rounds") else ("own",)
        return cls(name, graph, kind, **{"sizes": built, "scopes": scopes, **given})

    def fit(self, task: Task) -> ServedNet:
        """Learn from the rows that teach, the end settled by those that settle. Raises InvalidPanel, NotInstalled."""
        return self.fit_from(task, FirstStage.of(task))

    def fit_from(self, task: Task, first: FirstStage) -> ServedNet:
        """The same from a first stage that was fitted on the task before. Raises NotInstalled."""
        try:
            from analytics.learning.nets.fitting import fitted  # noqa: PLC0415 — torch, only where something is trained
        except ModuleNotFoundError as missing:
            raise NotInstalled(
                f"{missing.name} is not installed; nets cannot be trained without", where=self.name,
                remedy="pip install 'contagraph[gnn]'",
            ) from None  # fmt: skip
        return fitted(self, task, first)

    def load(self, files: Files) -> ServedNet:
        """What was saved; needs no torch. Raises InvalidModel."""
        return ServedNet.load(files, self.name)
