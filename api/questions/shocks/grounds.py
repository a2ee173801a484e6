"""The facts behind the lines of an answer to a shock: facilities, guarantees, supplies and statements."""

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.supplying import Origins, origins
from analytics.structure.dependence.age import oldest_period
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.contagion.figures import FIGURES
from api.engine import View
from api.questions.shocks.sent import Sent
from graph.field import Kind
from graph.model import GUARANTEES, LENDS, OWES, OWNS, PLEDGES, STATEMENT, SUPPLIES

FEW: Final = 3
"""Facts named behind one line, those of the largest amounts."""


class Grounds:
    """Names the sources of what is said of a party, as ids of facts."""

    def __init__(self, view: View, evidence: Evidence, sent: Sent) -> None:
        self._view, self._evidence, self._sent = view, evidence, sent
        self._named: dict[str, Fact] = {}

    @property
    def named(self) -> tuple[Fact, ...]:
        """Debts, guarantees, supplies and holdings named so far."""
        return tuple(self._named.values())

    def party(self, x: int) -> Party:
        """One party by id and name."""
        return self._evidence.party(x)

    def lent(self, creditor: int) -> tuple[str, ...]:
        """Debts on which a creditor loses most."""
        return self._debts(self._sent.setting.debts.creditor == creditor)

    def owed(self, *debtors: int) -> tuple[str, ...]:
        """Debts of some on which most is lost."""
        return self._debts(np.isin(self._sent.setting.debts.debtor, debtors))

    def called(self, x: int) -> tuple[str, ...]:
        """Guarantees and collateral of one for which it is called most."""
        asked, made = self._sent.whole.asked, self._sent.setting.promised.layer.standing.sureties
        if not len(asked):
            return ()
        places = [surety_fact(self._view, self._sent, at) for at in _most(asked, made.guarantor == x)]
        return self._facts(list(dict.fromkeys(places)))

    def traded(self, x: int) -> tuple[str, ...]:
        """Supplies by which one lost output."""
        if self._origins is None:
            return ()
        by = self._origins
        found = [between(self._view, SUPPLIES, int(by.source[at]), x) for at in _most(by.part, by.into == x)]
        return self._facts([(SUPPLIES, at) for some in found for at in some][:FEW])

    def stated(self, x: int) -> tuple[str, ...]:
        """Statements of its equity, liquidity, revenue and costs."""
        rows = [int(row[x]) for row in self._rows if row[x] >= 0]
        return tuple(dict.fromkeys(self._evidence.cite_rows(STATEMENT, rows)))

    def of_failure(self, x: int) -> tuple[str, ...]:
        """What says what it had, what brought it down, and what it leaves unpaid."""
        return (*self.stated(x), *self.called(x), *self.traded(x), *self.held(x), *self.owed(x))

    def of_loss(self, x: int) -> tuple[str, ...]:
        """What says what it had, and by what it lost most."""
        return (*self.stated(x), *self.called(x), *self.traded(x), *self.lent(x), *self.held(x))

    def held(self, x: int) -> tuple[str, ...]:
        """Holdings on which one lost most."""
        holder, company, share, links = self._sent.setting.shares
        lost = share * self._sent.whole.passed[company]
        return self._facts([(OWNS, int(links[at])) for at in _most(lost, holder == x)])

    def _debts(self, mine: NDArray[np.bool_]) -> tuple[str, ...]:
        return self._facts([debt_fact(self._sent, at) for at in _most(self._sent.whole.by_debt, mine)])

    def _facts(self, places: list[tuple[Kind, int]]) -> tuple[str, ...]:
        found = [fact for kind, at in places for fact in self._evidence.facts(kind, [at])]
        self._named |= {fact.fact_id: fact for fact in found}
        return tuple(fact.fact_id for fact in found)

    @cached_property
    def _origins(self) -> Origins | None:
        return None if self._sent.output is None else origins(self._sent.output)

    @property
    def _rows(self) -> list[NDArray[np.int64]]:
        return self._view.kept(("rows of figures",), lambda: _read_rows(self._view))


def debt_fact(sent: Sent, at: int) -> tuple[Kind, int]:
    """The relation and link of a debt."""
    debts = sent.setting.debts
    return (LENDS, int(debts.facility[at])) if debts.facility[at] >= 0 else (OWES, int(debts.owing[at]))


def surety_fact(view: View, sent: Sent, at: int) -> tuple[Kind, int]:
    """The relation and link of a guarantee, or of collateral of another."""
    contract, given = int(sent.setting.promised.terms.contract[at]), len(view.snapshot.links(GUARANTEES))
    return (
        (GUARANTEES, contract) if contract < given else (PLEDGES, int(sent.setting.promised.pledge[contract - given]))
    )


def between(view: View, kind: Kind, x: int, y: int) -> list[int]:
    """The first links of a kind between two parties, either way."""
    links = view.snapshot.links(kind)
    found = [at[links.head[at] == head] for tail, head in ((x, y), (y, x)) for at in (np.asarray(links.leaving(tail)),)]
    return [int(at) for some in found for at in some][:FEW]


def _most(amount: NDArray[np.float64], mine: NDArray[np.bool_]) -> list[int]:
    """Positions of the largest amounts of some, none of nothing."""
    found = np.flatnonzero(mine & (amount > 0))
    chosen: list[int] = found[np.lexsort((found, -amount[found]))][:FEW].tolist()
    return chosen


def _read_rows(view: View) -> list[NDArray[np.int64]]:
    since = oldest_period(view.snapshot.moment.valid_at)
    return [view.snapshot.items(items, of_a_year=of_a_year, since=since).row for items, of_a_year in FIGURES.values()]
