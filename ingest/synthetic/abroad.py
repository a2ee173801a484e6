"""Registers abroad, as BODS v0.4 JSON lines: LEIs, bands, a nominee, an anonymous person, a trust.

Belvaro Overseas, which holds M8 of B集团, is held by B集团's holding company in a band over one half (later
by 70 %), and by a person who sold to a trust: one statement is updated, one is closed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from ingest.synthetic import names
from ingest.synthetic.cast import ABROAD, CAST
from ingest.synthetic.files import write_json_lines
from ingest.synthetic.population import Population
from ingest.synthetic.world import Delivered

DAYS: Final = ("2022-03-31", "2024-06-30")
Statement = dict[str, Any]
_PUBLISHER: Final = {"name": ABROAD, "url": "https://register.example"}


class _Told:
    """Statements in the order in which they were made."""

    def __init__(self) -> None:
        self.rows: list[Statement] = []

    def add(
        self, kind: str, record: str, subject: str, day: str, details: Statement, *, status: str = "new"
    ) -> None:  # fmt: skip
        self.rows.append(
            {
                "statementId": f"contagraph-synthetic-statement-{len(self.rows):012d}",
                "recordId": record, "declarationSubject": subject, "recordType": kind, "recordStatus": status,
                "statementDate": day, "recordDetails": {"isComponent": False, **details},
                "publicationDetails": {"publicationDate": day, "bodsVersion": "0.4", "publisher": _PUBLISHER,
                                       "license": "https://creativecommons.org/publicdomain/zero/1.0/"},
                "source": {"type": ["officialRegister"]},
            }
        )  # fmt: skip

    def entity(
        self, record: str, name: str, day: str, *, place: str, lei: str = "", form: Statement | None = None
    ) -> None:
        details: Statement = {"entityType": form or {"type": "registeredEntity"}, "name": name}
        details["jurisdiction"] = {"name": place, "code": place}
        if lei:
            details["identifiers"] = [
                {"id": lei, "scheme": "XI-LEI", "schemeName": "Global Legal Entity Identifier Index"}
            ]
        self.add("entity", record, record, day, details)

    def person(self, record: str, name: str | None, day: str) -> None:
        if name is None:
            reason = {"reason": "interestedPartyExemptFromDisclosure", "description": "the beneficiary is under age"}
            details: Statement = {"personType": "anonymousPerson", "unspecifiedPersonDetails": reason}
        else:
            details = {"personType": "knownPerson", "names": [{"type": "legal", "fullName": name}]}
        self.add("person", record, record, day, details)

    def interest(
        self, record: str, holder: str, company: str, day: str, interests: list[Statement], *, status: str = "new"
    ) -> None:  # fmt: skip
        details: Statement = {"subject": company, "interestedParty": holder, "interests": interests}
        self.add("relationship", record, company, day, details, status=status)


def share(value: Statement, start: str, *, end: str | None = None) -> list[Statement]:
    """One direct shareholding."""
    held: Statement = {"type": "shareholding", "directOrIndirect": "direct", "beneficialOwnershipOrControl": False,
                       "share": value, "startDate": start}  # fmt: skip
    return [held | {"endDate": end} if end else held]


def write_abroad(folder: Path, people: Population, rng: np.random.Generator) -> tuple[Delivered, Delivered]:
    """Write both deliveries: what was stated by the first day, and what came after."""
    told = _Told()
    _planted(told)
    _background(told, people, rng)
    first, second = DAYS
    done = []
    for day, rows in (
        (first, [row for row in told.rows if row["statementDate"] <= first]),
        (second, [row for row in told.rows if row["statementDate"] > first]),
    ):
        name = f"{day}-abroad"
        (folder / name).mkdir(parents=True)
        write_json_lines(folder / name / "statements.jsonl", rows)
        file = f"{name}/statements.jsonl"
        done.append(Delivered(name, ABROAD, "bods", "changes", day, (file,), rows=len(rows)))
    return done[0], done[1]


def record_of(key: str) -> str:
    """Record of a party of the cast."""
    return f"ENT-{key}"


def _planted(told: _Told) -> None:
    early, later = "2022-03-10", "2023-09-05"
    for key, place in (("H", "CN"), ("M8", "CN"), ("O", "VG")):
        actor = CAST[key]
        told.entity(record_of(key), actor.english or actor.name, early, place=place, lei=actor.lei)
    told.person("PER-A", "Voro Keladak (example)", early)
    band = {"exclusiveMinimum": 50, "maximum": 75}
    told.interest("REL-1", "ENT-H", "ENT-O", early, share(band, "2021-06-01"))
    told.interest("REL-2", "PER-A", "ENT-O", early, share({"exact": 30}, "2021-06-01"))
    told.interest("REL-3", "ENT-O", "ENT-M8", early, share({"minimum": 75, "maximum": 100}, "2021-07-01"))
    closed = share({"exact": 30}, "2021-06-01", end="2023-08-31")
    told.interest("REL-2", "PER-A", "ENT-O", later, closed, status="closed")
    told.entity("ENT-T", "Kestrano Example Trust", later, place="VG", form={"type": "arrangement", "subtype": "trust"})
    told.entity("ENT-TC", "Ostuven Example Trustees Limited", later, place="VG")
    told.person("PER-S", "Miro Falunex (example)", later)
    told.person("PER-B", None, later)
    told.interest("REL-4", "ENT-T", "ENT-O", later, share({"exact": 30}, "2023-08-31"))
    for record, party, role in (
        ("REL-5", "PER-S", "settlor"), ("REL-6", "ENT-TC", "trustee"),
        ("REL-7", "PER-B", "beneficiaryOfLegalArrangement"),
    ):  # fmt: skip
        told.interest(record, party, "ENT-T", later, _role(role, "2023-08-31"))
    told.interest("REL-1", "ENT-H", "ENT-O", "2024-05-20", share({"exact": 70}, "2024-05-01"), status="updated")
    _nomination(told, later)


def _nomination(told: _Told, day: str) -> None:
    form = {"type": "arrangement", "subtype": "nomination"}
    told.entity("ENT-N", "Falunex-Ostinex example nomination", day, place="VG", form=form)
    told.entity("ENT-V", "Brimoran Example Shipping Limited", day, place="VG")
    told.person("PER-N", "Zano Ostinex (example)", day)
    told.interest("REL-8", "PER-S", "ENT-N", day, _role("nominator", "2023-01-15"))
    told.interest("REL-9", "PER-N", "ENT-N", day, _role("nominee", "2023-01-15"))
    told.interest("REL-10", "ENT-N", "ENT-V", day, share({"exact": 60}, "2023-01-15"))


def _role(role: str, start: str) -> list[Statement]:
    return [{"type": role, "directOrIndirect": "direct", "beneficialOwnershipOrControl": False, "startDate": start}]


def _background(told: _Told, people: Population, rng: np.random.Generator) -> None:
    """Owners of the foreign holders: every record a holder's LEI, owners drawn among entities and persons."""
    size = people.size
    first = size.companies + size.persons
    early, later = "2022-03-01", "2024-06-10"
    called = people.name.slice(first, size.foreign).to_pylist()
    for at, (name, lei) in enumerate(zip(called, people.foreign_lei.to_pylist(), strict=True)):
        told.entity(f"ENT-{at + 1000}", name, early, place=("VG", "KY", "SG")[at % 3], lei=lei)
    entities = size.abroad // 2
    for at, name in enumerate(_called(names.english_companies(np.arange(entities) + 9_000_000))):
        told.entity(f"ENT-X{at}", name, early, place=("LU", "NL", "HK")[at % 3])
    for at, name in enumerate(_called(names.english_persons(rng.integers(0, 10**6, size.abroad - entities)))):
        told.person(f"PER-X{at}", name, early)
    forms: tuple[Statement, ...] = (
        {"exact": 40},
        {"minimum": 25, "exclusiveMaximum": 50},
        {"exclusiveMinimum": 50, "maximum": 75},
    )
    for at in range(size.foreign):
        owner = f"ENT-X{rng.integers(0, entities)}" if at % 2 else f"PER-X{rng.integers(0, size.abroad - entities)}"
        held = share(forms[int(rng.integers(0, 3))], "2020-01-01")
        told.interest(f"REL-{at + 1000}", owner, f"ENT-{at + 1000}", early, held)
        if at % 10 == 0:
            told.interest(
                f"REL-{at + 1000}",
                owner,
                f"ENT-{at + 1000}",
                later,
                share({"exact": 45}, "2024-06-01"),
                status="updated",
            )
    for at in range(entities):
        owner = f"PER-X{rng.integers(0, size.abroad - entities)}"
        told.interest(f"REL-X{at}", owner, f"ENT-X{at}", early, share({"exact": 80}, "2019-01-01"))


def _called(array: pa.Array) -> Iterator[str]:
    yield from array.to_pylist()
