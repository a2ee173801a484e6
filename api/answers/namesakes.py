"""Parties of one name in one answer: the id stands beside a name that several of them have, so that words tell them
apart."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from api.answers.frame import Party

T = TypeVar("T")


def distinguished(value: T) -> T:
    """The same with the id beside every name that several parties in it have; itself where there are none.

    >>> one, other = distinguished((Party("r:1", "A", "Company"), Party("r:2", "A", "Company")))
    >>> one.name, other.name, bare_name(one)
    ('A (r:1)', 'A (r:2)', 'A')
    """
    return renamed(value, namesakes(_parties(value, set())))


def namesakes(parties: Iterable[Party]) -> dict[Party, Party]:
    """Parties whose name another of them has too, each with its id beside its name.

    >>> namesakes([Party("r:1", "A", "Company"), Party("r:3", "B", "Company")])
    {}
    """
    by_name: dict[str, dict[str, Party]] = defaultdict(dict)
    for party in parties:
        by_name[party.name][party.id] = party
    same = (some for some in by_name.values() if len(some) > 1)
    return {one: replace(one, name=f"{one.name} ({one.id})") for some in same for one in some.values()}


def renamed(value: T, called: Mapping[Party, Party]) -> T:
    """The same with other names of some parties; itself where it has none of them.

    >>> one, other = Party("r:1", "A", "Company"), Party("r:2", "B", "Company")
    >>> [party.name for party in renamed([one, other], {one: Party("r:1", "C", "Company")})]
    ['C', 'B']
    """
    return _renamed(value, called, {}) if called else value


def bare_name(party: Party) -> str:
    """The bare name of a party whose id stands beside it anyway."""
    return party.name.removesuffix(f" ({party.id})")


def _parties(value: Any, seen: set[int]) -> Iterator[Party]:
    if id(value) in seen:
        return
    if isinstance(value, Party):
        yield value
    elif is_dataclass(value):
        seen.add(id(value))
        for field in fields(value):
            yield from _parties(getattr(value, field.name), seen)
    elif type(value) in (tuple, list):
        for one in value:
            yield from _parties(one, seen)
    elif isinstance(value, Mapping):
        yield from _parties(list(value.values()), seen)


def _renamed(value: Any, called: Mapping[Party, Party], done: dict[int, Any]) -> Any:
    """A copy with the names told; what has no such party in it stays the object it is."""
    if isinstance(value, Party):
        return called.get(value, value)
    if type(value) in (tuple, list):
        some = [_renamed(one, called, done) for one in value]
        return type(value)(some) if any(new is not old for new, old in zip(some, value, strict=True)) else value
    if isinstance(value, Mapping):
        named = {key: _renamed(one, called, done) for key, one in value.items()}
        return named if any(named[key] is not value[key] for key in value) else value
    if not is_dataclass(value) or isinstance(value, type):
        return value
    if id(value) not in done:
        new = {f.name: _renamed(getattr(value, f.name), called, done) for f in fields(value)}
        changed = {name: one for name, one in new.items() if one is not getattr(value, name)}
        done[id(value)] = replace(value, **changed) if changed else value
    return done[id(value)]
