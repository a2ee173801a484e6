"""Statements, ratings and events of some companies, and exchange rates."""

import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from ingest.synthetic import collateral
from ingest.synthetic.cast import CAST, LENDERS, MEMBERS, RATES, REPORTS
from ingest.synthetic.files import table_of, write_csv, write_json_lines
from ingest.synthetic.population import Population
from ingest.synthetic.world import Delivered, deliver

DAY: Final = "2025-01-31"
ITEMS: Final = ("资产总计", "负债合计", "净资产", "营业收入", "净利润")
COST: Final = "营业成本"
STATED: Final = {
    "START": {"营业收入": 2_000, COST: 1_200, "净资产": 500},
    "BUYER": {"营业收入": 60_000, COST: 50_000, "净资产": 2_500},
    **collateral.STATED,
}
"""What four firms state of 2024, 10,000 yuan: so little is theirs that lost sales bring them down."""
LEVERED: Final = {"M2": 41_000}
"""Liabilities of a member of B集团 who owes nearly all it has, 10,000 yuan."""
RATED: Final = "2024-12-31"
RATING = ("统一社会信用代码", "评级日", "预测期（月）", "违约概率（%）", "等级", "评级人", "披露日期")
RATER: Final = "示例评级模型"
GRADES: Final = ((0.5, "A"), (1.0, "BBB"), (2.0, "BB"), (5.0, "B"))
"""Grades of PDs below so many per cent; the rest is CCC."""
STATEMENT = ("统一社会信用代码", "期末", "月数", "准则", "项目", "金额（万元）", "币种", "披露日期")
EVENTS: Final = ("诉讼", "强制执行", "新闻", "评级下调")
TIER_1: Final = 120_000
"""Tier 1 capital of the first bank, 10,000 yuan; the others follow in steps."""
RATE_DAYS: Final = (date(2022, 1, 3), date(2025, 6, 30))
PAIRS: Final = {"USD": (6.95, 0.25, 0.0), "EUR": (7.60, 0.20, 1.0), "HKD": (0.89, 0.03, 0.0)}
"""Base currency: middle, swing and phase of its price in yuan."""


def write_reports(
    folder: Path, people: Population, rng: np.random.Generator, *, spoil: bool = False
) -> Delivered:  # fmt: skip
    """Write statements, ratings and events."""
    name = f"{DAY}-reports"
    (folder / name).mkdir(parents=True)
    chosen = np.sort(rng.permutation(people.size.companies)[: people.size.reported])
    rows = [*_planted(), *_statements(people, chosen, rng)]
    write_csv(folder / name / "报表.csv", [table_of(rows, STATEMENT)], encoding="utf-8-sig")
    ratings = _ratings(rows)
    write_csv(folder / name / "评级.csv", [table_of(ratings, RATING)], encoding="utf-8")
    events = [*_planted_events(), *_events(people, chosen, rng)]
    bad = _spoiled() if spoil else []
    write_json_lines(folder / name / "events.jsonl", events, spoiled=bad)
    refused = {"impossible date": 1, "not JSON": 1} if spoil else {}
    files = (f"{name}/报表.csv", f"{name}/评级.csv", f"{name}/events.jsonl")
    count = len(rows) + len(ratings) + len(events) + len(bad)
    return deliver(folder, Delivered(name, REPORTS, "tables", "changes", DAY, files, rows=count, refused=refused))


def write_rates(folder: Path) -> Delivered:
    """Write a price of each currency for every working day."""
    name = "2025-06-30-rates"
    (folder / name).mkdir(parents=True)
    rows = [
        {"日期": day.isoformat(), "基准货币": base, "计价货币": "CNY", "汇率": f"{rate(base, day):.4f}"}
        for day in working_days()
        for base in PAIRS
    ]
    write_csv(folder / name / "汇率.csv", [table_of(rows, ("日期", "基准货币", "计价货币", "汇率"))], encoding="utf-8")
    day = RATE_DAYS[1].isoformat()
    return deliver(folder, Delivered(name, RATES, "tables", "changes", day, (f"{name}/汇率.csv",), rows=len(rows)))


