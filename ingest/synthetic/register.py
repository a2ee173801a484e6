"""The company register: four deliveries in GB18030, the last a correction that came late.

The first two cover the older companies only, as a register that is being put online would; the third is
whole. Rows a delivery repeats are the same to the letter, so that loading it changes what changed.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.synthetic import register_rows as rows
from ingest.synthetic.cast import REGISTER
from ingest.synthetic.dirt import Bad, Dirt
from ingest.synthetic.files import table_of, write_csv
from ingest.synthetic.population import Population
from ingest.synthetic.register_rows import DAYS, Row, Scope
from ingest.synthetic.relations import Holdings, Ints, Ties
from ingest.synthetic.world import Delivered, deliver

CORRECTED: Final = "2025-03-31"
WITHHELD: Final = 3
"""Companies of the background that the first delivery names and lists only in the second."""
Mask = NDArray[np.bool_]


def scopes(people: Population) -> list[Scope]:
    """Scopes of the regular deliveries."""
    return [scope_of(people, place, day) for place, day in enumerate(DAYS)]


def scope_of(people: Population, place: int, day: str) -> Scope:
    """Scope of a regular delivery; from the third on it is everything."""
    return Scope(place, day, people.size.companies if place >= 2 else people.early)


def held(scope: Scope, holdings: Holdings, companies: int) -> Mask:
    """Rows of the shareholder list in a delivery."""
    within = (holdings.company < scope.limit) & ((holdings.holder >= companies) | (holdings.holder < scope.limit))
    listed: Mask = within & ((holdings.gone == 0) | (scope.number < holdings.gone))
    return listed


def guaranteed(scope: Scope, ties: Ties) -> Mask:
    """Rows of the guarantee list in a delivery."""
    within = (ties.guarantor < scope.limit) & (ties.borrower < scope.limit)
    listed: Mask = within & (ties.signed + 15 <= scope.date)
    return listed


def withheld(people: Population, scope: Scope) -> Ints:
    """Companies that a delivery names and does not list."""
    some = scope.number == 0 and people.early > 7 * WITHHELD + 5
    return np.arange(WITHHELD) * 7 + 5 if some else np.zeros(0, np.int64)


def write_register(
    folder: Path, people: Population, ties: Ties, scope: Scope, *, spoil: Dirt | None = None
) -> Delivered:  # fmt: skip
    """Write one full delivery."""
    here = _Writer(folder, f"{scope.day}-register", spoil)
    size = people.size
    held_rows = np.flatnonzero(held(scope, ties.holdings, size.companies))
    office_rows = np.flatnonzero(ties.office < scope.limit)
    promised = np.flatnonzero(guaranteed(scope, ties))
    known = _known(people, ties, scope, held_rows, office_rows)
    kin = np.flatnonzero(known[ties.one] & known[ties.other])
    firms = np.flatnonzero(known[: size.companies])
    men = np.flatnonzero(known[size.companies : size.companies + size.persons])
    bad: tuple[Bad | None, ...] = (None, None, None)
    if spoil:
        spoiled = spoil.companies(len(firms)), spoil.holdings(len(held_rows), people)
        bad = (*spoiled, spoil.guarantees(len(promised), people))
    here.write("企业.csv", rows.COMPANY, rows.planted_companies(scope), rows.companies(people, firms), bad[0])
    here.write("人员.csv", rows.PERSON, rows.planted_persons(), rows.persons(people, men))
    here.write("其他股东.csv", rows.OTHER, rows.planted_others(), rows.others(people))
    shares = rows.holdings(scope, people, ties.holdings, held_rows)
    here.write("股东.csv", rows.HOLDING, rows.planted_holdings(scope), shares, bad[1])
    here.write("任职.csv", rows.OFFICE, rows.planted_offices(scope), rows.offices(people, ties, office_rows))
    here.write("关联关系.csv", rows.RELATIVE, rows.planted_relatives(scope), rows.relatives(people, ties, kin))
    here.write("控制协议.csv", rows.CONTROL, rows.planted_controls(scope), ())
    given = rows.guarantees(people, ties, promised)
    here.write("对外担保.csv", rows.GUARANTEE, rows.planted_guarantees(), given, bad[2])
    return here.done("full", scope.day)


def _known(people: Population, ties: Ties, scope: Scope, held_rows: Ints, office_rows: Ints) -> Mask:
    """Parties a delivery lists: all companies in its scope, and the persons they name."""
    known = np.full(people.size.holders, scope.number >= 2)
    known[ties.holdings.holder[held_rows]] = True
    known[ties.officer[office_rows]] = True
    known[: people.size.companies] = np.arange(people.size.companies) < scope.limit
    known[withheld(people, scope)] = False
    return known


def write_correction(folder: Path) -> Delivered:
    """Write what the register corrects long after."""
    here = _Writer(folder, f"{CORRECTED}-correction", None)
    here.write("股东更正.csv", ("操作", *rows.HOLDING), rows.corrected_holdings(), ())
    here.write("控制协议补登.csv", rows.CONTROL, rows.corrected_controls(), ())
    here.write("关联关系补登.csv", rows.RELATIVE, rows.corrected_relatives(), ())
    return here.done("changes", CORRECTED, parts=("股东变更", "工商更正"))


def write_changes(folder: Path, people: Population, told: Holdings, scope: Scope, chosen: Ints) -> Delivered:
    """Write chosen rows of the shareholder list alone."""
    here = _Writer(folder, f"{scope.day}-register", None)
    chunks = ([pa.repeat("变更", len(part[0])), *part] for part in rows.holdings(scope, people, told, chosen))
    here.write("股东更正.csv", ("操作", *rows.HOLDING), (), chunks)
    return here.done("changes", scope.day, parts=("股东变更",))


class _Writer:
    """Writes the files of one delivery, the planted rows first."""

    def __init__(self, folder: Path, name: str, spoil: Dirt | None) -> None:
        self.folder, self.name, self.spoil = folder, name, spoil
        self.rows = 0
        self.refused: dict[str, int] = {}
        self.files: list[str] = []
        (folder / name).mkdir(parents=True)

    def write(
        self, file: str, columns: tuple[str, ...], planted: Sequence[Row], chunks: Iterable[list[pa.Array]],
        bad: Bad | None = None,
    ) -> None:  # fmt: skip
        tables = self._tables(columns, planted, chunks)
        rng = self.spoil.rng if self.spoil else None
        write_csv(self.folder / self.name / file, tables, spoiled=bad.lines if bad else (), rng=rng)
        self.rows += len(bad.lines) if bad else 0
        for reason, count in (bad.reasons if bad else {}).items():
            self.refused[reason] = self.refused.get(reason, 0) + count
        self.files.append(f"{self.name}/{file}")

    def _tables(
        self, columns: tuple[str, ...], planted: Sequence[Row], chunks: Iterable[list[pa.Array]]
    ) -> Iterable[pa.Table]:
        first = table_of(planted, columns)
        self.rows += len(first)
        yield first
        for arrays in chunks:
            self.rows += len(arrays[0])
            yield pa.table([array.cast(pa.string()) for array in arrays], names=list(columns))

    def done(self, mode: str, day: str, *, parts: tuple[str, ...] = (REGISTER,)) -> Delivered:
        delivery = Delivered(
            self.name, REGISTER, "tables", "full" if mode == "full" else "changes", day, tuple(self.files),
            rows=self.rows, refused=self.refused,
        )  # fmt: skip
        return deliver(self.folder, delivery, parts=parts)
