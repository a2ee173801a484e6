"""Every kind of fact once: its fields, units, keys and meaning. All else is derived from here.

Constraints and indexes of the store, columns, wire models, the words a mapping may use and the data
dictionary read these tables; none repeats them. The arrow goes from the one who holds, promises,
delivers, owes or depends to the other.
"""

from typing import Final

from graph.field import PARTY_KINDS, Field, Kind, PartyKind

SCHEMA_VERSION: Final = 1
"""Raised with every change that older programs cannot read; stores of a newer version are refused."""

# ── what every fact carries ────────────────────────────────────────────────────────────────────────

PARTY_FIELDS: Final = (
    Field("id", "text", "source:ref; never changes", "标识，来源:编号，永不改变", key=True, required=True),
    Field("kind", "choice", "company, person or state", "主体类型", required=True, choices=PARTY_KINDS),
    Field("source", "text", "Name of the source that knows the party", "来源名称", required=True),
    Field("anonymous", "flag", "Undisclosed by name; never merged with another", "匿名主体，从不合并"),
)

FACT_FIELDS: Final = (
    Field("fact_id", "text", "Hash of what the fact is about, and its revision", "事实标识与修订号", required=True),
    Field("digest", "text", "Hash of what the source said", "来源陈述的摘要", required=True),
    Field("valid_from", "date", "First day true in the world; none: always", "生效日（含），空为一直"),
    Field("valid_to", "date", "First day no longer true; none: still", "失效日（不含），空为至今"),
    Field("stated_from", "date", "Start as the source says it, where another start was given", "来源所称起始日"),
    Field("recorded_at", "text", "Instant from which it was known, UTC", "记录时刻", required=True),
    Field("said_at", "text", "Instant of the statement its value rests on; none: `recorded_at`", "陈述时刻"),
    Field("end_said_at", "text", "Instant of the later statement that ended it", "终止陈述时刻"),
    Field("retracted_at", "text", "Instant from which it was no longer held", "撤回时刻"),
    Field("load", "integer", "Number of the load that brought it", "载入批次号", required=True),
    Field("retracted_by", "integer", "Number of the load that ended it", "撤回批次号"),
    Field("source", "text", "Name of the source", "来源名称", required=True),
    Field("source_ref", "text", "The source's own name for its record", "来源记录编号", required=True),
    Field("confidence", "fraction", "Trust in the source's statement, 0 to 1", "可信度", low=0, high=1),
    Field("note", "text", "Remarks and annotations of the source", "来源备注"),
)

LOAD_FIELDS: Final = (
    Field("number", "integer", "Number of the load; the last closed one is the data's version", "批次号", key=True,
          required=True, low=1),
    Field("source", "text", "Name of the source", "来源名称", required=True),
    Field("digest", "text", "Hash of the delivery's files and settings", "交付摘要", required=True),
    Field("delivery", "choice", "Everything the source knows, or changes only", "交付方式",
          choices=("full", "changes")),
    Field("delivered", "date", "The delivery's own date", "交付日"),
    Field("opened_at", "text", "Instant the load began, UTC", "开始时刻", required=True),
    Field("closed_at", "text", "Instant it became visible; none: interrupted", "完成时刻"),
    Field("position", "integer", "Batches already kept, for resuming", "已写批数", low=0),
    Field("worker", "text", "Host and process that writes", "写入进程"),
    Field("report", "text", "What it read, added, changed and refused, as JSON", "载入报告"),
)  # fmt: skip
SOURCE_FIELDS: Final = (
    Field("name", "text", "Name of the source", "来源名称", key=True, required=True),
    Field("trust", "fraction", "Which of two rival sources is believed, higher first", "信任度", low=0, high=1),
)

# ── the words choices may take ─────────────────────────────────────────────────────────────────────

