"""Judgements: who depends on whom, whose control is ring-fenced, which records are one party.

An entry of the ledger is one call with all its judgements, and one load of the store. The order of
writing keeps both in agreement: the store is opened, so that nothing is accepted which cannot be
loaded; the entry goes to the ledger and to the disk; its facts are loaded; a second entry says so. A
kill before the first entry leaves nothing, one after it leaves an entry that is not said to be loaded,
and whoever judges next, or `contagraph judge` without a file, loads it first: loading the same entry
again changes nothing, and its facts bear the instant of the entry however late they are loaded.

A ring fence ("control does not create a single risk") is the rejected dependence of the controlled on its
controller under the criterion `control`: older programs, which count confirmed dependences alone,
read it and leave it out, so that the version of the schema stays.
"""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow.compute as pc

from analytics.structure.dependence.rules import criterion_names
from analytics.structure.dependence.states import ANY, CONTROL
from api.intake import Intake, Parcel
from api.sealed.chain import Entry, Ledger, State
from api.sealed.promotions import check_promoted
from graph.errors import BrokenLedger, InvalidDate, InvalidInput, UnknownParty, UnreadableFile
from graph.facts import Facts
from graph.field import Kind
from graph.model import DEPENDS_ON, SAME_AS
from graph.moment import read_day, read_instant
from graph.texts import UNKNOWN
from ingest.json_text import once
from ingest.judgements import SOURCE
from ingest.loading.report import Report
from ingest.loading.staging import Watch
from ingest.reasons import CONTROLS

JUDGED: Final = "judgements"
LOADED: Final = "loaded"
DECIDED: Final = "credit check"
MOST: Final = 1_000
"""Judgements of one call."""
SHOWN: Final = 200
"""Characters shown of a text that is refused."""
_NO_TEXT: Final = re.compile(rf"{CONTROLS}|[\ud800-\udfff]")
"""Control characters, and halves of characters, which no file can hold."""
UNDONE: Final[Literal["undone"]] = "undone"
"""Verdict in the ledger of a judgement withdrawn from its first day on, or before: it never held."""
KINDS: Final = ("dependence", "ring fence", "same party")


@dataclass(frozen=True)
class Judgement:
    """One judgement, as somebody gives it."""

    kind: Literal["dependence", "ring fence", "same party"]
    party: str
    """Who depends, is controlled, or is one of two records."""
    other: str
    """On whom, by whom, or the other record."""
    author: str
    reason: str
    verdict: Literal["confirmed", "rejected", "withdrawn", "undone"] = "confirmed"
    """A ring fence is given as confirmed, or withdrawn; as undone the ledger keeps what was withdrawn from its first
    day on."""
    criterion: str = ""
    """Of a dependence: id of the criterion, such as `cn-annex1-1`; `any` rejects all of the pair."""
    evidence: str = ""
    """What it rests on; no rejection or ring fence without."""
    valid_from: str = ""
    """First day; the day of the judgement where left out."""
    expires: str = ""
    """First day on which it no longer holds; no rejection or ring fence without."""


@dataclass(frozen=True)
class Recorded:
    """What became of a call."""

    entry: int
    hash: str
    load: int
    """Load that brought the facts."""
    judgements: int
    refused: int
    """Judgements the loading refused; `contagraph quarantine list` says why."""


@dataclass(frozen=True)
class Checked:
    """What a check of the ledger found."""

    ledger: State
    judgements: int
    waiting: tuple[int, ...]
    """Entries whose facts are not loaded yet."""
    decisions: int = 0
    """Credit checks that were decided."""
    promotions: int = 0
    """Models that were promoted or rolled back to."""


