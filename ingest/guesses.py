"""What a table may say, guessed from its headers in both languages and from what its columns hold.

A guess is written into a starting mapping for the user to correct; nothing is loaded by a guess.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from graph.field import Field, Type
from graph.model import KINDS, PROFILE, STATEMENT
from graph.names import simplified
from ingest.statements import Columns, Item, columns_of, items_of
from ingest.toml_text import MARKER

ID_WORDS: Final = r"编号|代码|号码|证号|账号|客户号|\bid\b|_id$|id$|code|number|\bno\b|\blei\b|信用代码|注册号|号$"
_NAME: Final = r"名称|姓名|名字|全称|简称|name|名$"
_TYPE: Final = r"类型|性质|类别|type|kind|class"

_FIRM: Final = r"企业|公司|信用代码|company|firm|entity|credit.?code"
_ENDS: Final[dict[str, tuple[str, str]]] = {
    "GUARANTEES": (
        r"(?<!被)担保人|保证人|担保方(?!式)|guarantor|^from",
        r"被担保|债务人|借款人|borrower|debtor|obligor|guaranteed|^to",
    ),
    "PLEDGES": (
        r"抵押人|出质人|质押人|(?<!抵押)(?<!质)(?:所有权|产权|权属)人|(?:提供|所有)[人者方]|provider|pledgor|grantor|owner",
        r"抵押权人|质权人|银行|lender|bank|pledgee",
    ),
    "LENDS": (
        r"贷款人|授信人|贷款机构|授信机构|贷款行|授信行|放款|机构|银行|lender|bank",
        r"借款人|客户|被授信|受信|borrower|obligor|customer|client",
    ),
    "SUPPLIES": (
        r"供应商|供货|卖方|销方|supplier|seller|vendor",
        r"采购|买方|购方|客户|buyer|customer|purchaser",
    ),
    "HOLDS_OFFICE": (r"人员|姓名|董事|监事|高管|任职人|person|director|officer", rf"任职企业|{_FIRM}"),
    "OWES": (r"债务人|欠款|debtor", r"债权人|creditor"),
    "CONTROLS": (r"(?<!被)控制人|控制方(?!式)|controller", rf"被控制|受控|controlled|{_FIRM}"),
    "OWNS": (
        r"股东|投资人|投资方|出资人|持有人|持股人|holder|owner|investor|parent|母公司|^from",
        rf"被投资|标的|被持股|issuer|subsidiary|investee|子公司|held|^to|{_FIRM}",
    ),
    "RELATED_TO": (r"主体|人员|party|person", r"关联方|关联主体|关联人|related|亲属"),
}
"""Words for the two ends of each relation, the more particular relations first."""

_MARKS: Final[dict[str, str]] = {
    "GUARANTEES": r"担保|保证(?!金)|guarant",
    "PLEDGES": r"抵押|质押|押品|collateral|pledg",
    "LENDS": r"授信|贷款|借款|放款|loan|facility|drawn|borrow|lend",
    "SUPPLIES": r"供应|供货|采购|suppl|buyer|invoice",
    "HOLDS_OFFICE": r"职务|任职|职位|董事|\brole\b|position|director|officer",
    "OWES": r"债务|欠款|应付|debt|owes|payable",
    "CONTROLS": r"控制|controller|controls",
    "OWNS": r"股东|持股|投资|出资|股权|股比|share|owner|holder|holding|invest|stake|percent",
    "RELATED_TO": r"关联|关系|亲属|related|relationship",
}

_FIELDS: Final[dict[str, str]] = {
    "share": r"持股|股权比例|股比|出资比例|投资比例|share|ratio|stake|percent|比例",
    "votes": r"表决权|投票权|vot",
    "directness": r"直接|间接|direct",
    "basis": r"控制依据|控制方式|basis",
    "creditor": r"债权人|creditor|受益人",
    "facility_id": r"授信编号|合同号|合同编号|借据|贷款编号|担保合同|facility|contract|loan.?(?:id|no\b|number|code)",
    "amount": r"金额|额度|amount|交易额|供货额|采购额|销售额|欠款|余额|value|sales\b|turnover",
    "drawn": r"^(?!.*(?:未用|可用|未提|undrawn|unused))"
    r".*(?:已用|用信|余额|贷款金额|已提|drawn|outstanding|balance|金额|amount)",
    "undrawn": r"未用|可用|未提|undrawn|unused",
    "ccf": r"转换系数|ccf",
    "value": r"估值|评估|价值|value|金额",
    "currency": r"币种|币别|货币|currency|\bccy\b",
    "liability": r"保证方式|责任方式|liability",
    "form": r"担保形式|组织形式|企业类型|form",
    "agreed_share": r"约定份额|agreed",
    "signed": r"签订|签署|signed",
    "due": r"主债务到期|due",
    "expires": r"届满|担保到期|expir",
    "maturity": r"到期|maturity",
    "product": r"产品|商品|品名|product|goods",
    "receivable": r"应收|receivable",
    "term_days": r"账期|term",
    "role": r"职务|职位|role|position|title",
    "seniority": r"顺序|seniority|rank",
    "kind": r"品种|关系|种类|类型|kind|type",
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
_RATHER: Final = {"drawn": r"余额|已用|已提|用信|drawn|outstanding|balance"}
"""Of several columns that may state a field the one that does."""
_BARE: Final = {"LENDS": {"facility_id": r"^(编号|序号|no\.?|number|id)$", "valid_from": r"^(日期|date)$"}}
"""Headers that name a field of one kind only where nothing better does."""
_SCHEMES: Final = {"CN-USCC": r"信用代码|credit.?code|uscc", "XI-LEI": r"\blei\b"}
_STATED: Final = r"公示|披露|登记日|统计日|发布|更新|核准|published|stated|reported|as.?of|updated"
_OP: Final = r"操作|变更类型|变动类型|\bop\b|operation|\baction\b"
_DOCUMENT: Final = r"身份证|证件|护照|passport|id.?card|national.?id|identity"
"""Headers of columns with numbers of persons' papers."""
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
class End:
    """A party the table seems to name."""

    id: str
    """Column of its id; its name where it has none."""
    title: str = ""
    """Column of its name."""
    kind: str = ""
    """Column of its kind, or one of Company, Person, State; empty where nothing tells."""
    uscc: bool = False
    """Whether its id is a 统一社会信用代码."""
    document: bool = False
    """Whether its id is a number of a person's papers."""


