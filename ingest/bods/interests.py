"""Relationship statements: what one party holds of another, or is to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from ingest.bods.frame import Frame, components, unspecified
from ingest.bods.shares import Share, read_share, together
from ingest.bods.value import Json, Malformed, day, record, records, text

SHARES: Final = "shareholding"
VOTES: Final = "votingRights"
RIGHTS: Final = ("rightsToSurplusAssetsOnDissolution", "rightsToProfitOrIncome")
"""Rights that stand for a share where no shareholding is stated."""
UNKNOWN: Final = ("", "unknownInterest", "unpublishedInterest")
BASIS: Final = {
    "appointmentOfBoard": "board",
    "otherInfluenceOrControl": "influence",
    "controlByLegalFramework": "agreement",
    "controlViaCompanyRulesOrArticles": "contract",
    "rightsGrantedByContract": "contract",
    "nominator": "contract",
}
ROLES: Final = {
    "boardMember": "board member",
    "boardChair": "board chair",
    "seniorManagingOfficial": "senior managing official",
    "settlor": "settlor",
    "trustee": "trustee",
    "protector": "protector",
    "beneficiaryOfLegalArrangement": "beneficiary",
}
CONSOLIDATED: Final = {"IS_DIRECTLY_CONSOLIDATED_BY": "direct", "IS_ULTIMATELY_CONSOLIDATED_BY": ""}
"""GLEIF's words, and the directness they add to what is published."""
NAMELESS: Final = ("interestedPartyHasNotProvidedInformation", "interestedPartyExemptFromDisclosure")
"""Reasons that say that there is an interested party."""


