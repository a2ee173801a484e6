"""What a panel is known to lack of the data it was made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Gaps:
    """Rows that could not be loaded, and days up to which defaults are told."""

    refused: Mapping[str, int] = field(default_factory=dict)
    """Rows of the sources it was made of that stand in quarantine, by reason."""
    told: Mapping[str, date] = field(default_factory=dict)
    """Day up to which each source of defaults was delivered, by source; empty where outcomes are stated."""

    @property
    def until(self) -> date | None:
        """Day up to which any source tells of defaults; None where that is not known."""
        return max(self.told.values(), default=None)

    def silent(self, day: date) -> dict[str, date]:
        """Sources of defaults that had been delivered for the last time before a day, while others went on.

        >>> Gaps(told={"court": date(2020, 1, 1), "bank": date(2024, 1, 1)}).silent(date(2023, 12, 31))
        {'court': datetime.date(2020, 1, 1)}
        """
        return {source: last for source, last in sorted(self.told.items()) if last < day}