@dataclass(frozen=True)
class Said:
    """A column that seems to state a field."""

    column: str
    unit: str = ""


@dataclass(frozen=True)
class Guess:
    """What a table seems to state."""

    kind: str
    """Kind of fact; `Profile` for a list of parties."""
    ends: tuple[End | None, ...]
    """From and to of a relation, or the party of a list; None where no column names it."""
    fields: Mapping[str, Said] = field(default_factory=dict)
    identifiers: Mapping[str, str] = field(default_factory=dict)
    """Columns with register numbers of the parties of a list, by scheme."""
    stated: str = ""
    op: str = ""
    """Column that says whether a row states, ends, corrects or withdraws a fact."""
    unused: tuple[str, ...] = ()
    items: Mapping[str, Item] = field(default_factory=dict)
    """Of statements with a column for each item these columns."""


def guess(
    types: Mapping[str, Type | None],
    highs: Mapping[str, str],
    *,
    title: str = "",
    kinds: frozenset[str] = frozenset(),
    named: frozenset[str] = frozenset(),
) -> Guess:
    """Guess from headers, what their columns read as, and the greatest value of each number.

    `title` is the name of the file; `kinds` are columns most of whose words mean a company, person or state, `named`
    those most of whose cells are names. A column whose type is None has no cells to tell by: its header decides.

    >>> guess({"股东": "text", "公司": "text", "持股比例": "number"}, {"持股比例": "60"}).fields["share"]
    Said(column='持股比例', unit='%')
    """
    left = {name: plain(name) for name in types}
    dated = frozenset(name for name in types if types[name] == "date")
    items = items_of(left, types)  # 股东权益 names nobody
    named_by = {name: word for name, word in left.items() if name not in items}
    kind, ends = _relation(named_by, plain(title), named, dated)
    sheet = columns_of(left, types)
    if sheet and (kind == PROFILE.name or (sheet.unmistakable and not _measured(kind, ends, sheet, left, types))):
        return _statements(sheet, left, highs, named)
    ends = _with_kinds(ends, [name for name in left if name in kinds])
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
    numbers = {} if kind != PROFILE.name else {s: n for s, p in _SCHEMES.items() for n in left if re.search(p, left[n])}
    for name in numbers.values():
        left.pop(name, None)
    for wanted in (*KINDS[kind].fields, *times):
        column = _column(wanted, left, types, kind)
        if column:
            found[wanted.name] = Said(column, _unit(wanted, column, highs.get(column, "")))
            left.pop(column)
    return Guess(kind, ends, found, numbers, stated, op, tuple(left))


