"""Which run of a store is served, and which could be: champion and challengers."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from analytics.learning.models import Fitted
from analytics.learning.models.band import Band
from analytics.learning.models.conformal import Conformal
from analytics.learning.panel import Feature
from api.learning.config import Config, config_of
from api.learning.keeping import HASHES
from api.learning.runs import BAND, CONFIG, CONFORMAL, MODELS, PANEL, Run, runs
from api.sealed.promotions import Promotion, standing
from graph.errors import InvalidModel, InvalidQuestion, NotFound

TRAIN: Final = "train one: contagraph train CONFIG.toml"


@dataclass(frozen=True)
class Head:
    """What `panel.json` says of the panel that a run learned from."""

    features: tuple[Feature, ...]
    relations: Mapping[str, tuple[str, ...]]
    """With the details of their links."""
    definition: str
    horizon: int
    """Months; 0 where outcomes are stated and not over what time."""
    hash: str
    days: tuple[str, ...]
    """ISO days; none for a graph without."""
    recorded: bool
    """Whether only what was recorded by a day counted as known on it."""

    @classmethod
    def read(cls, said: Mapping[str, Any], *, where: str) -> "Head":
        """As JSON says it. Raises InvalidModel."""
        try:
            features = tuple(Feature(**{**one, "categories": tuple(one["categories"])}) for one in said["features"])
            relations = {name: tuple(details) for name, details in said["relations"].items()}
            waves = said["waves"]
            days = tuple(wave["day"] for wave in waves if wave["day"])
            recorded = all(wave["known_at"] for wave in waves)
            return cls(features, relations, said["definition"], said["horizon_months"], said["hash"], days, recorded)
        except (KeyError, TypeError, AttributeError):
            raise InvalidModel(f"its {PANEL} cannot be read", where=where, remedy="train it again") from None

    def categories(self, name: str) -> tuple[str, ...] | None:
        """Those of a feature; None where it was not among them."""
        return next((feature.categories for feature in self.features if feature.name == name), None)


@dataclass(frozen=True, eq=False)
class Ready:
    """A run, read and checked, that can be asked."""

    run: Run
    digest: str
    """SHA-256 of its manifest, and so of all it holds."""
    manifest: Mapping[str, Any]
    head: Head
    config: Config
    fitted: Fitted
    conformal: Conformal | None
    band: Band | None

    @property
    def called(self) -> str:
        """Name and number, as commands and authors of assessments say them."""
        return called(self.run)


def called(run: Run) -> str:
    """NAME@NUMBER."""
    return f"{run.name}@{run.number}"


def finished(store: Path) -> list[Run]:
    """All runs that came to their end, by name and number."""
    return [run for run in runs(store) if run.finished]


def named(store: Path, name: str) -> Run:
    """The run NAME@NUMBER, or the newest NAME. Raises InvalidQuestion and NotFound."""
    word, at, number = name.replace("/", "@").partition("@")
    if at and not number.isdecimal():
        raise InvalidQuestion(
            "is no NAME@NUMBER", where=name[:100], remedy="name a run as `contagraph models list` does"
        )
    there = finished(store)
    fits = [run for run in there if run.name == word and (not at or run.number == int(number))]
    if not fits:
        known = ", ".join(called(run) for run in there)
        raise NotFound("no such run", where=name[:100], remedy=f"there are {known}" if known else TRAIN)
    return fits[-1]


def ready(run: Run) -> Ready:
    """A run to be asked; read once while its manifest stays. Raises InvalidModel where a byte was changed."""
    return _ready(run, digest(run))


def digest(run: Run) -> str:
    """SHA-256 of the manifest of a run. Raises InvalidModel where there is none."""
    try:
        return hashlib.sha256((run.folder / HASHES).read_bytes()).hexdigest()
    except OSError:
        raise InvalidModel("is not there any more, or unfinished", where=called(run), remedy=TRAIN) from None


@lru_cache(maxsize=8)
def _ready(run: Run, seal: str) -> Ready:
    said, where = run.manifest(), called(run)
    head = Head.read(_json(run, PANEL), where=where)
    files = said["files"]
    conformal = Conformal.read(_json(run, CONFORMAL)) if CONFORMAL in files else None
    band = Band.read(_json(run, BAND)) if BAND in files else None
    return Ready(run, seal, said, head, config_of(run.read(CONFIG), where=f"{where}: {CONFIG}"), run.model(),
                 conformal, band)  # fmt: skip


def _json(run: Run, name: str) -> Any:
    try:
        return json.loads(run.read(name))
    except ValueError:
        raise InvalidModel("is no JSON", where=f"{called(run)}: {name}", remedy="train it again") from None


def champion(store: Path) -> Promotion | None:
    """What was promoted last and not rolled back. Raises BrokenLedger."""
    history = standing(store)
    return history[-1] if history else None


def served(store: Path, name: str = "") -> tuple[Ready, Promotion | None]:
    """The run that answers: the one named, else the one promoted, with its promotion.

    Raises NotFound where none is served, InvalidModel where it was changed since it was promoted.
    """
    last = champion(store)
    if name:
        found = ready(named(store, name))
        return found, last if last is not None and last.digest == found.digest else None
    if last is None:
        there = ", ".join(called(run) for run in finished(store))
        remedy = "promote one by two people: contagraph models promote NAME@NUMBER --by NAME --with NAME; there are "
        raise NotFound("no model is served", where="models", remedy=remedy + there if there else TRAIN)
    run = Run(store / MODELS / last.name / str(last.number))
    if digest(run) != last.digest:
        raise InvalidModel("was changed since it was promoted", where=called(run),
                           remedy="roll back, or bring the files back: contagraph models rollback")  # fmt: skip
    return ready(run), last
