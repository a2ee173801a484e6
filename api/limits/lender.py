"""What binds a lender on the day, and what its clients are to its rules."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.limits.catalogue import Rule
from analytics.limits.institutions import trade_of
from analytics.limits.units import Clients
from api.answers.wording import listed
from api.engine import View
from graph.errors import UnknownRule

LISTED: Final = re.compile(r"[\s,;，；、]+")
"""What may stand between rule sets, or classes of lender."""
GSIB: Final = frozenset({"gsib", "g-sib", "全球系统重要性银行"})
SHOWN: Final = 5
"""Parties that may be institutions of which so many are named."""
HOW_TO_STATE: Final = (
    "state the rule sets of the lender in a Profile of it: rule_sets, such as CN or EU (and lender_class)",
    "请在贷款人概况（Profile）中写明适用规则集 rule_sets，如 CN 或 EU（及 lender_class）",
)


@dataclass(frozen=True)
class Lender:
    """What binds a lender on the day."""

    node: int
    rule_sets: tuple[str, ...]
    """As its profile names them; none: nothing binds it that is known here."""
    classes: tuple[str, ...]
    rules: tuple[Rule, ...]
    """Those in force."""


def lender_of(view: View, node: int) -> Lender:
    """A lender with the rules in force for it. Raises UnknownRule where a rule set it names is in no catalogue."""
    return view.kept(("lender", node), lambda: _lender(view, node))


def _lender(view: View, node: int) -> Lender:
    profile = view.snapshot.profile(node)
    rule_sets, said = (_listed(profile.get(name)) for name in ("rule_sets", "lender_class"))
    classes = tuple("gsib" if word.lower() in GSIB else word for word in said)
    try:
        rules = view.catalogue.in_force(view.snapshot.moment.valid_at, rule_sets=rule_sets, classes=classes)
    except UnknownRule as problem:
        problem.remedy = f"correct rule_sets in the Profile of {view.snapshot.id(node)}: {problem.remedy}"
        raise
    return Lender(node, rule_sets, classes, rules)


def kinds_of(view: View, lender: int) -> frozenset[str]:
    """Kinds of groups that a lender's rules in force are measured on: control, connected, lender_related; none where it
    names an unknown rule set, of which who asks for its limits is told."""
    try:
        return frozenset(rule.group_kind for rule in lender_of(view, lender).rules if rule.group_kind)
    except UnknownRule:
        return frozenset()


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in LISTED.split(text or "") if word))


def clients_of(view: View) -> Clients:
    """What parties are: who states that it is a lender, of a class or held to rules, is an institution."""
    return view.kept(("clients",), lambda: _clients(view))


def _clients(view: View) -> Clients:
    snapshot = view.snapshot
    institution, gsib = np.zeros((2, snapshot.size), np.bool_)
    institution[np.union1d(snapshot.stating("lender_class"), snapshot.stating("rule_sets"))] = True
    for node in snapshot.stating("lender_class").tolist():
        gsib[node] = bool(GSIB & {word.lower() for word in _listed(snapshot.profile(node).get("lender_class"))})
    return Clients(institution, gsib, snapshot.anonymous)


def perhaps_banks(view: View, parties: Iterable[int]) -> dict[int, str]:
    """Those of some parties that no lender's class makes institutions, but whose code of industry speaks for one."""
    known, codes = clients_of(view).institution, dict[int, str]()
    for x in parties:
        code = None if known[x] else view.snapshot.profile(x).get("industry")
        if code and trade_of(code):
            codes[x] = code
    return codes


def perhaps_said(view: View, codes: Mapping[int, str]) -> tuple[str, str]:
    """Such parties with their codes, in both languages."""
    names = view.snapshot.all_called(np.array(list(codes)[:SHOWN]))
    coded = list(zip(names, codes.values(), strict=False))
    told = listed([f"{name} ({code})" for name, code in coded], len(codes))
    told_zh = listed([f"{name}（{code}）" for name, code in coded], len(codes), chinese=True)
    return (
        f"held against the limits for others, as no lender_class says that they are institutions: {told}",
        f"行业代码属金融机构但概况未注明lender_class，按非同业客户计算：{told_zh}",
    )
