"""Contradictions among rows that waited for their party: kept, mended and loaded again in the words of the model.

The files they came in are gone, and newer ones may have the same names, so nothing is looked up in files.
Such rows lie in quarantine apart from the delivery that brought their party, as a source of their own:
`{"facts": [{"fact": "OWNS", "from": …, "to": …, …}]}`, all facts of one place together. A row of the
delivery itself that contradicts one of them lies with them: loaded alone, it would no longer contradict.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from graph.errors import InvalidInput, UnreadableFile
from graph.field import Kind
from graph.model import KINDS
from graph.schema import staged_schema
from ingest.loading.contradictions import SHOWN, contradictions
from ingest.loading.pending import staged_row
from ingest.places import places_beside, split_place
from ingest.reasons import REMEDIES
from ingest.source import Delivery, Rejected, Staged
from ingest.timeline import CONFLICT

WAITED: Final = "waited"
"""Word under which quarantine keeps them."""
UNUSABLE: Final = "unknown word"


def apart(digest: str) -> str:
    """Under which digest a delivery's conflicts with rows that waited are kept."""
    return f"{digest}-{WAITED}"


def is_apart(digest: str) -> bool:
    """Whether rows of this digest are in the words of the model."""
    return digest.endswith(f"-{WAITED}")


def refused_waited(rows: Iterable[Mapping[str, Any]]) -> list[Rejected]:
    """Staged rows that contradict each other, whole, one for each place."""
    facts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    details: dict[str, list[str]] = defaultdict(list)
    told = list(rows)
    for row, detail in zip(told, contradictions(told), strict=True):
        said = {name: value for name, value in row.items() if value is not None and name != "place"}
        facts[row["place"] or ""].append(said)
        details[row["place"] or ""].append(detail)
    return [
        Rejected(
            place=place,
            reason=CONFLICT,
            detail=" · ".join(details[place][:SHOWN]),
            remedy=REMEDIES[CONFLICT],
            raw=json.dumps({"facts": facts[place]}, ensure_ascii=False, default=lambda value: value.isoformat()),
        )
        for place in sorted(facts, key=split_place)
    ]


@dataclass(frozen=True)
class _Told:
    """One fact, and the line it stands in."""

    row: pa.Table
    line: str


class Waited:
    """Rows from quarantine in the words of the model."""

    name: Final = WAITED
    replaces_record: Final = False
    required: Final = ()

    def recognises(self, path: Path) -> bool:
        """Nothing that a user gives is in this format."""
        return False

    def files(self, path: Path) -> tuple[Path, ...]:
        """The path itself."""
        return (path,)

    def delivery(self, paths: tuple[Path, ...], settings: Mapping[str, str]) -> Delivery:
        """None: only quarantine makes one."""
        raise UnreadableFile(
            f"{WAITED!r} reads only what is in quarantine",
            where=str(paths[0]),
            remedy="use `contagraph quarantine retry`",
        )

    def conceal(self, delivery: Delivery, place: str, row: dict[str, Any]) -> dict[str, Any]:
        """A corrected row as it is: persons' numbers were hashed before it waited."""
        try:
            list(_facts(row, place))
        except (ValueError, TypeError) as problem:
            raise InvalidInput(
                f"says no facts: {problem}", where=place, remedy="correct the row as `quarantine export` gives it"
            ) from problem
        return row

    def read(self, delivery: Delivery) -> Iterator[Staged | Rejected]:
        """The facts of every file, kind by kind."""
        told: dict[str, list[_Told]] = defaultdict(list)
        for path in delivery.paths:
            lines = path.read_text(encoding="utf-8").split("\n")[:-1]
            places = places_beside(path).read_text(encoding="utf-8").split("\n")[:-1]
            for line, place in zip(lines, places, strict=True):
                try:
                    for kind, row in list(_facts(json.loads(line), place)):
                        told[kind.name].append(_Told(row, line))
                except (ValueError, TypeError) as problem:
                    yield Rejected(place, UNUSABLE, str(problem), REMEDIES[UNUSABLE], line)
        for name, kind in KINDS.items():
            if found := told[name]:
                yield Staged(kind, pa.concat_tables([fact.row for fact in found]), partial(_lines, found))


def _lines(found: list[_Told], rows: list[int]) -> list[str]:
    return [found[row].line for row in rows]


def _facts(told: Any, place: str) -> Iterator[tuple[Kind, pa.Table]]:
    """What a row says, as tables of one staged row; raises ValueError or TypeError where it cannot be read."""
    facts = told.get("facts") if isinstance(told, dict) else None
    if not isinstance(facts, list) or not facts:
        raise ValueError('it is no {"facts": [{"fact": …}, …]}')
    for said in facts:
        if not isinstance(said, dict) or said.get("fact") not in KINDS:
            raise ValueError(f"a fact is one of {', '.join(KINDS)}")
        kind = KINDS[said["fact"]]
        schema = staged_schema(kind)
        row = {name: value for name, value in said.items() if name != "fact"} | {"place": place}
        if unknown := sorted(row.keys() - set(schema.names)):
            raise ValueError(f"{kind.name} has no {', '.join(unknown)}")
        if missing := [name for name in (*kind.ends, "source", "confidence") if row.get(name) is None]:
            raise ValueError(f"{kind.name} needs {', '.join(missing)}")
        yield kind, pa.Table.from_pylist([staged_row(kind.name, row)], schema=schema)
