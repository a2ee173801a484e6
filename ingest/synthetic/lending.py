"""Who borrows what of whom in the background: customers of the banks and their facilities."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ingest.synthetic.cast import LENDERS
from ingest.synthetic.days import number
from ingest.synthetic.population import Population
from ingest.synthetic.relations import Ints

KINDS: Final = ("流动资金贷款", "固定资产贷款", "银行承兑汇票", "信用证", "保函", "承诺")
CURRENCIES: Final = ("CNY", "USD", "EUR")


@dataclass(frozen=True)
class Book:
    """Facilities of the background."""

    customer: Ints
    """Company of the population behind each customer number."""
    borrower: Ints
    """Customer number of each facility."""
    lender: Ints
    kind: Ints
    currency: Ints
    limit: Ints
    """Drawn and undrawn together, in 10,000 units."""
    drawn: Ints
    later: Ints
    """Drawn at the second delivery."""
    start: Ints
    maturity: Ints


def lend(people: Population, rng: np.random.Generator) -> Book:
    """Draw customers and facilities: large companies borrow more, the first bank lends most."""
    size = people.size
    customer = np.sort(rng.permutation(size.companies)[: size.customers])
    count = size.facilities
    borrower = (len(customer) * rng.random(count) ** 1.5).astype(np.int64)
    lender = rng.choice(len(LENDERS), count, p=[0.35, 0.25, 0.2, 0.15, 0.05])
    kind = rng.choice(len(KINDS), count, p=[0.5, 0.2, 0.12, 0.08, 0.05, 0.05])
    currency = rng.choice(len(CURRENCIES), count, p=[0.9, 0.07, 0.03])
    limit = np.round(10 ** rng.normal(2.6, 0.5, count)).astype(np.int64) + 1
    drawn = (limit * rng.random(count)).astype(np.int64)
    moved = rng.random(count) < 0.1
    later = np.where(moved, (limit * rng.random(count)).astype(np.int64), drawn)
    start = rng.integers(number("2021-01-01"), number("2023-12-01"), count)
    return Book(
        customer, borrower, lender, kind, currency, limit, drawn, later, start, start + 365 * rng.integers(4, 9, count)
    )
