"""What sources state of holders and controllers and does not count, as tables."""

from collections.abc import Iterator
from typing import Any

from api.printing.paper import Cited, facts
from api.questions.ownership.aside import SetAside


def aside(found: SetAside, cited: Cited) -> Iterator[Any]:
    """Statements that another is believed against, and those that go through others."""
    contested = [one.stated for one in found.contested]
    yield from facts(cited, contested, "stated by a source believed less, and not counted", side="from")
    through = [one.stated for one in found.through]
    yield from facts(cited, through, "stated to go through others, and not counted", side="from")
