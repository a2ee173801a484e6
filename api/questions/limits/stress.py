"""What of a stake would be lost under a scenario."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LostAlone:
    """What the scenario and one layer alone would have led to."""

    name: str
    name_zh: str
    loss: float
    added: float
    """What of it is beyond the scenario itself."""


@dataclass(frozen=True)
class StressedStake:
    """What some parties owe, and what of it is lost, in whole units of the answer's currency."""

    owed: float
    """To the lender, or to all who lend, at default: drawn, and what conversion factors say of the undrawn parts."""
    members: int
    failed: int
    """How many of them fail."""
    at_default: float
    """Owed by those who fail."""
    static: float
    """That times the loss given default, as if nothing covered it."""
    loss: float
    """After their collateral and means, and what guarantors pay."""
    without: float
    """What the scenario alone costs, had nothing carried it on."""
    layers: tuple[LostAlone, ...]


@dataclass(frozen=True)
class Stressed:
    """A stake under a scenario sent through every layer."""

    scenario: str
    """Its name; `self`: that the party itself fails."""
    called: str
    """The same in words: a scenario of the catalogue as it is called there."""
    called_zh: str
    round: int
    """In which the party fails; 0: it stands."""
    why: str
    why_zh: str
    alone: StressedStake
    groups: tuple[StressedStake, ...]
    """In the order of the groups of the answer."""
    elsewhere: float
    """Lost by the lender, or by all, on others, outside the party and its groups."""
    loss: float
    """Lost by the lender in all; by all lenders where none was asked about."""
    facts: tuple[str, ...]
    """Ids of the facts by which the party fails."""
