"""Shares: exact, or a range of which either end belongs to it or not."""

from collections.abc import Sequence
from typing import Any

from ingest.bods.value import Json, number

Share = tuple[float, float, int]
"""Low, high, ends: +1 where the low end does not belong to it, +2 where the high one does not."""
WHOLE = 100.0


def read_share(share: Json) -> Share | None:
    """A share as fractions; None where neither a value nor an end is stated.

    >>> read_share({"exclusiveMinimum": 25, "maximum": 50})
    (0.25, 0.5, 1)
    """
    exact = number(share, "exact")
    if exact is not None:
        return exact / WHOLE, exact / WHOLE, 0
    low, over = number(share, "minimum"), number(share, "exclusiveMinimum")
    high, under = number(share, "maximum"), number(share, "exclusiveMaximum")
    if low is over is high is under is None:
        return None
    # The older drafts of the standard wrote true beside the number.
    low_open = share.get("exclusiveMinimum") is True or (over is not None and (low is None or over >= low))
    high_open = share.get("exclusiveMaximum") is True or (under is not None and (high is None or under <= high))
    bottom = max((end for end in (low, over) if end is not None), default=0.0)
    top = min((end for end in (high, under) if end is not None), default=WHOLE)
    return bottom / WHOLE, top / WHOLE, low_open + 2 * high_open


def together(name: str, shares: Sequence[Share | None]) -> dict[str, Any]:
    """Columns of several shares held at once: equal ones are one, others lie between the largest and the sum."""
    stated = [share for share in dict.fromkeys(shares) if share is not None]
    if not stated:
        return {}
    low, high, ends = stated[0]
    if len(stated) > 1:
        low, _, ends = max(stated)
        high, ends = min(1.0, sum(share[1] for share in stated)), ends & 1
    return {f"{name}_low": low, f"{name}_high": high, f"{name}_ends": ends}