def working_days() -> list[date]:
    """Days for which there is a rate."""
    first, last = RATE_DAYS
    days = (first + timedelta(count) for count in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


def rate(base: str, day: date) -> float:
    """Price of one unit in yuan on a working day, four digits; the same in every world."""
    middle, swing, phase = PAIRS[base]
    return round(middle + swing * math.sin(day.toordinal() / 97 + phase), 4)


def _row(code: str, year: int, item: str, value: int, *, months: int = 12) -> dict[str, object]:
    return {
        "统一社会信用代码": code, "期末": f"{year}年12月31日", "月数": months, "准则": "CAS", "项目": item,
        "金额（万元）": value, "币种": "CNY", "披露日期": f"{year + 1}年1月25日",
    }  # fmt: skip


def _planted() -> list[dict[str, object]]:
    rows = []
    for place, key in enumerate(LENDERS):
        capital = TIER_1 - 15_000 * place
        rows += [_row(CAST[key].code, 2024, item, value, months=0)
                 for item, value in (("一级资本净额", capital), ("资本净额", capital * 6 // 5))]  # fmt: skip
    for place, key in enumerate((*MEMBERS, "H")):
        assets, debts = 40_000 + 3_000 * place, LEVERED.get(key, 24_000 + 2_000 * place)
        values = (assets, debts, assets - debts, 30_000 + 2_500 * place, 900)
        for year in (2022, 2023, 2024):
            rows += [_row(CAST[key].code, year, item, value) for item, value in zip(ITEMS, values, strict=True)]
    rows += [_row(CAST[key].code, 2024, item, value) for key, told in STATED.items() for item, value in told.items()]
    return rows


def _statements(
    people: Population, chosen: np.ndarray[tuple[int], np.dtype[np.int64]], rng: np.random.Generator
) -> list[dict[str, object]]:
    rows = []
    costs = rng.spawn(1)[0]
    for code in people.code.take(pa.array(chosen)).to_pylist():
        assets = int(10 ** rng.normal(3.5, 0.5)) + 10
        debts = int(assets * rng.uniform(0.2, 0.95))
        for year in (2023, 2024):
            sales = int(assets * rng.uniform(0.3, 1.8))
            values = (assets, debts, assets - debts, sales, int(sales * rng.normal(0.04, 0.05)))
            rows += [_row(code, year, item, value) for item, value in zip(ITEMS, values, strict=True)]
            rows.append(_row(code, year, COST, int(sales * costs.uniform(0.6, 0.9))))
    return rows


def _ratings(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """PDs of whoever states assets and liabilities of 2024: 0.2 % without debts, 10 % with nothing of its own."""
    last = {(row["统一社会信用代码"], row["项目"]): row["金额（万元）"] for row in rows
            if str(row["期末"]).startswith("2024")}  # fmt: skip
    ratings = []
    for code in dict.fromkeys(row["统一社会信用代码"] for row in rows):
        assets, debts = last.get((code, "资产总计")), last.get((code, "负债合计"))
        if isinstance(assets, int) and isinstance(debts, int):
            pd = round(0.2 * 50 ** min(debts / assets, 1.0), 2)
            grade = next((name for most, name in GRADES if pd < most), "CCC")
            ratings.append({
                "统一社会信用代码": code, "评级日": RATED, "预测期（月）": 12, "违约概率（%）": pd, "等级": grade,
                "评级人": RATER, "披露日期": DAY,
            })  # fmt: skip
    return ratings


def _planted_events() -> list[dict[str, Any]]:
    return [
        {"company": CAST["M5"].code, "kind": "诉讼", "day": "2024-05-06", "title": "买卖合同纠纷（示例）",
         "amount": 12_000_000, "currency": "CNY", "published": "2024-05-10"},
        {"company": CAST["M7"].code, "kind": "强制执行", "day": "2024-11-18", "title": "被列为被执行人（示例）",
         "amount": 5_600_000, "currency": "CNY", "published": "2024-11-25"},
        {"company": CAST["BUYER"].code, "kind": "新闻", "day": "2024-09-02", "title": "付款周期延长（示例）",
         "amount": None, "currency": None, "published": "2024-09-03"},
    ]  # fmt: skip


def _events(
    people: Population, chosen: np.ndarray[tuple[int], np.dtype[np.int64]], rng: np.random.Generator
) -> list[dict[str, Any]]:
    events = []
    for code in people.code.take(pa.array(chosen)).to_pylist():
        for _ in range(int(rng.poisson(0.6))):
            day = date(2022, 1, 1) + timedelta(int(rng.integers(0, 1_000)))
            amount = int(10 ** rng.normal(6, 0.6))
            events.append(
                {"company": code, "kind": str(rng.choice(EVENTS)), "day": day.isoformat(), "title": "示例事件",
                 "amount": amount, "currency": "CNY", "published": (day + timedelta(6)).isoformat()}
            )  # fmt: skip
    return events


def _spoiled() -> list[str]:
    code = CAST["SIDE1"].code
    return [
        f'{{"company": "{code}", "kind": "新闻", "day": "2024-02-30", "title": "污行", "published": "2024-03-05"}}',
        f'{{"company": "{code}", "kind": "新闻", "day": "2024-03-01", "title": "污',
    ]