def read_file(path: Path) -> list[Judgement]:
    """Judgements of a JSON file: one object, or a list of them. Raises UnreadableFile, InvalidInput."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
    except FileNotFoundError as problem:
        raise UnreadableFile("there is no such file", where=str(path), remedy="look at its path") from problem
    except (OSError, ValueError) as problem:
        told = f"is no JSON file: {problem}"
        raise UnreadableFile(told, where=str(path), remedy="write a list of judgements") from problem
    rows = said if isinstance(said, list) else [said]
    names = Judgement.__dataclass_fields__
    for at, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise InvalidInput("is no object", where=f"judgement {at}")
        wrong = [name for name in row if name not in names or not isinstance(row[name], str)]
        missing = [name for name in ("kind", "party", "other", "author", "reason") if name not in row]
        if wrong or missing:
            told = f"lacks {', '.join(missing)}" if missing else f"says {', '.join(map(str, wrong))}, which is no text"
            raise InvalidInput(told, where=f"judgement {at}", remedy=f"give texts for some of {', '.join(names)}")
    return [Judgement(**row) for row in rows]


def record(intake: Intake, judgements: Sequence[Judgement]) -> Recorded:
    """Accept judgements and load their facts.

    Raises InvalidInput, InvalidDate or UnknownParty before anything is written, and whatever the store says.
    """
    at = intake.now().astimezone(UTC)
    checked = [_checked(one, at.date(), f"judgement {k}") for k, one in enumerate(judgements, 1)]
    if not 1 <= len(checked) <= MOST:
        raise InvalidInput(f"{len(checked)} judgements", where="judgements", remedy=f"give 1 to {MOST}")
    facts = intake.place.facts()
    _must_know(facts, checked)
    checked = list(_standing(facts, checked))
    with Ledger(intake.place.folder).held() as ledger, intake.together() as shared, shared.opened():
        for entry in interrupted(ledger):
            _load(shared, ledger, entry)
        authors = ", ".join(dict.fromkeys(one.author for one in checked))
        entry = ledger.append(JUDGED, {"judgements": [asdict(one) for one in checked]}, author=authors, at=at)
        report = _load(shared, ledger, entry)
    return Recorded(entry.number, entry.hash, report.load, len(checked), sum(report.refused.values()))


def catch_up(intake: Intake, ledger: Ledger) -> list[int]:
    """Load the entries that a kill left unloaded; their numbers. Only while the ledger is held."""
    waiting = _waiting(ledger.entries())
    for entry in waiting:
        _load(intake, ledger, entry)
    return [entry.number for entry in waiting]


def interrupted(ledger: Ledger) -> list[Entry]:
    """The entry that a kill left unloaded, looked for from the end. Raises BrokenLedger.

    Whoever judges loads what was left before, so that it can only be the last judgement.
    """
    last = next((entry for entry in ledger.backwards() if entry.kind in (JUDGED, LOADED)), None)
    return [last] if last and last.kind == JUDGED else []


def verify(intake: Intake) -> Checked:
    """Check the ledger, and that it and the store agree. Raises BrokenLedger."""
    entries, state = Ledger(intake.place.folder).checked()
    waiting = tuple(entry.number for entry in _waiting(entries))
    hashes = {entry.number: entry.hash for entry in entries if entry.kind == JUDGED}
    facts = intake.place.facts()
    for number, seal in sorted(_sealed_facts(facts).items()):
        if not hashes.get(number, "").startswith(seal):
            raise BrokenLedger("the store has facts of this entry, which the ledger has not", where=f"entry {number}")
    for entry in entries:
        needed = entry.content.get({LOADED: "load", DECIDED: "version"}.get(entry.kind, ""), 0)
        if needed > facts.version:
            told = f"says load {needed}, and the store has only {facts.version}"
            raise BrokenLedger(told, where=f"entry {entry.number}")
    judgements = sum(len(e.content["judgements"]) for e in entries if e.kind == JUDGED)
    decided = sum(entry.kind == DECIDED for entry in entries)
    return Checked(state, judgements, waiting, decided, check_promoted(intake.place.folder, entries))


def _waiting(entries: Sequence[Entry]) -> list[Entry]:
    loaded = {entry.content["entry"] for entry in entries if entry.kind == LOADED}
    return [entry for entry in entries if entry.kind == JUDGED and entry.number not in loaded]


def _load(intake: Intake, ledger: Ledger, entry: Entry) -> Report:
    """Load an entry's facts, and say so in the ledger."""
    folder = intake.place.folder / "staging" / "judgements"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The same entry makes the same file of the same name: a load that was cut off is gone on with.
    path = folder / f"entry-{entry.number}.jsonl"
    rows = _rows(entry)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    settings = {"delivered": entry.at[:10], "trust": "1"}
    report = intake.load(Parcel((path,), "judgements", settings), Watch())
    told = {"entry": entry.number, "load": report.load, "refused": sum(report.refused.values())}
    ledger.append(LOADED, told, author=entry.author, at=intake.now())
    shutil.rmtree(folder, ignore_errors=True)
    return report


