"""Shocks whose outcome is planted, worked by hand: who fails, who pays, and what the first bank loses by them.

45 % of what a failed firm owes is lost, the least that the product assumes; all in yuan.

- The buyer fails and owes the first bank 160 million: 72 are lost. It buys 86 % of what the start-up makes, and 86 %
  of the 8 million that the start-up earns above its costs are more than the 5 million that are its own.
- M3 fails and owes 62.8 million: 28.26 are lost at first. M2 vouched for 30 and has 20; the 20 are lost to M1 by 30 %,
  and 20 % of what M1 loses come back to M2: 1.2 of the 20 are gone before it pays 18.8. M2 fails too, and the 30 it
  owes are paid by M6, who vouched for 28 and stands: 13.5 were to lose.
- An industry makes 30 % less: 30 % of the 100 million that the buyer earns above its costs are more than the 25 that
  are its own. It fails by what the shock itself stopped, whatever carries it on, and the start-up after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ingest.synthetic.cast import CAST

_ALL_OF_BUYER: Final = 0.45 * 160e6


@dataclass(frozen=True)
class Planted:
    """One shock and what comes of it."""

    key: str
    name: str
    failed: tuple[str, ...]
    """Who fails of itself, by key."""
    fails: Mapping[str, str]
    """Everybody of the cast who fails, and why."""
    at_default: float
    """Owed to the first bank by who fails."""
    loss: float
    """Lost by the first bank."""
    without: float
    """The same, had nothing carried it on."""
    stopped: tuple[Mapping[str, Any], ...] = ()
    pays: Mapping[str, float] = field(default_factory=dict)
    """Who pays for others and stands."""
    income: Mapping[str, float] = field(default_factory=dict)
    """Who loses income by lost output of others."""

    def told(self) -> dict[str, Any]:
        """The shock as the answers tell it: its scenario with ids, and what comes of it."""
        stops = {"stopped": [dict(one) for one in self.stopped]} if self.stopped else {}
        fail = {"failed": [CAST[key].registered for key in self.failed]} if self.failed else {}
        scenario = {"name": self.name, "lender": CAST["BK1"].registered, **fail, **stops}
        figures = {"at_default": self.at_default, "loss": self.loss, "without": self.without}
        outcome = {"fails": dict(self.fails), "pays": dict(self.pays), "income": dict(self.income)}
        return {"key": self.key, "scenario": scenario, **figures, **outcome}


SHOCKS: Final = (
    Planted(
        "buyer", "壮岭电器违约", ("BUYER",), {"BUYER": "shock", "START": "lost output"},
        160e6, _ALL_OF_BUYER, _ALL_OF_BUYER, income={"START": 0.86 * 8e6},
    ),
    Planted(
        "ring", "担保圈成员违约", ("M3",), {"M3": "shock", "M2": "called guarantee"},
        62.8e6 + 30e6, 0.45 * 62.8e6 - (20e6 - 0.2 * 0.3 * 20e6), 0.45 * 62.8e6, pays={"M6": 28e6},
    ),
    Planted(
        "industry", "电气机械行业减产三成", (), {"BUYER": "lost output", "START": "lost output"},
        160e6, _ALL_OF_BUYER, _ALL_OF_BUYER, stopped=({"share": 0.3, "industry": "C38"},), income={"START": 0.86 * 8e6},
    ),
)  # fmt: skip
