"""Who is reported for want of an owner, or for the State; and who need not report."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.structure.owners.regimes import Exemption, Fallback, Regime
from analytics.structure.owners.register import Measures

WHOLE = 1 - 1e-9


@dataclass(frozen=True)
class Officer:
    """Who is reported for want of an owner, or for the State."""

    person: int
    role: str
    fallback: Fallback
    certain: bool
    """False where a possible owner, or only possible control by the State, decides."""


@dataclass(frozen=True)
class Exempt:
    """Whether a company need not report: yes, no, or None where it cannot be tested."""

    exemption: Exemption
    verdict: bool | None
    why: str


def officers_of(
    at: Measures, regime: Regime, owners: Sequence[bool], offices: Sequence[tuple[int, str]]
) -> tuple[tuple[Officer, ...], tuple[Fallback, ...]]:
    r"""Find who stands in, by the first of a fallback's offices that anybody holds, and fallbacks without one.

    .. math:: owners = \emptyset \Rightarrow officers

    Parameters
    ----------
    at : Measures
        What parties have of one company.
    regime : Regime
    owners : sequence of bool
        For each owner that was found, whether it is certain.
    offices : sequence of (person, role)
        Who holds which office at the company.

    Raises
    ------
    NotConverged
        If too many sets of controllers are not kept.

    Source
    ------
    受益所有人信息管理办法 art. 7 and 8; domain reference §1.6.

    Example
    -------
    >>> import numpy as np
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.owners.regimes import regimes
    >>> from analytics.structure.owners.register import PERSON, Register
    >>> from analytics.structure.votes import Holdings
    >>> held = Holdings.exact(2, [], [], [])
    >>> at = Measures(Register(held, solve_control(held), np.array([PERSON, 0], np.uint8)), 1)
    >>> [officer.role for officer in officers_of(at, regimes()["CN_2024"], [], [(0, "总经理")])[0]]
    ['总经理']
    """
    state = at.register.control.state
    sure, maybe = (bool(state[at.controllers(possible=possible)].any()) for possible in (False, True))
    found: list[Officer] = []
    missing: list[Fallback] = []
    for fallback in sorted(regime.fallbacks, key=lambda one: one.when != "state"):
        if fallback.when == "state":
            applies, certain = sure or maybe, sure
        else:
            applies = not any(owners) and not any(o.certain for o in found)
            certain = not owners and not found
        if not applies:
            continue
        held = [[(p, r) for p, r in offices if r.strip().casefold() == role.casefold()] for role in fallback.roles]
        first = next((some for some in held if some), [])
        found += [Officer(person, role, fallback, certain) for person, role in sorted(first)]
        if not first:
            missing.append(fallback)
    return tuple(found), tuple(missing)


def exempt_of(at: Measures, exemption: Exemption, registered: tuple[float, str] | None) -> Exempt:
    r"""Say whether a company is small and held by natural persons alone.

    .. math:: capital \le c \ \land\ \sum_{persons} W_{py} / (1 - W_{yy}) = 1

    Parameters
    ----------
    at : Measures
        What parties have of the company.
    exemption : Exemption
    registered : (amount in whole units, currency), optional
        Registered capital.

    Raises
    ------
    NotConverged
        If too many sets of controllers are not kept.

    Source
    ------
    受益所有人信息管理办法 art. 3; domain reference §1.6.

    Example
    -------
    >>> import numpy as np
    >>> from analytics.structure.control import solve_control
    >>> from analytics.structure.owners.regimes import regimes
    >>> from analytics.structure.owners.register import PERSON, Register
    >>> from analytics.structure.votes import Holdings
    >>> held = Holdings.exact(2, [0], [1], [1.0])
    >>> at = Measures(Register(held, solve_control(held), np.array([PERSON, 0], np.uint8)), 1)
    >>> exempt_of(at, regimes()["CN_2024"].exemption, (10_000_000, "CNY")).verdict
    True
    """
    direct = at.portions("direct", "capital")
    others = direct.keys() - at.persons(direct)
    strangers = [x for x in at.controllers(possible=True) if x not in direct]
    if others or strangers:
        return Exempt(exemption, False, "a holder or controller is no shareholder who is a natural person")
    if registered is not None and registered[1] == exemption.currency and registered[0] > exemption.registered_capital:
        return Exempt(exemption, False, "its registered capital is greater")
    if registered is None or registered[1] != exemption.currency:
        return Exempt(exemption, None, f"its registered capital in {exemption.currency} is not known")
    overfull = at.register.layer("capital").held.as_stated.overfull
    if sum(portion.low for portion in direct.values()) < WHOLE and at.company not in overfull:
        return Exempt(exemption, None, "not all of its holders are known")
    return Exempt(exemption, True, "its registered capital is small and natural persons hold all of it")
