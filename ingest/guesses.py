"""What a table may say, guessed from its headers in both languages and from what its columns hold.

A guess is written into a starting mapping for the user to correct; nothing is loaded by a guess.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from graph.field import Field, Type
from graph.model import EVENT, GUARANTEES, KINDS, OUTCOME, PLEDGES, PROFILE, RATE, STATEMENT
from ingest.ends import NAME_WORDS, SCHEMES, Cells, End, end_of, plain, relation, transfer, with_kinds, with_papers
from ingest.labelled import Labelled, labelled
from ingest.rates import rates_of
from ingest.statements import Columns, Item, columns_of, items_of
from ingest.toml_text import MARKER

_FIELDS: Final[dict[str, str]] = {
    "share": r"持股|股权比例|股比|出资比例|投资比例|share|ratio|stake|percent|比例",
    "votes": r"表决权|投票权|vot",
    "directness": r"直接|间接|direct",
    "basis": r"控制依据|控制方式|basis",
    "creditor": r"债权人|creditor|受益人|beneficiary",
    "facility_id": r"授信编号|合同号|合同编号|借据|贷款编号|担保合同|facility|contract|loan.?(?:id|no\b|number|code)",
    "amount": r"金额|额度|amount|交易额|供货额|采购额|销售额|欠款|余额|value|sales\b|purchases\b|turnover",
    "drawn": r"^(?!.*(?:未用|可用|未提|undrawn|unused))"
    r".*(?:已用|用信|余额|贷款金额|已提|drawn|outstanding|balance|金额|amount)",
    "undrawn": r"未用|可用|未提|undrawn|unused",
    "ccf": r"转换系数|ccf",
    "value": r"估值|评估|价值|value|金额",
    "currency": r"币种|币别|货币|currency|\bccy\b",
    "liability": r"保证方式|责任方式|liability",
    "form": r"担保形式|组织形式|企业类型|form",
    "agreed_share": r"约定份额|agreed",
    "counter_of": r"反担保(?:的|对应)?(?:担保)?(?:合同)?(?:编?号)|被反担保|^counter$|counters\b|counter(?:ed|[ _]of)",
    "signed": r"签[订署约]|担保日期|(?:合同|协议)日期|(?:实际|担保)发生日|\bsign|signed"
    r"|(?:agreement|contract|guarantee)[ _]date|date of (?:agreement|contract|guarantee)",
    "due": r"(?:债务|债权|主合同|贷款|借款).*(?:到期|届满)|due|(?:debt|loan).*matur|matur.*(?:debt|loan)",
    "expires": r"届满|担保到期|expir",
    "maturity": r"到期|maturity",
    "product": r"产品|商品|品名|货物|物料|product|goods|materials?\b|commodit",
    "receivable": r"应收|receivable|(?:open|unpaid|outstanding) invoices",
    "term_days": r"账期|信用期|付款期|结算期|term|(?:credit|payment) days|days of credit",
    "role": r"职务|职位|role|position|title",
    "seniority": r"顺序|seniority|rank",
    "kind": r"品种|关系|种类|类型|kind|type|relation",
    "registered_capital": r"注册资本|注册资金|capital",
    "jurisdiction": r"注册地(?!址)|国家|地区|jurisdiction|country",
    "industry": r"行业|industry|sector|nace|isic",
    "size": r"规模|size",
    "status": r"状态|status",
    "address": r"地址|住所|address",
    "listed": r"上市|listed",
    "birth": r"出生|birth",
    "other_names": r"曾用名|英文名|别名|alias|other.?name",
    "valid_from": r"入股|(?:出资|持股|认缴)(?:日|时间)|成立|起始|开始|生效|任职日期|起始日|合作日期|放款日"
    r"|since|start|from|begin",
    "valid_to": r"退出|终止|结束|离任|失效|end|\bto\b|until",
}
_RATHER: Final = {
    "drawn": r"余额|已用|已提|用信|drawn|outstanding|balance",
    "amount": r"实际|担保余额|\bactual",
    "facility_id": r"借据|授信编号|贷款编号|(?:主|主债权|借款|贷款|授信)合同|facility|loan",
}
"""Of several columns that may state a field the one that does."""
_BARE: Final = {
    "LENDS": {"facility_id": r"^(编号|序号|no\.?|number|id)$", "valid_from": r"^(日期|date)$"},
    "SUPPLIES": {
        "product": r"^(?:供应|供货|采购)?(?:项目|标的|品类|品种)|^items?\b|description|category",
        "valid_from": r"(?:供应|供货|交货|交易|采购)日期?|签[订署约]|(?:合同|协议)日期"
        r"|(?:supply|delivery|agreement|contract)[ _]date|\bsign|signed|^(日期|date)$",
    },
}
"""Headers that name a field of one kind only where nothing better does."""
_OWN_NUMBER: Final = (
    r"(?:担保|保证|抵押|质押)合同(?:编?号|$)"
    r"|(?:guarantee|surety|pledge|collateral|mortgage)[ _]?(?:contract|agreement)?[ _]?(?:id|no|number)(?![a-z])"
)
"""Headers of numbers that the contract of a tie has itself, beside that of the loan it stands behind."""
_BACKING: Final = (GUARANTEES.name, PLEDGES.name)
_STATED: Final = r"公示|披露|登记日|统计日|发布|更新|核准|published|stated|reported|as.?of|updated"
_OP: Final = r"操作|变更类型|变动类型|\bop\b|operation|\baction\b"
_DAY: Final = r"日期?$|时间|date|day"
_DONE: Final = r"交割|过户|完成|变更|clos|complet|settle"
"""Of several days of a transfer the one on which the shares changed hands."""
_PRICE: Final = r"价|金额|amount|price|consideration|value"
_BRACKET: Final = re.compile(r"[(（\[]([^)）\]]*)[)）\]]")
_MONEY: Final = re.compile(r"\b(?:in|of|cny|rmb|usd|eur|gbp|hkd|jpy|yuan|dollars?)\b|人民币|美元|欧元|[¥$€£]")
_WRITTEN: Final = {
    "万元": r"万元?|10k|10,?000|ten thousands?", "千元": r"千元?|k|['’]?000s?|thousands?|1,?000", "元": r"元",
    "百万元": r"百万元?|m|mm|mn|mio|millions?|1,?000,?000", "亿元": r"亿元?", "billion": r"bn|billions?",
    "%": r"%|pct|percent", "‰": r"‰", "bps": r"bps?",
}  # fmt: skip
"""How headers write units in brackets, once the currency is taken away."""
_LOOSE_UNIT: Final = re.compile(r"(万元|亿元|百分比|percent|pct|%|‰)", re.I)


@dataclass(frozen=True)
class Said:
    """A column that seems to state a field."""

    column: str
    unit: str = ""
    unit_column: str = ""
    """Column that says the unit row by row, where it is not the same on all."""


@dataclass(frozen=True)
class Guess:
    """What a table seems to state."""

    kind: str
    """Kind of fact; `Profile` for a list of parties, `Event` for one of transfers of shares."""
    ends: tuple[End | None, ...]
    """From and to of a relation, or the party of a list; of transfers who sold, who bought, and the company; None where
    no column names it."""
    fields: Mapping[str, Said] = field(default_factory=dict)
    identifiers: Mapping[str, str] = field(default_factory=dict)
    """Columns with register numbers of the parties of a list, by scheme."""
    stated: str = ""
    op: str = ""
    """Column that says whether a row states, ends, corrects or withdraws a fact."""
    ref: str = ""
    """Column with the source's own number of the fact."""
    unused: tuple[str, ...] = ()
    items: Mapping[str, Item] = field(default_factory=dict)
    """Of statements with a column for each item these columns."""
    figures: tuple[str, ...] = ()
    """Of a labelled data set patterns of its columns of figures."""


