"""The supply platform: members and supply links as Parquet, with a start-up and a supply web planted in them.

The start-up sells nearly all it makes to one buyer and has reported once. The web stands behind a maker of
vehicles; behind two of its parts there is one firm in the whole world.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.synthetic import names
from ingest.synthetic.cast import CAST, PLATFORM
from ingest.synthetic.days import number
from ingest.synthetic.files import slices, write_parquet
from ingest.synthetic.population import Population
from ingest.synthetic.relations import Ints, supplies
from ingest.synthetic.world import Delivered, deliver

DAY: Final = "2024-06-30"
PRODUCTS: Final = tuple(
    f"{part}{ware}" for part in ("通用", "精密", "环保", "耐热", "轻量", "定制") for ware in
    ("轴承", "线束", "铸件", "薄膜", "涂料", "模具", "紧固件", "电源", "阀门", "包装")
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """One planted supply link, amounts a year in yuan."""

    supplier: str
    buyer: str
    product: str
    amount: float
    receivable: float
    term_days: int


START_UP: Final = (
    Link("START", "BUYER", "微型传感器", 17_200_000, 6_450_000, 150),
    Link("START", "SIDE1", "微型传感器", 1_900_000, 150_000, 30),
    Link("START", "SIDE2", "微型传感器", 900_000, 0, 30),
)
_WEB = (
    "T11 K0 电池包", "T12 K0 电池包", "T13 K0 电机", "T14 K0 控制芯片", "T15 K0 玻璃", "T16 K0 玻璃",
    "T21 T11 电芯", "T21 T12 电芯", "T22 T13 磁材", "T23 T13 磁材", "T24 T14 晶圆",
    "T25 T15 石英砂", "T25 T16 石英砂", "T26 T16 石英砂",
    "T31 T21 锂盐", "T32 T21 锂盐", "T33 T24 电子特气", "T34 T22 稀土", "T34 T23 稀土", "T14 T24 检测芯片",
)  # fmt: skip
"""Supplier, buyer, product."""
WEB: Final = tuple(
    Link(supplier, buyer, product, 8_000_000.0 + 250_000 * at, 1_000_000.0, 60)
    for at, (supplier, buyer, product) in enumerate(told.split() for told in _WEB)
)
MAKER: Final = "K0"
LINKS: Final = (*START_UP, *WEB)
ON_PLATFORM: Final = tuple(dict.fromkeys(key for link in LINKS for key in (link.supplier, link.buyer)))


@dataclass(frozen=True)
class Trade:
    """Supply links of the background."""

    member: Ints
    """Company of the population behind each member number."""
    supplier: Ints
    buyer: Ints
    product: Ints
    amount: NDArray[np.float64]
    receivable: NDArray[np.float64]
    term: Ints
    currency: Ints
    since: Ints
    published: Ints


def trade(people: Population, rng: np.random.Generator) -> Trade:
    """Draw members and links."""
    size = people.size
    member = np.sort(rng.permutation(size.companies)[: size.members])
    supplier, buyer, product = supplies(len(member), size.supplies, rng)
    count = len(supplier)
    amount = np.round(10 ** rng.normal(5.8, 0.7, count))
    receivable = np.round(amount * rng.random(count) * 0.4)
    term = rng.choice([0, 30, 60, 90, 120, 180], count)
    currency = rng.choice(3, count, p=[0.94, 0.04, 0.02])
    since = rng.integers(number("2016-01-01"), number("2024-01-01"), count)
    published = np.full(count, number("2024-06-15"))
    return Trade(member, supplier, buyer, product, amount, receivable, term, currency, since, published)


def write_platform(
    folder: Path, people: Population, traded: Trade, *, spoil: bool = False, rate: float = 0, day: str = DAY
) -> Delivered:
    """Write one full delivery."""
    place = f"{day}-supply"
    (folder / place).mkdir(parents=True)
    write_parquet(folder / place / "members.parquet", _members(people, traded))
    chosen = np.arange(len(traded.supplier))
    bad, refused = _spoiled(len(chosen), traded, rate) if spoil else (None, {})
    tables = link_rows(traded, chosen)
    write_parquet(folder / place / "supplies.parquet", _all(_planted(), tables, bad))
    rows = len(traded.member) + len(ON_PLATFORM) + len(chosen) + len(LINKS) + (len(bad) if bad else 0)
    files = (f"{place}/members.parquet", f"{place}/supplies.parquet")
    done = Delivered(place, PLATFORM, "tables", "full", day, files, rows=rows, refused=refused)
    return deliver(folder, done)


def write_changes(folder: Path, traded: Trade, chosen: Ints, *, day: str) -> Delivered:
    """Write chosen links alone."""
    place = f"{day}-supply"
    (folder / place).mkdir(parents=True)
    write_parquet(folder / place / "supplies.parquet", link_rows(traded, chosen))
    done = Delivered(place, PLATFORM, "tables", "changes", day, (f"{place}/supplies.parquet",), rows=len(chosen))
    return deliver(folder, done)


def member_of(key: str) -> str:
    """Member number of a party of the cast."""
    return f"HY-{key}"


def link_rows(traded: Trade, chosen: Ints) -> Iterator[pa.Table]:
    """Chosen links of the background."""
    for part in slices(len(chosen)):
        rows = chosen[part]
        yield _table(
            names.numbered("HY-", traded.supplier[rows], 7), names.numbered("HY-", traded.buyer[rows], 7),
            names.choose(PRODUCTS, traded.product[rows]), traded.amount[rows],
            names.choose(("CNY", "USD", "EUR"), traded.currency[rows]), traded.receivable[rows], traded.term[rows],
            traded.since[rows], traded.published[rows],
        )  # fmt: skip


def _table(*columns: pa.Array | NDArray[np.float64] | Ints) -> pa.Table:
    names_and_types = {
        "supplier": pa.string(), "buyer": pa.string(), "product": pa.string(), "amount": pa.float64(),
        "currency": pa.string(), "receivable": pa.float64(), "term_days": pa.int32(), "since": pa.date32(),
        "published": pa.date32(),
    }  # fmt: skip
    arrays = [
        pa.array(np.asarray(column, np.int32)).cast(kind) if kind == pa.date32() else pa.array(column).cast(kind)
        for column, kind in zip(columns, names_and_types.values(), strict=True)
    ]
    return pa.table(arrays, names=list(names_and_types))


def _planted() -> pa.Table:
    days = np.full(len(LINKS), number("2022-01-01")), np.full(len(LINKS), number("2024-06-15"))
    return _table(
        pa.array([member_of(link.supplier) for link in LINKS]), pa.array([member_of(link.buyer) for link in LINKS]),
        pa.array([link.product for link in LINKS]), np.array([link.amount for link in LINKS]),
        pa.repeat("CNY", len(LINKS)), np.array([link.receivable for link in LINKS]),
        np.array([link.term_days for link in LINKS]), *days,
    )  # fmt: skip


def _members(people: Population, traded: Trade) -> Iterator[pa.Table]:
    columns = ("member", "name", "credit_code", "published")
    day = pa.array([number("2024-06-15")], pa.int32()).cast(pa.date32())[0]
    cast = [CAST[key] for key in ON_PLATFORM]
    first = [[member_of(actor.key) for actor in cast], [actor.name for actor in cast], [actor.code for actor in cast]]
    yield pa.table([*(pa.array(values) for values in first), pa.repeat(day, len(cast))], names=list(columns))
    for part in slices(len(traded.member)):
        company = pa.array(traded.member[part])
        numbers = names.numbered("HY-", np.arange(part.start, part.stop), 7)
        days = pa.repeat(day, len(company))
        yield pa.table([numbers, people.name.take(company), people.code.take(company), days], names=list(columns))


def _spoiled(rows: int, traded: Trade, rate: float) -> tuple[pa.Table, dict[str, int]]:
    """Sales to oneself, and sales of less than nothing."""
    count = min(max(1, int(rows * rate / 2)), 500)
    member = np.arange(2 * count) % max(len(traded.member), 2)
    buyer = np.where(np.arange(2 * count) < count, member, (member + 1) % max(len(traded.member), 2))
    amount = np.where(np.arange(2 * count) < count, 100.0, -100.0)
    days = np.full(2 * count, number("2022-01-01")), np.full(2 * count, number("2024-06-15"))
    table = _table(
        names.numbered("HY-", member, 7), names.numbered("HY-", buyer, 7), pa.repeat("污行", 2 * count), amount,
        pa.repeat("CNY", 2 * count), np.zeros(2 * count), np.zeros(2 * count, np.int64), *days,
    )  # fmt: skip
    return table, {"relation to itself": count, "negative money": count}


def _all(planted: pa.Table, tables: Iterator[pa.Table], bad: pa.Table | None) -> Iterator[pa.Table]:
    yield planted
    yield from tables
    if bad is not None:
        yield bad
