"""What the law's tests of guarantees make of one guarantor, by what statements, signatures and holdings say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.structure.dependence.verdicts import ratio
from analytics.structure.guarantees.ratios import (
    AS_FACT,
    CHINESE,
    UNTESTED,
    WITHIN,
    Figures,
    Finding,
    check_guarantees,
)
from api.answers.evidence import Evidence
from api.answers.frame import Party
from api.answers.wording import plural
from api.engine import View
from graph.columns import ALWAYS
from graph.field import PARTY_KINDS
from graph.holding import EPOCH_DAY
from graph.model import GUARANTEES, OWNS, STATEMENT

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
SHOWN: Final = 20
"""So many guaranteed parties are named for a test at most."""


@dataclass(frozen=True)
class RatioTest:
    """One test of the law."""

    rule: str
    verdict: str
    verdict_chinese: str
    value: float | None
    """What is compared; None where it cannot be told, or nothing stands behind the guarantees."""
    limit: float | None
    comparison: str
    missing: tuple[str, ...]
    chinese: str
    english: str
    consequence: str
    scope: str
    """Whom the test is for; whether the party is such a one is not tested."""
    citation: str
    verified: bool
    guaranteed: tuple[Party, ...]
    """Guaranteed parties that break it, of a test that looks at them; at most 20."""
    guaranteed_total: int


@dataclass
class _Known:
    """What keeps figures from being whole, and what each guaranteed party adds to those that look at them."""

    missing: dict[str, str] = field(default_factory=dict)
    """Figure → what is not known of it: it may break a limit but never keep it."""
    named: dict[str, dict[int, float]] = field(default_factory=dict)
    """Figure → guaranteed party → its own, greatest first."""


def net_assets_of(view: View, evidence: Evidence, node: int) -> float | None:
    """The newest net assets a statement gives, in the answer's currency."""
    return _stated(view, evidence, node, "net_assets")


def ratio_of(given: float, assets: float | None) -> float | None:
    """What a party guarantees over its net assets; None where these are not known, or there are none."""
    found = float(ratio([given], [np.nan if assets is None else assets])[0])
    return found if np.isfinite(found) else None


def tests_of(view: View, evidence: Evidence, node: int, assets: float | None) -> Iterator[RatioTest]:
    """The law's tests of what a party has given."""
    promises, known = view.promises, _Known()
    mine = promises.given_by(node)
    others = promises.borrower[mine] != node
    amounts = promises.amount[mine][others]
    customers = np.unique(promises.borrower[mine][others]).tolist()
    natural = view.snapshot.kind[node] == PARTY_KINDS.index("Person")
    figures = Figures(
        net_assets=assets,
        total_assets=_stated(view, evidence, node, "total_assets"),
        total_guarantees=float(np.nansum(amounts)),
        guarantees_12_months=_of_twelve_months(view, node, known),
        single_guarantee=float(np.nanmax(amounts, initial=0.0)),
        guaranteed_leverage=_leverage(view, evidence, customers, known),
        guaranteed_customers=int(promises.customers[node]),
        related_party=_related(view, evidence, node, customers, known),
        farm_household=None if natural else False,
    )
    if np.isnan(amounts).any():
        known.missing |= dict.fromkeys(("total_guarantees", "single_guarantee"), "undisclosed amounts")
    for finding in check_guarantees(figures, day=view.snapshot.moment.valid_at):
        yield _test(finding, known, evidence)


def _stated(view: View, evidence: Evidence, node: int, name: str) -> float | None:
    """The newest value of an item of a party, with the statement cited; in the answer's currency."""
    found = view.stated(name)
    value = float(found.value[node])
    if np.isnan(value):
        return None
    evidence.cite_rows(STATEMENT, [int(found.row[node])])
    return value


def of_twelve_months(view: View, at: NDArray[np.int64]) -> tuple[Numbers, Flags, Flags]:
    """Of guarantees their amounts, which were signed in the twelve months to the day, and of which no day is known."""
    links, today = view.snapshot.links(GUARANTEES), view.snapshot.moment.valid_at
    signed = links.fields["signed"][at]
    unsigned = signed == ALWAYS
    within = ~unsigned & (signed > (_a_year_before(today) - EPOCH_DAY).days) & (signed <= (today - EPOCH_DAY).days)
    return links.fields["amount"][at], within, unsigned


