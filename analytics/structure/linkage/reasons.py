"""Why two parties hang together: paths between them, grouped by what their links mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from graph.errors import InvalidQuestion


class Form(NamedTuple):
    """One way of hanging together."""

    name: str
    english: str
    chinese: str


FORMS: Final = {
    form.name: form
    for form in (
        Form("same party", "records of one party", "同一主体"),
        Form("control", "one controls the other", "一方控制另一方"),
        Form("common controller", "under a common controller", "受同一方控制"),
        Form("holding ring", "mutual or circular holdings", "交叉持股或循环持股"),
        Form("guarantee ring", "mutual or circular guarantees", "互保或循环担保"),
        Form("holding", "one holds shares of the other", "一方持有另一方股权"),
        Form("shared holder", "a holder in common", "有共同股东"),
        Form("shared holding", "a holding in common", "共同持有同一企业"),
        Form("holdings", "a chain of holdings", "经多层持股关系相连"),
        Form("office", "one holds an office in the other", "一方在另一方任职"),
        Form("shared officer", "an office holder in common", "有共同任职人员"),
        Form("offices", "a chain of offices", "经任职关系相连"),
        Form("kin", "kin", "亲属关系"),
        Form("concert", "acting in concert, or as a nominee", "一致行动或代持"),
        Form("contact", "an address, phone or email in common", "地址、电话或邮箱相同"),
        Form("dependence", "one depends on the other economically", "经济依存"),
        Form("money", "loans, debts, guarantees or collateral", "借贷、担保或抵质押"),
        Form("shared money", "a lender, debtor or guarantor in common", "有共同的债权人、债务人或担保人"),
        Form("trade", "one supplies the other", "购销关系"),
        Form("shared trade", "a supplier or buyer in common", "有共同的供应商或客户"),
        Form("other", "otherwise related", "其他关联"),
        Form("mixed", "ties of several kinds", "经多种关系相连"),
    )
}
"""Every way of hanging together, in the order in which they are told: what binds most comes first."""

BY_CONTROL: Final = {
    "holding": Form("holding", "one controls the other by {by}", "一方以{by}方式控制另一方"),
    "shared holder": Form("shared holder", "under the control of one party by {by}", "受同一方以{by}方式控制"),
    "shared holding": Form("shared holding", "control of one party in common, by {by}", "以{by}方式共同控制同一企业"),
    "holdings": Form("holdings", "a chain of control by {by}", "经以{by}形成的控制关系相连"),
}
"""Of these the words where no share is held on the way, but control rests on another basis."""
BY_BOTH: Final = {
    "holding": Form(
        "holding", "one holds or controls the other: shares, and control by {by}",
        "一方持有或控制另一方：持股，及以{by}形成的控制",
    ),
    "shared holder": Form(
        "shared holder", "a holder or controller in common: shares, and control by {by}",
        "有共同股东或控制人：持股，及以{by}形成的控制",
    ),
    "shared holding": Form(
        "shared holding", "a party in common, held or controlled: shares, and control by {by}",
        "共同持有或控制同一企业：持股，及以{by}形成的控制",
    ),
    "holdings": Form("holdings", "a chain of holdings and of control by {by}", "经持股及以{by}形成的控制关系相连"),
}  # fmt: skip
"""And where both are on the way."""

HOLDING, OFFICE, MONEY, TRADE = "holding", "office", "money", "trade"
FAMILY: Final = {
    "OWNS": HOLDING, "CONTROLS": HOLDING, "HOLDS_OFFICE": OFFICE, "GUARANTEES": MONEY, "PLEDGES": MONEY,
    "LENDS": MONEY, "OWES": MONEY, "SUPPLIES": TRADE, "DEPENDS_ON": "dependence",
}  # fmt: skip
"""What each relation means; `RELATED_TO` says it itself."""
RELATED: Final = {
    "spouse": "kin", "kin": "kin", "concert": "concert", "nominee": "concert", "address": "contact",
    "phone": "contact", "email": "contact", "other": "other",
}  # fmt: skip
ALONG, ABOVE, BELOW, ACROSS = "along", "above", "below", "across"
SHAPED: Final = {
    HOLDING: {ALONG: "holding", ABOVE: "shared holder", BELOW: "shared holding", ACROSS: "holdings"},
    OFFICE: {ALONG: "office", ABOVE: "shared officer", BELOW: "offices", ACROSS: "offices"},
    MONEY: {ALONG: "money", ABOVE: "shared money", BELOW: "shared money", ACROSS: "shared money"},
    TRADE: {ALONG: "trade", ABOVE: "shared trade", BELOW: "shared trade", ACROSS: "shared trade"},
}
"""What a path of one family means by the direction of its arrows."""


@dataclass(frozen=True)
class Reason:
    """One way in which two parties hang together, and the paths that show it."""

    form: str
    """A name of FORMS."""
    family: str
    """The family of links that shows it; empty where several are needed."""
    ends: tuple[int, int]
    through: tuple[int, ...]
    """Parties in which the paths meet or turn, else all between the ends; each once, in the order of the paths."""
    paths: tuple[int, ...]
    """Positions of the paths."""


class Step(NamedTuple):
    """One link of a path as it is walked."""

    family: str
    forward: bool
    """Whether the path goes along its arrow."""


def family_of(relation: str, kind: str | None = None) -> str:
    r"""Name what a relation means; of `RELATED_TO` its kind decides.

    .. math:: family : relation \times kind \to \{holding, office, kin, \dots\}

    Parameters
    ----------
    relation : str
        Name of the relation.
    kind : str, optional
        What the fact says of its kind.

    Raises
    ------
    InvalidQuestion
        If it is no relation between parties.

    Source
    ------
    DESIGN §3, the table of relations.

    Example
    -------
    >>> family_of("LENDS"), family_of("RELATED_TO", "phone")
    ('money', 'contact')
    """
    if relation == "RELATED_TO":
        return RELATED.get(kind or "other", "other")
    if relation not in FAMILY:
        raise InvalidQuestion("is no relation between parties", where=relation)
    return FAMILY[relation]


def reasons_of(paths: Sequence[tuple[Sequence[int], Sequence[Sequence[Step]]]]) -> list[Reason]:
    r"""Group paths by why they tie their ends.

    A path means one thing where each of its steps has a fact of one family: a path of offices, of
    holdings, of loans. The direction of the arrows then tells whether one end holds the other or both
    meet in a third. A path that needs several families is `mixed`, and a path may mean several things.

    .. math:: F(p) = \bigcap_i F(step_i), \qquad form(p, f) = shape_f(\text{directions of } f \text{ along } p)

    Parameters
    ----------
    paths : for each its nodes, and for each of its steps all links that tie it

    Raises
    ------
    InvalidQuestion
        If a path has no step, or not one less than nodes.

    Source
    ------
    The linkage report of issue 4, part 7: grouped into why they are connected.

    Example
    -------
    >>> held = Step("holding", True), Step("holding", False)
    >>> [(r.form, r.through) for r in reasons_of([((0, 5, 1), ([held[1]], [held[0]])), ((0, 1), ([held[0]],))])]
    [('holding', ()), ('shared holder', (5,))]
    """
    found: dict[tuple[str, str, tuple[int, int]], tuple[dict[int, None], list[int]]] = {}
    for number, (nodes, steps) in enumerate(paths):
        if len(nodes) != len(steps) + 1 or not steps:
            raise InvalidQuestion("a path has one party more than steps", where=f"path {number}")
        ends = min(nodes[0], nodes[-1]), max(nodes[0], nodes[-1])
        for form, family, through in _meanings(nodes, steps):
            parties, at = found.setdefault((form, family, ends), ({}, []))
            parties.update(dict.fromkeys(through))
            at.append(number)
    order = list(FORMS)
    made = [Reason(*key, tuple(parties), tuple(at)) for key, (parties, at) in found.items()]
    return sorted(made, key=lambda reason: (order.index(reason.form), reason.ends))


def _meanings(nodes: Sequence[int], steps: Sequence[Sequence[Step]]) -> list[tuple[str, str, Sequence[int]]]:
    shared = set.intersection(*({step.family for step in ties} for ties in steps))
    if not shared:
        return [("mixed", "", nodes[1:-1])]
    meanings = []
    for family in sorted(shared):
        ways = [{step.forward for step in ties if step.family == family} for ties in steps]
        shape, turns = _shape(ways)
        form = SHAPED[family][shape] if family in SHAPED else family
        meanings.append((form, family, nodes[1:-1] if turns is None else nodes[turns : turns + 1]))
    return meanings


def _shape(ways: Sequence[set[bool]]) -> tuple[str, int | None]:
    """How the arrows of a path run, and the place of the party in which they meet, if they do in one."""
    if all(True in way for way in ways) or all(False in way for way in ways):
        return ALONG, None
    for turn in range(1, len(ways)):
        before, after = ways[:turn], ways[turn:]
        if all(False in way for way in before) and all(True in way for way in after):
            return ABOVE, turn
        if all(True in way for way in before) and all(False in way for way in after):
            return BELOW, turn
    return ACROSS, None
