"""Beneficial owners of one company under one regime: who, by which test, for certain or perhaps, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.structure.owners.grounds import Ground, grounds_of
from analytics.structure.owners.regimes import Fallback, Regime
from analytics.structure.owners.register import Measures, Register
from analytics.structure.owners.standins import Exempt, Officer, exempt_of, officers_of


@dataclass(frozen=True)
class Owner:
    """A beneficial owner."""

    person: int
    low: float
    """Least share of the capital in the end, a fraction."""
    high: float
    grounds: tuple[Ground, ...]

    @property
    def certain(self) -> bool:
        """Whether one of the tests is passed for certain."""
        return any(ground.certain for ground in self.grounds)

    @property
    def rough(self) -> bool:
        """Whether it is a possible owner only as far as one bound for all at once can tell."""
        return all(ground.rough for ground in self.grounds)


@dataclass(frozen=True)
class BeneficialOwners:
    """Beneficial owners of a company under a regime."""

    company: int
    regime: Regime
    owners: tuple[Owner, ...]
    """Certain ones first, rough ones last, of each the greatest share first."""
    officers: tuple[Officer, ...]
    missing: tuple[Fallback, ...]
    """Fallbacks that apply and for whose offices nobody is known."""
    exempt: Exempt | None
    closed: tuple[int, ...]
    """Companies above it that hold all of each other: nobody owns them in the end."""
    rest: float
    """Greatest fraction of the capital whose final owner is unknown."""

    @property
    def unsettled(self) -> int:
        """How many of the possible owners were not bounded one by one."""
        return sum(owner.rough for owner in self.owners)


def beneficial_owners(
    register: Register,
    company: int,
    regime: Regime,
    *,
    offices: Iterable[tuple[int, str]] = (),
    registered: tuple[float, str] | None = None,
) -> BeneficialOwners:
    r"""Put each person who has a part of a company, or a hold on it, to the tests of a regime.

    .. math:: B = \{p : \exists t \in tests : m_t(p) \ge \theta_t \ (\text{or} > \theta_t)\}

    Shares are compared as integers of 1e-9. Where a band decides, the owner is possible, not certain.
    Parties in concert count as one where the regime says so; each person among them is then an owner.

    Parameters
    ----------
    register : Register
        Shares, votes, control and kinds of n parties.
    company : int
        Node number.
    regime : Regime
        As `regimes` reads it.
    offices : iterable of (person, role)
        Who holds which office at the company, for fallbacks.
    registered : (amount in whole units, currency), optional
        Registered capital, for the exemption.

    Raises
    ------
    InvalidShare, NotConverged
        As `integrated_column`, `integrated_bounds` and `attributed_portions`.

    Source
    ------
    Domain reference §1.6, vectors OWN-09 to OWN-11.

    Example
    -------
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.owners.regimes import regimes
    >>> from analytics.structure.owners.register import PERSON
    >>> from analytics.structure.votes import Holdings
    >>> import numpy as np
    >>> held = Holdings.exact(3, [0, 1], [2, 2], [0.25, 0.75])
    >>> register = Register(held, solve_control(held), np.array([PERSON, PERSON, 0], np.uint8))
    >>> [[o.person for o in beneficial_owners(register, 2, regimes()[r]).owners] for r in ("EU_AMLR", "UK_PSC")]
    [[1, 0], [1]]
    """
    at = Measures(register, company)
    owners = _owners(at, grounds_of(at, regime))
    officers, missing = officers_of(at, regime, [owner.certain for owner in owners], list(offices))
    exempt = None if regime.exemption is None else exempt_of(at, regime.exemption, registered)
    closed = at.multiplied("capital").closed
    return BeneficialOwners(company, regime, tuple(owners), officers, missing, exempt, closed, at.rest())


def _owners(at: Measures, found: dict[int, tuple[Ground, ...]]) -> list[Owner]:
    """Those who pass, with what they have of the capital in the end."""
    column, owners = at.multiplied("capital"), list[Owner]()
    for person, passed in found.items():
        share = column.roughly(person) if all(ground.rough for ground in passed) else column.of(person)
        owners.append(Owner(person, share.low, share.high, passed))
    owners.sort(key=lambda owner: (not owner.certain, owner.rough, -owner.low, -owner.high, owner.person))
    return owners
