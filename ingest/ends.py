"""Which parties a table may name, and which relation it may state of them, guessed from its headers and cells."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from graph.field import PARTY_KINDS
from graph.model import KINDS, PROFILE
from graph.names import simplified

ID_WORDS: Final = r"编号|代码|号码|证号|账号|客户号|\bid\b|_id$|id$|code|number|\bno\b|\blei\b|信用代码|注册号|号$"
NAME_WORDS: Final = r"名称|姓名|名字|全称|简称|name|名$"
TYPE_WORDS: Final = r"类型|性质|类别|type|kind|class"

_FIRM: Final = r"企业|公司|信用代码|company|firm|entity|credit.?code"
_ENDS: Final[dict[str, tuple[str, str]]] = {
    "GUARANTEES": (
        r"(?<!被)(?:担保|保证)(?:人|方(?!式)|单位|公司|企业)|guarantor|surety|^from",
        r"被担保|被保证|担保对象|债务人|借款人|borrower|debtor|obligor|guaranteed|^to",
    ),
    "PLEDGES": (
        r"抵押人|出质人|质押人|(?<!抵押)(?<!质)(?:所有权|产权|权属)人|(?:提供|所有)[人者方]|provider|pledgor|grantor|owner",
        r"抵押权人|质权人|贷款人|授信人|(?:贷款|授信)(?:机构|银行|行)|债权人|银行|lender|bank|pledgee|creditor",
    ),
    "LENDS": (
        r"贷款人|授信人|贷款机构|授信机构|贷款行|授信行|放款|机构|银行|lender|bank",
        r"借款人|客户|被授信|受信|borrower|obligor|customer|client",
    ),
    "SUPPLIES": (
        r"供应商|供应方|供货|供方|卖方|销方|销货|销售方|supplier|seller|vendor",
        r"采购|买方|购方|购货|购买方|需方|核心企业|客户|buyer|customer|purchaser",
    ),
    "HOLDS_OFFICE": (r"人员|姓名|董事|监事|高管|任职人|person|director|officer", rf"任职企业|{_FIRM}"),
    "OWES": (r"债务人|欠款|debtor", r"债权人|creditor"),
    "CONTROLS": (r"(?<!被)控制人|控制方(?!式)|controller", rf"被控制|受控|controlled|{_FIRM}"),
    "OWNS": (
        r"股东|投资人|投资方|出资人|持有人|持股人|holder|owner|investor|parent|母公司|^from",
        rf"被投资|标的|被持股|issuer|subsidiary|investee|子公司|held|^to|{_FIRM}",
    ),
}
"""Words for the two ends of each relation."""
_SIDE: Final = r"(?:方|人|主体|企业|公司|party|person|entity|company|name|id)[ _]?"
_THEIRS: Final = r"关联(?:方|主体|人|企业|公司|客户)(?!交易)|一致行动人|亲属(?!关系|系)|related"
_OTHER: Final = r"对方|对手方|counter.?party"
_RELATED: Final = (
    (rf"甲|{_SIDE}(?:a|1|一)(?![a-z0-9致])|^from(?![a-z])", rf"乙|{_SIDE}(?:b|2|二)(?![a-z0-9])|^to(?![a-z])"),
    (rf"{_THEIRS}|^party|^person", _OTHER),
    (
        rf"^(?!.*(?:{_THEIRS}|{_OTHER})).*(?:主体|人员|姓名|企业|公司|客户|股东|party|person|company|client|customer)",
        rf"{_THEIRS}|{_OTHER}",
    ),
)
"""Words for two related parties: the first and the second, a related one and the other, any and its related one."""

_BARE: Final = tuple(
    rf"^(?:{words})(?:[_ ]?(?:id|node|idx|index|编号|节点))?$"
    for words in (
        "source|src|from|u|head|node[_ ]?1|起点|源|源节点",
        "target|tgt|dst|dest|to|v|tail|node[_ ]?2|终点|目标|目标节点",
    )
)
"""Headers of the two ends of a bare list of links, as sets of graphs have them."""
_WEIGHT: Final = r"weights?|w|value|strength|权重"
_MARKS: Final[dict[str, str]] = {
    "GUARANTEES": r"担保|保证(?!金)|guarant|surety",
    "PLEDGES": r"抵押|质押|押品|collateral|pledg",
    "LENDS": r"授信|贷款|借款|放款|loan|facility|drawn|borrow|lend",
    "SUPPLIES": r"供应|供货|供方|采购|卖方|买方|销货|购货|suppl|buyer|seller|vendor|invoice",
    "HOLDS_OFFICE": r"职务|任职|职位|董事|\brole\b|position|director|officer",
    "OWES": r"债务|欠款|应付|debt|owes|payable",
    "CONTROLS": r"控制|controller|controls",
    "OWNS": r"股东|持股|投资|出资|股权|股比|share|owner|holder|holding|invest|stake|percent",
    "RELATED_TO": r"关联(?!交易)|关系|亲属|一致行动|related|relation",
}
"""Words by which a table of each relation is known, the more particular relations first."""
_GOODS: Final = r"供应|供货|供方|采购|销货|购货|货物|商品|产品|物料|suppl|product|goods|item|invoice"
_SHARES: Final = (
    r"股权|股份|股票|(?:标的|目标|被转让)(?:公司|企业)"
    r"|(?<![a-z])(?:shares?|stakes?|equity|target[ _]?(?:company|entity|firm))(?![a-z])"
)
"""Words of what is sold: where it is shares and no goods, a table of sellers and buyers states no supplies."""
_SOLD: Final = (
    r"标的|目标(?:公司|企业)|被转让"
    r"|(?<![a-z])(?:target|issuer)[ _(]*(?:$|company|entity|firm|name|(?:id|code|no|number)(?![a-z]))"
)
_SELLER: Final = r"转让[方人]|出让[方人]|转让股东|出让股东|卖方|seller|transferor|assignor|vendor"
_BUYER: Final = r"受让|买方|buyer|transferee|assignee|purchaser"
_DEBTS: Final = r"债权|应收|保理|票据|receivable|claim|factoring|invoice"
"""Words of a table of transfers: what is sold, by whom and to whom; where it is debts it is none of shares."""
SCHEMES: Final = {"CN-USCC": r"信用代码|credit.?code|uscc", "XI-LEI": r"\blei\b"}
_DOCUMENT: Final = r"身份证|证件|护照|passport|id.?card|national.?id|identity"
"""Headers of columns with numbers of persons' papers."""
_ANYBODY: Final = r"(?:居民|个人|自然人|本人|有效)?"
"""What may stand before a number of papers that belongs to whomever the row names."""
_NO_PARTY: Final = r"日期|时间|金额|额(?:$|[(（])|比例|date|amount|ratio|^是否|^is[_ ]|数量|个数|flag"


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
    empty: bool = False
    """Whether no cell of its id says anything, nor any column that could take its place."""


