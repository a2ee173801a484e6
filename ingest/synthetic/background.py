"""The background of a world: a function of its size and seed alone, and what is known of it."""

from dataclasses import replace
from typing import Final

import numpy as np

from ingest.synthetic import collateral, credit, platform, register, relations, reports
from ingest.synthetic.cast import CAST, LENDERS
from ingest.synthetic.collateral import Pledged
from ingest.synthetic.days import NONE, number
from ingest.synthetic.group_b import BORROWERS
from ingest.synthetic.lending import Book, lend
from ingest.synthetic.platform import Trade
from ingest.synthetic.population import Population, people, sizes
from ingest.synthetic.register import Mask
from ingest.synthetic.register_rows import DAYS, Scope
from ingest.synthetic.relations import Holdings, Ints, Ties

PLANTED_ABROAD: Final = 11
PLANTED_REPORTED: Final = len(LENDERS) + len(BORROWERS) + len(reports.STATED)
PLANTED: Final = (
    len(CAST) + len(LENDERS) + len(BORROWERS) + len(credit.BORROWERS) + len(collateral.BORROWERS)
    + len(platform.ON_PLATFORM) + PLANTED_ABROAD + PLANTED_REPORTED
)  # fmt: skip
"""Party records that the stories take over all sources."""


class Background:
    """Everything drawn from the seed, each part from a stream of its own."""

    def __init__(self, parties: int, seed: int) -> None:
        streams = np.random.default_rng(seed).spawn(7)
        self.size = sizes(parties, planted=PLANTED)
        self.people: Population = people(self.size, streams[0])
        self.ties: Ties = relations.ties(self.people, streams[1])
        self.book: Book = lend(self.people, streams[2])
        self.trade: Trade = platform.trade(self.people, streams[3])
        self.pledged: Pledged = collateral.pledge(self.book, streams[6])
        self.rng_abroad, self.rng_reports = streams[4], streams[5]

    def party_records(self) -> int:
        """Party records over all sources, the planted ones included."""
        size = self.size
        return size.holders + size.customers + size.members + size.abroad + size.foreign + size.reported + PLANTED

    def relation_rows(self) -> int:
        """Rows of the newest deliveries that state a relation of the background."""
        ties, scope = self.ties, register.scopes(self.people)[-1]
        held = int(register.held(scope, ties.holdings, self.size.companies).sum())
        promised = int(register.guaranteed(scope, ties).sum())
        lent = len(self.book.borrower) + len(self.pledged.facility)
        return held + promised + len(ties.officer) + len(ties.one) + lent + len(self.trade.supplier)

    def answers(self) -> dict[str, object]:
        """What is known of the background: what its register changed, left out and named too early."""
        scopes, holdings = register.scopes(self.people), self.ties.holdings
        listed = [register.held(scope, holdings, self.size.companies) for scope in scopes]
        changed = [
            int((listed[place] & listed[place - 1] & _between(holdings.changed, DAYS[place - 1], DAYS[place])).sum())
            for place in (1, 2)
        ]
        gone = [int((listed[place] & ~listed[place + 1]).sum()) for place in (0, 1)]
        return {
            "companies": self.size.companies,
            "persons": self.size.persons,
            "changed_shares": dict(zip(DAYS[1:], changed, strict=True)),
            "absent_holdings": dict(zip(DAYS[1:], gone, strict=True)),
            "pending_after_first": self._pending(scopes[0], listed[0]),
        }

    def _pending(self, scope: Scope, listed: Mask) -> dict[str, int]:
        ties = self.ties
        missing = register.withheld(self.people, scope)
        owned = listed & (np.isin(ties.holdings.holder, missing) | np.isin(ties.holdings.company, missing))
        promised = np.isin(ties.guarantor, missing) | np.isin(ties.borrower, missing)
        return {
            "OWNS": int(owned.sum()),
            "HOLDS_OFFICE": int(np.isin(ties.office, missing).sum()),
            "GUARANTEES": int((register.guaranteed(scope, ties) & promised).sum()),
        }

    def moved_shares(self, scope: Scope, count: int, rng: np.random.Generator) -> tuple[Holdings, Ints]:
        """The holdings with so many shares lowered after the last regular delivery, and which those are."""
        told = self.ties.holdings
        listed = register.held(scope, told, self.size.companies) & (told.share > 10) & ~told.band
        chosen = np.sort(rng.permutation(np.flatnonzero(listed))[:count])
        changed, later = told.changed.copy(), told.later.copy()
        share = np.where(changed[chosen] == NONE, told.share[chosen], later[chosen])
        changed[chosen], later[chosen] = number("2024-09-02"), np.maximum(share * 9 // 10, 1)
        return replace(told, changed=changed, later=later), chosen

    def moved_sales(self, count: int, rng: np.random.Generator) -> tuple[Trade, Ints]:
        """The supply links with so many amounts raised after the first delivery, and which those are."""
        told = self.trade
        chosen = np.sort(rng.permutation(len(told.supplier))[:count])
        amount, published = told.amount.copy(), told.published.copy()
        amount[chosen] = amount[chosen] * 2 + 1
        published[chosen] = number("2024-12-15")
        return replace(told, amount=amount, published=published), chosen


def _between(days: Ints, first: str, last: str) -> Mask:
    told = days + 5
    within: Mask = (days != NONE) & (told > number(first)) & (told <= number(last))
    return within
