"""Words of both languages that mean a choice of the model, yes or no, nothing, or a currency."""

from typing import Final

BLANK: Final = frozenset(
    ("", "-", "--", "---", "—", "——", "/", "\\", "*", "无", "不详", "未知", "未披露", "不适用", "空", "n/a", "na",
     "#n/a", "null", "none", "nil", "\\n", "unknown", "undisclosed", "not available")
)  # fmt: skip
"""What stands in a cell of a number, share, date, choice or flag that says nothing; lower case."""

ENDLESS: Final = frozenset(
    ("长期", "至今", "永久", "永续", "无固定期限", "无限期", "长期有效", "present", "current", "open", "perpetual",
     "indefinite", "no end", "9999-12-31", "9999/12/31", "99991231", "9999年12月31日", "2999-12-31")
)  # fmt: skip
"""What stands for a day that has not come; lower case."""

YES: Final = frozenset(("是", "有", "真", "对", "y", "yes", "true", "t", "1", "√", "✓", "上市", "listed", "on", "已"))
NO: Final = frozenset(("否", "无", "没有", "假", "不是", "n", "no", "false", "f", "0", "×", "x", "非上市", "未上市",
                       "unlisted", "off", "未"))  # fmt: skip

CURRENCY_WORDS: Final = {
    "人民币": "CNY", "人民币元": "CNY", "rmb": "CNY", "cny": "CNY", "cn¥": "CNY",
    "美元": "USD", "美金": "USD", "usd": "USD", "us$": "USD",
    "港元": "HKD", "港币": "HKD", "hkd": "HKD", "hk$": "HKD",
    "欧元": "EUR", "eur": "EUR", "€": "EUR",
    "英镑": "GBP", "gbp": "GBP", "£": "GBP",
    "日元": "JPY", "jpy": "JPY", "新台币": "TWD", "twd": "TWD", "韩元": "KRW", "krw": "KRW",
    "新加坡元": "SGD", "新加坡币": "SGD", "sgd": "SGD", "澳门元": "MOP", "澳元": "AUD", "aud": "AUD",
    "加元": "CAD", "cad": "CAD", "瑞士法郎": "CHF", "瑞郎": "CHF", "chf": "CHF",
}  # fmt: skip
"""Words for a currency inside or beside an amount; lower case. 元, ¥ and $ belong to several and name none."""

CHOICES: Final[dict[str, dict[str, str]]] = {
    "Party.kind": {
        "Company": (
            "公司、企业、法人、企业法人、法人股东、机构、法人单位、非自然人、有限合伙、合伙企业、"
            "个体工商户、entity、legal person、legal entity、corporate、organisation、organization、firm、"
            "c"
        ),
        "Person": "个人、自然人、自然人股东、individual、natural person、human、p",
        "State": "政府、国家、机关、机关法人、国资、国资委、government、public body、state body、s",
    },
    "directness": {
        "direct": "直接、直接持股",
        "indirect": "间接、间接持股",
        "unknown": "未知、不详",
    },
    "CONTROLS.basis": {
        "votes": "表决权、投票权",
        "board": "董事会、任免董事",
        "contract": "合同、契约",
        "consolidation": "并表、合并报表",
        "vie": "协议控制、可变利益实体",
        "agreement": "一致行动、一致行动协议、协议",
        "family": "家族、亲属",
        "influence": "重大影响、对股东会决议的重大影响、对股东大会决议的重大影响",
    },
    "GUARANTEES.liability": {
        "general": "一般保证、一般责任、一般",
        "joint": "连带责任保证、连带责任、连带、连带保证、joint and several",
        "unstated": "未约定、不详",
    },
    "GUARANTEES.form": {
        "surety": "保证、保证担保",
        "maximum": "最高额、最高额保证、最高额担保",
        "pledge": "质押、抵押、抵质押",
    },
    "PLEDGES.kind": {
        "deposit": "存款、保证金、保证金存款",
        "certificate": "存单、银行存单、定期存单、大额存单",
        "government bond": "国债",
        "real estate": "房产、房地产、不动产、土地",
        "receivable": "应收账款",
        "shares": "股权、股票、股份",
        "inventory": "存货",
        "equipment": "设备、机器设备",
        "other": "其他、其它",
    },
    "LENDS.kind": {
        "loan": "贷款、流动资金贷款、固定资产贷款、项目贷款、并购贷款、透支、term loan、overdraft",
        "bond": "债券、债券投资",
        "derivative": "衍生品、衍生工具",
        "acceptance": "承兑、银行承兑汇票、承兑汇票、银承",
        "commitment": "承诺、贷款承诺",
        "letter of credit": "信用证、lc、l/c",
        "guarantee": "保函、担保",
        "interbank": "同业、同业拆借、拆借",
    },
    "DEPENDS_ON.verdict": {
        "confirmed": "确认、认定、是",
        "rejected": "否认、否、排除",
    },
    "SAME_AS.verdict": {
        "confirmed": "确认、同一、是",
        "rejected": "否、不同",
    },
    "RELATED_TO.kind": {
        "spouse": "配偶、夫妻",
        "kin": "亲属、亲戚、父子、母子、兄弟、兄弟姐妹",
        "concert": "一致行动人、一致行动",
        "nominee": "代持",
        "address": "同地址、地址",
        "phone": "同电话、电话",
        "email": "邮箱",
        "other": "其他、其它",
    },
    "RELATED_TO.line": {
        "direct": "直系",
        "collateral": "旁系",
    },
    "Profile.status": {
        "active": "存续、在业、开业、在营、正常、迁入、registered",
        "dissolved": "注销、吊销、已注销、吊销未注销、closed、inactive",
        "insolvent": "破产、破产清算、bankrupt、清算",
        "unknown": "未知、不详",
    },
    "Profile.form": {
        "company": "有限责任公司、股份有限公司、有限公司、limited company",
        "partnership": "合伙、合伙企业、有限合伙",
        "trust": "信托",
        "fund": "基金",
        "branch": "分公司、分支机构",
        "sole trader": "个体工商户、个人独资企业",
        "other": "其他、其它",
    },
    "Event.kind": {
        "lawsuit": "诉讼、起诉",
        "enforcement": "强制执行、被执行",
        "dishonesty": "失信、失信被执行人、列入失信名单、dishonest judgment debtor",
        "overdue": "逾期、欠息、past due",
        "default": "违约",
        "insolvency": "破产、破产重整",
        "rating": "评级、评级下调",
        "news": "新闻、舆情",
        "other": "其他、其它",
    },
    "Outcome.part": {
        "train": "训练、训练集、training",
        "validate": "验证、验证集、valid、val、validation、dev",
        "test": "测试、测试集、held-out",
    },
    "op": {
        "record": "新增、变更",
        "end": "结束、退出、注销",
        "correct": "更正",
        "retract": "撤销、删除",
    },
}
"""What registers write for each choice, by KIND.FIELD or FIELD, lower case; the mapping's own map goes first."""


def words_of(kind: str, field: str, choices: tuple[str, ...]) -> dict[str, str]:
    """Every known word of one choice field, lower case, with what it means.

    >>> words_of("OWNS", "directness", ("direct", "indirect"))["间接"]
    'indirect'
    """
    written = CHOICES.get(f"{kind}.{field}", CHOICES.get(field, {}))
    words = {word: choice for choice, said in written.items() for word in said.split("、")}
    own = {variant: choice for choice in choices for variant in (choice.lower(), choice.lower().replace(" ", "_"))}
    return {word: choice for word, choice in words.items() if choice in choices} | own
