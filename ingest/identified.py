"""Which identifiers are certain enough to say that two records are one party."""

import re
from typing import Final

from graph.identifiers import HASHED, LEI, RESIDENT, UNVERIFIED, USCC, is_lei, is_resident_id, is_uscc, plain
from ingest.words import BLANK

_BLANK: Final = frozenset("".join(word.split()) for word in BLANK)
_REGISTER = re.compile(r"[A-Z]{2,3}-[A-Z0-9]{2,}")
_MEANT = re.compile(r"[1-9]")
"""A number without any such digit (000000, NONE, TBC) stands for one that is not known."""
_FORMS: Final = {
    # Leading zeros may be missing, as they are in spreadsheets.
    "GB-COH": re.compile(r"[0-9]{1,8}|[A-Z]{2}[0-9]{1,6}|R[0-9]{1,7}|(?:IP|SP|RS)[A-Z0-9]{6}|SL[0-9]{5}A"),
    "US-SAM": re.compile(r"[A-Z0-9]{12}"),
}
"""How a register's own numbers look, where placeholders or other registers' numbers stand in their place."""


def is_blank(value: str) -> bool:
    """Whether a cell that should hold a number says that there is none.

    >>> is_blank("N/A"), is_blank("不详"), is_blank("SC123456")
    (True, True, False)
    """
    return plain(value).lower() in _BLANK


def is_verified(scheme: str, value: str) -> bool:
    """Whether the scheme is a register's, the number looks like its own, and check digits agree where it has any.

    >>> is_verified("GB-COH", "00102498"), is_verified("Delaware company number", "758355")
    (True, False)
    """
    if value.startswith(HASHED) and value.endswith(UNVERIFIED):
        return False
    if scheme == LEI:
        return is_lei(value)
    if scheme == USCC:
        return is_uscc(value)
    if scheme == RESIDENT:
        return is_resident_id(value) or value.startswith(HASHED)
    form = _FORMS.get(scheme)
    return bool(_REGISTER.fullmatch(scheme) and _MEANT.search(value) and (not form or form.fullmatch(value)))