DIRECTNESS: Final = ("direct", "indirect", "unknown")
BASES: Final = ("votes", "board", "contract", "consolidation", "vie", "agreement", "family", "influence")
FACILITIES: Final = (
    "loan", "bond", "derivative", "acceptance", "commitment", "letter of credit", "guarantee", "interbank",
)  # fmt: skip
LIABILITIES: Final = ("general", "joint", "unstated")
GUARANTEE_FORMS: Final = ("surety", "maximum", "pledge")
COLLATERAL: Final = (
    "deposit", "certificate", "government bond", "real estate", "receivable", "shares", "inventory",
    "equipment", "other",
)  # fmt: skip
RELATIONSHIPS: Final = ("spouse", "kin", "concert", "nominee", "address", "phone", "email", "other")
VERDICTS: Final = ("confirmed", "rejected")
LEGAL_FORMS: Final = ("company", "partnership", "trust", "fund", "branch", "arrangement", "sole trader", "other")
STATUSES: Final = ("active", "dissolved", "insolvent", "unknown")
EVENTS: Final = (
    "lawsuit", "enforcement", "dishonesty", "overdue", "default", "insolvency", "rating", "news", "other",
)  # fmt: skip

PARTS: Final = ("train", "validate", "test")

COMPANY: Final[tuple[PartyKind, ...]] = ("Company",)
HOLDERS: Final = PARTY_KINDS
OBLIGORS: Final = PARTY_KINDS

CURRENCY: Final = Field("currency", "text", "Currency of the amounts, ISO 4217", "币种")
FACILITY: Final = Field("facility_id", "text", "The lender's number of the facility", "授信编号", key=True)
DIRECT: Final = Field(
    "directness", "choice", "Held directly, through others, or not said", "直接或间接", key=True, choices=DIRECTNESS
)


def _money(name: str, en: str, zh: str) -> Field:
    return Field(name, "money", en, zh, unit="whole units of currency", low=0)


def _verdict(en: str, zh: str) -> tuple[Field, ...]:
    return (
        Field("verdict", "choice", en, zh, required=True, choices=VERDICTS),
        Field("reason", "text", "Why it was judged so", "理由"),
        Field("evidence", "text", "What the judgement rests on", "依据"),
        Field("author", "text", "Who judged", "判断人"),
    )


# ── relations ──────────────────────────────────────────────────────────────────────────────────────

