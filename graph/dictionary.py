"""The data dictionary, written from the model: what every kind of fact is made of, in both languages."""

from collections.abc import Iterable, Iterator

from graph.field import Field
from graph.model import FACT_FIELDS, LOAD_FIELDS, PARTY_FIELDS, RECORDS, RELATIONS, SOURCE_FIELDS

HEAD = "| field | type | meaning | 含义 |\n|---|---|---|---|"


def dictionary() -> str:
    """The dictionary as Markdown, a table a kind."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield from _table("Every party · 主体", PARTY_FIELDS)
    yield from _table("Every fact · 每条事实", FACT_FIELDS)
    for kind in RELATIONS:
        ends = f"{_kinds(kind.from_kinds)} → {_kinds(kind.to_kinds)}"
        yield from _table(f"`{kind.name}` · {kind.en} · {kind.zh} ({ends})", kind.fields)
    for kind in RECORDS:
        yield from _table(f"`{kind.name}` · {kind.en} · {kind.zh}", kind.fields)
    yield from _table("Every load · 载入批次", LOAD_FIELDS)
    yield from _table("Every source · 来源", SOURCE_FIELDS)


def _table(title: str, fields: Iterable[Field]) -> Iterator[str]:
    yield f"\n**{title}**\n\n{HEAD}"
    for field in fields:
        yield f"| `{field.name}`{_marks(field)} | {_type(field)} | {field.en} | {field.zh} |"


def _marks(field: Field) -> str:
    return " ◆" * field.key + " ●" * field.required


def _type(field: Field) -> str:
    if field.choices:
        return ", ".join(field.choices)
    return f"{field.type}, {field.unit}" if field.unit and field.unit != field.type else field.type


def _kinds(kinds: Iterable[str]) -> str:
    return ", ".join(kinds)


if __name__ == "__main__":
    print(dictionary())
