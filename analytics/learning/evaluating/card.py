"""The model card, as data: which model is served and why, from what, how good, what must not be concluded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.learning.evaluating.cautions import Caution, Cautions
from analytics.learning.evaluating.cell import Outcome
from analytics.learning.evaluating.plan import COMMUNITY, STACK, Plan
from analytics.learning.evaluating.rule import Served, serve
from analytics.learning.evaluating.strata import Stratum, strata
from analytics.learning.evaluating.table import Table
from analytics.learning.models.model import Numbers
from analytics.learning.panel import Part


@dataclass(frozen=True)
class Day:
    """One day of the panel."""

    day: date | None
    rows: int
    """With a known label."""
    bad: int
    """Defaults within the horizon."""
    public: int
    """Parties that had publicly defaulted by then."""
    links: Mapping[str, int]
    """By relation."""
    part: str
    """`train`, `validate` or `test` in the main split; `all` where each day's rows are of several parts; `none` where
    labels are known and no part has them; else empty."""


@dataclass(frozen=True)
class Data:
    """What was learned from."""

    digest: str
    definition: str
    horizon: int
    """Months; 0 where the data do not say."""
    parties: int
    firms: int
    features: Mapping[str, int]
    """How many, by scope."""
    days: tuple[Day, ...]
    split: str
    crossing: float | None
    """Part of linked pairs in different folds of communities; none where parties were not parted."""

    @classmethod
    def of(cls, plan: Plan) -> "Data":
        """Count a plan's panel."""
        panel = plan.panel
        scopes = {scope: len(panel.columns(scope)) for scope in ("own", "engine", "neighbours")}
        days = tuple(
            Day(wave.day, int((wave.label >= 0).sum()), int((wave.label == 1).sum()), int(wave.public.sum()),
                {name: wave.ties[name].size for name in panel.relations}, _part(plan, at))
            for at, wave in enumerate(panel.waves)
        )  # fmt: skip
        crossing = plan.folds.crossing if plan.folds else None
        return cls(panel.digest, panel.definition, panel.horizon, panel.size, int(panel.firm.sum()), scopes, days,
                   plan.main, crossing)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """A model card."""

    served: Served
    data: Data
    table: Table
    strata: tuple[Stratum, ...]
    cautions: tuple[Caution, ...]

    @classmethod
    def of(cls, plan: Plan, kept: Mapping[str, Outcome], *, truth: tuple[Numbers, ...] | None = None,
           asked: str = "") -> "Card":  # fmt: skip
        """Make it from what was learned. Raises InvalidPanel where no trees were judged.

        What must not be concluded is told of the model that was `asked` for, of the one the rule serves where none
        was, or where it does not serve the stack that was.
        """
        table = Table.of(plan, kept, truth=truth)
        served = serve(table)
        bad = _judging(plan)
        about = asked if asked and asked != STACK else served.model
        cautions = tuple(Cautions(plan, table, replace(served, model=about), bad))
        return cls(served, Data.of(plan), table, strata(plan, kept), cautions)

    def over(self, table: Table, plans: Sequence[Plan]) -> "Card":
        """The same with the table over several panels like this one, each judged by its plan; and what that calls for.

        Data and strata stay those of this one.
        """
        served, bad = serve(table), sum(map(_judging, plans))
        return replace(self, table=table, served=served, cautions=tuple(Cautions(plans[0], table, served, bad)))


def _judging(plan: Plan) -> int:
    """Defaults that judge in the main split."""
    main = [name for name in plan.splits if plan.family(name) == plan.main]
    return sum(int((plan.judged(name).label == 1).sum()) for name in main)


def _part(plan: Plan, at: int) -> str:
    if plan.main == COMMUNITY:
        return "all"
    parts = {int(part) for part in plan.splits[plan.main].parts[at]} - {int(Part.NONE)}
    if not parts:
        return "none" if (plan.panel.waves[at].label >= 0).any() else ""
    return Part(parts.pop()).name.lower() if len(parts) == 1 else "all"
