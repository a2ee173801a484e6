"""What a load did, in numbers."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Report:
    """What a load read, added, changed and refused.

    Everything read is counted once: `read` is the sum of `stated_parties`, `new`, `changed`, `unchanged`,
    `waiting` and `refused`.
    """

    source: str
    files: tuple[str, ...]
    load: int
    """Number of the load; that of the last one where this was not kept."""
    read: int
    """Facts and parties read, and rows that could not be."""
    stated_parties: int
    """Rows that tell of a party."""
    parties: int
    """Parties that were not known."""
    new: int
    """Facts of which nothing was known."""
    changed: int
    unchanged: int
    """Facts that were known as stated, or wait already as stated."""
    outdated: int
    """How many of these say something else than newer statements, and are not used."""
    retracted: int
    """Facts ended because a full delivery, or the newer statement of their record, leaves them out."""
    waiting: int
    """Facts one of whose parties has not arrived."""
    joined: int
    """Facts that waited and are now in."""
    lapsed: int = 0
    """Facts that waited and are left out by this full delivery."""
    refused: dict[str, int] = field(default_factory=dict)
    """Facts and parties that are not used, by reason; a row that could not be read at all is one."""
    bad: dict[str, int] = field(default_factory=dict)
    """Rows they stand in, by reason: so many are in quarantine."""
    resumed: bool = False
    newer: str = ""
    """A load of the same source whose delivery is of a later day, if there is one."""
    kept: bool = True
    """Whether it is a load of its own; what changes nothing is one only if it confirms a day or changes a trust."""
    rolled_back: str = ""
    """An interrupted load that was undone first, where there was one."""

    @property
    def nothing_changed(self) -> bool:
        """Whether everything in the delivery was known before."""
        facts = self.new or self.changed or self.retracted
        return not (self.parties or facts or self.waiting or self.joined or self.lapsed)

    def text(self) -> str:
        """As JSON, for the store."""
        return json.dumps(asdict(self), ensure_ascii=False)
