"""What a credit check is asked: the request as it comes over HTTP or in a file, and the facility it speaks of."""

import datetime
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, TextIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict

from analytics.limits.facility import Facility, Guarantor, Pledge
from api.engine import View
from api.limits.protection import protectors_of
from api.questions.asking import node_of
from graph.currencies import CURRENCIES
from graph.errors import InvalidCurrency, InvalidInput, InvalidQuestion, UnreadableFile
from graph.model import COLLATERAL, FACILITIES
from graph.moment import read_day
from ingest.json_text import once

Text = Annotated[str, Field(max_length=200)]
MOST: Final = 50
"""Pieces of collateral, and guarantors, of one request."""
EXAMPLE: Final[JsonDict] = {
    "applicant": "register:mine",
    "lender": "bank:bank",
    "facility": {"amount": 10_000_000, "currency": "CNY"},
}
"""The least that a request says."""
LARGEST: Final = 1_000_000
"""Bytes of a file."""


class Collateral(BaseModel):
    """Collateral offered for the facility."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[Text, Field(description=f"One of {', '.join(COLLATERAL)}")]
    value: Annotated[float, Field(description="Value in whole units")]
    currency: Annotated[Text, Field(description="ISO 4217; that of the facility where left out")] = ""


class Guarantee(BaseModel):
    """A guarantee offered for the facility."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    party: Annotated[Text, Field(description="Id of the guarantor")]
    amount: Annotated[float, Field(description="Guaranteed amount in whole units")]
    currency: Annotated[Text, Field(description="ISO 4217; that of the facility where left out")] = ""


class Asked(BaseModel):
    """The facility that is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: Annotated[float, Field(description="Amount in whole units", examples=[10_000_000])]
    currency: Annotated[Text, Field(description="ISO 4217", examples=["CNY"])]
    kind: Annotated[Text, Field(description=f"One of {', '.join(FACILITIES)}")] = "loan"
    ccf: Annotated[
        float | None, Field(description="Credit conversion factor where it is granted and not drawn; else drawn")
    ] = None
    maturity: Annotated[Text, Field(description="Day it falls due", examples=["2030-12-31"])] = ""
    collateral: Annotated[tuple[Collateral, ...], Field(max_length=MOST)] = ()
    guarantors: Annotated[tuple[Guarantee, ...], Field(max_length=MOST)] = ()


class Request(BaseModel):
    """One application for credit."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE]})

    applicant: Annotated[Text, Field(description="Id of the party that asks", examples=["register:mine"])]
    facility: Asked
    lender: Annotated[Text, Field(description="Id of the lender; the service's own where left out")] = ""
    date: Annotated[Text, Field(description="Day of the check; that of the question where left out")] = ""
    request_id: Annotated[
        Text, Field(description="A name of the caller's own: the decision is kept, and asked again is the same")
    ] = ""

    @property
    def said(self) -> dict[str, Any]:
        """What is asked, whatever it is called: two requests that say the same are equal here."""
        return self.model_dump(exclude={"request_id"})

    def day(self, otherwise: datetime.date) -> datetime.date:
        """The day of the check. Raises InvalidDate."""
        return read_day(self.date, where="date") if self.date else otherwise

    def agree(self, valid_at: datetime.date | None) -> None:
        """Raise InvalidQuestion where the question names another day than the request."""
        if self.date and valid_at is not None and self.day(valid_at) != valid_at:
            raise InvalidQuestion(
                f"the request is of {self.date}, and the question of {valid_at}", where="date",
                remedy="name the day once: as date, or by valid_at",
            )  # fmt: skip


def read_file(path: Path, stdin: TextIO) -> Request:
    """A request of a JSON or TOML file, `-` for what is piped in. Raises UnreadableFile and InvalidInput."""
    where = "standard input" if str(path) == "-" else str(path)
    try:
        text = stdin.read(LARGEST + 1) if str(path) == "-" else _text(path)
    except FileNotFoundError as problem:
        raise UnreadableFile("there is no such file", where=where, remedy="look at its path") from problem
    except (OSError, ValueError) as problem:
        raise UnreadableFile("is no text", where=where, remedy="give JSON or TOML, UTF-8") from problem
    if len(text) > LARGEST:
        raise UnreadableFile("is too long for one request", where=where, remedy=f"give up to {LARGEST:,} characters")
    return read_request(_parsed(text, where), where=where)


def read_request(said: Any, *, where: str) -> Request:
    """A request from what was parsed. Raises InvalidInput naming every field that does not fit."""
    if not isinstance(said, Mapping):
        raise InvalidInput("is no object", where=where, remedy="give applicant, lender and facility")
    try:
        return Request.model_validate(_plain(said))
    except ValidationError as problem:
        found = problem.errors()
        told = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg'].lower()}" for each in found[:5])
        raise InvalidInput(told, where=where, remedy="`contagraph ask credit-check --help` shows a request") from None


def _text(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.read(LARGEST + 1)


def _parsed(text: str, where: str) -> Any:
    """JSON, else TOML."""
    try:
        if text.lstrip()[:1] in ("{", "["):
            return json.loads(text, object_pairs_hook=once)
        return tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        raise UnreadableFile(f"is neither JSON nor TOML: {problem}", where=where, remedy="mend it there") from problem


def _plain(said: Any) -> Any:
    """Days of TOML as texts."""
    match said:
        case Mapping():
            return {name: _plain(value) for name, value in said.items()}
        case list():
            return [_plain(value) for value in said]
        case datetime.date():
            return said.isoformat()
    return said


def facility_of(view: View, asked: Asked, *, applicant: int, lender: int) -> Facility:
    """The facility in the view's currency, its guarantors told whether they count as protection.

    Raises InvalidCurrency, MissingRate, UnknownParty and InvalidQuestion.
    """
    eligible = protectors_of(view, lender)
    rate = _rate(view, asked.currency, "facility.currency")
    givers: list[Guarantor] = []
    for place, one in enumerate(asked.guarantors):
        where = f"facility.guarantors.{place}"
        party = node_of(view.snapshot, one.party, where=where)
        if party in (applicant, lender):
            who = "the applicant" if party == applicant else "the lender"
            raise InvalidQuestion(f"is {who}, whose guarantee adds nothing", where=where, remedy="leave it out")
        worth = _rate(view, one.currency, where) if one.currency else rate
        if any(party == given.party for given in givers):
            raise InvalidQuestion("is named twice", where=where, remedy="give all it guarantees as one amount")
        givers.append(Guarantor(party, one.amount * worth, bool(eligible[party])))
    pledges = tuple(
        Pledge(p.kind, p.value * (_rate(view, p.currency, f"facility.collateral.{k}") if p.currency else rate))
        for k, p in enumerate(asked.collateral)
    )
    maturity = read_day(asked.maturity, where="facility.maturity") if asked.maturity else None
    return Facility(asked.amount * rate, asked.kind, asked.ccf, maturity, pledges, tuple(givers))


def _rate(view: View, currency: str, where: str) -> float:
    """What one unit is worth in the view's currency."""
    if currency not in CURRENCIES:
        raise InvalidCurrency(f"{currency!r} is not a currency", where=where)
    target = view.snapshot.moment.currency
    return 1.0 if target is None else view.snapshot.rate(currency, target)
