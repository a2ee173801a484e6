"""Relations of the background, as arrays: ownership trees with mutual holdings, offices, kin, guarantees.

Degrees have heavy tails: a holder, officer or guarantor is drawn by rank to a power, so that a few have
very many. What flows into one company never passes 100 %.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.synthetic.cast import LENDERS
from ingest.synthetic.days import NONE, number
from ingest.synthetic.population import Population

Ints = NDArray[np.int64]

SECOND: Final = ("2022-07-05", "2023-06-20")
THIRD: Final = ("2023-07-05", "2024-06-20")
"""Days between which what the second and the third delivery bring as new has changed."""
ROLES: Final = ("法定代表人", "董事", "监事", "总经理")
KINDS: Final = ("配偶", "亲属", "一致行动人")


@dataclass(frozen=True)
class Holdings:
    """Who holds how much of whom, in 1/100 %, sorted by company; none past 100 % of a company."""

    holder: Ints
    company: Ints
    share: Ints
    start: Ints
    band: NDArray[np.bool_]
    """Whether the register tells the band only in which the share lies."""
    changed: Ints
    """Day on which the share fell to `later`, or NONE."""
    later: Ints
    gone: Ints
    """Delivery from which on the register no longer lists it without a word: 1, 2, or 0 for never."""


def holdings(people: Population, rng: np.random.Generator) -> Holdings:
    """Draw holders and shares."""
    size = people.size
    mean = size.holdings / size.companies
    count = np.minimum(rng.geometric(1 / max(mean, 1.01), size.companies), 60)
    company = np.repeat(np.arange(size.companies), count)
    holder = _holders(people, company, rng)
    mutual = np.flatnonzero((holder < size.companies) & (rng.random(len(holder)) < 0.06))
    holder, company = np.append(holder, company[mutual]), np.append(company, holder[mutual])
    own = (holder == company) & (rng.random(len(holder)) < 0.5)
    keep = (holder != company) | own
    pairs = np.unique(company[keep] * size.holders + holder[keep])
    company, holder = pairs // size.holders, pairs % size.holders
    share = _shares(company, size.companies, rng)
    keep = share > 0
    company, holder, share = company[keep], holder[keep], share[keep]
    start = people.founded[company] + rng.integers(0, 40, len(company))
    changed, later = _changes(share, rng)
    fresh = people.founded[company] > number("2022-05-01")
    gone = np.where(rng.random(len(share)) < 0.01, rng.integers(1, 3, len(share)), 0)
    changed[fresh | (gone > 0)] = NONE
    gone[fresh] = 0
    band = (rng.random(len(share)) < 0.02) & (changed == NONE)
    return Holdings(holder, company, share, start, band, changed, later, gone)


def _holders(people: Population, company: Ints, rng: np.random.Generator) -> Ints:
    size = people.size
    draw = rng.random(len(company))
    person = size.companies + (size.persons * rng.random(len(company)) ** 1.5).astype(np.int64)
    # A parent is usually older than its child: smaller numbers stand higher in the tree, a few links run back.
    parent = (company * rng.random(len(company)) ** 2.5).astype(np.int64)
    back = rng.random(len(company)) < 0.04
    parent[back] = rng.integers(0, size.companies, int(back.sum()))
    first = size.companies + size.persons
    foreign = first + rng.integers(0, size.foreign, len(company))
    state = first + size.foreign + rng.integers(0, size.states, len(company))
    return np.select([draw < 0.55, draw < 0.98, draw < 0.993], [person, parent, foreign], state)


def _shares(company: Ints, companies: int, rng: np.random.Generator) -> Ints:
    weight = rng.gamma(0.7, size=len(company)) + 1e-6
    total = np.bincount(company, weight, companies)
    disclosed = np.where(rng.random(companies) < 0.7, 1.0, rng.uniform(0.55, 1.0, companies))
    return np.floor(10_000 * weight / total[company] * disclosed[company]).astype(np.int64)


def _changes(share: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    draw = rng.random(len(share))
    changed = np.full(len(share), NONE)
    for low, high, (first, last) in ((0.0, 0.02, SECOND), (0.02, 0.04, THIRD)):
        chosen = (draw >= low) & (draw < high) & (share > 100)
        changed[chosen] = rng.integers(number(first), number(last), int(chosen.sum()))
    return changed, np.maximum(1, (share * rng.uniform(0.3, 0.9, len(share))).astype(np.int64))


def offices(people: Population, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Person, company and place in ROLES, sorted by company; every company has somebody who stands for it."""
    size = people.size
    extra = max(size.offices - size.companies, 0)
    company = np.append(np.arange(size.companies), rng.integers(0, max(size.companies, 1), extra))
    person = size.companies + (size.persons * rng.random(len(company)) ** 1.3).astype(np.int64)
    role = np.append(np.zeros(size.companies, np.int64), rng.integers(1, len(ROLES), extra))
    codes = np.unique((company * size.holders + person) * len(ROLES) + role)
    pairs = codes // len(ROLES)
    return pairs % size.holders, pairs // size.holders, codes % len(ROLES)


