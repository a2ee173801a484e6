"""A panel as Parquet files that other programs read too, with the hash of all it holds.

::

    panel.json        features, relations, definition of default, days; the panel's hash
    parties.parquet   id and whether it is a firm, in the order of their numbers
    figures.parquet   one line a party and wave: its part in it, label, years since a default, figures
    links.parquet     one line a link and wave: relation, ends, what is at stake, further figures
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.learning.panel import Feature, Panel, Part, Ties, Wave
from analytics.learning.panel.gaps import Gaps
from graph.errors import InvalidPanel, UnreadableFile
from graph.moment import read_instant, write_instant

VERSION: Final = 1
ROW: Final = "row"
OWN: Final = ("wave", "party", ROW, "label", "part", "public", "since", "capacity")
"""Columns of figures.parquet that are no feature."""


def head_of(panel: Panel) -> dict[str, Any]:
    """What a panel holds, as JSON says it."""
    return {
        "version": VERSION,
        "hash": panel.digest,
        "definition": panel.definition,
        "horizon_months": panel.horizon,
        "features": [asdict(feature) for feature in panel.features],
        "relations": {name: sorted(panel.waves[0].ties[name].details) for name in panel.relations},
        "split": panel.given is not None,
        "gaps": {"refused": dict(panel.gaps.refused),
                 "told": {source: day.isoformat() for source, day in panel.gaps.told.items()}},
        "waves": [
            {"day": wave.day and wave.day.isoformat(), "known_at": wave.known_at and write_instant(wave.known_at),
             "since": wave.since is not None, "rows": len(wave.rows), "defaults": int((wave.label == 1).sum()),
             "links": {name: wave.ties[name].size for name in panel.relations}}
            for wave in panel.waves
        ],
    }  # fmt: skip


def keep_panel(panel: Panel, folder: Path) -> None:
    """Write a panel into a folder; what was there of one before is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    head = head_of(panel)
    parties = pa.table({"id": list(panel.ids), "firm": panel.firm})
    pq.write_table(parties, folder / "parties.parquet")
    _write(folder / "figures.parquet", (_figures(panel, at) for at in range(len(panel.waves))))
    _write(folder / "links.parquet", _all_links(panel))
    # Last, so that a folder with a head is whole.
    (folder / "panel.json").write_text(json.dumps(head, ensure_ascii=False, indent=1), encoding="utf-8")


def read_panel(folder: Path) -> Panel:
    """A panel that was kept. Raises UnreadableFile where it is none, InvalidPanel where it is not as it was kept."""
    try:
        head = json.loads((folder / "panel.json").read_text(encoding="utf-8"))
        parties, figures, links = (
            pq.read_table(folder / f"{name}.parquet") for name in ("parties", "figures", "links")
        )
    except (OSError, ValueError, pa.ArrowException) as problem:
        raise UnreadableFile("is no panel", where=str(folder), remedy="make it again") from problem
    if head.get("version") != VERSION:
        raise InvalidPanel(f"of version {head.get('version')}", where=str(folder), remedy="make it again")
    try:
        panel = _panel(head, parties, figures, links)
    except (KeyError, TypeError, ValueError, pa.ArrowException) as problem:
        raise InvalidPanel("lacks columns that a panel has", where=str(folder), remedy="make it again") from problem
    if panel.digest != head["hash"]:
        raise InvalidPanel("was changed after it was made", where=str(folder), remedy="make it again")
    return panel


