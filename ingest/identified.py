"""Which identifiers are certain enough to say that two records are one party."""

import re
from typing import Final

from graph.identifiers import LEI, USCC, is_lei, is_uscc

__all__ = ["is_uscc", "is_verified"]

_REGISTER = re.compile(r"[A-Z]{2,3}-[A-Z0-9]{2,}")
_FORMS: Final = {"US-SAM": re.compile(r"[A-Z0-9]{12}")}
"""Schemes whose name stands in registers for other numbers too, and how a number of their own looks."""


def is_verified(scheme: str, value: str) -> bool:
    """Whether the scheme is a register's, and check digits agree where it has any.

    >>> is_verified("GB-COH", "00102498"), is_verified("Delaware company number", "758355")
    (True, False)
    """
    if scheme == LEI:
        return is_lei(value)
    if scheme == USCC:
        return is_uscc(value)
    form = _FORMS.get(scheme)
    return bool(_REGISTER.fullmatch(scheme) and value and (not form or form.fullmatch(value)))
