"""The mapping a user starts from: what was guessed, and required lines for what no file can say."""

import re
import textwrap
from collections.abc import Iterable, Set
from fnmatch import fnmatchcase

from graph.model import EVENT, KINDS, OUTCOME, PROFILE, RATE, RELATED_TO, STATEMENT
from ingest.ends import ID_WORDS, End, plain
from ingest.guesses import Guess, Said
from ingest.inspect import Look, named_in
from ingest.mapping import LENDER
from ingest.statements import ITEMS, Item
from ingest.toml_text import MARKER

_HEAD = f"""\
# A mapping to start from. Lines with "{MARKER}" must be filled in: the files cannot say them.
# All else was guessed from headers and values; compare it with what you know.

[source]
name = "{MARKER} name of the register or system these files come from, such as 工商登记"
delivery = "{MARKER} full: everything the source knows; changes: only what is new"
# delivered = 2024-06-30    # the delivery's own day; without it, the day of the load
# trust = 0.5               # 0 to 1: which of two sources that disagree is believed
"""
_CURRENCY = f'currency = "{MARKER} ISO 4217, such as CNY: amounts stand in no currency of their own"'
_UNIT = f'unit = {{ constant = "{MARKER} ISO 4217, such as CNY: the values stand in no currency of their own" }}'
TRANSFERS = (
    "a transfer of shares (股权转让) is no holding: it says what changed hands, not who holds how much from then on. "
    "It is kept as an Event of each side; load who holds what from a list of holders (股东名册) of a later day"
)
"""What is said of a table of transfers."""
_BARE = (
    "the columns say only that two parties are linked: where you know how, say it below, or take another kind of "
    "relation, such as SUPPLIES, GUARANTEES, LENDS or OWNS"
)
"""What is said of a bare list of links."""
_ANY_DAY = "2000-12-31"
_PARTS = {"train": "train", "valid": "validate", "val": "validate", "validation": "validate", "dev": "validate",
          "test": "test", "训练": "train", "验证": "validate", "测试": "test"}  # fmt: skip
"""What data sets call their parts."""
_SIDES = {"seller": "转让股权", "buyer": "受让股权", "company": "股东转让股权"}
"""Sides of a transfer, and what happened to each."""
_LENDER = f'lender = "{MARKER} id of the lender, such as its 统一社会信用代码"\n# lender_name = "its name"'


def starting_mapping(looks: Iterable[Look]) -> str:
    """TOML for these tables; it is refused until its marked lines are filled in."""
    seen = list(looks)
    lines = [_HEAD.rstrip()]
    if any(_lacks_currency(one.guess) for one in seen):
        lines.append(_CURRENCY)
    if any(_lender_end(one.guess) for one in seen):
        lines.append(_LENDER)
    for one in seen:
        lines += ["", *_table(one)]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A TOML text.

    >>> quoted('a "b"')
    '"a \\\\"b\\\\""'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(c):04x}" if c < " " or c == "\x7f" else c for c in escaped) + '"'


def _lacks_currency(guess: Guess) -> bool:
    money = any(f.type == "money" and f.name in guess.fields for f in KINDS[guess.kind].fields)
    return money and "currency" not in guess.fields


def _table(one: Look) -> list[str]:
    guess = one.guess
    lines = ["[[table]]", f"file = {quoted(_glob(one.path.name))}"]
    lines += [f"sheet = {quoted(one.sheet)}"] if one.sheet else []
    lines += [f"encoding = {quoted(one.encoding)}"] if one.encoding not in ("", "utf-8") else []
    lines += [f"skip = {one.title.lines}    # lines above the header"] if one.title.lines else []
    lines += [f"stated = {quoted(guess.stated)}"] if guess.stated else []
    relation = KINDS[guess.kind].is_relation
    names = ("from_party", "to_party") if relation else ("party",)[: len(guess.ends)]
    if guess.kind == EVENT.name:
        names = tuple(_SIDES)
    listed = guess if guess.kind == PROFILE.name else None
    for name, end in zip(names, guess.ends, strict=True):
        if end or name not in (_lender_end(guess), "company"):
            lines += ["", *_party(name, end, listed, _titles(one))]
            lines += ["optional = true"] if name == "company" else []
    if relation:
        lines += ["", *_fact(guess)]
    elif guess.kind == STATEMENT.name:
        lines += _statements(guess, {column.name for column in one.columns if column.filled < 1})
    elif guess.kind == EVENT.name:
        lines += _transfers(guess)
    elif guess.kind == OUTCOME.name:
        lines += _labelled(guess)
    elif guess.kind == RATE.name:
        lines += ["", "[[table.fact]]", f'kind = "{RATE.name}"', *_fields(guess), *_asked(guess)]
    if guess.unused:
        lines += ["", f"# not used: {', '.join(' '.join(name.split()) for name in guess.unused)}"]
    return lines


