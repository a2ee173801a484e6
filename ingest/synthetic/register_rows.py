"""Rows of the company register: its columns, the planted rows, and the background in chunks of text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.synthetic import group_b, names
from ingest.synthetic.cast import CAST, LENDERS, Actor
from ingest.synthetic.days import NONE, chinese, number
from ingest.synthetic.files import slices
from ingest.synthetic.population import INDUSTRIES, SIZES, Population
from ingest.synthetic.relations import KINDS, ROLES, Holdings, Ints, Ties

DAYS: Final = ("2022-06-30", "2023-06-30", "2024-06-30")

COMPANY: Final = (
    "企业名称", "统一社会信用代码", "LEI", "英文名称", "注册地", "行业代码", "规模", "经营状态", "企业类型",
    "注册资本（万元）", "注册资本币种", "成立日期", "核准日期",
)  # fmt: skip
PERSON: Final = ("人员编号", "姓名", "出生年份", "登记日期")
OTHER: Final = ("股东编号", "名称", "类型", "LEI", "国家或地区", "登记日期")
HOLDING: Final = ("股东编号", "股东名称", "统一社会信用代码", "持股比例（%）", "入股日期", "退出日期", "公示日期")
OFFICE: Final = ("人员编号", "统一社会信用代码", "职务", "任职日期", "公示日期")
RELATIVE: Final = ("主体编号", "关联主体编号", "关系", "起始日期", "公示日期")
CONTROL: Final = ("控制人编号", "统一社会信用代码", "控制依据", "生效日期", "终止日期", "公示日期")
GUARANTEE: Final = (
    "担保合同号", "担保人", "被担保人", "债权人", "担保金额（万元）", "币种", "保证方式", "担保形式", "签订日期",
    "主债务到期日", "公示日期",
)  # fmt: skip
LISTED: Final = "2022年1月1日"
"""Day on which the register listed persons, foreign holders and state bodies."""

Row = Mapping[str, object]
_PERCENT: Final = pa.array([f"{share / 100:g}" for share in range(10_001)], pa.string())
_BANDS: Final = ("0-5%", "5-10%", "10-25%", "25-50%", "50-75%", "75-100%")
_BAND_EDGES: Final = np.array([500, 1000, 2500, 5000, 7500])


@dataclass(frozen=True)
class Scope:
    """What one delivery of the register covers."""

    number: int
    """0, 1, 2 for the three regular ones."""
    day: str
    limit: int
    """Companies of the background below this number are covered."""

    @property
    def date(self) -> int:
        """Days since 1970."""
        return number(self.day)


# ── the cast ───────────────────────────────────────────────────────────────────────────────────────


def planted_companies(scope: Scope) -> list[Row]:
    """Companies and banks of the cast; H had another name before, W came last."""
    listed = [actor for actor in CAST.values() if actor.kind in ("Company", "Bank")]
    return [_company(actor, scope) for actor in listed if actor.key != "W" or scope.number >= 2]


def planted_persons() -> list[Row]:
    """Persons of the cast."""
    return [
        {"人员编号": actor.code, "姓名": actor.name, "出生年份": 1970, "登记日期": LISTED}
        for actor in CAST.values()
        if actor.kind == "Person"
    ]


def planted_others() -> list[Row]:
    """The foreign holder of the cast."""
    actor = CAST["O"]
    return [
        {"股东编号": actor.code, "名称": actor.name, "类型": "境外企业", "LEI": actor.lei, "国家或地区": "VG",
         "登记日期": LISTED}
    ]  # fmt: skip


def planted_holdings(scope: Scope) -> list[Row]:
    """Holdings of the cast as a delivery lists them: the last word on each, and what has ended since the last."""
    before = DAYS[min(scope.number, len(DAYS)) - 1] if scope.number else ""
    regular = [h for h in group_b.HOLDINGS if h.stated <= scope.day and h.stated < group_b.LATE]
    said = {(h.holder, h.company): h for h in regular}
    return [_holding(holding) for holding in said.values() if holding.end is None or holding.end > before]


def planted_offices(scope: Scope) -> list[Row]:
    """Offices of the cast."""
    return [
        {"人员编号": CAST[person].code, "统一社会信用代码": CAST[company].code, "职务": role, "任职日期": _day(start),
         "公示日期": _day("2024-02-08" if company == "W" else "2022-03-15")}
        for person, company, role, start in group_b.OFFICES
        if company != "W" or scope.number >= 2
    ]  # fmt: skip


def planted_relatives(scope: Scope) -> list[Row]:
    """Relations of the cast that were told by a delivery's day."""
    return [_relation(*said) for said in group_b.RELATIONS if said[-1] <= scope.day]