def _of_twelve_months(view: View, node: int, known: _Known) -> float:
    """What was promised for others in the twelve months to the day, whether it can still be called or not."""
    links = view.snapshot.links(GUARANTEES)
    at = links.leaving(node).astype(np.int64)
    amounts, within, unsigned = of_twelve_months(view, at[links.head[at] != node])
    gaps = [
        *(["undisclosed amounts"] if np.isnan(amounts[within | unsigned]).any() else []),
        *([f"day of signature of {plural(int(unsigned.sum()), 'guarantee')}"] if unsigned.any() else []),
    ]
    if gaps:
        known.missing["guarantees_12_months"] = ", ".join(gaps)
    return float(np.nansum(amounts[within]))


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def leverage_of(view: View, customers: NDArray[np.int64]) -> Numbers:
    """Liabilities over assets of guaranteed parties, NaN where unknown."""
    owed = view.stated("total_liabilities").value[customers]
    return ratio(np.where(owed >= 0, owed, np.nan), view.stated("total_assets").value[customers])


def _leverage(view: View, evidence: Evidence, customers: list[int], known: _Known) -> float | None:
    """The greatest liabilities over assets of those guaranteed; 0 where nobody is."""
    if not customers:
        return 0.0
    owed, held = view.stated("total_liabilities"), view.stated("total_assets")
    found = leverage_of(view, np.array(customers, np.int64))
    order = np.argsort(-found, kind="stable")[: int((~np.isnan(found)).sum())].tolist()
    known.named["guaranteed_leverage"] = {customers[k]: float(found[k]) for k in order}
    if unknown := len(customers) - len(order):
        whose = plural(unknown, "guaranteed party", "guaranteed parties")
        known.missing["guaranteed_leverage"] = f"assets or liabilities of {whose}"
    for k in order[:SHOWN]:
        evidence.cite_rows(STATEMENT, [int(owed.row[customers[k]]), int(held.row[customers[k]])])
    return float(found[order[0]]) if order else None


def _related(view: View, evidence: Evidence, node: int, customers: list[int], known: _Known) -> bool | None:
    """Whether a guaranteed party holds or controls the guarantor, or a holder or controller controls it.

    Its own companies are none. That nobody is related is never certain: kin and further holders may not be known.
    """
    if not customers:
        return False
    owns, control = view.snapshot.links(OWNS), view.control
    at = owns.arriving(node).astype(np.int64)
    at = at[owns.fields["share_high"][at] > 0]
    above = above_of(view, node)
    theirs = np.concatenate([above, *(control.controlled_by(int(x)) for x in above)])
    sought = np.setdiff1d(np.array(customers, np.int64), control.controlled_by(node))
    related = np.intersect1d(sought, theirs).tolist()
    known.named["related_party"] = dict.fromkeys(related, 1.0)
    known.missing["related_party"] = "who else is related to its holders and its controller"
    evidence.facts(OWNS, at[np.isin(owns.tail[at], related)])
    return True if related else None


def above_of(view: View, node: int) -> NDArray[np.uint32]:
    """Who holds or controls a party; a government body is related to nobody."""
    owns = view.snapshot.links(OWNS)
    at = owns.arriving(node).astype(np.int64)
    holders = owns.tail[at[owns.fields["share_high"][at] > 0]]
    above = np.union1d(holders, view.control.controllers_of(node))
    return np.asarray(above[view.snapshot.kind[above] != PARTY_KINDS.index("State")])


def _test(finding: Finding, known: _Known, evidence: Evidence) -> RatioTest:
    """A test in words; what is not known may break a limit but never keep it."""
    rule, verdict, missing = finding.rule, finding.verdict, finding.missing
    said = known.missing.get(rule.numerator)
    if said and verdict == WITHIN:
        verdict, missing = UNTESTED, (said,)
    elif said and rule.numerator in missing:
        missing = (said, *(name for name in missing if name != rule.numerator))
    named = [x for x, value in known.named.get(rule.numerator, {}).items() if rule.broken_by(value)]
    value = finding.value if finding.value is not None and np.isfinite(finding.value) else None
    limit = None if np.isnan(rule.limit) else rule.limit
    chinese = (AS_FACT if rule.comparison == "is" else CHINESE)[verdict]
    return RatioTest(
        rule.id, verdict, chinese, value, limit, rule.comparison, missing, rule.name.zh, rule.name.en, rule.consequence,
        rule.scope, rule.citation, rule.verified,
        evidence.parties(named[:SHOWN]), len(named),
    )  # fmt: skip
