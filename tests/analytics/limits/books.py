"""Small random books of one lender, and the same sums written out as fractions."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from hypothesis import strategies as st

from analytics.limits.capital import Capital, Figure
from analytics.limits.catalogue import Rule, parsed, shipped
from analytics.limits.cover import STRANGE, UNTIED, Cover
from analytics.limits.exposure import Book
from analytics.limits.numerators import NUMERATORS, Numerator
from analytics.limits.standing import Standing, standing_of
from analytics.limits.units import Clients, Units
from analytics.structure.votes import Arrows
from graph.model import COLLATERAL, FACILITIES

SIZE, LENDER, DAY = 7, 0, date(2026, 11, 27)
MUCH = 10_000
"""What an amount that is not known may be, and more than any limit."""
PARTY = st.integers(1, SIZE - 1)
OWN_LIMIT = """
id = "OWN_PROMISES_30"
name = { en = "Own limit", zh = "自定限额" }
numerator = "owed_and_promised"
denominator = "tier1"
ratio = 0.3
comparison = ">="
scope = "either"
group_kind = "control"
class = { lender = "any", client = "any" }
severity = "limit"
jurisdiction = "OWN"
citation = "the lender's own policy"
verified = true
"""
RULES = (*shipped().in_force(DAY, rule_sets=["CN", "EU", "BCBS"], classes=["gsib"]), parsed(OWN_LIMIT, "own.toml"))

Row = tuple[int, str, int | None, int, Fraction]
Promise = tuple[int, int, int | None, int | None, bool]


@dataclass(frozen=True)
class World:
    """A book as rows, amounts in whole units."""

    facilities: list[Row]
    """Borrower, kind, drawn, undrawn, ccf; of the lender 0. What is drawn may not be known."""
    pledges: list[tuple[int, str, int, int | None]] = field(default_factory=list)
    """Provider, kind, value, position of the facility; -1 for one that is not known."""
    guarantees: list[Promise] = field(default_factory=list)
    """Guarantor, borrower, amount, position of the facility, eligible. The amount may not be known."""
    groups: dict[str, list[set[int]]] = field(default_factory=dict)
    banks: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    capital: tuple[int, int] = (1000, 1200)

    @property
    def clients(self) -> Clients:
        marks = [np.isin(np.arange(SIZE), list(found)) for found in (self.banks, self.banks, self.hidden)]
        return Clients(*marks)

    @property
    def units(self) -> dict[str, Units]:
        return {kind: Units.of(sorted(sets, key=sorted)) for kind, sets in self.groups.items()}

    @cached_property
    def own(self) -> dict[str, dict[int, Fraction]]:
        """What counts with each party, by numerator."""
        return {name: exposures(self, numerator) for name, numerator in NUMERATORS.items()}

    @cached_property
    def fillings(self) -> tuple["World", ...]:
        """Itself with nothing, and with much, for each amount that is not known, and with promises of much alone."""
        known = filled(self, 0)
        return (self,) if known == self else (known, filled(self, MUCH), filled(self, 0, MUCH))

    def book(self) -> Book:
        rows, promises = self.facilities, self.guarantees
        return Book(
            np.zeros(len(rows), np.uint32),
            Arrows.of(SIZE, [r[0] for r in rows], np.zeros(len(rows), np.uint32)),
            np.array([FACILITIES.index(r[1]) for r in rows], np.int8),
            *(np.array([amount_of(r[k]) for r in rows]) for k in (2, 3, 4)),
            Arrows.of(SIZE, [g[0] for g in promises], [g[1] for g in promises]),
            np.array([amount_of(g[2]) for g in promises]),
            np.zeros(len(promises), np.uint32),
        )

    def cover(self) -> Cover:
        def facility(at: int | None) -> int:
            return UNTIED if at is None else STRANGE if at < 0 else at

        return Cover(
            np.array([p[0] for p in self.pledges], np.uint32),
            np.zeros(len(self.pledges), np.uint32),
            np.array([COLLATERAL.index(p[1]) for p in self.pledges], np.int8),
            np.array([float(p[2]) for p in self.pledges]),
            np.array([facility(p[3]) for p in self.pledges], np.uint32),
            np.array([facility(g[3]) for g in self.guarantees], np.uint32),
            np.array([g[4] for g in self.guarantees], np.bool_),
        )

    def standing(self, rules: tuple[Rule, ...] = RULES) -> Standing:
        return standing_of(
            self.book(), self.cover(), rules, lender=LENDER, capital=capital(*self.capital), day=DAY,
            clients=self.clients,
        )  # fmt: skip


def amount_of(said: Any) -> float:
    """An amount, NaN where it is not known."""
    return float("nan") if said is None else float(said)


def capital(tier1: float, net: float) -> Capital:
    """Figures of the quarter before; one euro buys a millionth, so that the floor of EUR 150 million is 150."""
    figures = (Figure("tier1", tier1, date(2026, 9, 30)), Figure("net_capital", net, date(2026, 9, 30)))
    return Capital(figures, "CNY", {"CNY": 1.0, "EUR": 1e-6})


def _mostly(low: int, high: int) -> st.SearchStrategy[int | None]:
    """An amount that mostly is known."""
    return st.integers(low, high + (high - low) // 10).map(lambda k: None if k > high else k)


def _anything(draw: st.DrawFn, count: int) -> int | None:
    return draw(st.one_of(st.none(), st.integers(-1, max(count - 1, -1))))


def filled(world: World, amount: int, promise: int | None = None) -> World:
    """The world with an amount for each that is not known, and another for promises where it is named."""
    rows = [(*r[:2], amount if r[2] is None else r[2], *r[3:]) for r in world.facilities]
    given = amount if promise is None else promise
    promises = [(*g[:2], given if g[2] is None else g[2], *g[3:]) for g in world.guarantees]
    return replace(world, facilities=rows, guarantees=promises)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Facilities, collateral and guarantees with groups that overlap, some banks, and now and then an amount that is
    not known."""
    share = st.sampled_from([Fraction(0), Fraction(1, 5), Fraction(1, 2), Fraction(1)])
    row = st.tuples(PARTY, st.sampled_from(FACILITIES), _mostly(0, 120), st.integers(0, 60), share)
    rows = draw(st.lists(row, min_size=1, max_size=8))
    pledge = st.tuples(PARTY, st.sampled_from(COLLATERAL[:4]), st.integers(0, 80))
    pledges = [(*p, _anything(draw, len(rows))) for p in draw(st.lists(pledge, max_size=4))]
    promises = []
    promise = st.tuples(PARTY, PARTY, _mostly(0, 150)).filter(lambda g: g[0] != g[1])
    for giver, borrower, amount in draw(st.lists(promise, max_size=4)):
        mine = [k for k, r in enumerate(rows) if r[0] == borrower]
        at = draw(st.sampled_from([None, -1, *mine]))
        promises.append((giver, borrower, amount, at, draw(st.booleans())))
    some = st.lists(st.sets(PARTY, min_size=1, max_size=4), max_size=3)
    groups = {kind: draw(some) for kind in ("control", "connected", "lender_related")}
    few = st.frozensets(PARTY, max_size=2)
    return World(rows, pledges, promises, groups, draw(few), draw(few))


