"""The one reader of rules: strict, and by name in what it refuses."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from importlib.resources import files
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from analytics.rules.rule import Norm
from graph.errors import InvalidQuestion, InvalidRule

T = TypeVar("T")
R = TypeVar("R", bound=Norm)

EXPECTED: Mapping[type, tuple[str, str]] = {
    str: ("a text", "put it between quotes"),
    bool: ("true or false", "write it without quotes"),
    float: ("a number", "write 15 % as 0.15, without quotes"),
    int: ("a whole number", "write it without quotes"),
    date: ("a day", "write 2018-07-01 without quotes"),
}
"""What a field of a type is, and how to write it."""


def read_rule(form: type[T], table: Mapping[str, Any], *, where: str) -> T:
    r"""Read one record; each of its fields must be known, each known one given or have a default.

    .. math:: keys_{required} \subseteq keys_{table} \subseteq keys_{form}

    Parameters
    ----------
    form : a frozen dataclass
        Fields of text, flags, numbers, days, tuples of them or further records; `Annotated` with what a
        value may be, `metadata["key"]` where the file calls it otherwise; `flaws`, if it has that method,
        names what fields may not be together.
    table : mapping
        As TOML gives it.
    where : str
        File, for the error; and the place in it.

    Raises
    ------
    InvalidRule
        If a field is unknown, missing, of another type, or not what it may be. It names file and field.

    Source
    ------
    Domain reference, first page: every regulatory number is a row with its citation.

    Example
    -------
    >>> from analytics.rules.rule import Words
    >>> read_rule(Words, {"en": "share", "zh": "股权"}, where="mine.toml")
    Words(en='share', zh='股权')
    >>> read_rule(Words, {"en": "share", "zh": 3}, where="mine.toml")
    Traceback (most recent call last):
        ...
    graph.errors.InvalidRule: mine.toml: zh: expected a text, not 3
    """
    known = {field.metadata.get("key", field.name): field for field in fields(form)}  # type: ignore[arg-type]
    missing = sorted(key for key, field in known.items() if _needed(field) and key not in table)
    strange = sorted(set(table) - set(known))
    if missing:
        raise InvalidRule(
            f"lacks {', '.join(missing)}", where=where, remedy="add a line for each, as the rules shipped"
        )
    if strange:
        remedy = f"take it out, or mend the name; there are {', '.join(known)}"
        raise InvalidRule(f"has no field {', '.join(strange)}", where=where, remedy=remedy)
    kinds = get_type_hints(form, include_extras=True)
    record = form(**{
        known[key].name: _value(kinds[known[key].name], value, _place(where, key), empty=not _needed(known[key]))
        for key, value in table.items()
    })  # fmt: skip
    for field, what, remedy in getattr(record, "flaws", tuple)():
        raise InvalidRule(what, where=_place(where, field), remedy=remedy)
    return record


def _needed(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _place(where: str, field: str) -> str:
    return f"{where}.{field}" if ": " in where else f"{where}: {field}"


def _value(kind: Any, value: Any, where: str, *, empty: bool = False) -> Any:
    """A value as its type wants it; only what may be left out may be an empty text."""
    if get_origin(kind) is Annotated:
        base, *limits = get_args(kind)
        found = _value(base, value, where, empty=True)
        for wrong in (limit.wrong(found) for limit in limits):
            if wrong:
                raise InvalidRule(wrong[0], where=where, remedy=wrong[1])
        return found
    if type(None) in get_args(kind):
        return _value(next(part for part in get_args(kind) if part is not type(None)), value, where, empty=empty)
    if get_origin(kind) is tuple:
        return _values(get_args(kind), value, where)
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, dict):
        return read_rule(kind, value, where=where)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is kind and (value != "" or empty):
        return value
    expected, remedy = EXPECTED.get(kind, ("fields of its own", "write { field = value }, as in the rules shipped"))
    said = "an empty one" if value == "" else repr(value)
    raise InvalidRule(f"expected {expected}, not {said}", where=where, remedy=remedy)


def _values(kinds: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise InvalidRule(f"expected a list, not {value!r}", where=where, remedy="put it between [ and ]")
    if kinds[-1] is not ... and len(value) != len(kinds):
        raise InvalidRule(f"expected {len(kinds)} values, not {len(value)}", where=where, remedy="give that many")
    each = [kinds[0]] * len(value) if kinds[-1] is ... else kinds
    return tuple(_value(kind, one, f"{where}[{k}]") for k, (kind, one) in enumerate(zip(each, value, strict=True), 1))


def read_text(form: type[T], text: str, *, where: str) -> T:
    r"""Read a rule from the text of its file.

    .. math:: text \mapsto table \mapsto rule

    Parameters
    ----------
    form : a frozen dataclass
        As `read_rule`.
    text : str
        TOML.
    where : str
        Name of the file, for the error.

    Raises
    ------
    InvalidRule
        If it is no TOML, and as `read_rule`.

    Source
    ------
    TOML 1.0.0, toml.io.

    Example
    -------
    >>> from analytics.rules.rule import Words
    >>> read_text(Words, 'en = "share"', where="mine.toml")
    Traceback (most recent call last):
        ...
    graph.errors.InvalidRule: mine.toml: lacks zh
    """
    return read_rule(form, _table(text, where), where=where)


def _table(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidRule(f"is no TOML: {error}", where=where, remedy="correct the line it names") from None


def read_folder(form: type[R], package: str, folder: str) -> dict[str, R]:
    r"""Read the rules of a folder of a package, one file a rule, by their ids.

    .. math:: \{\,f_1, \dots, f_n\,\} \mapsto \{\, id(f_i) \mapsto f_i \,\}

    Parameters
    ----------
    form : a subclass of Norm
        As `read_rule`.
    package : str
        Import name of the package that carries them.
    folder : str

    Raises
    ------
    InvalidRule
        If two rules have one id, and as `read_text`.

    Source
    ------
    Domain reference, first page.

    Example
    -------
    >>> from analytics.structure.owners.variants import Variant
    >>> list(read_folder(Variant, "analytics.structure.owners", "variants"))
    ['CRR', 'ECB']
    """
    entries = sorted((files(package) / folder).iterdir(), key=lambda entry: entry.name)
    paths = [entry for entry in entries if entry.name.endswith(".toml")]
    texts = {f"{folder}/{entry.name}": entry.read_text(encoding="utf-8") for entry in paths}
    return by_id((read_text(form, text, where=where), where) for where, text in texts.items())


def read_rows(form: type[R], package: str, file: str) -> dict[str, R]:
    r"""Read a file of a package that has several short rules, each under `[[rules]]`, by their ids.

    .. math:: (r_1, \dots, r_n) \mapsto \{\, id(r_i) \mapsto r_i \,\}

    Parameters
    ----------
    form : a subclass of Norm
        As `read_rule`.
    package : str
        Import name of the package that carries it.
    file : str

    Raises
    ------
    InvalidRule
        If it says anything else, or two rules have one id; and as `read_text`.

    Source
    ------
    Domain reference, first page.

    Example
    -------
    >>> from analytics.structure.guarantees.period import SigningLaw
    >>> list(read_rows(SigningLaw, "analytics.structure.guarantees", "period.toml"))
    ['CN_GUARANTEE_LAW_1995', 'CN_CIVIL_CODE_2021']
    """
    table = _table((files(package) / file).read_text(encoding="utf-8"), file)
    if list(table) != ["rules"]:
        raise InvalidRule("expected rules and nothing else", where=file, remedy="head each with [[rules]]")
    places = [f"{file}: rules[{k}]" for k in range(1, len(table["rules"]) + 1)]
    rows = zip(table["rules"], places, strict=True)
    return by_id((read_rule(form, row, where=where), where) for row, where in rows)


def by_id(rules: Iterable[tuple[R, str]]) -> dict[str, R]:
    r"""Put rules by their ids, each given with the place it was read from.

    .. math:: (r, place) \mapsto \{ id(r) \mapsto r \}

    Parameters
    ----------
    rules : pairs of a rule and a text

    Raises
    ------
    InvalidRule
        If two have one id; it names the second's place.

    Source
    ------
    Domain reference, first page.

    Example
    -------
    >>> by_id([])
    {}
    """
    found: dict[str, R] = {}
    for rule, where in rules:
        if rule.id in found:
            raise InvalidRule(f"{rule.id} is there already", where=_place(where, "id"), remedy="give it another id")
        found[rule.id] = rule
    return found


def named(rules: Mapping[str, T], name: str, *, where: str) -> T:
    r"""Find a rule by its id, for a question that asks for it.

    .. math:: name \mapsto rules_{name}

    Parameters
    ----------
    rules : mapping
        By id.
    name : str
    where : str
        What the question calls it.

    Raises
    ------
    InvalidQuestion
        If there is none of this id; it names those there are.

    Source
    ------
    Domain reference, first page.

    Example
    -------
    >>> named({"A": 1}, "B", where="regime")
    Traceback (most recent call last):
        ...
    graph.errors.InvalidQuestion: regime: no regime B
    """
    if name not in rules:
        raise InvalidQuestion(f"no {where} {name}", where=where, remedy=f"name one of {', '.join(rules)}")
    return rules[name]
