"""The world that speed is measured on: its files, what a first load takes of them, and what comes next."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from ingest.synthetic import Delivered, World, write_second_delivery, write_world


@dataclass(frozen=True)
class Measured:
    """A world on disk and its second delivery, all rows and the changed ones alone."""

    world: World
    first: tuple[Delivered, ...]
    """Every delivery but the earlier ones of the register and the banks: each party and relation once."""
    full: tuple[Delivered, ...]
    changes: tuple[Delivered, ...]

    def paths(self, delivery: Delivered) -> tuple[Path, ...]:
        """Files of a delivery."""
        return tuple(self.root(delivery) / file for file in delivery.files)

    def mapping(self, delivery: Delivered) -> Path:
        """Mapping of a delivery in tables."""
        return self.root(delivery) / delivery.mapping

    def root(self, delivery: Delivered) -> Path:
        """Folder under which a delivery's own folder lies."""
        folder = self.world.folder
        # By identity: the banks deliver the same list twice, in two folders.
        if any(delivery is each for each in self.full):
            return folder / "next" / "full"
        return folder / "next" / "changes" if any(delivery is each for each in self.changes) else folder


def write(folder: Path, *, parties: int, changes: int = 10_000, seed: int = 7) -> Measured:
    """Write a world without dirt, and its second delivery, anew into a folder of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    world = write_world(folder, parties=parties, seed=seed, dirt=0)
    full, alone = write_second_delivery(folder / "next", parties=parties, seed=seed, changes=changes)
    newest = {delivery.source: delivery for delivery in world.deliveries if delivery.mode == "full"}
    told = [d for d in world.deliveries if d.source not in newest or d is newest[d.source]]
    return Measured(world, tuple(told), full, alone)