def exposures(world: World, numerator: Numerator) -> dict[int, Fraction]:
    """What counts with each party, facility by facility; what is not known counts nothing."""
    world = world.fillings[0]
    left = [_gross(numerator, row) for row in world.facilities]
    own: dict[int, Fraction] = defaultdict(Fraction)
    loose: dict[int, Fraction] = defaultdict(Fraction)
    for provider, kind, value, at in world.pledges:
        if kind in numerator.netted and at is None:
            loose[provider] += value
        elif kind in numerator.netted and at is not None and at >= 0:
            left[at] = max(left[at] - value, Fraction(0))
    _share_out(world, left, loose)
    if numerator.moved:
        _move(world, left, own)
    for row, rest in zip(world.facilities, left, strict=True):
        own[row[0]] += rest
    return {x: own[x] for x in range(SIZE) if numerator.clients == "all" or x not in world.banks}


def _gross(numerator: Numerator, row: Row) -> Fraction:
    factor = {"none": Fraction(0), "converted": row[4], "whole": Fraction(1)}[numerator.undrawn]
    return row[2] + row[3] * factor if row[1] in numerator.facilities else Fraction(0)


def _share_out(world: World, left: list[Fraction], loose: dict[int, Fraction]) -> dict[int, Fraction]:
    """Take what protects all of a borrower's off, in proportion; how much was taken off each."""
    taken = {}
    for party, pool in loose.items():
        mine = [k for k, row in enumerate(world.facilities) if row[0] == party]
        owed = sum((left[k] for k in mine), Fraction(0))
        taken[party] = min(pool, owed)
        for k in mine:
            left[k] -= left[k] * taken[party] / owed if owed else 0
    return taken


