"""The banks' list of facilities: a workbook, and text files where it grows too long for one.

Customers have numbers of the banks' own; their credit code says which company of the register they are.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.synthetic import collateral, credit, group_b, names
from ingest.synthetic.cast import BANK_LIST, CAST, LENDERS
from ingest.synthetic.collateral import Pledged
from ingest.synthetic.days import plain
from ingest.synthetic.files import slices, table_of, write_csv, write_workbook
from ingest.synthetic.lending import CURRENCIES, KINDS, Book
from ingest.synthetic.population import Population
from ingest.synthetic.relations import Ints
from ingest.synthetic.world import Delivered, deliver

DAYS: Final = ("2023-12-31", "2024-12-31")
SHEET_LIMIT: Final = 5_000
"""Rows a sheet of the workbook takes before the list goes on in text files."""
EARLY: Final = 8_000
"""Facilities of the background that the first delivery lists, at most."""
FACTORS: Final = (40, 40, 50, 20, 50, 40)
FACILITY = (
    "授信编号", "机构代码", "客户号", "客户名称", "品种", "币种", "已用金额（万元）", "未用金额（万元）",
    "转换系数（%）", "起始日", "到期日", "统计日期",
)  # fmt: skip
CUSTOMER = ("客户号", "客户名称", "统一社会信用代码", "统计日期")
LENDER = ("机构代码", "机构名称", "统一社会信用代码", "适用规则", "机构类别", "统计日期")


def write_book(
    folder: Path,
    people: Population,
    book: Book,
    pledged: Pledged,
    place: int,
    *,
    spoil: np.random.Generator | None = None,
    rate: float = 0,
) -> Delivered:
    """Write one full delivery, the earlier or the later one."""
    day = DAYS[place]
    name = f"{day}-facilities"
    (folder / name).mkdir(parents=True)
    chosen = np.arange(len(book.borrower) if place else min(len(book.borrower), EARLY))
    told = np.arange(len(book.customer)) if place else _named(book, pledged, len(chosen))
    backed = list(_pledges(book, pledged, len(chosen), day))
    tables = {"授信": _planted(day), "押品": table_of(collateral.planted_rows(day), collateral.COLUMNS)}
    tables |= {"客户": _planted_customers(day), "机构": _lenders(day)}
    bad, refused = _spoiled(len(chosen), people, book, day, rate) if spoil else ([], {})
    long = len(chosen) > SHEET_LIMIT
    files = [f"{name}/授信台账.xlsx"]
    if not long:
        tables["授信"] = pa.concat_tables([tables["授信"], *facility_rows(people, book, chosen, place)])
        tables["客户"] = pa.concat_tables([tables["客户"], *_customers(people, book, told, day)])
        tables["押品"] = pa.concat_tables([tables["押品"], *backed])
    if spoil:
        tables["授信"] = _mixed(tables["授信"], table_of(bad, FACILITY), spoil)
    sheets = {title: _numeric(table) for title, table in tables.items()}
    write_workbook(folder / name / "授信台账.xlsx", sheets)
    rows = sum(len(table) for table in tables.values())
    if long:
        write_csv(folder / name / "客户.csv", _customers(people, book, told, day), encoding="utf-8")
        write_csv(folder / name / "授信明细.csv", facility_rows(people, book, chosen, place), encoding="utf-8")
        write_csv(folder / name / "押品明细.csv", backed, encoding="utf-8")
        files += [f"{name}/客户.csv", f"{name}/授信明细.csv", f"{name}/押品明细.csv"]
        rows += len(told) + len(chosen) + sum(len(table) for table in backed)
    done = Delivered(name, BANK_LIST, "tables", "full", day, tuple(files), rows=rows, refused=refused)
    return deliver(folder, done, parts=(BANK_LIST, f"{BANK_LIST}-续") if long else (BANK_LIST,))


def customer_of(key: str) -> str:
    """Customer number of a party of the cast."""
    return f"KH-{key}"


def facility_rows(people: Population, book: Book, chosen: Ints, place: int) -> Iterator[pa.Table]:
    """Chosen facilities of the background as they stood at a delivery."""
    code = pa.array([CAST[key].key for key in LENDERS])
    for part in slices(len(chosen)):
        rows = chosen[part]
        drawn = (book.later if place else book.drawn)[rows]
        company = pa.array(book.customer[book.borrower[rows]])
        columns = [
            names.numbered("SX-", rows, 8), code.take(pa.array(book.lender[rows])), _numbers(book.borrower[rows]),
            people.name.take(company), names.choose(KINDS, book.kind[rows]),
            names.choose(CURRENCIES, book.currency[rows]),
            pa.array(drawn), pa.array(book.limit[rows] - drawn), pa.array(np.array(FACTORS)[book.kind[rows]]),
            plain(book.start[rows]), plain(book.maturity[rows]), pa.repeat(DAYS[place], len(rows)),
        ]  # fmt: skip
        yield pa.table([column.cast(pa.string()) for column in columns], names=list(FACILITY))


def _named(book: Book, pledged: Pledged, listed: int) -> Ints:
    """Customers of the first facilities: who borrows, and who gave collateral."""
    return np.unique(np.concatenate([book.borrower[:listed], collateral.givers(pledged, listed)]))


def _pledges(book: Book, pledged: Pledged, listed: int, day: str) -> Iterator[pa.Table]:
    lenders = pa.array([CAST[key].key for key in LENDERS])
    return collateral.pledge_rows(book, pledged, listed, day, lenders, pa.array(CURRENCIES))


def _customers(people: Population, book: Book, told: Ints, day: str) -> Iterator[pa.Table]:
    for part in slices(len(told)):
        rows = told[part]
        company = pa.array(book.customer[rows])
        columns = [_numbers(rows), people.name.take(company), people.code.take(company), pa.repeat(day, len(rows))]
        yield pa.table(columns, names=list(CUSTOMER))


def _numbers(customers: Ints) -> pa.Array:
    return names.numbered("KH-", customers, 7)


def _planted(day: str) -> pa.Table:
    rows: list[dict[str, object]] = [
        {"授信编号": f.number, "机构代码": f.lender, "客户号": customer_of(f.borrower),
         "客户名称": CAST[f.borrower].name, "品种": f.kind, "币种": f.currency,
         "已用金额（万元）": f"{f.drawn / 1e4:g}", "未用金额（万元）": f"{f.undrawn / 1e4:g}",
         "转换系数（%）": f"{f.ccf * 100:g}", "起始日": f.start, "到期日": f.maturity, "统计日期": f.stated}
        for f in (*group_b.FACILITIES, *credit.FACILITIES, *collateral.FACILITIES)
        if f.stated == day
    ]  # fmt: skip
    return table_of(rows, FACILITY)


def _planted_customers(day: str) -> pa.Table:
    rows: list[dict[str, object]] = [
        {"客户号": customer_of(key), "客户名称": CAST[key].name, "统一社会信用代码": CAST[key].code, "统计日期": day}
        for key in (*group_b.BORROWERS, *credit.BORROWERS, *collateral.BORROWERS)
    ]
    return table_of(rows, CUSTOMER)


def _lenders(day: str) -> pa.Table:
    rows: list[dict[str, object]] = [
        {"机构代码": key, "机构名称": CAST[key].name, "统一社会信用代码": CAST[key].code,
         "适用规则": "CN" if key != "BK5" else "CN-TRUST", "机构类别": "商业银行" if key != "BK5" else "信托公司",
         "统计日期": day}
        for key in LENDERS
    ]  # fmt: skip
    return table_of(rows, LENDER)


def _spoiled(
    rows: int, people: Population, book: Book, day: str, rate: float
) -> tuple[list[dict[str, object]], dict[str, int]]:
    """Facilities in a currency that does not exist, and ones of which less than nothing is drawn."""
    count = min(max(1, int(rows * rate / 2)), 500)
    bad: list[dict[str, object]] = []
    for at in range(2 * count):
        customer = _numbers(book.borrower[[at % max(len(book.borrower), 1)]])[0].as_py()
        bad.append(
            {"授信编号": f"WX-{at:06d}", "机构代码": "BK1", "客户号": customer, "客户名称": "污行", "品种": "贷款",
             "币种": "XQQ" if at < count else "CNY", "已用金额（万元）": "100" if at < count else "-100",
             "未用金额（万元）": "0", "转换系数（%）": "40", "起始日": "2023-01-01", "到期日": "2026-01-01",
             "统计日期": day}
        )  # fmt: skip
    return bad, {"unknown currency": count, "negative money": count}


def _mixed(table: pa.Table, bad: pa.Table, rng: np.random.Generator) -> pa.Table:
    order: NDArray[np.float64] = np.append(np.arange(len(table)), rng.uniform(0, len(table), len(bad)))
    return pa.concat_tables([table, bad]).take(pa.array(np.argsort(order, kind="stable")))


def _numeric(table: pa.Table) -> pa.Table:
    """Amounts as numbers, as a spreadsheet holds them."""
    for place, name in enumerate(table.column_names):
        if name.endswith(("（万元）", "（%）")):
            table = table.set_column(place, name, pc.cast(table[name], pa.float64()))
    return table
