"""What a shock is: who fails, whose output falls, who loses money, what collateral loses, and what is assumed."""

import datetime
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TextIO

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from analytics.contagion.shock.firms import LGD
from analytics.contagion.shock.layers import LAYERS
from api.contagion.goods import Essential
from api.questions.shocks.likely import meant_by
from api.questions.written import parsed_file, validated
from graph.errors import InvalidQuestion
from graph.model import COLLATERAL
from graph.moment import read_day

Text = Annotated[str, Field(max_length=200)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]
MOST: Final = 1000
"""Parties that a scenario may name in one place."""
EXAMPLE: Final[JsonDict] = {"name": "the buyer fails", "failed": ["register:buyer"]}
"""The least that a scenario says."""
NEEDS: Final = "who fails (`failed`), whose output falls (`stopped`), who loses money (`lost`), or new rates (`rates`)"
_STRICT: Final = ConfigDict(extra="forbid", frozen=True)


class Stopped(BaseModel):
    """Whose output falls, by what they are or by name; of several marks all must fit."""

    model_config = _STRICT

    share: Annotated[float, Field(gt=0, le=1, description="Fraction of their output that is lost", examples=[0.3])]
    parties: Annotated[tuple[Text, ...], Field(max_length=MOST, description="Ids; all where left out")] = ()
    industry: Annotated[Text, Field(description="How the code of their industry begins", examples=["C38"])] = ""
    region: Annotated[
        Text, Field(description="How their jurisdiction begins, or words of their address", examples=["CN-35"])
    ] = ""
    product: Annotated[Text, Field(description="What they sell: that part of their output is lost")] = ""


class Scenario(BaseModel):
    """A shock and what is assumed about how it spreads."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE]})

    name: Annotated[Text, Field(description="What it is called")] = ""
    lender: Annotated[Text, Field(description="Id of the lender whose losses are told first")] = ""
    failed: Annotated[tuple[Text, ...], Field(max_length=MOST, description="Ids of those who fail")] = ()
    stopped: Annotated[tuple[Stopped, ...], Field(max_length=MOST, description="Whose output falls")] = ()
    lost: Annotated[
        dict[Text, Money],
        Field(max_length=MOST, description="Money that each loses, by id, in whole units of the answer's currency"),
    ] = {}
    date: Annotated[Text, Field(description="Day of the shock; that of the question where left out")] = ""
    rates: Annotated[
        dict[Text, Annotated[float, Field(gt=-1, allow_inf_nan=False)]],
        Field(max_length=MOST, description="By what part a currency rises against the answer's: 0.1 of USD/CNY"),
    ] = {}
    haircuts: Annotated[
        dict[Text, Fraction],
        Field(description=f"Fraction of its value that collateral loses, by kind: {', '.join(COLLATERAL)}"),
    ] = {}
    lgd: Annotated[float, Field(ge=0, le=1, description="Lost at least of what no collateral covers")] = LGD
    kept: Annotated[float, Field(ge=0, le=1, description="Fraction of its assets that a failure leaves")] = 1.0
    layers: Annotated[tuple[Text, ...], Field(description=f"Some of {', '.join(LAYERS)}")] = LAYERS
    calls: Annotated[Literal["pro rata", "in full"], Field(description="How a lender calls several guarantors")] = (
        "pro rata"
    )
    essential: Annotated[
        Essential,
        Field(description="Which inputs production cannot do without: goods among makers of goods, all, or none"),
    ] = "goods"
    missing: Annotated[
        Literal["left out", "medians"],
        Field(description="Firms without statements: nothing brings them down, or their industry's medians stand in"),
    ] = "left out"
    absent: Annotated[
        Literal["refused", "told"],
        Field(description="What of `stopped` fits nobody here: an error, or told and left out"),
    ] = "refused"
    substitution: Annotated[bool, Field(description="Whether others of its industry stand in for a firm")] = True

    @property
    def strikes(self) -> bool:
        """Whether it says a shock."""
        return bool(self.failed or self.stopped or any(self.lost.values()) or any(self.rates.values()))

    def with_parties(self, found: Callable[[str, str], str]) -> "Scenario":
        """The same with the id that is found for each party, by what it is called and where."""
        lost = Counter[str]()
        for one, amount in self.lost.items():
            lost[found(one, "lost")] += amount  # type: ignore[assignment]
        return self.model_copy(update={
            "lender": found(self.lender, "lender") if self.lender.strip() else self.lender,
            "failed": tuple(found(one, f"failed.{k}") for k, one in enumerate(self.failed)),
            "lost": dict(lost),
            "stopped": tuple(
                one.model_copy(update={"parties": tuple(found(x, f"stopped.{k}.parties") for x in one.parties)})
                for k, one in enumerate(self.stopped)
            ),
        })  # fmt: skip

    def day(self, asked: datetime.date, today: datetime.date) -> datetime.date:
        """The day of the shock. Raises InvalidDate, and InvalidQuestion where the question names another day."""
        if not self.date:
            return asked
        mine = read_day(self.date, where="date")
        if asked not in (mine, today):
            raise InvalidQuestion(
                f"the scenario is of {mine}, and the question of {asked}", where="date",
                remedy="name the day once: as date, or by valid_at",
            )  # fmt: skip
        return mine

    def checked(self) -> "Scenario":
        """Itself. Raises InvalidQuestion where it names no shock, or layers and collateral that there are not."""
        if not self.strikes:
            raise InvalidQuestion("a scenario without a shock", where="scenario", remedy=f"say {NEEDS}")
        for names, known, where in ((self.layers, LAYERS, "layers"), (self.haircuts, COLLATERAL, "haircuts")):
            strange = sorted(set(names) - set(known))
            if strange:
                remedy = meant_by(strange[0], known, f"name some of {', '.join(known)}")
                raise InvalidQuestion(f"there is no {', '.join(strange)}", where=where, remedy=remedy)
        for place, one in enumerate(self.stopped):
            if not (one.parties or one.industry or one.region or one.product):
                remedy = "name parties, an industry, a region or a product"
                raise InvalidQuestion("the output of everybody", where=f"stopped.{place}", remedy=remedy)
        return self


def read_file(path: Path, stdin: TextIO) -> Scenario:
    """A scenario of a TOML or JSON file, `-` for what is piped in. Raises UnreadableFile and InvalidInput."""
    said, where = parsed_file(path, stdin)
    return read_scenario(said, where=where)


def read_scenario(said: Any, *, where: str) -> Scenario:
    """A scenario from what was parsed. Raises InvalidInput naming every field that does not fit."""
    remedy = "`contagraph ask shock --help` shows a scenario"
    return validated(Scenario, said, where=where, needs=NEEDS, remedy=remedy)
