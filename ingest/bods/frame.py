"""What every statement carries: its record, its status, its dates, its annotations."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ingest.bods.value import Json, Malformed, day, instant, record, records, text, words

VERSION = "0.4"
TYPES = ("entity", "person", "relationship")
STATUSES = ("new", "updated", "closed")

Row = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """One statement, read as far as all statements are alike."""

    source: str
    ref: str
    """The recordId."""
    type: str
    closed: bool
    details: Json
    stated_at: datetime | None
    """Later of its statement and publication instants."""
    stated_on: date | None
    """Day of the statement, where it is another than that of `stated_at`."""
    place: str
    confidence: float
    annotations: str
    rows: list[tuple[str, Row]] = field(default_factory=list)
    """Kind (empty: a party) and columns of what it says."""

    @property
    def id(self) -> str:
        """The id of the party a record describes."""
        return self.party(self.ref)

    def party(self, ref: str) -> str:
        """The id of another record's party."""
        return f"{self.source}:{ref}"

    def add_party(self, party: str, kind: str, *, anonymous: bool) -> None:
        """Say that a party exists."""
        row = {"id": party, "kind": kind, "source": self.source, "anonymous": anonymous, "place": self.place}
        self.rows.append(("", row))

    def add(self, kind: str, note: str = "", /, **fields: object) -> None:
        """Say a fact; fields are its ends, its own columns, `op` and its validity."""
        lines = [line for line in (note, self.annotations if kind != "Identifier" else "") if line]
        own: Row = {
            "stated_at": self.stated_at,
            "stated_on": self.stated_on,
            "source": self.source,
            "source_ref": self.ref,
            "confidence": self.confidence,
            "note": "\n".join(lines) or None,
            "place": self.place,
        }
        self.rows.append((kind, own | fields))


def read_frame(statement: Json, *, source: str, place: str, confidence: float) -> Frame:
    """The frame of a statement; Malformed where it is none of BODS 0.4."""
    _check_version(statement)
    ref, kind = text(statement, "recordId"), text(statement, "recordType")
    if kind not in TYPES:
        raise Malformed("not BODS", f"recordType is {kind!r}; it must be one of {', '.join(TYPES)}")
    if not ref:
        raise Malformed("missing id", "the statement names no recordId")
    status = text(statement, "recordStatus") or "new"
    if status not in STATUSES:
        raise Malformed("unknown word", f"recordStatus is {status!r}; it must be one of {', '.join(STATUSES)}")
    if not isinstance(statement.get("recordDetails"), dict):
        raise Malformed("not BODS", "recordDetails is missing")
    said = instant(statement, "statementDate")
    instants = [at for at in (said, instant(record(statement, "publicationDetails"), "publicationDate")) if at]
    known, own = max(instants, default=None), day(statement, "statementDate")
    return Frame(
        source, ref, kind, status == "closed", statement["recordDetails"], known,
        own if known and own != known.date() else None, place, confidence, annotations(statement),
    )  # fmt: skip


def _check_version(statement: Json) -> None:
    version = text(record(statement, "publicationDetails"), "bodsVersion")
    old = "statementType" in statement or "statementID" in statement
    if old or (version and version != VERSION and not version.startswith(f"{VERSION}.")):
        said = version or "0.3 or older"
        raise Malformed("another version of BODS", f"the statement is of BODS {said}; this program reads {VERSION}")


def annotations(statement: Json) -> str:
    """Annotations as lines: why, what, where to, by whom."""
    lines = []
    for note in records(statement, "annotations"):
        author = text(record(note, "createdBy"), "name")
        parts = [
            text(note, "motivation"),
            text(note, "description"),
            text(note, "transformedContent"),
            text(note, "url"),
        ]
        line = ": ".join(part for part in (parts[0], " ".join(part for part in parts[1:] if part)) if part)
        lines.append(f"{line} ({author})" if author else line)
    return "\n".join(line for line in lines if line)


def unspecified(details: Json) -> str:
    """Why a party is not named, as one line."""
    reason, more = text(details, "reason"), text(details, "description")
    return ": ".join(part for part in (reason, more) if part)


def components(details: Json) -> str:
    """The records an indirect relationship rests on, as one line."""
    refs = words(details, "componentRecords")
    return f"through {', '.join(refs)}" if refs else ""