OWNS: Final = Kind(
    "OWNS", "Holds shares of", "持股", from_kinds=HOLDERS, to_kinds=COMPANY, to_itself=True,
    fields=(
        Field("share", "band", "Fraction of the capital held", "持股比例", unit="fraction", low=0, high=1),
        Field("votes", "band", "Fraction of the votes held; none: as share", "表决权比例，空则同持股比例",
              unit="fraction", low=0, high=1),
        DIRECT,
    ),
)  # fmt: skip
CONTROLS: Final = Kind(
    "CONTROLS", "Controls otherwise than by counted votes", "控制（非持股）", from_kinds=HOLDERS, to_kinds=COMPANY,
    fields=(
        Field("basis", "choice", "What the control rests on", "控制依据", key=True, required=True, choices=BASES),
        DIRECT,
    ),
)  # fmt: skip
GUARANTEES: Final = Kind(
    "GUARANTEES", "Promises to pay the borrower's debt", "担保", from_kinds=OBLIGORS, to_kinds=OBLIGORS,
    fields=(
        Field("creditor", "text", "Id of the party it is promised to", "债权人标识", key=True),
        FACILITY,
        _money("amount", "Guaranteed amount; none: not disclosed", "担保金额"), CURRENCY,
        Field("liability", "choice", "General, joint or unstated", "保证方式", choices=LIABILITIES),
        Field("form", "choice", "Surety, maximum amount or pledge", "担保形式", choices=GUARANTEE_FORMS),
        Field("agreed_share", "fraction", "Agreed share among several guarantors", "约定份额", low=0, high=1),
        Field("signed", "date", "Day it was signed", "签订日"),
        Field("due", "date", "Day the guaranteed debt falls due", "主债务到期日"),
        Field("expires", "date", "Last day it can be called", "保证期间届满日"),
        Field("counter_of", "text", "The guarantee this one counters", "所反担保的担保"),
    ),
)  # fmt: skip
PLEDGES: Final = Kind(
    "PLEDGES", "Gives collateral to", "抵质押", from_kinds=OBLIGORS, to_kinds=OBLIGORS,
    fields=(
        FACILITY,
        Field("kind", "choice", "What is pledged", "押品种类", key=True, required=True, choices=COLLATERAL),
        _money("value", "Value of the collateral", "押品价值"), CURRENCY,
    ),
)  # fmt: skip
LENDS: Final = Kind(
    "LENDS", "Grants a facility to", "授信", from_kinds=OBLIGORS, to_kinds=OBLIGORS,
    fields=(
        FACILITY,
        Field("kind", "choice", "Kind of facility", "授信品种", key=True, required=True, choices=FACILITIES),
        _money("drawn", "Amount outstanding", "已用金额"),
        _money("undrawn", "Amount granted and not drawn", "未用金额"),
        Field("ccf", "fraction", "Credit conversion factor of the undrawn part", "信用转换系数", low=0, high=1),
        CURRENCY,
        Field("maturity", "date", "Day it falls due", "到期日"),
    ),
)  # fmt: skip
OWES: Final = Kind(
    "OWES", "Owes a debt that is no facility", "欠款", from_kinds=OBLIGORS, to_kinds=OBLIGORS,
    fields=(
        _money("amount", "Amount owed", "欠款金额"), CURRENCY,
        Field("seniority", "integer", "Rank of payment, 0 is paid first", "受偿顺序，0最先", key=True, low=0),
    ),
)  # fmt: skip
SUPPLIES: Final = Kind(
    "SUPPLIES", "Sells to", "供货", from_kinds=OBLIGORS, to_kinds=OBLIGORS,
    fields=(
        _money("amount", "Sales a year", "年供货额"), CURRENCY,
        Field("product", "text", "What is sold", "产品", key=True),
        _money("receivable", "Unpaid invoices; describes, is no second debt", "应收账款"),
        Field("term_days", "integer", "Term of payment", "账期", unit="days", low=0),
    ),
)  # fmt: skip
DEPENDS_ON: Final = Kind(
    "DEPENDS_ON", "Would fail if the other failed, as judged", "经济依存", from_kinds=OBLIGORS, to_kinds=OBLIGORS,
    contested=False,
    fields=(
        Field("criterion", "text", "The criterion judged", "依存标准", key=True, required=True),
        *_verdict("Whether the dependence was confirmed or rejected", "认定结果"),
    ),
)  # fmt: skip
HOLDS_OFFICE: Final = Kind(
    "HOLDS_OFFICE", "Holds an office at", "任职", from_kinds=HOLDERS, to_kinds=COMPANY,
    fields=(Field("role", "text", "The office", "职务", key=True, required=True),),
)  # fmt: skip
RELATED_TO: Final = Kind(
    "RELATED_TO", "Is related to", "关联",
    fields=(
        Field("kind", "choice", "How", "关系", key=True, required=True, choices=RELATIONSHIPS),
        Field("line", "choice", "Line of kinship", "亲属系", choices=("direct", "collateral")),
        Field("generations", "integer", "Generations of kinship", "代数", low=0),
    ),
)  # fmt: skip
SAME_AS: Final = Kind(
    "SAME_AS", "Is the same party as", "同一主体", fields=_verdict("Whether they are the same", "认定结果"),
)  # fmt: skip

# ── records ────────────────────────────────────────────────────────────────────────────────────────

