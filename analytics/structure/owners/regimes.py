"""Regimes of beneficial ownership, read from `regimes/*.toml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from analytics.rules.reading import read_folder
from analytics.rules.rule import Among, Cited, Comparison, Flaw, Fraction, Norm, Words

PACKAGE = "analytics.structure.owners"
LAYERS = ("capital", "votes")
Layer = Annotated[str, Among(LAYERS)]


@dataclass(frozen=True, kw_only=True)
class Test(Cited):
    """One way to be a beneficial owner."""

    id: str
    name: Words
    measure: Annotated[str, Among(("direct", "multiplied", "attributed", "over-controller", "control"))]
    """`direct`: own holding. `multiplied`: along chains, added over them. `attributed`: own holding and whole
    holdings of all that one controls. `over-controller`: multiplied share of one that controls the company.
    `control`: control of the company itself."""
    layer: Layer = "capital"
    threshold: Fraction | None = None
    """Fraction; none for control."""
    comparison: Comparison = ">="

    __test__ = False

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together."""
        if (self.threshold is None) is not (self.measure == "control"):
            yield Flaw("threshold", "belongs to every test but control", "add it, or take it out")


@dataclass(frozen=True, kw_only=True)
class Fallback(Cited):
    """Who is reported where nobody passes a test (`none`), or where the State controls (`state`)."""

    when: Annotated[str, Among(("none", "state"))]
    name: Words
    roles: tuple[str, ...]
    """Offices, the first that anybody holds counts."""


@dataclass(frozen=True, kw_only=True)
class Exemption(Cited):
    """Companies that need not report: small ones held by natural persons alone."""

    name: Words
    registered_capital: float
    """Greatest registered capital, whole units."""
    currency: str


@dataclass(frozen=True, kw_only=True)
class Regime(Norm):
    """Who counts as beneficial owner under one law."""

    jurisdictions: tuple[str, ...]
    """ISO 3166 codes of countries; none are common to several laws at one day."""
    tests: tuple[Test, ...]
    joint: bool
    """Whether parties that act in concert count together."""
    fallbacks: tuple[Fallback, ...] = ()
    exemption: Exemption | None = None


@cache
def regimes() -> Mapping[str, Regime]:
    r"""All regimes that files describe, by id.

    .. math:: \{R_1, \dots, R_k\}

    Parameters
    ----------
    none

    Raises
    ------
    InvalidRule
        If a file cannot be read as a regime, or two have one id.

    Source
    ------
    Domain reference §1.6.

    Example
    -------
    >>> list(regimes())
    ['CN_2024', 'EU_AMLD4', 'EU_AMLR', 'UK_PSC']
    """
    return read_folder(Regime, PACKAGE, "regimes")