@dataclass(frozen=True)
class Interest:
    """One interest of a relationship."""

    type: str
    directness: str
    start: date | None
    end: date | None
    share: Share | None
    details: str
    beneficial: bool

    @property
    def target(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Kind of fact it makes, and the fields that tell it from others."""
        directness = ("directness", self.directness)
        if self.type in (SHARES, VOTES, *RIGHTS, *UNKNOWN):
            return "OWNS", (directness,)
        if self.type in BASIS:
            word = next((word for word in CONSOLIDATED if word in self.details), "")
            if word:
                return "CONTROLS", (("basis", "consolidation"), ("directness", CONSOLIDATED[word] or self.directness))
            return "CONTROLS", (("basis", BASIS[self.type]), directness)
        if self.type in ROLES:
            return "HOLDS_OFFICE", (("role", ROLES[self.type]),)
        return "RELATED_TO", (("kind", "nominee" if self.type == "nominee" else "other"),)


def read_relationship(frame: Frame, states: frozenset[str]) -> None:
    """The facts of a relationship statement; `states` are the records that are states."""
    details = frame.details
    interests = [_interest(found) for found in records(details, "interests")]
    subject = _end(frame, details, "subject")
    holder = _end(frame, details, "interestedParty")
    if not holder and (interests or text(record(details, "interestedParty"), "reason") in NAMELESS):
        holder = _nameless(frame, details, "interestedParty")
    if not subject:
        subject = _nameless(frame, details, "subject")
    if not holder:
        _undisclosed(frame, subject)
        return
    nothing = Interest("", "unknown", None, None, None, "", beneficial=False)
    through = components(details)
    named = details.get("subject")
    of_state = isinstance(named, str) and named in states
    for (kind, key), group in _grouped(interests or [nothing], of_state=of_state).items():
        for span in _spans(group, _holding if kind == "OWNS" else _said):
            _add(frame, kind, dict(key), span, (holder, subject), through)


def _interest(found: Json) -> Interest:
    directness = text(found, "directOrIndirect")
    start, end = day(found, "startDate"), day(found, "endDate")
    if start and end and end < start:
        raise Malformed("ends before it starts", f"from {start} to {end}")
    if start and start == end:
        # Notified and ceased on one day: it held on that day.
        end += timedelta(days=1)
    return Interest(
        text(found, "type"),
        directness if directness in ("direct", "indirect") else "unknown",
        start,
        end,
        read_share(record(found, "share")),
        text(found, "details"),
        beneficial=found.get("beneficialOwnershipOrControl") is True,
    )


# ── who stands at the ends ─────────────────────────────────────────────────────────────────────────


def _end(frame: Frame, details: Json, name: str) -> str:
    """Id of a named end; empty where only a reason is given."""
    if isinstance(details.get(name), dict):
        return ""
    ref = text(details, name)
    return frame.party(ref) if ref else ""


def _nameless(frame: Frame, details: Json, name: str) -> str:
    """An anonymous party of this record, never merged with another."""
    party = frame.party(f"{frame.ref}/{name}")
    frame.add_party(party, "Person" if name == "interestedParty" else "Company", anonymous=True)
    given = details.get(name)
    frame.add("Profile", unspecified(given if isinstance(given, dict) else {}), party=party)
    return party


def _undisclosed(frame: Frame, subject: str) -> None:
    """Nobody is named, and nobody is invented: the subject's record says why."""
    reason = unspecified(record(frame.details, "interestedParty")) or "no interested party is given"
    said = frame.stated_on or (frame.stated_at.date() if frame.stated_at else None)
    title = f"ownership not disclosed: {reason}"
    if said:
        frame.add("Event", party=subject, kind="other", happened=said, title=title)
    else:
        frame.add("Profile", title, party=subject)


# ── what is held, and from when to when ────────────────────────────────────────────────────────────

Span = tuple[date | None, date | None, dict[str, Any], str]
"""Start, end, own columns, note."""
_Groups = dict[tuple[str, tuple[tuple[str, str], ...]], list[Interest]]


def _grouped(interests: Sequence[Interest], *, of_state: bool) -> _Groups:
    groups: _Groups = {}
    for interest in interests:
        if of_state:
            groups.setdefault(("RELATED_TO", (("kind", "other"),)), []).append(_spelled(interest))
        else:
            groups.setdefault(interest.target, []).append(interest)
    return groups


def _spelled(interest: Interest) -> Interest:
    """An interest in a state, in words: no field holds it."""
    share = "" if not interest.share else f" {interest.share[0]:.4g} to {interest.share[1]:.4g}"
    words = (f"interest: {interest.type or 'not stated'}{share}", interest.details)
    return replace(interest, details="\n".join(word for word in words if word))


def _spans(group: list[Interest], columns: Callable[[list[Interest]], dict[str, Any]]) -> list[Span]:
    """The group cut at every date, and joined again where nothing changes."""
    starts = {interest.start or date.min for interest in group}
    cuts = sorted(starts | {interest.end or date.max for interest in group})
    spans: list[Span] = []
    for start, end in pairwise(cuts):
        active = [i for i in group if (i.start or date.min) <= start and end <= (i.end or date.max)]
        if not active:
            continue
        said = columns(active), _note(active)
        if spans and spans[-1][1] == start and spans[-1][2:] == said:
            spans[-1] = (spans[-1][0], end, *said)
        else:
            spans.append((start, end, *said))
    return [(None if a == date.min else a, None if b == date.max else b, said, note) for a, b, said, note in spans]


def _holding(active: list[Interest]) -> dict[str, Any]:
    """Columns of a holding: share and votes, each from all interests that state it."""
    shares = [i for i in active if i.type == SHARES] or [i for i in active if i.type in RIGHTS]
    votes = [i for i in active if i.type == VOTES]
    return together("share", [i.share for i in shares]) | together("votes", [i.share for i in votes])


def _said(_: list[Interest]) -> dict[str, Any]:
    return {}


def _note(active: list[Interest]) -> str:
    """What the interests say beside shares and dates, each line once."""
    own = {SHARES, VOTES, "appointmentOfBoard", "otherInfluenceOrControl", *ROLES, "nominee"}
    lines = [f"interest: {i.type or 'not stated'}" for i in active if i.type not in own]
    lines += ["indirect" for i in active if i.directness == "indirect" and "directness" not in dict(i.target[1])]
    lines += [i.details for i in active if i.details]
    if any(i.beneficial for i in active):
        lines.append("beneficial ownership or control")
    return "\n".join(dict.fromkeys(lines))


def _add(frame: Frame, kind: str, key: dict[str, str], span: Span, ends: tuple[str, str], through: str) -> None:
    start, end, columns, note = span
    frame.add(
        kind,
        "\n".join(line for line in (note, through) if line),
        **{"from": ends[0], "to": ends[1]},
        **key,
        **columns,
        op="end" if frame.closed else "record",
        valid_from=start,
        valid_to=end,
    )
