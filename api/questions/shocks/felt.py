"""Who fails by a shock, and who loses and stands: what each lost, through what, and what it had to lose."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.causes import SELF
from analytics.contagion.shock.coupled import CAUSES
from analytics.contagion.shock.layers import LAYERS
from api.answers.frame import Party
from api.questions.shocks.grounds import Grounds
from api.questions.shocks.sent import ASSUMED, Sent
from api.questions.shocks.traced import CAUSES_ZH


@dataclass(frozen=True)
class Felt:
    """One who loses, and what in the end, what came back to it included."""

    party: Party
    equity: float | None
    assumed: str
    """What stands in for equity that it does not state: `median of its industry`, or `worth of what it holds` of
    others where that is more; empty of what it states."""
    assumed_zh: str
    lost: float
    """Of output, on guarantees, claims and shares."""
    parts: dict[str, float]
    """The same by layer, and what the shock itself took of it."""


@dataclass(frozen=True)
class Fallen(Felt):
    """One who failed."""

    round: int
    """Where the shock names nobody, what it leads to at once is the first."""
    why: str
    why_zh: str
    owed: float
    """To lenders, and to others whose claims are known."""
    paid: float | None
    """Fraction that it pays of what no collateral covers; none where it is not known to owe anything."""
    facts: tuple[str, ...]
    """Ids of its statements, of guarantees that were called, supplies that failed, holdings that lost their worth, and
    its debts on which most is lost."""


@dataclass(frozen=True)
class Standing(Felt):
    """One who loses and does not fail, as far as is known."""

    facts: tuple[str, ...]
    """Ids of its statements, and of guarantees, supplies, claims and holdings by which it lost most."""


def fallen_said(grounds: Grounds, sent: Sent, x: int) -> Fallen:
    """One who failed, by its node."""
    whole, debts = sent.whole, sent.setting.debts
    why = int(whole.cause[x])
    owed = float(debts.amount[debts.debtor == x].sum())
    return Fallen(
        *_felt(grounds, sent, x), int(whole.round[x]), CAUSES[why], CAUSES_ZH[why], owed,
        float(whole.paid[x]) if owed else None, grounds.of_failure(x),
    )  # fmt: skip


def standing_of(sent: Sent) -> NDArray[np.int64]:
    """Who loses and does not fail, the most first."""
    lost = sent.whole.lost
    found = np.flatnonzero((lost > 0) & ~sent.whole.failed)
    return found[np.lexsort((found, -lost[found]))]


def standing_said(grounds: Grounds, sent: Sent, x: int) -> Standing:
    """One who loses and stands, by its node."""
    return Standing(*_felt(grounds, sent, x), grounds.of_loss(x))


def _felt(grounds: Grounds, sent: Sent, x: int) -> tuple[Party, float | None, str, str, float, dict[str, float]]:
    whole, equity = sent.whole, sent.setting.known.firms.equity[x]
    by = (whole.income[x], whole.called[x], whole.claims[x], whole.shares[x], whole.own[x])
    parts = {name: float(value) for name, value in zip((*LAYERS, SELF), by, strict=True)}
    had = None if np.isnan(equity) else float(equity)
    return grounds.party(x), had, *ASSUMED[sent.setting.assumed[x]], float(whole.lost[x]), parts
