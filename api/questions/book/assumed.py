"""What a lender's losses of a year are reckoned from: who defaults how likely, and how together; as TOML or JSON."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TextIO

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from analytics.contagion.shock.firms import LGD
from analytics.contagion.shock.layers import LAYERS
from api.questions.written import parsed_file, validated
from graph.errors import InvalidQuestion
from graph.model import COLLATERAL

Text = Annotated[str, Field(max_length=200)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Part = Annotated[float, Field(ge=0, lt=1)]
Named = Annotated[dict[Text, Fraction], Field(max_length=100_000)]
SPREADING: Final = ("guarantees", "debts")
"""Layers along which drawn defaults spread by amounts that are known beforehand."""
EXAMPLE: Final[JsonDict] = {"name": "a plain year", "pd": {"rest": 0.02}}
"""The least that is said where the store has no assessments."""
NEEDS: Final = "probabilities of default of a year: [pd] with rest, or parties, grades or industries"
REMEDY: Final = "`contagraph ask book losses --help` shows a file"
_STRICT: Final = ConfigDict(extra="forbid", frozen=True)


class Chances(BaseModel):
    """Probabilities of default within a year; what is most particular to a party counts."""

    model_config = _STRICT

    parties: Annotated[Named, Field(description="By party, its id or exact name")] = {}
    assessed: Annotated[bool, Field(description="Whether assessments over 12 months count, behind `parties`")] = True
    grades: Annotated[Named, Field(description="By the grade of an assessment, behind those")] = {}
    industries: Annotated[Named, Field(description="By how the code of the industry begins, behind those")] = {}
    rest: Annotated[Fraction | None, Field(description="Of whoever is left, government bodies apart")] = None


class Shared(BaseModel):
    """Several factors: what part of the variance of its assets a borrower shares, and with whom."""

    model_config = _STRICT

    all: Annotated[Part, Field(description="With all borrowers")] = 0.0
    industry: Annotated[Part, Field(description="With those of its industry (first three signs of its code)")] = 0.0
    region: Annotated[Part, Field(description="With those of its jurisdiction")] = 0.0
    industries: Annotated[
        dict[Text, Part],
        Field(max_length=1000, description="Instead of `industry`, by how the code of the industry begins"),
    ] = {}


class Assumed(BaseModel):
    """What a year's losses are reckoned from; where nothing is said, assessments of the store and Basel's formula."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE]})

    name: Annotated[Text, Field(description="What it is called")] = ""
    pd: Annotated[Chances, Field(description="Probabilities of default")] = Chances()
    lgd: Annotated[Fraction, Field(description="Lost at least of what no collateral covers")] = LGD
    haircuts: Annotated[
        dict[Text, Fraction],
        Field(description=f"Fraction of its value that collateral loses, by kind: {', '.join(COLLATERAL)}"),
    ] = {}
    correlation: Annotated[
        Part | Literal["irb"],
        Field(description="Of two borrowers' assets by one factor: a number, or `irb`, Basel's formula by PD"),
    ] = "irb"
    factors: Annotated[Shared | None, Field(description="Several factors, instead of `correlation`")] = None
    layers: Annotated[
        tuple[Text, ...],
        Field(
            max_length=10,
            description=f"What defaults spread along: {', '.join(SPREADING)}, by amounts known beforehand; with "
            "production or shares among them each year is sent through all of them as a shock, which takes longer",
        ),
    ] = SPREADING
    calls: Annotated[Literal["pro rata", "in full"], Field(description="How a lender calls several guarantors")] = (
        "pro rata"
    )
    missing: Annotated[
        Literal["left out", "medians"],
        Field(description="Firms without statements: nothing brings them down, or their industry's medians stand in"),
    ] = "left out"
    draws: Annotated[int, Field(ge=100, le=1_000_000, description="Years drawn")] = 10_000
    seed: Annotated[int, Field(ge=0, le=2**53, description="The same seed draws the same years")] = 1
    sampling: Annotated[
        Literal["plain", "antithetic", "sobol", "importance"],
        Field(description="How years are drawn: changes the errors alone"),
    ] = "plain"
    level: Annotated[float, Field(gt=0, lt=1, description="Of the shortfall that borrowers contribute to")] = 0.99
    spread: Annotated[
        float | None,
        Field(ge=0, le=100, description="CreditRisk+: standard deviation of the default rate over its mean; where left "
              "out that of the correlation"),
    ] = None  # fmt: skip
    infection: Annotated[
        Fraction | None, Field(description="Davis–Lo: chance that one default brings down one certain other borrower")
    ] = None

    @property
    def sent(self) -> bool:
        """Whether each year is sent through its layers as a shock."""
        return not set(self.layers) <= set(SPREADING)

    def checked(self) -> "Assumed":
        """Itself. Raises InvalidQuestion where layers or collateral are none, or parts leave nothing to a borrower."""
        for names, known, where in ((self.layers, LAYERS, "layers"), (self.haircuts, COLLATERAL, "haircuts")):
            if strange := sorted(set(names) - set(known)):
                remedy = f"name some of {', '.join(known)}"
                raise InvalidQuestion(f"drawn years know no {', '.join(strange)}", where=where, remedy=remedy)
        if self.factors is not None:
            shares = self.factors
            most = max([shares.industry, *shares.industries.values()])
            if shares.all + most + shares.region >= 1:
                remedy = "let the parts of one borrower sum to less than 1"
                raise InvalidQuestion("leave nothing of a borrower's own", where="factors", remedy=remedy)
        return self

    def unused(self, counting: Collection[str]) -> list[str]:
        """What it says, other than where nothing is said, that is not among what counts."""
        fields = type(self).model_fields.items()
        return [name for name, field in fields if name not in counting and getattr(self, name) != field.default]


def read_file(path: Path, stdin: TextIO) -> Assumed:
    """What a TOML or JSON file assumes, `-` for what is piped in. Raises UnreadableFile and InvalidInput."""
    said, where = parsed_file(path, stdin)
    return read_assumed(said, where=where)


def read_assumed(said: Any, *, where: str) -> Assumed:
    """What was parsed, as assumptions. Raises InvalidInput naming every field that does not fit."""
    return validated(Assumed, said, where=where, needs=NEEDS, remedy=REMEDY)