def planted_controls(scope: Scope) -> list[Row]:
    """Agreements of the cast, the last word on each."""
    said = {(c.controller, c.company): c for c in group_b.CONTROLS if c.stated <= scope.day}
    return [_control(control) for control in said.values()]


def planted_guarantees() -> list[Row]:
    """Guarantees of the cast."""
    return [
        {"担保合同号": said.contract, "担保人": CAST[said.guarantor].code, "被担保人": CAST[said.borrower].code,
         "债权人": CAST["BK1"].code, "担保金额（万元）": f"{said.amount / 1e4:g}", "币种": "CNY",
         "保证方式": said.liability, "担保形式": "保证", "签订日期": _day(said.signed),
         "主债务到期日": _day("2028-12-31"), "公示日期": _day(group_b.GUARANTEES_STATED)}
        for said in group_b.GUARANTEES
    ]  # fmt: skip


def corrected_holdings() -> list[Row]:
    """What the register corrects long after, each row with what becomes of the one it names."""
    late = [said for said in group_b.HOLDINGS if said.stated == group_b.LATE]
    return [{**_holding(said), "操作": said.op} for said in late]


def corrected_controls() -> list[Row]:
    """Agreements that became known late."""
    return [_control(said) for said in group_b.CONTROLS if said.stated == group_b.LATE]


def corrected_relatives() -> list[Row]:
    """Relations that became known late."""
    return [_relation(*said) for said in group_b.RELATIONS if said[-1] == group_b.LATE]


def _day(day: str | None) -> str | None:
    return None if day is None else str(chinese(np.array([number(day)]))[0])


def _company(actor: Actor, scope: Scope) -> Row:
    before = actor.key == "H" and scope.number == 0
    approved = "2022-11-02" if actor.key == "H" and not before else "2024-02-08" if actor.key == "W" else "2022-03-15"
    large = actor.kind == "Bank" or actor.key == "H"
    return {
        "企业名称": group_b.FORMER_NAME if before else actor.name, "统一社会信用代码": actor.code, "LEI": actor.lei,
        "英文名称": actor.english, "注册地": "CN", "行业代码": actor.industry, "规模": "大型" if large else "中型",
        "经营状态": "存续", "企业类型": "有限责任公司", "注册资本（万元）": 500_000 if actor.kind == "Bank" else 5_000,
        "注册资本币种": "CNY", "成立日期": _day(actor.founded), "核准日期": _day(approved),
    }  # fmt: skip


def _holding(said: group_b.Holding) -> Row:
    return {
        "股东编号": CAST[said.holder].code, "股东名称": CAST[said.holder].name,
        "统一社会信用代码": CAST[said.company].code, "持股比例（%）": f"{said.share:g}", "入股日期": _day(said.start),
        "退出日期": _day(said.end), "公示日期": _day(said.stated),
    }  # fmt: skip


def _control(said: group_b.Control) -> Row:
    return {
        "控制人编号": CAST[said.controller].code, "统一社会信用代码": CAST[said.company].code,
        "控制依据": said.basis, "生效日期": _day(said.start), "终止日期": _day(said.end), "公示日期": _day(said.stated),
    }  # fmt: skip


def _relation(one: str, other: str, kind: str, start: str, stated: str) -> Row:
    return {
        "主体编号": CAST[one].code, "关联主体编号": CAST[other].code, "关系": kind, "起始日期": _day(start),
        "公示日期": _day(stated),
    }  # fmt: skip


# ── the background ─────────────────────────────────────────────────────────────────────────────────


def companies(people: Population, chosen: Ints) -> Iterator[list[pa.Array]]:
    """Chosen companies."""
    codes, words = [code for code, *_ in INDUSTRIES], [size for size, _ in SIZES]
    for part in slices(len(chosen)):
        rows = chosen[part]
        size, at = len(rows), pa.array(rows)
        yield [
            people.name.take(at), people.code.take(at), pa.nulls(size, pa.string()),
            pc.if_else(pa.array(rows % 3 == 0), people.english.take(at), None), pa.repeat("CN", size),
            names.choose(codes, people.industry[rows]), names.choose(words, people.scale[rows]),
            names.choose(("存续", "注销"), people.closed[rows].astype(np.int64)), pa.repeat("有限责任公司", size),
            pa.array(people.capital[rows]), pa.repeat("CNY", size), chinese(people.founded[rows]),
            chinese(people.founded[rows] + 5),
        ]  # fmt: skip


