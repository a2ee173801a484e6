"""What a shock is: who fails, whose output falls, what collateral loses, and what is assumed; as TOML or JSON."""

from pathlib import Path
from typing import Annotated, Any, Final, Literal, TextIO

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from analytics.contagion.shock.firms import LGD
from analytics.contagion.shock.layers import LAYERS
from api.contagion.goods import Essential
from api.questions.written import parsed_file, validated
from graph.errors import InvalidQuestion
from graph.model import COLLATERAL

Text = Annotated[str, Field(max_length=200)]
Fraction = Annotated[float, Field(ge=0, le=1)]
MOST: Final = 1000
"""Parties that a scenario may name in one place."""
EXAMPLE: Final[JsonDict] = {"name": "the buyer fails", "failed": ["register:buyer"]}
"""The least that a scenario says."""
NEEDS: Final = "who fails (`failed`), or whose output falls (`stopped`)"
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

    def checked(self) -> "Scenario":
        """Itself. Raises InvalidQuestion where it names no shock, or layers and collateral that there are not."""
        if not self.failed and not self.stopped:
            raise InvalidQuestion("a scenario without a shock", where="scenario", remedy=f"say {NEEDS}")
        for names, known, where in ((self.layers, LAYERS, "layers"), (self.haircuts, COLLATERAL, "haircuts")):
            strange = sorted(set(names) - set(known))
            if strange:
                remedy = f"name some of {', '.join(known)}"
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
