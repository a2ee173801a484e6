"""What a model says of firms as facts of the model: one file a scoring, one line an assessment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ingest.given import delivery_of
from ingest.judgements import Judgements
from ingest.source import Delivery

SOURCE: Final = "contagraph"
"""Name of the source; of the same author and firm the newer assessment counts from its day on."""


class Assessed(Judgements):
    """Lines that `api.learning.assessing` writes; no user is offered this format."""

    name: str = "assessed"

    def delivery(self, paths: tuple[Path, ...], settings: Mapping[str, str]) -> Delivery:
        """The delivery of one scoring."""
        return delivery_of(paths, {"name": SOURCE, **settings}, name=self.name, required=self.required)
