"""By which rule sets of dependence a question suspects: those it asks for, those of the lender, or by default.

The lender's are those that serve the rule sets its profile names: five criteria in China, seven of Basel's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.rules.reading import named
from analytics.rules.rule import Words
from analytics.structure.dependence.rules import rule_sets
from api.dependence import DEFAULT as BY_DEFAULT
from api.limits import lender_of
from api.view import View
from graph.errors import UnknownRule

ASKED, LENDER, DEFAULT = "asked", "lender", "default"
BY = {
    ASKED: "as asked",
    LENDER: "as the lender's rule sets want it",
    DEFAULT: "for want of a lender whose rule sets say otherwise",
}


@dataclass(frozen=True)
class Criteria:
    """One rule set that dependence was suspected by."""

    id: str
    name: Words
    citation: str
    verified: bool
    """Whether it was read in its text."""
    in_force: bool
    """Whether on the day; else it suspects nothing."""
    by: str
    """`asked`, `lender`, or `default` where neither says which."""


def seen_by(view: View, lender: int | None, asked: Sequence[str] = ()) -> View:
    """The view that suspects as asked, else as a lender is bound to. Raises InvalidQuestion of an unknown rule set."""
    if asked:
        return view.under(dict.fromkeys(named(rule_sets(), name, where="criteria").id for name in asked))
    return view.under(_of_lender(view, lender) or BY_DEFAULT)


def _of_lender(view: View, lender: int | None) -> list[str]:
    """Rule sets of dependence that serve the rule sets of a lender."""
    if lender is None:
        return []
    try:
        bound = lender_of(view, lender)
    except UnknownRule:
        return []  # who asks for its limits is told
    held = {*bound.rule_sets, *(rule.jurisdiction for rule in bound.rules)}
    return [name for name, rules in rule_sets().items() if held & {*rules.serves}]


def criteria_of(view: View, lender: int | None, asked: Sequence[str] = ()) -> tuple[Criteria, ...]:
    """The rule sets of a view made by `seen_by`, and by whose wish."""
    by, day = ASKED if asked else LENDER if _of_lender(view, lender) else DEFAULT, view.snapshot.moment.valid_at
    return tuple(
        Criteria(rules.id, rules.name, rules.citation, rules.verified, rules.in_force(day), by)
        for rules in view.judged.rules
    )


def criteria_said(used: Sequence[Criteria]) -> str:
    """By what dependence was suspected, in a sentence."""
    listed = " and ".join(f"{one.name.en} · {one.name.zh}{'' if one.verified else ' (not verified)'}" for one in used)
    return f"Dependence is suspected by {listed}, {BY[used[0].by]}."
