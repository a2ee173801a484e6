"""Tables of any layout, read by a mapping that says what their columns mean."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from graph.errors import InvalidInput, InvalidMapping, UnreadableFile
from ingest import given
from ingest.mapping import Mapping as Plan
from ingest.mapping import TablePart, read_mapping
from ingest.places import Origin, original_places, read_origin, split_place
from ingest.source import Delivery, Rejected, Staged
from ingest.tabular.ahead import in_order
from ingest.tabular.cells import locate, names
from ingest.tabular.layout import Layout
from ingest.tabular.mapper import Mapper
from ingest.tabular.open import ENDINGS, keeps_own_names, read_rows
from ingest.tabular.persons import Persons, declared
from ingest.tabular.rows import Rows
from ingest.tabular.titles import title_of

_NO_MAPPING = "`contagraph inspect FILE --out mapping.toml` writes one to start from; then add --mapping mapping.toml"


SETTINGS: Final = ("currency", "lender", *given.SETTINGS)
"""What may be said beside the mapping, and goes before it; all else stands in it."""


class Tables:
    """CSV, TSV, Excel, Parquet and JSON lines by a mapping; setting `mapping` is the path of the TOML file."""

    name: Final = "tables"
    replaces_record: Final = False
    required: Final = ("mapping",)

    def recognises(self, path: Path) -> bool:
        """Whether the path ends like a table, or is a folder that holds one."""
        if path.is_dir():
            return any(self.recognises(inner) for inner in path.iterdir() if inner.is_file())
        return path.suffix.lower() in ENDINGS

    def files(self, path: Path) -> tuple[Path, ...]:
        """The file, or every table directly in the folder, by name."""
        if not path.is_dir():
            return (path,)
        inside = sorted(inner for inner in path.iterdir() if inner.is_file())
        return tuple(inner for inner in inside if self.recognises(inner) and not inner.name.startswith((".", "~$")))

    def delivery(self, paths: tuple[Path, ...], settings: Mapping[str, str]) -> Delivery:
        """The delivery the mapping makes of these files; raises InvalidMapping."""
        if not settings.get("mapping"):
            raise InvalidMapping("tables need a mapping", where=str(paths[0]) if paths else "", remedy=_NO_MAPPING)
        given.check_known(settings, of=self.name, offered=SETTINGS, rest="; the mapping says all else")
        plan = read_mapping(Path(settings["mapping"]), settings)
        declared(plan)
        kept = tuple(path for path in paths if not any(fnmatchcase(path.name, glob) for glob in plan.ignore))
        _cover(plan, kept)
        # Absolute, so that a retry from another folder still finds it; the digest leaves the path out.
        told = {**settings, "mapping": str(plan.path.resolve())}
        return Delivery(kept, plan.name, plan.mode, plan.delivered, plan.trust, plan.confidence, told)

    def conceal(self, delivery: Delivery, place: str, row: dict[str, Any]) -> dict[str, Any]:
        """A corrected row, the numbers of persons hashed by every table that its file has."""
        plan, key = _plan(delivery)
        origin = read_origin(split_place(place)[0])
        meant = [table for table in plan.tables if _meant(table, origin)]
        if not any(locate(table, plan, tuple(row), where=place, lenient=True) for table in meant):
            raise InvalidInput(
                "none of its columns is in the mapping", where=place, remedy='write {"column": "cell", …}, whole'
            )
        return _hidden(row, [Persons(plan, table, key) for table in meant], where=place)

    def read(self, delivery: Delivery) -> Iterator[Staged | Rejected]:
        """Parties and facts of every file, tables in the order of the mapping."""
        plan, key = _plan(delivery)
        before = 0
        for path in delivery.paths:
            origin = read_origin(delivery.origins.get(path, path.name))
            meant = [(table, Persons(plan, table, key)) for table in plan.tables if _meant(table, origin)]
            for table, persons in meant:
                others = [other for _, other in meant if other is not persons]
                for item in _read(
                    path, origin, plan, table, persons, retried=path in delivery.origins, before=before
                ):  # fmt: skip
                    yield _concealed(item, others)
            before += path.stat().st_size


def _plan(delivery: Delivery) -> tuple[Plan, bytes | None]:
    """The mapping of a delivery, and the key that hides persons' numbers."""
    secret = delivery.settings.get("hash_key")
    plan = read_mapping(Path(delivery.settings["mapping"]), delivery.settings)
    return plan, bytes.fromhex(secret) if secret else None