@dataclass(frozen=True)
class Cells:
    """What the cells of columns tell of them."""

    named: frozenset[str]
    """Columns most of whose cells are names."""
    empty: frozenset[str]
    """Columns whose cells say nothing."""


def with_kinds(ends: tuple[End | None, ...], kinds: list[str]) -> tuple[End | None, ...]:
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


def relation(
    left: Mapping[str, str], title: str, cells: Cells, dated: frozenset[str]
) -> tuple[str, tuple[End | None, ...]]:
    """The relation that a file states, and its two ends; no column of days names anybody."""
    words = " ".join((*left.values(), title))
    left = {name: word for name, word in left.items() if name not in dated}
    for kind, marks in _MARKS.items():
        if not re.search(marks, words) or (kind == "SUPPLIES" and _of_shares(words)):
            continue
        for tail, head in _RELATED if kind == "RELATED_TO" else (_ENDS[kind],):
            start = end_of(tail, left, cells)
            end = end_of(head, left, cells, {start.id, start.title, start.kind} if start else set())
            if kind == "LENDS" and end:
                return kind, (None if start and start.empty else start, end)
            if kind == "PLEDGES" and start:
                return kind, (start, None if end and end.empty else end)
            if start and end:
                return kind, (start, end)
    if pair := _bare(left, cells):
        return next((kind for kind, marks in _MARKS.items() if re.search(marks, title)), "RELATED_TO"), pair
    return PROFILE.name, (end_of(r".", left, cells),)


def _bare(left: Mapping[str, str], cells: Cells) -> tuple[End, End] | None:
    """Both ends of a list of links that says nothing else, as sets of graphs come: two numbers, perhaps a weight."""
    start, end = (end_of(words, left, cells) for words in _BARE)
    if start is None or end is None:
        return None
    more = [word for name, word in left.items() if name not in (start.id, end.id)]
    return None if any(not re.fullmatch(_WEIGHT, word) for word in more) else (start, end)


def transfer(left: Mapping[str, str], title: str, cells: Cells, dated: frozenset[str]) -> tuple[End | None, ...]:
    """Who sold shares, to whom, and of which company where a column says so; nothing of any other table."""
    words = " ".join((*left.values(), title))
    left = {name: word for name, word in left.items() if name not in dated}
    if re.search(_DEBTS, words) or not _of_shares(words):
        return ()
    sold = end_of(_SOLD, left, cells)
    used = {sold.id, sold.title, sold.kind} if sold else set[str]()
    buyer = end_of(_BUYER, left, cells, used)
    seller = end_of(_SELLER, left, cells, {*used, *((buyer.id, buyer.title, buyer.kind) if buyer else ())})
    return (seller, buyer, sold) if seller and buyer else ()