def _rows(entry: Entry) -> Iterator[dict[str, Any]]:
    """An entry's judgements as facts of the model."""
    for at, told in enumerate(entry.content["judgements"], 1):
        one = Judgement(**told)
        same = one.kind == "same party"
        criterion = CONTROL if one.kind == "ring fence" else one.criterion
        fact = {
            "kind": SAME_AS.name if same else DEPENDS_ON.name,
            "from": one.party,
            "to": one.other,
            "verdict": "rejected" if one.kind == "ring fence" else one.verdict,
            "reason": one.reason,
            "evidence": one.evidence or None,
            "author": one.author,
            "valid_from": one.valid_from,
            "valid_to": one.expires or None,
            "stated_at": read_instant(entry.at, where="at").replace(tzinfo=None).isoformat(),
            "source": SOURCE,
            "source_ref": _ref(one.party, one.other),
            "confidence": 1.0,
            "note": f"ledger {entry.number} {entry.hash[:16]}",
            "place": f"ledger:{entry.number}.{at}",
        }
        if not same:
            fact["criterion"] = criterion
        if one.verdict == "withdrawn":
            fact |= {"op": "end", "verdict": "rejected", "valid_from": None, "valid_to": one.valid_from}
        elif one.verdict == UNDONE:
            fact |= {"op": "retract", "verdict": "rejected"}
        yield fact


def _checked(one: Judgement, today: date, where: str) -> Judgement:
    """A judgement with its first day filled in. Raises InvalidInput or InvalidDate."""
    said = {name: value.strip() for name, value in asdict(one).items()}
    for name, value in said.items():
        if _NO_TEXT.search(value):
            raise InvalidInput(
                f"has signs that no text has: {value[:SHOWN]!a}", where=f"{where}: {name}", remedy="take them out"
            )
    if said["kind"] not in KINDS:
        raise InvalidInput(f"no kind {said['kind']!r}", where=where, remedy=f"use one of {', '.join(KINDS)}")
    if said["verdict"] not in ("confirmed", "rejected", "withdrawn"):
        raise InvalidInput(f"no verdict {said['verdict']!r}", where=where, remedy="confirmed, rejected or withdrawn")
    for name in ("party", "other", "author", "reason"):
        if not said[name]:
            raise InvalidInput(f"lacks its {name}", where=where, remedy=f"give {name}")
    if said["party"] == said["other"]:
        raise InvalidInput("speaks of one party twice", where=where, remedy="name two parties")
    _check_criterion(said, where)
    first = read_day(said["valid_from"], where=f"{where}: valid_from") if said["valid_from"] else today
    last = read_day(said["expires"], where=f"{where}: expires") if said["expires"] else None
    lifts = said["verdict"] == "rejected" or (said["kind"] == "ring fence" and said["verdict"] == "confirmed")
    if lifts and said["kind"] != "same party" and (not said["evidence"] or last is None):
        raise InvalidInput(
            "takes a risk out of a group and says not on what evidence and until when",
            where=where,
            remedy="give evidence and expires",
        )
    if last is not None and last <= first:
        since = f"its first day {first}" if said["valid_from"] else f"today, {first}"
        remedy = "name its first day as valid_from, or a later day as expires"
        raise InvalidDate(f"expires on {last}, not after {since}", where=where, remedy=remedy)
    if said["kind"] == "same party":  # of two records none comes first
        said |= dict(zip(("party", "other"), sorted((said["party"], said["other"])), strict=True))
    return Judgement(**{**said, "valid_from": first.isoformat(), "expires": last.isoformat() if last else ""})


