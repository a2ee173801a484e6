"""A world is put together: every source writes its deliveries, then the lists and the answers."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from ingest.synthetic import abroad, bank, platform, register, reports
from ingest.synthetic.answers import known_answers
from ingest.synthetic.background import Background
from ingest.synthetic.dirt import Dirt
from ingest.synthetic.world import Delivered, World, write_lists

NEXT: Final = "2024-12-30"
"""Day of the second delivery of a world of one size."""


def write_world(folder: Path, *, parties: int = 2000, seed: int = 7, dirt: float = 0.002) -> World:
    """Write a world of about so many party records into an empty folder.

    `dirt` is the share of rows that cannot be used, at least one of each kind; 0 leaves none. Below about
    300 parties the background shrinks and the planted stories stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = Background(parties, seed)
    streams = np.random.default_rng([seed, 1]).spawn(3)
    spoil = Dirt(dirt, streams[0]) if dirt > 0 else None
    deliveries = _deliveries(folder, drawn, spoil, streams if spoil else [None] * 3)
    answers = known_answers() | {
        "deliveries": [{"name": d.name, "rows": d.rows, "refused": dict(d.refused)} for d in deliveries],
        "background": drawn.answers(),
        "unverified_identifiers": spoil.unverified if spoil else [],
    }
    world = World(folder, drawn.party_records(), drawn.relation_rows(), deliveries, answers)
    write_lists(world)
    return world


def _deliveries(
    folder: Path, drawn: Background, spoil: Dirt | None, streams: list[np.random.Generator] | list[None]
) -> tuple[Delivered, ...]:
    people, rate = drawn.people, spoil.rate if spoil else 0.0
    first, second, third = register.scopes(people)
    early, late = abroad.write_abroad(folder, people, drawn.rng_abroad)
    return (
        early,
        register.write_register(folder, people, drawn.ties, first),
        register.write_register(folder, people, drawn.ties, second),
        bank.write_book(folder, people, drawn.book, drawn.pledged, 0),
        register.write_register(folder, people, drawn.ties, third, spoil=spoil),
        late,
        platform.write_platform(folder, people, drawn.trade, spoil=streams[1] is not None, rate=rate),
        bank.write_book(folder, people, drawn.book, drawn.pledged, 1, spoil=streams[2], rate=rate),
        reports.write_reports(folder, people, drawn.rng_reports, spoil=spoil is not None),
        register.write_correction(folder),
        reports.write_rates(folder),
    )


def write_second_delivery(
    folder: Path, *, parties: int = 2000, seed: int = 7, changes: int = 10_000
) -> tuple[tuple[Delivered, ...], tuple[Delivered, ...]]:
    """Write what the register, the banks and the platform of the same world deliver next.

    Under `full/` every row again, with so many values changed; under `changes/` the changed rows alone.
    Half of the changes are shares in the register, half are sales on the platform.
    """
    drawn = Background(parties, seed)
    people, rng = drawn.people, np.random.default_rng([seed, changes])
    scope = register.scope_of(people, 3, NEXT)
    held, which_held = drawn.moved_shares(scope, changes // 2, rng)
    sold, which_sold = drawn.moved_sales(changes - changes // 2, rng)
    whole, only = folder / "full", folder / "changes"
    full = (
        register.write_register(whole, people, replace(drawn.ties, holdings=held), scope),
        bank.write_book(whole, people, drawn.book, drawn.pledged, 1),
        platform.write_platform(whole, people, sold, day=NEXT),
    )
    alone = (
        register.write_changes(only, people, held, scope, which_held),
        platform.write_changes(only, sold, which_sold, day=NEXT),
    )
    return full, alone
