"""Beneficial owners of a party by the law of its country, or by one asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.rules.reading import named
from analytics.rules.rule import Words
from analytics.structure.owners.beneficial import BeneficialOwners, Owner, beneficial_owners
from analytics.structure.owners.grounds import Ground
from analytics.structure.owners.regimes import Regime, regimes
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.answers.wording import plural
from api.engine import View
from api.questions.ownership.falls import Fall, fallen
from graph.model import HOLDS_OFFICE, OWNS


@dataclass(frozen=True)
class Passed:
    """One test of a regime that a person passes, and the proof."""

    test: str
    name: Words
    citation: str
    verified: bool
    """Whether the rule was checked against its text."""
    certain: bool
    """False where only bands allow it."""
    low: float
    """Least measure, a fraction; 1 for control that is certain."""
    high: float
    holdings: tuple[Fact, ...]
    """Holdings that carry it, the greatest first; at most 20."""
    falls: tuple[Fall, ...]
    """Companies that fall to the person on the way."""
    partners: tuple[Party, ...]
    """Who acts in concert with the person."""


@dataclass(frozen=True)
class BeneficialOwner:
    """A beneficial owner, and by which tests."""

    person: Party
    certain: bool
    low: float
    high: float
    passed: tuple[Passed, ...]


@dataclass(frozen=True)
class StandIn:
    """Who is reported for want of an owner, or for the State."""

    person: Party
    role: str
    name: Words
    citation: str
    certain: bool


@dataclass(frozen=True)
class UnderRegime:
    """Beneficial owners under one regime."""

    regime: str
    name: Words
    citation: str
    verified: bool
    in_force: bool
    """Whether it applies on the day asked about."""
    owners: tuple[BeneficialOwner, ...]
    """Certain before possible, the greatest first."""
    stand_ins: tuple[StandIn, ...]
    missing: tuple[Words, ...]
    """Offices that would count and for which nobody is known."""
    exempt: bool | None
    """Whether it need not report; none where that cannot be tested or the regime exempts nobody."""
    exempt_why: str
    unsettled: int
    """Possible owners for whom bands were only bounded for all at once, so that they may have less."""


def laws_of(view: View, node: int, asked: str | None) -> list[Regime]:
    """The regime asked for, else those of the party's country in force on the day."""
    if asked is not None:
        return [named(regimes(), asked, where="regime")]
    country = str(view.snapshot.profile(node).get("jurisdiction") or "")[:2]
    day = view.snapshot.moment.valid_at
    return [law for law in regimes().values() if country in law.jurisdictions and law.in_force(day)]


def under(view: View, evidence: Evidence, node: int, regime: Regime) -> UnderRegime:
    """Beneficial owners of a party under one regime."""
    offices = view.snapshot.links(HOLDS_OFFICE)
    at = offices.arriving(node).astype(np.int64)
    roles = [str(role or "") for role in offices.text("role").take(at).to_pylist()]
    profile = view.snapshot.profile(node)
    amount, currency = profile.get("registered_capital"), profile.get("currency")
    found = beneficial_owners(
        view.register,
        node,
        regime,
        offices=zip(offices.tail[at].tolist(), roles, strict=True),
        registered=None if amount is None else (float(amount), str(currency or "")),
    )
    for officer in found.officers:
        mine = [int(k) for k in at if offices.tail[k] == officer.person]
        evidence.facts(HOLDS_OFFICE, mine)
    return UnderRegime(
        regime.id,
        regime.name,
        regime.citation,
        regime.verified,
        regime.in_force(view.snapshot.moment.valid_at),
        tuple(_owner(view, evidence, regime, owner) for owner in found.owners),
        tuple(
            StandIn(evidence.party(o.person), o.role, o.fallback.name, o.fallback.citation, o.certain)
            for o in found.officers
        ),
        tuple(fallback.name for fallback in found.missing),
        found.exempt.verdict if found.exempt else None,
        _why_exempt(found),
        found.unsettled,
    )


def _why_exempt(found: BeneficialOwners) -> str:
    return found.exempt.why if found.exempt else "this regime exempts nobody by size"


def _owner(view: View, evidence: Evidence, regime: Regime, owner: Owner) -> BeneficialOwner:
    passed = tuple(_passed(view, evidence, regime, ground) for ground in owner.grounds)
    return BeneficialOwner(evidence.party(owner.person), owner.certain, owner.low, owner.high, passed)


def _passed(view: View, evidence: Evidence, regime: Regime, ground: Ground) -> Passed:
    test = next(test for test in regime.tests if test.id == ground.test)
    return Passed(
        test.id,
        test.name,
        test.citation,
        test.verified,
        ground.certain,
        ground.low,
        ground.high,
        evidence.facts(OWNS, ground.holdings[:20]),
        tuple(fallen(view, evidence, step) for step in ground.steps),
        evidence.parties(ground.partners),
    )


def _by_tests(one: BeneficialOwner, name: str) -> str:
    """That a person is an owner by what is certain, and what may make it one beside that."""
    sure = dict.fromkeys(passed.name.en for passed in one.passed if passed.certain)
    maybe = dict.fromkeys(passed.name.en for passed in one.passed if passed.name.en not in sure)
    if not sure:
        return f"may be a beneficial owner of {name} by {'; '.join(maybe)}"
    return f"is a beneficial owner of {name} by {'; '.join(sure)}" + (
        f"; possibly also by {'; '.join(maybe)}" if maybe else ""
    )


def by_law(found: UnderRegime, name: str) -> Iterator[str]:
    """Who is an owner by one law, in sentences."""
    checked = "" if found.verified else "; the rule was not checked against its text"
    force = "" if found.in_force else ", not in force on that day"
    law = f"{found.name.en} ({found.citation}{force}{checked})"
    if not found.owners:
        yield f"No person is known to be a beneficial owner of {name}: {law}."
    for one in found.owners[:10]:
        yield f"{one.person.name} {_by_tests(one, name)}: {law}."
    for other in found.stand_ins:
        how = "is" if other.certain else "may have to be"
        yield f"{other.person.name} ({other.role}) {how} reported instead: {other.name.en}, {other.citation}."
    for office in found.missing:
        yield f"To be reported instead: {office.en}; nobody is known to hold that office."
    if found.unsettled:
        many = plural(found.unsettled, "possible owner", "possible owners")
        yield f"{many} of {name} may have less than said: what bands allow was bounded for all at once: {law}."
    if found.exempt:
        yield f"It need not report: {found.exempt_why}."
