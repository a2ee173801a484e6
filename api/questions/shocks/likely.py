"""Which known name a text that is none may mean."""

import difflib
from collections.abc import Iterable
from typing import Final

ALIKE: Final = 0.75
"""How alike two names are, at least, that one is taken for the other, mistyped."""


def meant_by(text: str, known: Iterable[str], otherwise: str) -> str:
    """What to do about a name that is none: the one that is most like it, and else what is said.

    >>> meant_by("realestate", ["recession", "real-estate"], "name one of the known")
    'perhaps real-estate is meant; else name one of the known'
    >>> meant_by("meteor", ["recession"], "name one of the known")
    'name one of the known'
    """
    like = difflib.get_close_matches(text.casefold(), list(known), n=1, cutoff=ALIKE)
    return f"perhaps {like[0]} is meant; else {otherwise}" if like else otherwise