def _titles(one: Look) -> frozenset[str]:
    """Columns of names that no header calls numbers."""
    return frozenset(name for name in named_in(one.columns) if not re.search(ID_WORDS, plain(name)))


def _glob(name: str) -> str:
    """The file's name, safe against the signs of a pattern."""
    return name if fnmatchcase(name, name) else "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _party(name: str, end: End | None, listed: Guess | None, titles: frozenset[str]) -> list[str]:
    if end is None:
        missing = f'"{MARKER} the column with the number of this party"'
        return ["[[table.party]]", f'as = "{name}"', f"id = {missing}", f'kind = "{MARKER} Company, Person or State"']
    told = quoted(end.kind) if end.kind else f'"{MARKER} Company, Person or State, or the column that says it"'
    silent = f"{MARKER} no row says anything under {end.id}: the column with the number of this party"
    number = quoted(silent if end.empty else end.id)
    lines = ["[[table.party]]", f'as = "{name}"', f"id = {number}", f"kind = {told}"]
    if end.title:
        lines.append(f"profile.name = {quoted(end.title)}")
    elif end.id in titles and not (listed and "name" in listed.fields):
        lines.append(f"profile.name = {quoted(end.id)}")
    if listed:
        lines += [f"profile.{line}" for line in _fields(listed) if not (end.title and line.startswith("name "))]
        lines += [f"identifier.{scheme} = {quoted(column)}" for scheme, column in listed.identifiers.items()]
    if end.uscc:
        lines.append(f"identifier.CN-USCC = {quoted(end.id)}")
    if end.document and end.kind not in ("Company", "State"):
        lines.append(f"identifier.CN-RIC = {quoted(end.id)}    # persons' numbers are kept as keyed hashes")
    return lines


def _transfers(guess: Guess) -> list[str]:
    """The facts of a table of transfers: what happened to each side."""
    lines = ["", *(f"# {line}" for line in textwrap.wrap(TRANSFERS, 100))]
    named = {side: end for side, end in zip(_SIDES, guess.ends, strict=True) if end}
    columns = [*(end.id for end in named.values()), *(said.column for said in guess.fields.values())]
    day = [] if "happened" in guess.fields else [f'happened = {{ constant = "{MARKER} the day of the transfer" }}']
    for side in named:
        other = {"seller": "buyer", "buyer": "seller"}.get(side)
        lines += ["", "[[table.fact]]", f'kind = "{EVENT.name}"', f'party = "{side}"']
        lines += ['fields.kind = { constant = "other" }', f"title = {{ constant = {quoted(_SIDES[side])} }}"]
        lines += [*day, *_fields(guess)]
        lines += [f"counterparty = {quoted(named[other].title or named[other].id)}"] if other else []
        # Two transfers of one day are two events.
        lines += [f"ref = [{', '.join(map(quoted, columns))}]"]
    return lines


def _fact(guess: Guess) -> list[str]:
    start, end = (LENDER if name == _lender_end(guess) else name for name in ("from_party", "to_party"))
    lines = ["[[table.fact]]", f'kind = "{guess.kind}"', f'from = "{start}"', f'to = "{end}"', *_fields(guess)]
    lines += [f"# {line}" for line in textwrap.wrap(_BARE, 100)] if _bare(guess) else []
    lines += [f"op = {quoted(guess.op)}"] if guess.op else []
    lines += [f"ref = [{quoted(guess.ref)}]"] if guess.ref else []
    return [*lines, *_asked(guess)]


def _bare(guess: Guess) -> bool:
    """Whether a table only says that two parties are linked."""
    return guess.kind == RELATED_TO.name and not (guess.fields or guess.stated or guess.op)