def _move(world: World, left: list[Fraction], own: dict[int, Fraction]) -> None:
    """Move what eligible guarantors protect, first by facility, then by borrower."""
    eligible = [g for g in world.guarantees if g[4]]
    for k in range(len(left)):
        mine = [g for g in eligible if g[3] == k]
        pool = sum(g[2] for g in mine)
        gone = min(left[k], Fraction(pool))
        for g in mine:
            own[g[0]] += gone * g[2] / pool if pool else 0
        left[k] -= gone
    loose: dict[int, Fraction] = defaultdict(Fraction)
    for g in eligible:
        if g[3] is None:
            loose[g[1]] += g[2]
    taken = _share_out(world, left, loose)
    for g in eligible:
        if g[3] is None and loose[g[1]]:
            own[g[0]] += taken[g[1]] * g[2] / loose[g[1]]


def total(world: World, rule: Rule, members: set[int]) -> Fraction:
    """What a rule counts with some parties together."""
    numerator = NUMERATORS[rule.numerator]
    own = world.own[rule.numerator]
    found = sum((own.get(x, Fraction(0)) for x in members), Fraction(0))
    if not numerator.promised:
        return found
    promised: dict[int, int] = defaultdict(int)
    for giver, borrower, amount, *_ in world.guarantees:
        if giver in members and borrower not in members:
            promised[borrower] += amount or 0
    return found + sum((min(Fraction(amount), own[b]) for b, amount in promised.items()), Fraction(0))


def limit(world: World, rule: Rule) -> Fraction:
    """A rule's limit."""
    base = world.capital[0] if rule.denominator == "tier1" else world.capital[1]
    ratio = Fraction(str(rule.ratio))
    value = max(ratio * base, Fraction(str(rule.floor.amount)) / 1_000_000 if rule.floor else Fraction(0))
    return min(value, Fraction(str(rule.cap_ratio)) * base) if rule.cap_ratio else value


def broken(amount: Any, cap: Fraction, comparison: str) -> bool:
    return amount > cap if comparison == ">" else amount >= cap


def at_stake(world: World, rule: Rule) -> frozenset[int]:
    """With whom something is at stake as a rule counts it, or may be: it would be if what is not known were much."""
    givers = {g[0] for g in world.guarantees} if NUMERATORS[rule.numerator].promised else set()
    owing = (one.own[rule.numerator].items() for one in world.fillings)
    return frozenset(givers | {x for owed in owing for x, amount in owed if amount > 0})


def about(world: World, rule: Rule, counting: frozenset[int] | None = None) -> set[frozenset[int]]:
    """Sets of parties a rule is measured on; whom it is about follows from those with something at stake."""
    groups = [frozenset(g) for g in world.groups.get(rule.group_kind, [])]
    everybody = frozenset().union(*groups)
    singles = {frozenset([x]) for x in range(1, SIZE)}
    found: set[frozenset[int]] = set()
    if rule.scope in ("single", "either"):
        related = rule.scope == "single" and rule.group_kind
        found |= {s for s in singles if not related or s <= everybody}
    if rule.scope in ("group", "either"):
        found |= {g for g in groups if len(g) > 1}
    if rule.scope == "all" and everybody:
        found.add(everybody)
    if rule.scope == "anonymous" and world.hidden:
        found.add(world.hidden)
    fit = {
        "any": lambda u: True,
        "nonbank": lambda u: not u <= world.banks,
        "institution": lambda u: u <= world.banks,
        "with_institution": lambda u: bool(u & world.banks),
        "gsib": lambda u: bool(u & world.banks),
    }[rule.client]
    counting = at_stake(world, rule) if counting is None else counting
    return {u for u in found if fit(u & counting)}
