"""Entity and person statements: who a party is."""

import re
from datetime import date

from graph.field import PartyKind
from graph.identifiers import keyed_hash
from ingest.bods.frame import Frame, unspecified
from ingest.bods.personal import scheme_of
from ingest.bods.value import Json, Malformed, day, record, records, text, words
from ingest.identified import is_blank, is_verified

STATES = ("state", "stateBody")
ANONYMOUS = ("anonymousEntity", "unknownEntity", "anonymousPerson", "unknownPerson")
EXPOSED = {"isPep": True, "isNotPep": False}
_PARTNERSHIP = re.compile(r"(?i)partnership|kommanditgesellschaft|合伙")
_WHOLE_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_entity(frame: Frame) -> None:
    """Party, profile, identifiers and dated events of an entity."""
    details = frame.details
    type_ = text(record(details, "entityType"), "type")
    if not type_:
        raise Malformed("not BODS", "entityType.type is missing")
    kind: PartyKind = "State" if type_ in STATES else "Company"
    frame.add_party(frame.id, kind, anonymous=type_ in ANONYMOUS)
    place = record(details, "jurisdiction") or record(details, "incorporatedInJurisdiction")
    listing = record(details, "publicListing")
    dissolved = day(details, "dissolutionDate")
    frame.add(
        "Profile",
        _lines(_type(details), _addresses(details)[1:], unspecified(record(details, "unspecifiedEntityDetails"))),
        party=frame.id,
        name=text(details, "name") or None,
        other_names="\n".join(words(details, "alternateNames")) or None,
        jurisdiction=text(place, "code") or text(place, "name") or None,
        status="dissolved" if dissolved else None,
        form=_form(type_, details) if kind == "Company" else None,
        address=next(iter(_addresses(details)), None),
        listed=listing.get("hasPublicListing") is True if listing else None,
    )
    seen: set[tuple[str, str]] = set()
    for identifier in records(details, "identifiers"):
        scheme, value = scheme_of(identifier), text(identifier, "id")
        _identify(frame, scheme, value, verified=is_verified(scheme, value), seen=seen)
    for listed in records(listing, "securitiesListings"):
        security = record(listed, "security")
        _identify(frame, text(security, "idScheme").upper(), text(security, "id"), verified=False, seen=seen)
    _happened(frame, [(day(details, "foundingDate"), "founded"), (dissolved, "dissolved")])


def read_person(frame: Frame, key: bytes) -> None:
    """Party, profile, hashed identifiers and dated events of a natural person."""
    details = frame.details
    type_ = text(details, "personType")
    if not type_:
        raise Malformed("not BODS", "personType is missing")
    frame.add_party(frame.id, "Person", anonymous=type_ in ANONYMOUS)
    names = _names(details)
    nations = [text(nation, "code") or text(nation, "name") for nation in records(details, "nationalities")]
    exposure = record(details, "politicalExposure")
    died = text(details, "deathDate")
    frame.add(
        "Profile",
        _lines(
            f"nationalities: {', '.join(nations)}" if len(nations) > 1 else "",
            _tax(details),
            _addresses(details)[1:],
            _exposure(exposure),
            f"died {died}" if died else "",
            unspecified(record(details, "unspecifiedPersonDetails")),
        ),
        party=frame.id,
        name=names[0] if names else None,
        other_names="\n".join(names[1:]) or None,
        jurisdiction=nations[0] if len(nations) == 1 else None,
        address=next(iter(_addresses(details)), None),
        exposed=EXPOSED.get(text(exposure, "status")),
        birth=text(details, "birthDate") or None,
    )
    seen: set[tuple[str, str]] = set()
    for identifier in records(details, "identifiers"):
        scheme, value = scheme_of(identifier), text(identifier, "id")
        if key and not is_blank(value):
            _identify(frame, scheme, keyed_hash(value, key, scheme=scheme), verified=False, seen=seen)
    _happened(frame, [(day(details, "deathDate") if _WHOLE_DAY.fullmatch(died) else None, "died")])


def _lines(*parts: str | list[str]) -> str:
    """Remarks, one a line."""
    lines: list[str] = []
    for part in parts:
        lines += [part] if isinstance(part, str) else part
    return "\n".join(line for line in lines if line)


def _type(details: Json) -> str:
    """Kind of entity in the register's own words."""
    type_ = record(details, "entityType")
    return " ".join(part for part in (text(type_, "subtype"), text(type_, "details")) if part)


def _form(type_: str, details: Json) -> str:
    subtype, words_ = text(record(details, "entityType"), "subtype"), text(record(details, "entityType"), "details")
    if subtype == "trust":
        return "trust"
    if type_ == "arrangement":
        return "arrangement"
    if _PARTNERSHIP.search(words_):
        return "partnership"
    return "company" if type_ == "registeredEntity" else "other"


def _names(details: Json) -> list[str]:
    """Names of a person, the legal one first."""
    found = []
    for name in sorted(
        records(details, "names"), key=lambda name: text(name, "type") not in ("legal", "individual", "")
    ):
        parts = [text(name, part) for part in ("givenName", "patronymicName", "familyName")]
        found.append(text(name, "fullName") or " ".join(part for part in parts if part))
    return [name for name in dict.fromkeys(found) if name]


def _addresses(details: Json) -> list[str]:
    """Addresses as lines, the registered one first, the others with their type."""
    order = {"registered": 0, "business": 1, "service": 2}
    found = sorted(records(details, "addresses"), key=lambda address: order.get(text(address, "type"), 3))
    lines: list[str] = []
    for address in found:
        named = isinstance(address.get("country"), dict)
        country: Json = record(address, "country") if named else {"name": address.get("country")}
        street, code = text(address, "address"), text(address, "postCode")
        parts = [street, code if code not in street else "", text(country, "name") or text(country, "code")]
        line = ", ".join(part for part in parts if part)
        lines.append(f"{text(address, 'type') or 'other'} address: {line}" if lines else line)
    return [line for line in lines if line]


def _tax(details: Json) -> str:
    codes = [text(country, "code") or text(country, "name") for country in records(details, "taxResidencies")]
    return f"tax residencies: {', '.join(codes)}" if codes else ""


def _exposure(exposure: Json) -> list[str]:
    """Why a person is politically exposed, one line for each reason."""
    lines: list[str] = []
    for found in records(exposure, "details"):
        where = record(found, "jurisdiction")
        since, until = text(found, "startDate"), text(found, "endDate")
        parts = [
            text(found, "reason") or text(found, "missingInfoReason"),
            text(where, "code").upper() or text(where, "name"),
            f"from {since}" if since else "",
            f"until {until}" if until else "",
        ]
        lines.append(f"politically exposed: {', '.join(part for part in parts if part)}")
    return lines


def _identify(frame: Frame, scheme: str, value: str, *, verified: bool, seen: set[tuple[str, str]]) -> None:
    if scheme and not is_blank(value) and (scheme, value) not in seen:
        seen.add((scheme, value))
        frame.add("Identifier", party=frame.id, scheme=scheme, value=value, verified=verified)


def _happened(frame: Frame, events: list[tuple[date | None, str]]) -> None:
    """Dated events, those of one day in one."""
    days = dict.fromkeys(happened for happened, _ in events if happened)
    for happened in days:
        title = ", ".join(word for when, word in events if when == happened)
        frame.add("Event", party=frame.id, kind="other", happened=happened, title=title)