def relatives(people: Population, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Two different persons and the place of their relation in KINDS; nobody has two spouses."""
    size = people.size
    count = min(size.related, size.persons // 2)
    order = size.companies + rng.permutation(size.persons)
    spouses = count // 2
    one, other = order[:count], order[count : 2 * count]
    kind = np.append(np.zeros(spouses, np.int64), rng.integers(1, len(KINDS), count - spouses))
    return one, other, kind


def guarantees(people: Population, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Guarantor and borrower: mutual pairs and small circles, and stars around a few strong guarantors."""
    size = people.size
    circles = max(int(size.guarantees * 0.4) // 3, 1)
    length = np.minimum(rng.choice([2, 2, 2, 3, 3, 4, 5], circles), max(size.companies, 2))
    first = np.repeat(np.cumsum(length) - length, length)
    place = np.arange(length.sum()) - first
    order = rng.integers(0, size.companies, int(length.sum()))
    guarantor = order
    borrower = order[first + (place + 1) % np.repeat(length, length)]
    rest = max(size.guarantees - len(guarantor), 0)
    strong = (size.companies * rng.random(rest) ** 3).astype(np.int64)
    guarantor = np.append(guarantor, strong)
    borrower = np.append(borrower, rng.integers(0, size.companies, rest))
    keep = guarantor != borrower
    return guarantor[keep], borrower[keep]


def supplies(members: int, links: int, rng: np.random.Generator, *, exponent: float = 2.3) -> tuple[Ints, Ints, Ints]:
    """Supplier, buyer and product of a Chung–Lu graph: expected degrees fall as a power of the rank."""
    weight = (np.arange(members) + 10.0) ** (-1 / (exponent - 1))
    ladder = np.cumsum(weight) / weight.sum()
    ranks = rng.permutation(members)
    supplier = np.searchsorted(ladder, rng.random(links))
    buyer = ranks[np.searchsorted(ladder, rng.random(links))]
    product = (supplier * 7 + rng.integers(0, 3, links)) % 60
    keep = supplier != buyer
    codes = np.unique((supplier[keep] * members + buyer[keep]) * 60 + product[keep])
    pairs = codes // 60
    return pairs // members, pairs % members, codes % 60


@dataclass(frozen=True)
class Ties:
    """Relations of the background that the register tells."""

    holdings: Holdings
    officer: Ints
    office: Ints
    role: Ints
    one: Ints
    other: Ints
    kin: Ints
    guarantor: Ints
    borrower: Ints
    signed: Ints
    due: Ints
    amount: Ints
    """In 10,000 yuan."""
    creditor: Ints


def ties(people: Population, rng: np.random.Generator) -> Ties:
    """Draw everything the register tells, each part from a stream of its own."""
    streams = rng.spawn(5)
    guarantor, borrower = guarantees(people, streams[3])
    count, last = len(guarantor), streams[4]
    founded = np.maximum(people.founded[guarantor], people.founded[borrower]) + 30
    signed = np.maximum(founded, last.integers(number("2021-01-01"), number("2024-03-01"), count))
    due = signed + 365 * last.integers(3, 9, count)
    amount = np.round(10 ** last.normal(2.8, 0.5, count)).astype(np.int64) + 1
    return Ties(
        holdings(people, streams[0]), *offices(people, streams[1]), *relatives(people, streams[2]), guarantor, borrower,
        signed, due, amount, last.integers(0, len(LENDERS), count),
    )  # fmt: skip
