"""JSON as it should be: an object says each thing once."""

from typing import Any


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these names and values, as `json` takes it for `object_pairs_hook`; ValueError for a name twice.

    >>> once([("share", "25%"), ("share", "52%")])
    Traceback (most recent call last):
    ValueError: 'share' stands twice in one object
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice in one object")
    return found
