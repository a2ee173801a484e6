"""The files of a snapshot, in the order in which they can be understood."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from graph.errors import InvalidMapping
from ingest.finbench.cells import Cells
from ingest.finbench.files import COMPANY, DELIMITER, FILES, LOAN, PERSON, role_of
from ingest.finbench.lender import lender_rows
from ingest.finbench.loans import Loans
from ingest.given import delivery_of
from ingest.places import original_places, read_origin
from ingest.source import Delivery, Rejected, Staged
from ingest.tabular.delimited import read_delimited
from ingest.tabular.layout import Layout
from ingest.tabular.open import read_rows
from ingest.tabular.rows import Rows, reject


class FinBench:
    """A folder of FinBench files; settings `lender` and `currency` say who lends and in what."""

    name: Final = "finbench"
    replaces_record: Final = False
    required: Final = ("lender", "currency")

    def recognises(self, path: Path) -> bool:
        """Whether a file's name and first line are FinBench's, or a folder holds such a file."""
        if path.is_dir():
            return bool(self.files(path))
        role = role_of(path.name)
        if not role or not path.is_file():
            return False
        with path.open("rb") as file:
            header = file.readline(1000).decode(errors="replace").lstrip("\ufeff").strip()
        return set(FILES[role]) <= set(header.split(DELIMITER))

    def files(self, path: Path) -> tuple[Path, ...]:
        """The file, or FinBench's files directly in the folder; others of the benchmark are not needed."""
        if not path.is_dir():
            return (path,)
        inside = [inner for inner in path.iterdir() if inner.is_file() and self.recognises(inner)]
        order = list(FILES)
        return tuple(sorted(inside, key=lambda inner: (order.index(role_of(inner.name) or COMPANY), inner.name)))

    def delivery(self, paths: tuple[Path, ...], settings: Mapping[str, str]) -> Delivery:
        """The delivery of these files; raises InvalidMapping where lender or currency are missing, InvalidCurrency."""
        delivery = delivery_of(paths, settings, name=self.name, required=self.required)
        for path in paths:
            if not role_of(delivery.origins.get(path, path.name)):
                raise InvalidMapping(
                    f"{path.name} is not a file of FinBench", where=str(path), remedy=f"files are {', '.join(FILES)}"
                )
        return delivery

    def conceal(self, delivery: Delivery, place: str, row: dict[str, Any]) -> dict[str, Any]:
        """A corrected row as it is: nothing in it is a person's number."""
        return row

    def read(self, delivery: Delivery) -> Iterator[Staged | Rejected]:
        """Parties, holdings, guarantees and loans, file by file, loans before those who applied for them."""
        order = list(FILES)
        found = [(role_of(read_origin(delivery.origins.get(path, path.name)).file), path) for path in delivery.paths]
        reading = _Reading(delivery)
        yield from lender_rows(delivery)
        for role, path in sorted(found, key=lambda pair: (order.index(pair[0] or COMPANY), pair[1].name)):
            for rows in _rows(path, delivery):
                if isinstance(rows, Rejected):
                    yield rows
                else:
                    yield from reading.batch(role or COMPANY, rows)
            reading.before += path.stat().st_size
        yield from reading.without_borrower()


def _rows(path: Path, delivery: Delivery) -> Iterator[Rows | Rejected]:
    retried = path in delivery.origins
    layout = Layout(delivery.origins.get(path, path.name), delimiter="" if retried else DELIMITER, again=retried)
    read = read_rows if retried else read_delimited
    for found in read(path, layout):
        if not retried:
            yield found
        elif isinstance(found, Rejected):
            yield original_places(path, found)
        else:
            yield original_places(path, found)


class _Reading:
    """One delivery being read."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.loans = Loans()
        self.before = 0
        """Bytes of the files already read."""

    def batch(self, role: str, rows: Rows) -> Iterator[Staged | Rejected]:
        """What the rows of one file say."""
        cells = Cells(self.delivery, role, rows, before=self.before)
        if role in (COMPANY, PERSON):
            yield from cells.parties(role)
        elif role == LOAN:
            cells.keep_loans(self.loans)
        elif role.endswith("Loan"):
            yield from cells.lends(self.loans)
        elif "Invest" in role:
            yield from cells.owns()
        else:
            yield from cells.guarantees()
        yield from cells.refused()

    def without_borrower(self) -> Iterator[Rejected]:
        """Loans nobody applied for in this delivery."""
        table = self.loans.close()
        for row in np.flatnonzero(~self.loans.taken).tolist():
            place, number = table["place"][row].as_py(), table["id"][row].as_py()
            yield reject(place, "loan without borrower", f"loan {number}", self.loans.raw[row])