def guess(
    types: Mapping[str, Type | None],
    highs: Mapping[str, str],
    *,
    title: str = "",
    kinds: frozenset[str] = frozenset(),
    named: frozenset[str] = frozenset(),
    empty: frozenset[str] = frozenset(),
) -> Guess:
    """Guess from headers, what their columns read as, and the greatest value of each number.

    `title` is the name of the file; `kinds` are columns most of whose words mean a company, person or state, `named`
    those most of whose cells are names, `empty` those without any cell that says something though there are rows. A
    column whose type is None has no cells to tell by: its header decides.

    >>> guess({"股东": "text", "公司": "text", "持股比例": "number"}, {"持股比例": "60"}).fields["share"]
    Said(column='持股比例', unit='%', unit_column='')
    """
    left = {name: plain(name) for name in types}
    dated = frozenset(name for name in types if types[name] == "date")
    if sample := labelled(left, types, Cells(named, empty)):
        return _labelled(sample, left)
    items = items_of(left, types)  # 股东权益 names nobody
    named_by = {name: word for name, word in left.items() if name not in items}
    cells = Cells(named, empty)
    if sides := transfer(named_by, plain(title), cells, dated):
        return _transfers(sides, left, types, highs)
    kind, ends = relation(named_by, plain(title), cells, dated)
    rates = rates_of(left, types) if kind == PROFILE.name else {}
    if "quote" in rates or (rates and not any(end and end.id not in rates.values() for end in ends)):
        return _rates(rates, left, highs)
    sheet = columns_of(left, types)
    if sheet and (kind == PROFILE.name or (sheet.unmistakable and not _measured(kind, ends, sheet, left, types))):
        return _statements(sheet, left, highs, cells)
    ends = with_papers(kind, ends, left, cells)
    parties = {column for end in ends if end for column in (end.id, end.title)}
    ends = with_kinds(ends, [name for name in left if name in kinds and name not in parties])
    for end in ends:
        for used in (end.id, end.title, end.kind) if end else ():
            left.pop(used, None)
    stated = next((n for n, w in left.items() if re.search(_STATED, w) and types[n] in ("date", None)), "")
    left.pop(stated, None)
    ops = (
        [] if kind == PROFILE.name else [n for n, w in left.items() if re.search(_OP, w) and types[n] in ("text", None)]
    )
    op = next(iter(ops), "")
    left.pop(op, None)
    found: dict[str, Said] = {}
    times = [] if kind == PROFILE.name else [Field("valid_from", "date", "", ""), Field("valid_to", "date", "", "")]
    numbers = {} if kind != PROFILE.name else {s: n for s, p in SCHEMES.items() for n in left if re.search(p, left[n])}
    left = {name: word for name, word in left.items() if name not in numbers.values()}
    for wanted in (*KINDS[kind].fields, *times):
        column = _column(wanted, left, types, kind)
        if column:
            found[wanted.name] = Said(column, _unit(wanted, column, highs.get(column, "")))
            left.pop(column)
    own = _own_number(found, left, types) if kind in _BACKING else ""
    if kind == GUARANTEES.name and "signed" in found:  # a guarantee is in force from its signature
        found.setdefault("valid_from", found["signed"])
    return Guess(kind, ends, found, numbers, stated, op, own, tuple(left))