def _of_shares(words: str) -> bool:
    """Whether a table is of shares that are sold."""
    return re.search(_SHARES, words) is not None and re.search(_GOODS, words) is None


def end_of(words: str, left: Mapping[str, str], cells: Cells, used: Collection[str] = ()) -> End | None:
    """The party that columns of these words name, by columns that say something where there are such."""
    mine = {name: word for name, word in left.items() if name not in used and re.search(words, word)}
    mine = {name: word for name, word in mine.items() if not re.search(_NO_PARTY, word) and not _papers_kind(word)}
    listed = words == r"."
    filled = {name: word for name, word in mine.items() if name not in cells.empty}
    if told := _among(filled, cells.named, listed=listed):
        return told
    silent = _among(mine, cells.named, listed=listed)
    return replace(silent, empty=True) if silent else None


def _among(mine: Mapping[str, str], named: frozenset[str], *, listed: bool) -> End | None:
    """The party that some of these columns name; of a list only what is called a number or a name does."""
    kind = next((name for name, word in mine.items() if re.search(TYPE_WORDS, word)), "")
    names = [name for name, word in mine.items() if re.search(NAME_WORDS, word) and name != kind]
    ids = [name for name, word in mine.items() if re.search(ID_WORDS, word) and name not in (kind, *names)]
    if listed and names:  # in a list of companies the papers of a representative are no company's number
        ids = [name for name in ids if not _document(mine[name]) or _theirs(mine[name], mine[names[0]])]
    rest = [name for name in mine if name not in (kind, *names, *ids)]
    # Beside seller_name, what stands under seller alone is its number, unless its cells are names.
    coded = [name for name in rest if name not in named and any(mine[other].startswith(mine[name]) for other in names)]
    chosen = (ids or coded or names or ([] if listed else rest))[:1]
    if not chosen:
        return None
    own = [name for name in names if mine[name].startswith(mine[chosen[0]])]
    title = "" if chosen[0] in names else next(iter((*own, *names)), "")
    if not title and chosen[0] in ids:  # beside 借款人编号 its name may stand under 借款人 alone
        title = next((name for name in rest if name in named and mine[chosen[0]].startswith(mine[name])), "")
    told = _kind_of(" ".join((mine[chosen[0]], mine.get(title, ""))))
    credit = re.search(SCHEMES["CN-USCC"], mine[chosen[0]]) is not None
    return End(chosen[0], title, told if listed else kind or told, credit, _document(mine[chosen[0]]) and not credit)


def _document(word: str) -> bool:
    """Whether a column is of persons' papers."""
    return re.search(_DOCUMENT, word) is not None


def _papers_kind(word: str) -> bool:
    """Whether a column says of which kind a person's papers are, such as 证件类型."""
    return _document(word) and re.search(TYPE_WORDS, word) is not None


def _theirs(word: str, name: str) -> bool:
    """Whether a number of papers may be of those who stand under a name: it says so, or says of nobody else."""
    whose = re.split(_DOCUMENT, word)[0].strip(" _")
    return re.fullmatch(_ANYBODY, whose) is not None or name.startswith(whose)


def with_papers(
    kind: str, ends: tuple[End | None, ...], left: Mapping[str, str], cells: Cells
) -> tuple[End | None, ...]:
    """Give the parties that only a name tells apart the numbers of papers that stand beside: namesakes are several."""
    columns, given = list(left), list(ends)
    may = (KINDS[kind].from_kinds, KINDS[kind].to_kinds) if KINDS[kind].is_relation else (PARTY_KINDS,)
    taken = {column for end in ends if end for column in (end.id, end.title)}
    for place, column in enumerate(columns):
        if not _document(left[column]) or column in {*taken, *cells.empty} or _papers_kind(left[column]):
            continue
        open_ends = [
            (columns.index(end.id), number, end)
            for number, end in enumerate(given)
            if end and "Person" in may[number] and end.kind not in ("Company", "State") and not end.title
            and not re.search(ID_WORDS, left[end.id]) and _theirs(left[column], left[end.id])
        ]  # fmt: skip
        # A number stands behind the name it belongs to; where it stands before all of them, it is the first one's.
        nearest = max(open_ends, key=lambda one: (one[0] < place, one[0] if one[0] < place else -one[0]), default=None)
        if nearest:
            _, number, end = nearest
            told = end.kind or _kind_of(f"{left[column]} {left[end.id]}")
            given[number] = replace(end, id=column, title=end.id, kind=told, document=True)
    return tuple(given)


def _kind_of(words: str) -> str:
    if re.search(rf"{_FIRM}|supplier|供应商|银行|bank|机构", words):
        return "Company"
    return "Person" if re.search(r"姓名|身份证|人员|董事|person|director", words) else ""
