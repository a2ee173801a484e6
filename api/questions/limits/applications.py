"""What a credit check is asked: the request as it comes over HTTP or in a file, and the facility it speaks of."""

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, TextIO

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from analytics.limits.facility import Facility, Guarantor, Pledge
from api.engine import View
from api.limits.protection import protectors_of
from api.questions.asking import node_of
from api.questions.written import parsed_file, validated
from graph.currencies import CURRENCIES
from graph.errors import InvalidCurrency, InvalidQuestion
from graph.model import COLLATERAL, FACILITIES
from graph.moment import read_day

Text = Annotated[str, Field(max_length=200)]
MOST: Final = 50
"""Pieces of collateral, and guarantors, of one request."""
EXAMPLE: Final[JsonDict] = {
    "applicant": "register:mine",
    "lender": "bank:bank",
    "facility": {"amount": 10_000_000, "currency": "CNY"},
}
"""The least that a request says."""


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

    def checked(self) -> None:
        """Refuse what cannot be whoever asks whom, before any party or rate: amounts, kinds, currencies, and dates as
        far as the request names its day itself, for what was decided once is told again on any later day.

        Raises InvalidAmount, InvalidShare, InvalidCurrency, InvalidDate and InvalidQuestion.
        """
        asked, day = self.facility, self.day(datetime.date.min)
        _offered(asked, tuple(Guarantor(0, one.amount) for one in asked.guarantors)).checked(1, day)
        named = {"facility.currency": asked.currency}
        named |= {f"facility.collateral.{k}": one.currency for k, one in enumerate(asked.collateral) if one.currency}
        named |= {f"facility.guarantors.{k}": one.currency for k, one in enumerate(asked.guarantors) if one.currency}
        for where, currency in named.items():
            _known(currency, where)

    def agree(self, valid_at: datetime.date | None) -> None:
        """Raise InvalidQuestion where the question names another day than the request."""
        if self.date and valid_at is not None and self.day(valid_at) != valid_at:
            raise InvalidQuestion(
                f"the request is of {self.date}, and the question of {valid_at}", where="date",
                remedy="name the day once: as date, or by valid_at",
            )  # fmt: skip


def read_file(path: Path, stdin: TextIO) -> Request:
    """A request of a JSON or TOML file, `-` for what is piped in. Raises UnreadableFile and InvalidInput."""
    said, where = parsed_file(path, stdin)
    return read_request(said, where=where)


def read_request(said: Any, *, where: str) -> Request:
    """A request from what was parsed. Raises InvalidInput naming every field that does not fit."""
    remedy = "`contagraph ask credit-check --help` shows a request"
    return validated(Request, said, where=where, needs="applicant, lender and facility", remedy=remedy)


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
    return replace(_offered(asked, tuple(givers)), amount=asked.amount * rate, collateral=pledges)


def _offered(asked: Asked, guarantors: tuple[Guarantor, ...]) -> Facility:
    """The facility with every amount as it is written."""
    maturity = read_day(asked.maturity, where="facility.maturity") if asked.maturity else None
    pledges = tuple(Pledge(one.kind, one.value) for one in asked.collateral)
    return Facility(asked.amount, asked.kind, asked.ccf, maturity, pledges, guarantors)


def _known(currency: str, where: str) -> None:
    """Refuse what is no currency."""
    if currency not in CURRENCIES:
        raise InvalidCurrency(f"{currency!r} is not a currency", where=where)


def _rate(view: View, currency: str, where: str) -> float:
    """What one unit is worth in the view's currency."""
    _known(currency, where)
    target = view.snapshot.moment.currency
    return 1.0 if target is None else view.snapshot.rate(currency, target)