def _statements(sheet: Columns, left: dict[str, str], highs: Mapping[str, str], named: frozenset[str]) -> Guess:
    """A table of statements: whose they are, and what each column says."""
    rest = {name: word for name, word in left.items() if name not in sheet.used}
    end = _end(r".", rest, named)
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


def _with_kinds(ends: tuple[End | None, ...], kinds: list[str]) -> tuple[End | None, ...]:
    """Give the ends whose kind nothing tells the columns that hold kinds, in their order."""
    given = []
    for end in ends:
        told = kinds.pop(0) if end and kinds and end.kind not in ("Company", "Person", "State") else None
        given.append(replace(end, kind=told) if end and told else end)
    return tuple(given)


def plain(header: str) -> str:
    """A header for comparing: traditional characters as simplified ones.

    >>> plain(" 股東名稱 "), plain("Company No")
    ('股东名称', 'company no')
    """
    return simplified(unicodedata.normalize("NFKC", header).strip().lower())


def _relation(
    left: Mapping[str, str], title: str, named: frozenset[str], dated: frozenset[str]
) -> tuple[str, tuple[End | None, ...]]:
    """The relation that a file states, and its two ends; no column of days names anybody."""
    words = " ".join((*left.values(), title))
    left = {name: word for name, word in left.items() if name not in dated}
    for kind, marks in _MARKS.items():
        if not re.search(marks, words):
            continue
        tail, head = _ENDS[kind]
        start = _end(tail, left, named)
        end = _end(head, left, named, {start.id, start.title, start.kind} if start else set())
        if (start and end) or (kind == "LENDS" and end) or (kind == "PLEDGES" and start):
            return kind, (start, end)
    return PROFILE.name, (_end(r".", left, named),)


def _end(words: str, left: Mapping[str, str], named: frozenset[str], used: Collection[str] = ()) -> End | None:
    mine = {name: word for name, word in left.items() if name not in used and re.search(words, word)}
    mine = {name: word for name, word in mine.items() if not re.search(r"日期|时间|金额|比例|date|amount|ratio", word)}
    kind = next((name for name, word in mine.items() if re.search(_TYPE, word)), "")
    names = [name for name, word in mine.items() if re.search(_NAME, word) and name != kind]
    ids = [name for name, word in mine.items() if re.search(ID_WORDS, word) and name not in (kind, *names)]
    rest = [name for name in mine if name not in (kind, *names, *ids)]
    listed = words == r"."
    # Beside seller_name, what stands under seller alone is its number, unless its cells are names.
    coded = [name for name in rest if name not in named and any(left[other].startswith(left[name]) for other in names)]
    chosen = (ids or coded or names or ([] if listed else rest))[:1]
    if not chosen:
        return None
    own = [name for name in names if left[name].startswith(left[chosen[0]])]
    title = "" if chosen[0] in names else next(iter((*own, *names)), "")
    if not title and chosen[0] in ids:  # beside 借款人编号 its name may stand under 借款人 alone
        title = next((name for name in rest if name in named and left[chosen[0]].startswith(left[name])), "")
    told = _kind_of(" ".join((left[chosen[0]], left.get(title, ""))))
    credit = re.search(_SCHEMES["CN-USCC"], left[chosen[0]]) is not None
    document = re.search(_DOCUMENT, left[chosen[0]]) is not None and not credit
    return End(chosen[0], title, told if listed else kind or told, credit, document)


def _kind_of(words: str) -> str:
    if re.search(rf"{_FIRM}|supplier|供应商|银行|bank|机构", words):
        return "Company"
    return "Person" if re.search(r"姓名|身份证|人员|董事|person|director", words) else ""


def _column(wanted: Field, left: Mapping[str, str], types: Mapping[str, Type | None], kind: str) -> str:
    pattern = _FIELDS.get(wanted.name)
    if wanted.name == "name":
        pattern = _NAME
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
        said = _MONEY.sub("", bracket).strip()
        unit = next((unit for unit, written in _WRITTEN.items() if re.fullmatch(written, said)), "")
        if unit:
            return unit
        if re.search(r"\d|thousand|million|billion", said):
            return f"{MARKER} what ({bracket}) stands for, such as 万元 or million"
    found = _LOOSE_UNIT.search(column)
    if found:
        return unicodedata.normalize("NFKC", found[1]).lower()
    over = high and float(high) > 1
    return "%" if wanted.type in ("fraction", "band") and over else ""