PROFILE: Final = Kind(
    "Profile", "What can change about a party", "概况", ends=("party",),
    fields=(
        Field("name", "text", "Name", "名称"),
        Field("other_names", "text", "Other names, one a line", "其他名称，每行一个"),
        Field("jurisdiction", "text", "ISO 3166 code of the country or its part", "注册地"),
        Field("industry", "text", "Code of the industry", "行业代码"),
        Field("size", "text", "Class of size", "规模"),
        Field("status", "choice", "Active, dissolved, insolvent or unknown", "状态", choices=STATUSES),
        Field("form", "choice", "Legal form", "组织形式", choices=LEGAL_FORMS),
        Field("registered_capital", "money", "Registered capital", "注册资本", unit="whole units of currency", low=0),
        CURRENCY,
        Field("address", "text", "Address", "地址"),
        Field("listed", "flag", "Shares traded on a stock exchange", "是否上市"),
        Field("exposed", "flag", "Politically exposed person", "是否政治公众人物"),
        Field("birth", "text", "Year, month or day of birth", "出生年月"),
        Field("rule_sets", "text", "Rule sets a lender is held to", "适用规则集"),
        Field("lender_class", "text", "Class of lender under its rule sets", "贷款人类别"),
    ),
)  # fmt: skip
IDENTIFIER: Final = Kind(
    "Identifier", "A number by which a register knows a party", "登记号码", ends=("party",),
    fields=(
        Field("scheme", "text", "Register or norm, such as XI-LEI or CN-USCC", "号码体系", key=True, required=True),
        Field("value", "text", "The number; a keyed hash for a natural person's", "号码（自然人为密钥散列）",
              key=True, required=True),
        Field("verified", "flag", "Issued by a register and its check digits agree", "已核验"),
    ),
)  # fmt: skip
STATEMENT: Final = Kind(
    "Statement", "One item of a financial or regulatory statement", "报表项目", ends=("party",),
    fields=(
        Field("period_end", "date", "Last day of the period", "期末日", key=True, required=True),
        Field("months", "integer", "Length of the period; 0 for a day's balance", "期间月数",
              key=True, required=True, low=0),
        Field("standard", "text", "Accounting or regulatory standard", "准则", key=True),
        Field("item", "text", "Name of the item, such as total_assets, tier1", "项目", key=True, required=True),
        Field("value", "number", "The item's value in whole units", "数值", required=True),
        Field("unit", "text", "Currency, or `ratio`, `count`", "单位"),
    ),
)  # fmt: skip
ASSESSMENT: Final = Kind(
    "Assessment", "A view of a party's credit risk", "信用评估", ends=("party",),
    fields=(
        Field("author", "text", "Model or person", "模型或评估人", key=True, required=True),
        Field("horizon_months", "integer", "Months the PD looks ahead", "预测期", unit="months", key=True, low=1),
        Field("pd", "fraction", "Probability of default over the horizon", "违约概率", low=0, high=1),
        Field("lgd", "fraction", "Loss given default", "违约损失率", low=0, high=1),
        Field("grade", "text", "Grade", "等级"),
    ),
)  # fmt: skip
EVENT: Final = Kind(
    "Event", "Something dated that happened to a party", "事件", ends=("party",),
    fields=(
        Field("kind", "choice", "What happened", "事件类型", key=True, required=True, choices=EVENTS),
        Field("happened", "date", "Day it happened", "发生日", key=True, required=True),
        Field("title", "text", "In one line", "标题"),
        _money("amount", "Amount at stake", "涉及金额"), CURRENCY,
        Field("days", "integer", "Days past due, of what is overdue", "逾期天数", unit="days", low=0),
        Field("counterparty", "text", "Id or name of the other side", "对方"),
    ),
)  # fmt: skip
OUTCOME: Final = Kind(
    "Outcome", "Whether a party defaulted, as a labelled data set says without an event", "违约标注", ends=("party",),
    fields=(
        Field("day", "date", "Day the label looks ahead from; none: the data have no days", "标注起算日", key=True),
        Field("horizon_months", "integer", "Months it looks ahead; none: not said", "观察期", unit="months", low=1),
        Field("defaulted", "flag", "Whether it defaulted", "是否违约", required=True),
        Field("part", "choice", "What the data set keeps it for", "数据集划分", choices=PARTS),
    ),
)  # fmt: skip
RATE: Final = Kind(
    "Rate", "An exchange rate on a day", "汇率", ends=(),
    fields=(
        Field("base", "text", "Currency one unit of which is priced", "基准货币", key=True, required=True),
        Field("quote", "text", "Currency it is priced in", "计价货币", key=True, required=True),
        Field("day", "date", "Day of the rate", "日期", key=True, required=True),
        Field("rate", "number", "Units of quote for one unit of base", "汇率", required=True, low=0),
    ),
)  # fmt: skip

RELATIONS: Final = (
    OWNS, CONTROLS, GUARANTEES, PLEDGES, LENDS, OWES, SUPPLIES, DEPENDS_ON, HOLDS_OFFICE, RELATED_TO, SAME_AS,
)  # fmt: skip
RECORDS: Final = (PROFILE, IDENTIFIER, STATEMENT, ASSESSMENT, EVENT, OUTCOME, RATE)
KINDS: Final = {kind.name: kind for kind in (*RELATIONS, *RECORDS)}
"""Every kind of fact by its name, relations first; this order is the order of loading."""
