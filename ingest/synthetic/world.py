"""What a written world is made of: its deliveries in the order of time, and what is planted in them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

TRUST: Final = {"工商登记": 0.9, "境外登记": 0.8, "授信台账": 0.85, "供应链平台": 0.6, "财务舆情": 0.7, "汇率牌价": 0.9}


@dataclass(frozen=True)
class Delivered:
    """One delivery: a folder with the files of one source, and the mapping that reads them."""

    name: str
    """Name of its folder, day first."""
    source: str
    format: Literal["tables", "bods"]
    mode: Literal["full", "changes"]
    day: str
    files: tuple[str, ...]
    mapping: str = ""
    """Path of the mapping under the world's folder; empty where the format needs none."""
    rows: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    """Rows that cannot be used, by reason."""

    def listed(self) -> dict[str, Any]:
        """The delivery as `deliveries.json` tells it."""
        return {
            "name": self.name, "source": self.source, "format": self.format, "mode": self.mode, "delivered": self.day,
            "trust": TRUST[self.source], "files": list(self.files), "rows": self.rows, "settings": self.settings(),
        }  # fmt: skip

    def settings(self) -> dict[str, str]:
        """What its format cannot know; a mapping's path is under the world's folder."""
        if self.mapping:
            return {"mapping": self.mapping}
        return {
            "name": self.source, "trust": str(TRUST[self.source]), "delivery": self.mode, "delivered": self.day,
        }  # fmt: skip


@dataclass(frozen=True)
class World:
    """A world on disk: its deliveries in the order of time, its parties, and what is known to be true in it."""

    folder: Path
    parties: int
    """Records of parties over all sources; a company that three sources know counts three times."""
    relations: int
    """Rows of the newest deliveries that state a relation."""
    deliveries: tuple[Delivered, ...]
    answers: Mapping[str, Any]
    """The known answers, as in `answers.json`."""


def deliver(folder: Path, delivery: Delivered, *, parts: tuple[str, ...] = ()) -> Delivered:
    """Write the mapping of a delivery beside its files; `parts` names the packaged tables it is made of."""
    head = (
        f'[source]\nname = "{delivery.source}"\ntrust = {TRUST[delivery.source]}\n'
        f'delivery = "{delivery.mode}"\ndelivered = {delivery.day}\n\n'
    )
    here = resources.files("ingest.synthetic") / "mappings"
    body = "\n".join((here / f"{part}.toml").read_text(encoding="utf-8") for part in parts or (delivery.source,))
    path = f"{delivery.name}/mapping.toml"
    (folder / path).write_text(head + body, encoding="utf-8")
    return Delivered(**{**vars(delivery), "mapping": path})


def write_lists(world: World) -> None:
    """Write `deliveries.json` and `answers.json`."""
    listed = {"deliveries": [delivery.listed() for delivery in world.deliveries]}
    for name, content in (("deliveries.json", listed), ("answers.json", world.answers)):
        text = json.dumps(content, ensure_ascii=False, indent=1)
        (world.folder / name).write_text(text + "\n", encoding="utf-8")