def _concealed(item: Staged | Rejected, others: list[Persons]) -> Staged | Rejected:
    """An item whose rows, should they be kept, also hide the persons that other tables of their file know."""
    if not others:
        return item

    def hide(text: str) -> str:
        return json.dumps(_hidden(json.loads(text), others, where="a row of several tables"), ensure_ascii=False)

    if isinstance(item, Rejected):
        return replace(item, raw=hide(item.raw))
    raw = item.raw
    return replace(item, raw=lambda places: [hide(text) for text in raw(places)])


def _hidden(row: dict[str, Any], tables: list[Persons], *, where: str) -> dict[str, Any]:
    """A row without the numbers of persons that any of these tables knows."""
    for persons in tables:
        row = persons.concealed(row, where=where)
    return row


def _meant(table: TablePart, origin: Origin) -> bool:
    same_sheet = not origin.sheet or not table.sheet or origin.sheet == table.sheet
    return fnmatchcase(origin.file, table.file) and same_sheet


def _cover(plan: Plan, paths: tuple[Path, ...]) -> None:
    """Every file is described, and in a full delivery every description has a file."""
    for path in paths:
        if not any(_meant(table, Origin(path.name)) for table in plan.tables):
            raise InvalidMapping(
                f"no [[table]] is for {path.name}",
                where=str(plan.path),
                remedy=f'add [[table]] with file = "{path.name}", or ignore = ["{path.name}"] under [source]',
            )
    for table in plan.tables:
        if plan.mode == "full" and not any(_meant(table, Origin(path.name)) for path in paths):
            raise InvalidMapping(
                f"a full delivery without {table.file} would end all its facts",
                where=table.line,
                remedy='give the file too, or say delivery = "changes"',
            )
    if not paths:
        raise UnreadableFile(
            "there is no table to read", where=str(plan.path), remedy=f"tables end in {' '.join(ENDINGS)}"
        )


def _read(
    path: Path, origin: Origin, plan: Plan, table: TablePart, persons: Persons, *, retried: bool, before: int
) -> Iterator[Staged | Rejected]:
    layout = Layout(origin.text, origin.sheet or table.sheet, table.encoding, table.delimiter, table.header, table.skip)
    if retried:
        layout = Layout(origin.text, again=True)
    elif not layout.skip and not layout.header:
        _begins_with_header(path, layout, table)
    where, lenient = origin.text if retried else str(path), keeps_own_names(path)
    mappers: dict[tuple[str, ...], Mapper] = {}

    def mapped(found: Rows | Rejected) -> list[Staged | Rejected]:
        if isinstance(found, Rejected):
            refused = persons.refused(found)
            return [original_places(path, refused) if retried else refused]
        rows = original_places(path, found) if retried else found
        told = mappers[rows.headers].apply(rows)
        return [i if isinstance(i, Rejected) else replace(i, consumed=before + i.consumed) for i in told]

    def batches() -> Iterator[Rows | Rejected]:
        for item in read_rows(path, layout):
            if not isinstance(item, Rejected) and item.headers not in mappers:
                mappers[item.headers] = Mapper(plan, table, item.headers, persons, where=where, lenient=lenient)
            yield item

    for items in in_order(batches(), mapped):
        yield from items


def _begins_with_header(path: Path, layout: Layout, table: TablePart) -> None:
    """Raise InvalidMapping where a title stands above the header: every row would be wider than it."""
    title = title_of(path, layout)
    if title.lines and not names(table, title.text):
        raise InvalidMapping(
            f"{path} seems to begin with a title, {title.text!r}",
            where=table.line,
            remedy=f"say skip = {title.lines} under [[table]]: its header is in line {title.lines + 1}",
        )