def _check_criterion(said: dict[str, str], where: str) -> None:
    known = criterion_names()
    if said["kind"] != "dependence":
        if said["criterion"]:
            raise InvalidInput(f"a {said['kind']} has no criterion", where=where, remedy="leave it out")
        if said["kind"] == "ring fence" and said["verdict"] == "rejected":
            raise InvalidInput("a ring fence is confirmed or withdrawn", where=where, remedy="withdraw it instead")
    elif said["criterion"] == ANY and said["verdict"] == "confirmed":
        raise InvalidInput("confirms no criterion in particular", where=where, remedy="name the criterion that is met")
    elif said["criterion"] not in (*known, ANY):
        remedy = f"use one of {', '.join(known)}, or {ANY} to reject all"
        raise InvalidInput(f"no criterion {said['criterion']!r}", where=where, remedy=remedy)


def _must_know(facts: Facts, judgements: Sequence[Judgement]) -> None:
    ids = [party for one in judgements for party in (one.party, one.other)]
    for party, number in zip(ids, facts.numbers(ids).tolist(), strict=True):
        if number == UNKNOWN:
            raise UnknownParty(party)


def _standing(facts: Facts, judgements: Sequence[Judgement]) -> Iterator[Judgement]:
    """Judgements, where one is withdrawn that has not held before as undone. Raises InvalidInput where none stands."""
    said = dict[tuple[str, str, str, str], str]()
    for at, one in enumerate(judgements, 1):
        kind = SAME_AS if one.kind == "same party" else DEPENDS_ON
        criterion = CONTROL if one.kind == "ring fence" else one.criterion
        name = kind.name, one.party, one.other, criterion
        if one.verdict != "withdrawn":
            said[name] = one.valid_from
            yield one
            continue
        first = said.get(name) or _begins(facts, kind, one, criterion)
        if not first:
            told = f"no {one.kind} of {one.party} and {one.other} stands on {one.valid_from} that could be withdrawn"
            remedy = "name party, other and criterion as they were judged, and a day on which it holds"
            raise InvalidInput(told, where=f"judgement {at}", remedy=remedy)
        yield one if first < one.valid_from else replace(one, verdict=UNDONE, valid_from=first)


def _begins(facts: Facts, kind: Kind, one: Judgement, criterion: str) -> str:
    """First day of the judgement of two parties that holds on the day from which it would be withdrawn, or after it."""
    if not facts.rows(kind):
        return ""
    names = ["source", "source_ref", "valid_from", "valid_to", "retracted_at", *(["criterion"] if criterion else [])]
    table = facts.table(kind).select(names)
    mine = pc.equal(table["source_ref"], _ref(one.party, one.other))
    day = date.fromisoformat(one.valid_from)
    days = (
        row["valid_from"].isoformat()
        for row in table.filter(mine).to_pylist()
        if row["source"] == SOURCE
        and row["retracted_at"] is None
        and (row["valid_to"] is None or row["valid_to"] > day)
        and row.get("criterion", "") == criterion
    )
    return min(days, default="")


def _ref(party: str, other: str) -> str:
    """By what a judgement is known to its source."""
    return f"{party} {other}"


def _sealed_facts(facts: Facts) -> dict[int, str]:
    """Entry and beginning of its hash, of every fact that a judgement brought."""
    found: dict[int, str] = {}
    for kind in (DEPENDS_ON, SAME_AS):
        if not facts.rows(kind):
            continue
        table = facts.table(kind).select(["source", "note"]).to_pylist()
        for row in table:
            if row["source"] == SOURCE and (row["note"] or "").startswith("ledger "):
                _, number, seal = row["note"].split(" ")[:3]
                found[int(number)] = seal
    return found
