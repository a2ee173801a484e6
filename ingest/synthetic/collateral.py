"""What stands behind facilities: two planted firms whose collateral covers all they owe until its worth falls, and
collateral of the background.

45 % of what no collateral covers is lost, the least that the product assumes; all in yuan.

- The developer earns 80 million above its costs and owns 15: a fifth of its output lost brings it down. Its land of 240
  million covers the 200 that it owes the first bank; 30 % off leave 168, and 45 % of the other 32 are lost.
- The steel mill earns 100 million above its costs and owns 18: it falls with a fifth of its output too. It owes the
  first bank 120 million, against stocks of 80 and claims on its customers of 48; a quarter off the stocks leaves 108 of
  both, and 45 % of the other 12 are lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.synthetic import names
from ingest.synthetic.days import plain
from ingest.synthetic.files import slices
from ingest.synthetic.group_b import Facility
from ingest.synthetic.lending import Book
from ingest.synthetic.relations import Ints

COLUMNS: Final = (
    "押品编号", "机构代码", "客户号", "授信编号", "押品类型", "评估价值（万元）", "币种", "登记日", "统计日期",
)  # fmt: skip
KINDS: Final = ("房产", "应收账款", "保证金", "存货", "机器设备", "股权")
START: Final = "2023-05-01"
DAYS: Final = ("2023-12-31", "2024-12-31")


@dataclass(frozen=True)
class Pledge:
    """Collateral of a borrower for a facility of its own, in yuan."""

    number: str
    facility: str
    kind: str
    value: float


_OWED: Final = (("S-0014", "DEV", "固定资产贷款", 200e6), ("S-0015", "MILL", "流动资金贷款", 120e6))
BORROWERS: Final = tuple(borrower for _, borrower, *_ in _OWED)
FACILITIES: Final = tuple(
    Facility(number, "BK1", borrower, kind, "CNY", drawn, 0.0, 0.4, START, "2028-04-30", stated)
    for stated in DAYS
    for number, borrower, kind, drawn in _OWED
)
PLEDGES: Final = (
    Pledge("YP-0001", "S-0014", "土地", 240e6),
    Pledge("YP-0002", "S-0015", "存货", 80e6),
    Pledge("YP-0003", "S-0015", "应收账款", 48e6),
)
STATED: Final = {
    "DEV": {"资产总计": 60_000, "负债合计": 58_500, "净资产": 1_500, "营业收入": 30_000, "营业成本": 22_000},
    "MILL": {"资产总计": 30_000, "负债合计": 28_200, "净资产": 1_800, "营业收入": 90_000, "营业成本": 80_000},
}
"""What they state of 2024, 10,000 yuan."""


@dataclass(frozen=True)
class Pledged:
    """Collateral of the background, each for one facility."""

    facility: Ints
    giver: Ints
    """Customer number of who gave it: the borrower, or another for it."""
    kind: Ints
    value: Ints
    """In 10,000 units of the facility's currency."""


def pledge(book: Book, rng: np.random.Generator) -> Pledged:
    """Draw collateral: three facilities in ten have some, of one in ten of these another firm's."""
    facility = np.flatnonzero(rng.random(len(book.borrower)) < 0.3)
    count = len(facility)
    others = rng.integers(0, max(len(book.customer), 1), count)
    giver = np.where(rng.random(count) < 0.1, others, book.borrower[facility])
    kind = rng.choice(len(KINDS), count, p=[0.45, 0.2, 0.1, 0.12, 0.08, 0.05])
    part = rng.uniform(0.4, 1.6, count)
    part[kind == KINDS.index("保证金")] *= 0.3
    return Pledged(facility, giver, kind, np.round(book.limit[facility] * part).astype(np.int64) + 1)


def givers(pledged: Pledged, listed: int) -> Ints:
    """Customer numbers of who gave collateral for the first facilities of the background."""
    given: Ints = pledged.giver[pledged.facility < listed]
    return given


def planted_rows(day: str) -> list[dict[str, object]]:
    """Planted collateral as the banks' list has it."""
    owed = {facility.number: facility for facility in FACILITIES}
    return [
        {"押品编号": one.number, "机构代码": owed[one.facility].lender, "客户号": f"KH-{owed[one.facility].borrower}",
         "授信编号": one.facility, "押品类型": one.kind, "评估价值（万元）": f"{one.value / 1e4:g}", "币种": "CNY",
         "登记日": START, "统计日期": day}
        for one in PLEDGES
    ]  # fmt: skip


def pledge_rows(
    book: Book, pledged: Pledged, listed: int, day: str, codes: pa.Array, currencies: pa.Array
) -> Iterator[pa.Table]:
    """Collateral for the first facilities of the background, as it stands at a delivery."""
    chosen: NDArray[np.int64] = np.flatnonzero(pledged.facility < listed)
    for part in slices(len(chosen)):
        rows = chosen[part]
        facility = pledged.facility[rows]
        columns = [
            names.numbered("YP-", rows, 8), codes.take(pa.array(book.lender[facility])),
            names.numbered("KH-", pledged.giver[rows], 7), names.numbered("SX-", facility, 8),
            names.choose(KINDS, pledged.kind[rows]), pa.array(pledged.value[rows]),
            currencies.take(pa.array(book.currency[facility])), plain(book.start[facility]),
            pa.repeat(day, len(rows)),
        ]  # fmt: skip
        yield pa.table([column.cast(pa.string()) for column in columns], names=list(COLUMNS))


def told() -> list[dict[str, Any]]:
    """What planted collateral covers, and what haircuts leave uncovered, by hand."""
    return [
        {"party": "DEV", "scenario": "real-estate", "owed": 200e6, "haircut": {"real estate": 0.3},
         "loss": 0.45 * (200e6 - 0.7 * 240e6)},
        {"party": "MILL", "scenario": "steel", "owed": 120e6, "haircut": {"inventory": 0.25},
         "loss": 0.45 * (120e6 - 0.75 * 80e6 - 48e6)},
    ]  # fmt: skip
