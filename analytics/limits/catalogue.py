"""The rule catalogue: one file a rule, and which rules bind a lender on a day."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Annotated, Final

from analytics.limits.denominators import DENOMINATORS
from analytics.limits.numerators import NUMERATORS
from analytics.limits.threshold import LARGEST
from analytics.rules.reading import by_id, read_folder, read_text
from analytics.rules.rule import Among, Cited, Comparison, Flaw, Norm, Within
from analytics.structure.kinship.kin import degrees
from graph.currencies import CURRENCIES
from graph.errors import UnknownRule

KIN: Final = {"control": "cn-group-2010", "lender_related": "cn-related-2022"}
"""How far kin reaches in groups of each kind, by the id of the rule on it."""
GROUPED = ("group", "either", "all")
CLIENTS = ("any", "nonbank", "institution", "with_institution", "gsib")
"""Whom a rule is about: of a group, whether not all, all, or any of the members are institutions, or any a G-SIB."""


@dataclass(frozen=True)
class Floor:
    """An amount below which a limit never falls."""

    amount: float
    currency: str

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be."""
        if not 0 < self.amount <= LARGEST:  # so nothing that is no number
            yield Flaw("amount", f"expected an amount above 0, at most {LARGEST:,.0f}", "give it in whole units")
        if self.currency not in CURRENCIES:
            yield Flaw("currency", f"{self.currency!r} is no currency", "give its code of ISO 4217, such as EUR")


@dataclass(frozen=True)
class Bound:
    """Whom a rule binds and whom it is about."""

    lender: str
    """Class of lenders, or `any`."""
    client: Annotated[str, Among(CLIENTS)]


@dataclass(frozen=True, kw_only=True)
class Rule(Norm):
    """One limit, with the text it rests on."""

    numerator: Annotated[str, Among(tuple(NUMERATORS))]
    denominator: Annotated[str, Among(tuple(DENOMINATORS))]
    ratio: Annotated[float, Within(0, 10)]
    """Fraction of the denominator."""
    comparison: Comparison
    """How an exposure breaks it: above it, or at it already."""
    scope: Annotated[str, Among(("single", "group", "either", "all", "anonymous"))]
    """`either`: one client, and each group; `all`: everybody of the group kind together; `anonymous`:
    undisclosed clients as one."""
    group_kind: Annotated[str, Among(("", "control", "connected", "lender_related"))] = ""
    bound: Bound = field(metadata={"key": "class"})
    severity: Annotated[str, Among(("limit", "large", "assess"))]
    """`limit` must not be broken, `large` is reported, `assess` asks for an investigation."""
    floor: Floor | None = field(default=None, metadata={"key": "floor_amount"})
    cap_ratio: Annotated[float, Within(0, 10)] | None = None
    """Fraction of the denominator that the floor cannot lift the limit above."""
    jurisdiction: str
    """The rule set it belongs to."""

    @cached_property
    def unread(self) -> str:
        """Citation of what was not read: of itself, what it counts, or how far kin reaches; empty where all was."""
        kin = degrees()[KIN[self.group_kind]] if self.group_kind in KIN else None
        parts: tuple[Cited | None, ...] = (self, NUMERATORS[self.numerator], kin)
        return next((part.citation for part in parts if part and not part.verified), "")

    @property
    def client(self) -> str:
        """Whom it is about, one of `CLIENTS`."""
        return self.bound.client

    def binds(self, day: date, classes: Collection[str]) -> bool:
        """Whether it is in force on a day for a lender of these classes."""
        return self.in_force(day) and (self.bound.lender == "any" or self.bound.lender in classes)

    def flaws(self) -> Iterator[Flaw]:
        """What its fields may not be together."""
        yield from super().flaws()
        if self.scope in GROUPED and not self.group_kind:
            yield Flaw("group_kind", "is missing for this scope", "one of control, connected, lender_related")
        if self.scope == "all" and self.group_kind == "connected":
            yield Flaw("scope", "cannot be all of connected groups: a credit check looks at those around an applicant",
                       "one of single, group, either")  # fmt: skip
        if self.cap_ratio is not None and self.cap_ratio < self.ratio:
            yield Flaw("cap_ratio", f"lies below the ratio, {self.ratio:g}", "it only bounds what the floor lifts")


@dataclass(frozen=True)
class Catalogue:
    """Rules by their ids."""

    rules: Mapping[str, Rule]

    def rule(self, rule_id: str) -> Rule:
        """The rule of this id. Raises UnknownRule."""
        if rule_id not in self.rules:
            raise UnknownRule("no rule of this id", where=rule_id, remedy=f"one of {', '.join(sorted(self.rules))}")
        return self.rules[rule_id]

    def in_force(self, day: date, *, rule_sets: Iterable[str], classes: Collection[str] = ()) -> tuple[Rule, ...]:
        """Rules that bind a lender on a day, by id. Raises UnknownRule.

        A rule set is named by its jurisdiction (`CN`, `EU`, `BCBS`), or a rule by its own id.
        """
        found: dict[str, Rule] = {}
        for name in rule_sets:
            mine = [rule for rule in self.rules.values() if name in (rule.jurisdiction, rule.id)]
            if not mine:
                known = sorted({rule.jurisdiction for rule in self.rules.values()})
                raise UnknownRule("no rule set of this name", where=name, remedy=f"one of {', '.join(known)}")
            found |= {rule.id: rule for rule in mine if rule.binds(day, classes)}
        return tuple(found[rule_id] for rule_id in sorted(found))

    def extended(self, texts: Mapping[str, str]) -> "Catalogue":
        """With rules of one's own, TOML by the name of its file; one of a known id takes its place.

        Raises InvalidRule, also where two of them have one id.
        """
        return Catalogue({**self.rules, **by_id((parsed(text, where), where) for where, text in texts.items())})


@cache
def shipped() -> Catalogue:
    r"""Read the rules that come with the program.

    .. math:: \{\,f_1, \dots, f_n\,\} \mapsto \{\, id(f_i) \mapsto f_i \,\}

    Parameters
    ----------
    None; each rule is a file of `analytics/limits/rules`.

    Raises
    ------
    InvalidRule
        If a file is no rule.

    Source
    ------
    Domain reference, first page (the fields of a rule) and §2.6 (the table).

    Example
    -------
    >>> rule = shipped().rule("CN_LE_GROUP_20")
    >>> rule.ratio, rule.comparison, rule.group_kind, rule.denominator
    (0.2, '>', 'connected', 'tier1')
    """
    return Catalogue(read_folder(Rule, "analytics.limits", "rules"))


def parsed(text: str, where: str) -> Rule:
    r"""Read one rule and check every field.

    .. math:: limit(D) = \min\big(\max(ratio \cdot D,\; floor),\; cap\_ratio \cdot D\big)

    Parameters
    ----------
    text : str
        TOML with the fields of `Rule`; `class` names lender and client, `floor_amount` amount and currency.
    where : str
        Name of its file, for errors.

    Raises
    ------
    InvalidRule
        If a field is missing, unknown or cannot be what it says.

    Source
    ------
    Domain reference, first page.

    Example
    -------
    >>> parsed("id = 3", "mine.toml")
    Traceback (most recent call last):
        ...
    graph.errors.InvalidRule: mine.toml: lacks citation, class, comparison, denominator, jurisdiction, name, ...
    """
    return read_text(Rule, text, where=where)