def _labelled(guess: Guess) -> list[str]:
    """The label of each row, and its figures as items of a statement by their headers."""
    said = guess.fields
    lines = ["", "[[table.fact]]", f'kind = "{OUTCOME.name}"', 'party = "party"']
    lines += [f"defaulted = {quoted(said['defaulted'].column)}"]
    if "part" in said:
        words = ", ".join(f"{quoted(word)} = {quoted(part)}" for word, part in _PARTS.items())
        lines += [f"part = {{ column = {quoted(said['part'].column)}, map = {{ {words} }} }}"]
    lines += [f"day = {quoted(said['day'].column)}"] if "day" in said else []
    if guess.figures:
        period = quoted(said["day"].column) if "day" in said else f'{{ constant = "{_ANY_DAY}" }}'
        why = "" if "day" in said else "    # the data have no days: any will do"
        lines += ["", "[[table.fact]]", f'kind = "{STATEMENT.name}"', 'party = "party"']
        lines += [f"items = [{', '.join(map(quoted, guess.figures))}]", f"period_end = {period}{why}"]
        lines += ["months = { constant = 0 }", 'unit = { constant = "ratio" }    # or the currency they stand in']
    return lines


def _asked(guess: Guess) -> list[str]:
    """What a fact must say and no column does."""
    lines = []
    for field in KINDS[guess.kind].fields:
        if field.required and field.name not in guess.fields:
            place = "fields.kind" if field.name == "kind" else field.name
            choice = f", one of: {', '.join(field.choices)}" if field.choices else ""
            lines.append(f'{place} = {{ constant = "{MARKER} {field.en.lower()}{choice}" }}')
    return lines


def _lender_end(guess: Guess) -> str:
    """Which end of a lender's own list the lender is, whom no column names; empty where it is none."""
    if guess.kind == "LENDS" and guess.ends[0] is None:
        return "from_party"
    return "to_party" if guess.kind == "PLEDGES" and guess.ends[1] is None else ""


def _statements(guess: Guess, gaps: Set[str]) -> list[str]:
    """The facts of a table of statements: one for all of its rows, or one for each column of an item; where columns of
    amounts have gaps, only what is told."""
    said = guess.fields
    period = f"period_end = {quoted(said['period_end'].column)}"
    head = ["", "[[table.fact]]", 'kind = "Statement"', 'party = "party"', period]
    tail = [f"standard = {quoted(said['standard'].column)}"] if "standard" in said else []
    tail.append(f"unit = {quoted(said['unit'].column)}" if "unit" in said else _UNIT)
    if not guess.items:
        column = quoted(said["item"].column)
        named = [(name, item) for item in ITEMS for name in item.names]
        words = ", ".join(f"{quoted(name)} = {quoted(item.name)}" for name, item in named)
        spans = ", ".join(f"{quoted(name)} = {_span(item)}" for name, item in named)
        months = quoted(said["months"].column) if "months" in said else f"{{ column = {column}, map = {{ {spans} }} }}"
        return [
            *head,
            f"item = {{ column = {column}, map = {{ {words} }} }}",
            f"value = {_valued(said['value'])}",
            f"months = {months}",
            *tail,
            *_when(said["value"], gaps),
        ]
    lines: list[str] = []
    for column, item in guess.items.items():
        months = quoted(said["months"].column) if "months" in said and item.flows else f"{{ constant = {_span(item)} }}"
        constant = f"item = {{ constant = {quoted(item.name)} }}"
        lines += [*head, constant, f"value = {_valued(said[column])}", f"months = {months}", *tail]
        lines += _when(said[column], gaps)
    return lines


def _when(said: Said, gaps: Set[str]) -> list[str]:
    """That there is a fact only where the column says something."""
    return [f"when = {quoted(said.column)}"] if said.column in gaps else []


def _span(item: Item) -> str:
    """How many months an item is of: none where it is of a day."""
    return quoted(f"{MARKER} months of its period, 12 for a year") if item.flows else "0"


def _valued(said: Said) -> str:
    column = quoted(said.column)
    if said.unit_column:  # each row says its own: 500 and 万元 are read as 500万元
        return f'{{ column = [{column}, {quoted(said.unit_column)}], join = "" }}'
    return f"{{ column = {column}, unit = {quoted(said.unit)} }}" if said.unit else column


def _fields(guess: Guess) -> list[str]:
    lines = []
    for name, said in guess.fields.items():
        key = "fields.kind" if name == "kind" else name
        lines.append(f"{key} = {_valued(said)}")
    return lines