def _labelled(sample: Labelled, left: Mapping[str, str]) -> Guess:
    """A labelled data set: who defaulted, what each row is kept for, and figures."""
    named = {"defaulted": sample.defaulted, "part": sample.part, "day": sample.day}
    fields = {name: Said(column) for name, column in named.items() if column}
    unused = tuple(name for name in left if name not in sample.used)
    return Guess(OUTCOME.name, (sample.end,), fields, unused=unused, figures=sample.figures)


def _own_number(found: dict[str, Said], left: dict[str, str], types: Mapping[str, Type | None]) -> str:
    """The column with the number of a tie's own contract, taken from those left, or from that of the facility."""
    told = found.get("facility_id")
    if told and _is_own(plain(told.column)):  # it names the record, never the facility that stands behind it
        left[told.column] = plain(found.pop("facility_id").column)
    own = next((name for name, word in left.items() if _is_own(word) and types[name] != "date"), "")
    left.pop(own, None)
    return own


def _is_own(word: str) -> bool:
    """Whether a header is of the number of a guarantee's or a pledge's own contract, and not of that of a loan."""
    return re.search(_OWN_NUMBER, word) is not None and re.search(_RATHER["facility_id"], word) is None


def _rates(rates: Mapping[str, str], left: Mapping[str, str], highs: Mapping[str, str]) -> Guess:
    """A table of exchange rates."""
    known = {field.name: field for field in RATE.fields}
    fields = {name: Said(column, _unit(known[name], column, highs.get(column, ""))) for name, column in rates.items()}
    return Guess(RATE.name, (), fields, unused=tuple(name for name in left if name not in rates.values()))


def _transfers(
    sides: tuple[End | None, ...],
    left: dict[str, str],
    types: Mapping[str, Type | None],
    highs: Mapping[str, str],
) -> Guess:
    """A table of transfers of shares: what happened to each side on which day, and for how much."""
    taken = {column for end in sides if end for column in (end.id, end.title, end.kind)}
    rest = {name: word for name, word in left.items() if name not in taken}
    days = [name for name in rest if types[name] in ("date", None) and re.search(_DAY, rest[name])]
    told = (name for name in days if re.search(_STATED, rest[name]) and not re.search(_DONE, rest[name]))
    stated = next(told, "")
    days = sorted((name for name in days if name != stated), key=lambda name: not re.search(_DONE, rest[name]))
    priced = [name for name in rest if types[name] in ("number", None) and re.search(_PRICE, rest[name])]
    currency = next((name for name in rest if re.search(_FIELDS["currency"], rest[name])), "")
    money = Field("amount", "money", "", "")
    fields = {"happened": Said(days[0])} if days else {}
    fields |= {"amount": Said(priced[0], _unit(money, priced[0], highs.get(priced[0], "")))} if priced else {}
    fields |= {"currency": Said(currency)} if currency else {}
    used = {stated, *(said.column for said in fields.values())}
    return Guess(EVENT.name, sides, fields, {}, stated, unused=tuple(name for name in rest if name not in used))


