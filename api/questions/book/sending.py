"""Which failures cost a lender most: all that lead to it are screened, the foremost sent, each alone."""

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.coupled import Room, Shock
from analytics.contagion.shock.screen import Ties, screen, stake_of, ways
from analytics.contagion.shock.tied import Tied
from api.engine import View
from api.questions.shocks.sent import Setting
from graph.field import PARTY_KINDS

Order = Literal["beyond", "all"]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
WORK: Final = 30_000_000
"""Firms and ties, times failures, up to which failures are sent beyond those that are asked for, so that an estimate
that is off hides none: work and not time, so that the same question has the same answer on any machine."""
CARRIERS: Final = 3
"""Debtors named by which one failure costs more than itself."""
LEAST: Final = 0.005
"""Money below which nothing is lost."""


@dataclass(frozen=True)
class Carrier:
    """A debtor that fails with another."""

    node: int
    loss: float
    round: int
    cause: int


@dataclass(frozen=True)
class Failure:
    """What one failure, sent through all layers, costs the lender."""

    node: int
    estimate: float
    own: float
    """Lost on what it owes itself."""
    beyond: float
    """Lost on what others owe."""
    at_default: float
    """Owed to the lender by all who fail."""
    failed: int
    """Who fails with it."""
    rounds: int
    carriers: tuple[Carrier, ...]
    """Debtors of the lender among them, the dearest first."""
    carried: int
    """How many they are."""
    lender: int
    """Why the lender fails itself, as a position in CAUSES; 0 where it does not."""


class Sending:
    """Failures sent for one lender, as far as they were asked for; each is sent once."""

    def __init__(self, view: View, setting: Setting, lender: int, order: Order) -> None:
        self.setting, self.lender, self.order = setting, lender, order
        self._state = view.snapshot.kind == PARTY_KINDS.index("State")
        self._sent: list[Failure] = []
        self._lock = Lock()

    @cached_property
    def stake(self) -> Numbers:
        """What each failure costs it by itself."""
        return stake_of(self.setting.known.firms, self.setting.layers, self.lender)

    @cached_property
    def estimate(self) -> Numbers:
        """What each failure may cost, 0 where no way leads to it and of the lender itself, shape (n,)."""
        found = screen(Ties.of(self.setting.known.firms, self.setting.layers), self.stake)
        found[self.lender] = 0.0
        return found

    @cached_property
    def around(self) -> NDArray[np.int64]:
        """Whoever may cost it anything, however many ways away, alone or with others, government bodies among them; the
        dearest by the estimate first."""
        some = np.flatnonzero(self._led(together=True))
        return some[np.lexsort((some, -self.estimate[some]))]

    def _led(self, *, together: bool) -> Flags:
        """From whom any way leads to a loss of the lender: by its failure alone, or together with others'."""
        firms, layers = self.setting.known.firms, self.setting.layers
        found = ways(
            Ties.of(firms, layers, worst=True, together=together),
            stake_of(firms, layers, self.lender, worst=True, together=together),
        )
        found[self.lender] = False
        return found

    def public(self, some: NDArray[np.int64]) -> Flags:
        """Which of some are government bodies."""
        return np.asarray(self._state[some])

    @cached_property
    def _alone(self) -> Flags:
        return self._led(together=False)

    @cached_property
    def screened(self) -> NDArray[np.int64]:
        """Whoever may cost the lender anything by its failure alone but government bodies, the dearest by the estimate
        first, and last who is farther away than that looks ahead."""
        some = np.flatnonzero(self._alone & ~self._state)
        return some[np.lexsort((some, -self.estimate[some], -self.ranking(some)))]

    def farther(self, top: int) -> int:
        """How many of those that are not sent where so many are asked for have no estimate."""
        return int((self.estimate[self.screened[self.runs(top) :]] <= 0).sum())

    @property
    def left_out(self) -> int:
        """Government bodies whose failure may cost the lender anything: none is screened."""
        return int((self._state & self._alone).sum())

    def ranking(self, some: NDArray[np.int64]) -> Numbers:
        """The estimate of what ranks some failures: all that each may cost, or what is beyond its own debts."""
        value = self.estimate[some]
        return value - self.stake[some] if self.order == "beyond" else value

    def runs(self, top: int) -> int:
        """How many failures are sent where so many are asked for."""
        setting = self.setting
        supplies = 0 if setting.network is None else len(setting.network.amount)
        size = setting.known.firms.size + len(setting.debts.amount) + len(setting.shares[0]) + supplies
        return min(len(self.screened), max(top, WORK // size))

    def told(self, top: int) -> list[Failure]:
        """The dearest of those sent, that cost anything."""
        runs = self.runs(top)
        with self._lock:
            if len(self._sent) < runs:
                room = self.room()
                for node in self.screened[len(self._sent) : runs].tolist():
                    self._sent.append(self._send(room, node))
            sent = self._sent[:runs]
        costing = [one for one in sent if one.own + one.beyond > LEAST]

        def rank(one: Failure) -> tuple[float, float, int]:
            first = one.beyond if self.order == "beyond" else one.own + one.beyond
            return -round(first, 2), -round(one.own + one.beyond, 2), one.node

        return sorted(costing, key=rank)[:top]

    def room(self) -> Room:
        """Memory for failures, sent one after the other; not kept, as it is of all firms."""
        return Room(Tied.of(self.setting.known.firms, self.setting.layers))

    def _send(self, room: Room, node: int) -> Failure:
        firms, debts = self.setting.known.firms, self.setting.debts
        after = room.send(Shock.of(firms.size, [node]))
        mine = np.flatnonzero(debts.creditor == self.lender)
        debtor, loss = debts.debtor[mine], after.by_debt[mine]
        by = np.bincount(debtor, loss, minlength=firms.size)
        own = float(by[node])
        by[node] = 0.0
        others = np.flatnonzero(by > LEAST)
        first = others[np.lexsort((others, -by[others]))][:CARRIERS]
        with_it = int(after.failed.sum()) - 1 - int(after.failed[self.lender])
        return Failure(
            node, min(float(self.estimate[node]), float(self.stake.sum())), own, float(by.sum()),
            float(debts.amount[mine][after.failed[debtor]].sum()), with_it,
            int(after.round.max()),
            tuple(Carrier(x, float(by[x]), int(after.round[x]), int(after.cause[x])) for x in first.tolist()),
            len(others), int(after.cause[self.lender]),
        )  # fmt: skip
