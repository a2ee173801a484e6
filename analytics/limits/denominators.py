"""What limits are a part of: the lender's figures, and how old one may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from analytics.rules.reading import read_rows
from analytics.rules.rule import Norm, Within


@dataclass(frozen=True, kw_only=True)
class Denominator(Norm):
    """One figure of a lender that limits are a part of."""

    item: str
    """Item of its statements."""
    quarters: Annotated[int, Within(0, 40)]
    """Quarter ends before the day of a check, the earliest of which a figure may be of."""


DENOMINATORS: Mapping[str, Denominator] = read_rows(Denominator, "analytics.limits", "denominators.toml")