def _write(file: Path, tables: Iterator[pa.Table]) -> None:
    first = next(tables)
    with pq.ParquetWriter(file, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def _figures(panel: Panel, at: int) -> pa.Table:
    """Of parties that are a row, have a figure, or have defaulted."""
    wave = panel.waves[at]
    row = np.zeros(wave.size, np.bool_)
    row[wave.rows] = True
    label, part = (np.full(wave.size, none, np.int8) for none in (-1, Part.NONE))
    label[wave.rows] = wave.label
    if panel.given is not None:
        part[wave.rows] = panel.given[at]
    told = np.flatnonzero(row | ~np.isnan(wave.values).all(axis=1) | wave.public | ~np.isnan(wave.capacity))
    since = np.full(wave.size, np.nan, np.float32) if wave.since is None else wave.since
    columns = {
        "wave": np.full(len(told), at, np.int16), "party": told.astype(np.int32), ROW: row[told],
        "label": label[told], "part": part[told],
        "public": wave.public[told], "since": since[told], "capacity": wave.capacity[told],
    }  # fmt: skip
    columns |= {name: wave.values[told, k] for k, name in enumerate(panel.names)}
    return pa.table(columns)


def _all_links(panel: Panel) -> Iterator[pa.Table]:
    details = sorted({name for wave in panel.waves for ties in wave.ties.values() for name in ties.details})
    for at, wave in enumerate(panel.waves):
        for relation in panel.relations:
            ties = wave.ties[relation]
            nothing = np.full(ties.size, np.nan, np.float32)
            columns: dict[str, Any] = {
                "wave": np.full(ties.size, at, np.int16),
                "relation": pa.array([relation] * ties.size, pa.string()).dictionary_encode(),
                "tail": ties.tail, "head": ties.head, "stake": ties.stake, "source": ties.source,
            }  # fmt: skip
            columns |= {f"detail.{name}": ties.details.get(name, nothing) for name in details}
            yield pa.table(columns)


def _panel(head: dict[str, Any], parties: pa.Table, figures: pa.Table, links: pa.Table) -> Panel:
    features = tuple(Feature(**{**told, "categories": tuple(told["categories"])}) for told in head["features"])
    size = parties.num_rows
    waves, given = [], []
    for at, told in enumerate(head["waves"]):
        mine = figures.filter(pa.compute.equal(figures["wave"], at))
        wave, part = _wave(told, mine, _links_of(links, at, head["relations"]), size, [f.name for f in features])
        waves.append(wave)
        given.append(part)
    firm = parties["firm"].to_numpy(zero_copy_only=False).astype(np.bool_)
    return Panel(
        tuple(parties["id"].to_pylist()), firm, features, tuple(head["relations"]), tuple(waves), head["definition"],
        head["horizon_months"], tuple(given) if head["split"] else None, _gaps(head.get("gaps", {})),
    )  # fmt: skip


def _gaps(told: dict[str, Any]) -> Gaps:
    """Of panels of before they were told of, none are known."""
    days = {source: date.fromisoformat(day) for source, day in told.get("told", {}).items()}
    return Gaps(dict(told.get("refused", {})), days)


def _wave(
    told: dict[str, Any], figures: pa.Table, ties: dict[str, Ties], size: int, names: list[str]
) -> tuple[Wave, Any]:
    party = figures["party"].to_numpy()

    def spread(name: str, none: Any, dtype: Any) -> Any:
        found = np.full(size, none, dtype)
        found[party] = figures[name].to_numpy(zero_copy_only=False)
        return found

    values = np.full((size, len(names)), np.nan, np.float32)
    for column, name in enumerate(names):
        values[party, column] = figures[name].to_numpy()
    rows = np.flatnonzero(spread(ROW, False, np.bool_)).astype(np.int32)
    wave = Wave(
        told["day"] and date.fromisoformat(told["day"]), told["known_at"] and read_instant(told["known_at"]), values,
        spread("capacity", np.nan, np.float64), spread("public", False, np.bool_), rows,
        spread("label", -1, np.int8)[rows], ties, spread("since", np.nan, np.float32) if told["since"] else None,
    )  # fmt: skip
    return wave, spread("part", Part.NONE, np.int8)[rows]


def _links_of(links: pa.Table, wave: int, relations: dict[str, list[str]]) -> dict[str, Ties]:
    mine = links.filter(pa.compute.equal(links["wave"], wave))
    code = np.asarray(pa.compute.index_in(mine["relation"].cast(pa.string()), value_set=pa.array(list(relations))))
    columns = {name: mine[name].to_numpy() for name in mine.column_names if name not in ("wave", "relation")}
    found = {}
    for number, (relation, details) in enumerate(relations.items()):
        at = np.flatnonzero(code == number)
        tail, head, stake, source = (columns[name][at] for name in ("tail", "head", "stake", "source"))
        found[relation] = Ties(tail, head, stake, source, {name: columns[f"detail.{name}"][at] for name in details})
    return found
