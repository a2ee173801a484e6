"""All waves, one set of features and relations."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.learning.panel.feature import Feature
from analytics.learning.panel.gaps import Gaps
from analytics.learning.panel.wave import Wave
from graph.errors import InvalidPanel


@dataclass(frozen=True)
class Panel:
    """Parties on days; the same n parties in every wave, in the same order."""

    ids: tuple[str, ...]
    firm: NDArray[np.bool_]
    """Who is a firm; the others (persons, government bodies) only stand between, shape (n,)."""
    features: tuple[Feature, ...]
    relations: tuple[str, ...]
    waves: tuple[Wave, ...]
    """By day, ascending; one without a day where the graph has no dates."""
    definition: str
    """Name of the definition of default the labels follow."""
    horizon: int = 12
    """Months; 0 where the data state outcomes and not over what time."""
    given: tuple[NDArray[np.int8], ...] | None = None
    """A split that came with the data, one `Part` a row and wave; None where there is none."""
    gaps: Gaps = field(default_factory=Gaps)
    """What is known to be missing; told beside what was learned, and no part of the digest, as no model reads it."""

    def __post_init__(self) -> None:
        if len(set(self.names)) < len(self.features):
            raise InvalidPanel("two features share a name", where="features")
        days = [wave.day for wave in self.waves]
        dated = [day for day in days if day is not None]
        if len(days) > 1 and (len(dated) < len(days) or any(a >= b for a, b in pairwise(dated))):
            raise InvalidPanel("waves need days of their own, ascending", where="waves")
        known = [wave.known_at is None for wave in self.waves]
        if len(set(known)) > 1:
            raise InvalidPanel("some waves say when they were known, some do not", where="waves")
        for wave in self.waves:
            if wave.size != self.size:
                raise InvalidPanel(f"a wave has {wave.size} parties, not {self.size}", where="waves")
            if set(wave.ties) != set(self.relations):
                raise InvalidPanel(
                    f"a wave has the relations {', '.join(sorted(wave.ties))}", where="waves",
                    remedy="the panel has " + ", ".join(self.relations),
                )  # fmt: skip
            wave.check(len(self.features))

    @property
    def size(self) -> int:
        """How many parties there are."""
        return len(self.ids)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features, in the order of the columns."""
        return tuple(feature.name for feature in self.features)

    @property
    def dated(self) -> bool:
        """Whether its waves have days; what is promised about time falls away without."""
        return bool(self.waves) and self.waves[0].day is not None

    def columns(self, *scopes: str) -> NDArray[np.intp]:
        """Columns of the features of some scopes."""
        return np.array([at for at, feature in enumerate(self.features) if feature.scope in scopes], np.intp)

    def at(self, wave: int) -> "Panel":
        """Itself with one wave alone, as it is scored."""
        given = None if self.given is None else (self.given[wave],)
        return replace(self, waves=(self.waves[wave],), given=given)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all it holds: the same panel, the same digest."""
        found = hashlib.sha256()
        for part in self._bytes():
            found.update(len(part).to_bytes(8, "little"))
            found.update(part)
        return found.hexdigest()

    def _bytes(self) -> Iterator[bytes]:
        yield "\0".join([*self.ids, self.definition, str(self.horizon), *self.relations]).encode()
        yield "\0".join(map(repr, self.features)).encode()
        yield self.firm.tobytes()
        for number, wave in enumerate(self.waves):
            yield f"{wave.day} {wave.known_at}".encode()
            yield from (_raw(column) for column in (wave.values, wave.capacity, wave.public, wave.rows, wave.label))
            yield b"" if wave.since is None else _raw(wave.since)
            for relation in self.relations:
                ties = wave.ties[relation]
                yield from (_raw(column) for column in (ties.tail, ties.head, ties.stake))
                yield from (_raw(ties.details[name]) for name in sorted(ties.details))
            if self.given is not None:
                yield self.given[number].tobytes()


def _raw(column: object) -> bytes:
    return np.ascontiguousarray(column).tobytes()