def persons(people: Population, chosen: Ints) -> Iterator[list[pa.Array]]:
    """Chosen persons, counted from the first."""
    for part in slices(len(chosen)):
        at = pa.array(chosen[part] + people.size.companies)
        yield [
            people.code.take(at), people.name.take(at), pa.array(people.birth[chosen[part]]), pa.repeat(LISTED, len(at))
        ]  # fmt: skip


def others(people: Population) -> Iterator[list[pa.Array]]:
    """Foreign holders and state bodies."""
    size = people.size
    at = pa.array(np.arange(size.companies + size.persons, size.holders))
    kinds = names.choose(("境外企业", "机关法人"), np.repeat([0, 1], [size.foreign, size.states]))
    leis = pa.concat_arrays([people.foreign_lei, pa.nulls(size.states, pa.string())])
    places = np.append(np.arange(size.foreign) % 3, np.full(size.states, 3))
    places = names.choose(("VG", "KY", "SG", "CN"), places)
    yield [people.code.take(at), people.name.take(at), kinds, leis, places, pa.repeat(LISTED, len(at))]


def holdings(scope: Scope, people: Population, told: Holdings, chosen: Ints) -> Iterator[list[pa.Array]]:
    """Chosen rows of the shareholder list as they stood on the delivery's day."""
    for part in slices(len(chosen)):
        rows = chosen[part]
        now = (told.changed[rows] != NONE) & (told.changed[rows] + 5 <= scope.date)
        share = np.where(now, told.later[rows], told.share[rows])
        start = np.where(now, told.changed[rows], told.start[rows])
        exact = _PERCENT.take(pa.array(share))
        band = names.choose(_BANDS, np.searchsorted(_BAND_EDGES, share, side="right"))
        holder, company = pa.array(told.holder[rows]), pa.array(told.company[rows])
        yield [
            people.code.take(holder), people.name.take(holder), people.code.take(company),
            pc.if_else(pa.array(told.band[rows]), band, exact), chinese(start), pa.nulls(len(rows), pa.string()),
            chinese(np.where(now, start + 5, start + 10)),
        ]  # fmt: skip


def offices(people: Population, ties: Ties, chosen: Ints) -> Iterator[list[pa.Array]]:
    """Chosen offices."""
    for part in slices(len(chosen)):
        rows = chosen[part]
        start = people.founded[ties.office[rows]] + 15
        person, company = pa.array(ties.officer[rows]), pa.array(ties.office[rows])
        role = names.choose(ROLES, ties.role[rows])
        yield [people.code.take(person), people.code.take(company), role, chinese(start), chinese(start + 5)]


def relatives(people: Population, ties: Ties, chosen: Ints) -> Iterator[list[pa.Array]]:
    """Chosen relations between persons."""
    for part in slices(len(chosen)):
        rows = chosen[part]
        one, other = pa.array(ties.one[rows]), pa.array(ties.other[rows])
        kind, start = names.choose(KINDS, ties.kin[rows]), pa.repeat("2015年1月1日", len(rows))
        yield [people.code.take(one), people.code.take(other), kind, start, pa.repeat("2022年3月1日", len(rows))]


def guarantees(people: Population, ties: Ties, chosen: Ints) -> Iterator[list[pa.Array]]:
    """Chosen guarantees."""
    banks = [CAST[key].code for key in LENDERS]
    for part in slices(len(chosen)):
        rows = chosen[part]
        old = ties.signed[rows] < number("2022-01-01")
        liability = names.choose(("一般保证", "连带责任保证", "未约定"), np.where(old, rows % 2, rows % 3))
        yield [
            names.numbered("DB-", rows, 8), people.code.take(pa.array(ties.guarantor[rows])),
            people.code.take(pa.array(ties.borrower[rows])), names.choose(banks, ties.creditor[rows]),
            pa.array(ties.amount[rows]), pa.repeat("CNY", len(rows)), liability,
            names.choose(("保证", "最高额保证"), (rows % 4 == 0).astype(np.int64)), chinese(ties.signed[rows]),
            chinese(ties.due[rows]), chinese(ties.signed[rows] + 15),
        ]  # fmt: skip