def _statements(sheet: Columns, left: dict[str, str], highs: Mapping[str, str], cells: Cells) -> Guess:
    """A table of statements: whose they are, and what each column says."""
    rest = {name: word for name, word in left.items() if name not in sheet.used}
    end = end_of(r".", rest, cells)
    stated = next((name for name, word in rest.items() if re.search(_STATED, word)), "")
    taken = {end.id, end.title, end.kind} if end else set()
    names = ("period_end", "item", "value", "months", "standard")
    fields = {name: Said(column) for name in names if (column := getattr(sheet, name))}
    fields |= {"unit": Said(sheet.currency)} if sheet.currency else {}
    amount = Field("value", "money", "", "")
    if sheet.value:
        fields["value"] = Said(sheet.value, _unit(amount, sheet.value, highs.get(sheet.value, "")))
    fields |= {name: Said(name, _unit(amount, name, highs.get(name, ""))) for name in sheet.items}
    unused = tuple(name for name in rest if name not in {*taken, stated})
    return Guess(STATEMENT.name, (end,), fields, {}, stated, unused=unused, items=sheet.items)


def _measured(
    kind: str, ends: tuple[End | None, ...], sheet: Columns, left: Mapping[str, str], types: Mapping[str, Type | None]
) -> bool:
    """Whether a table that may be one of statements has an amount or a share of a relation.

    What stands beside an item is the relation's own where both its ends are named.
    """
    used = () if sheet.item and all(ends) else sheet.used
    rest = {name: word for name, word in left.items() if name not in used}
    sized = (field for field in KINDS[kind].fields if field.type in ("money", "fraction", "band"))
    return any(_column(field, rest, types, kind) for field in sized)


def _column(wanted: Field, left: Mapping[str, str], types: Mapping[str, Type | None], kind: str) -> str:
    pattern = _FIELDS.get(wanted.name)
    if wanted.name == "name":
        pattern = NAME_WORDS
    fitting: dict[Type, tuple[Type, ...]] = {
        "money": ("number",), "number": ("number",), "integer": ("number",), "date": ("date",), "flag": ("flag",),
        "fraction": ("number", "band"), "band": ("number", "band"), "text": ("text", "number", "date"),
    }  # fmt: skip
    allowed = fitting.get(wanted.type, ("text",))
    exact = [name for name, word in left.items() if word in (wanted.name, wanted.zh)]
    near = [name for name, word in left.items() if pattern and re.search(pattern, word)]
    if rather := _RATHER.get(wanted.name):
        near.sort(key=lambda name: not re.search(rather, left[name]))
    bare = _BARE.get(kind, {}).get(wanted.name)
    near += [name for name, word in left.items() if bare and re.search(bare, word)]
    return next((name for name in (*exact, *near) if types[name] in (*allowed, None)), "")


def _unit(wanted: Field, column: str, high: str) -> str:
    if wanted.type not in ("money", "number", "fraction", "band"):
        return ""
    for bracket in _BRACKET.findall(plain(column)):
        if unit := written_unit(bracket):
            return unit
        if re.search(r"\d|thousand|million|billion", _MONEY.sub("", bracket)):
            return f"{MARKER} what ({bracket}) stands for, such as 万元 or million"
    found = _LOOSE_UNIT.search(column)
    if found:
        return unicodedata.normalize("NFKC", found[1]).lower()
    over = high and float(high) > 1
    return "%" if wanted.type in ("fraction", "band") and over else ""


def written_unit(text: str) -> str:
    """The unit that somebody writes so, the currency left out; empty where it is none.

    >>> written_unit("人民币万元"), written_unit("USD mn"), written_unit("吨")
    ('万元', '百万元', '')
    """
    said = _MONEY.sub("", plain(text)).strip()
    return next((unit for unit, written in _WRITTEN.items() if re.fullmatch(written, said)), "")
