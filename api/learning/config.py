"""What a training or an evaluation is asked to do: one TOML file, read strictly."""

import tomllib
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from analytics.learning.evaluating.plan import By
from analytics.learning.panel import Panel, Split
from analytics.rules.reading import read_rule
from analytics.rules.rule import Among
from api.learning.plan import Plan
from graph.errors import InvalidQuestion, UnreadableFile

MODELS: Final = (
    "scorecard", "z", "z-double-prime", "ohlson", "zmijewski", "merton", "lightgbm", "lightgbm-degrees",
    "lightgbm-graph", "mlp", "gnn", "r-gcn", "sage", "hgt", "stack",
)  # fmt: skip
"""Names of models, plain ones first."""


@dataclass(frozen=True, kw_only=True)
class PanelAsked:
    """Out of which facts a panel is made, or where one was kept."""

    days: tuple[date, ...] = ()
    """As-of days, ascending; none for data without days."""
    definition: str = "CN"
    labels: Annotated[str, Among(("events", "outcomes"))] = "events"
    known: Annotated[str, Among(("recorded", "now"))] = "recorded"
    currency: str = ""
    relations: tuple[str, ...] = ()
    others: bool = False
    systemic: bool = False
    """Also how much production each firm's failure would cost the economy, day by day: costly where many trade."""
    horizon_months: int | None = None
    """How far labels made of events look ahead: a year where nothing is said; outcomes say it themselves."""
    folder: str = ""
    """A folder with a kept panel, beside the file; then nothing else is asked."""

    def plan(self) -> Plan:
        """What a panel is made by. Raises InvalidPanel."""
        return Plan(
            self.days, self.definition, self.labels, self.known, self.currency or None,  # type: ignore[arg-type]
            self.relations, self.others, self.systemic, self.horizon_months,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SplitAsked:
    """Which rows teach, settle and judge."""

    by: Annotated[str, Among(("time", "community", "given"))] = "time"
    validate: int = 1
    """Waves that settle; of time alone."""
    test: int = 2
    """Waves that judge; of time alone."""
    folds: int = 5
    """Of communities."""


@dataclass(frozen=True, kw_only=True)
class ModelAsked:
    """Which model learns, and how often."""

    name: Annotated[str, Among(MODELS)] = "stack"
    seed: int = 0
    nets: int = 3
    """Nets that learn, each from a seed of its own; what is said is their mean."""
    epochs: int = 200
    """Of a net, at most."""
    device: Annotated[str, Among(("auto", "cpu", "cuda"))] = "auto"


@dataclass(frozen=True, kw_only=True)
class EvaluateAsked:
    """How much is evaluated."""

    seeds: int = 5
    """Of models that hang on theirs."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """A training or an evaluation."""

    panel: PanelAsked
    split: SplitAsked = field(default_factory=SplitAsked)
    model: ModelAsked = field(default_factory=ModelAsked)
    evaluate: EvaluateAsked = field(default_factory=EvaluateAsked)
    name: str = ""
    """Of the run; empty: that of the model."""


def read_config(file: Path) -> Config:
    """Read a file. Raises UnreadableFile, InvalidRule with the field."""
    try:
        content = file.read_bytes()
    except OSError as problem:
        raise UnreadableFile("cannot be read", where=str(file), remedy="name a file that is there") from problem
    return config_of(content, where=str(file))


def config_of(content: bytes, *, where: str) -> Config:
    """The same of what stands in a file. Raises UnreadableFile, InvalidRule with the field."""
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UnreadableFile(f"is no TOML: {problem}", where=where, remedy="write it as the README shows") from problem
    return read_rule(Config, table, where=Path(where).name)


def judged_by(panel: Panel, asked: SplitAsked | None) -> By:
    """How an evaluation is split: as `split_of`, or by community; as the panel allows where nothing is asked.

    Raises InvalidPanel.
    """
    if asked is None:
        return ""
    return "community" if asked.by == "community" else split_of(panel, asked)


def written(asked: Config) -> bytes:
    """A configuration as its file, without what says nothing; read again it is the same.

    >>> print(written(Config(panel=PanelAsked(days=(date(2020, 12, 31),)), name="firms")).decode().split("[split]")[0])
    name = "firms"
    <BLANKLINE>
    [panel]
    days = [2020-12-31]
    definition = "CN"
    labels = "events"
    known = "recorded"
    others = false
    systemic = false
    <BLANKLINE>
    <BLANKLINE>
    """
    import tomlkit  # noqa: PLC0415  (what answers only reads)

    tables = {each.name: getattr(asked, each.name) for each in fields(asked)}
    said: dict[str, Any] = {"name": asked.name} if asked.name else {}
    for name, table in tables.items():
        if is_dataclass(table):
            told = {each.name: getattr(table, each.name) for each in fields(table)}
            said[name] = {key: _plain(value) for key, value in told.items() if value not in ("", (), None)}
    return tomlkit.dumps(said).encode()


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def split_of(panel: Panel, asked: SplitAsked) -> Split:
    """Split by time or as given. Raises InvalidPanel."""
    if asked.by == "given":
        return Split.as_given(panel)
    if asked.by == "time":
        return Split.by_time(panel, validate=asked.validate, test=asked.test)
    raise InvalidQuestion("a split by community has folds", where="split.by", remedy="evaluate it, or train by time")
