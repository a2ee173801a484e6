"""Dependences that cannot be tested, by name: who may depend on whom, what is missing, and which judgement ends it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.structure.dependence.figures import DIVIDED_BY, Figure
from analytics.structure.dependence.rules import Check, Criterion
from analytics.structure.dependence.states import ANY
from analytics.structure.dependence.verdicts import MET, UNTESTED, compare
from api.answers.evidence import Evidence
from api.answers.frame import Page, Party
from api.answers.wording import ended, plural
from api.engine import View
from api.engine.dependence import ITEM_WORDS, silent
from api.groups.untested import untested_by, untested_on, untested_within
from graph.currencies import CURRENCIES, NO_CURRENCY
from graph.errors import MissingRate
from graph.model import KINDS, LENDS, STATEMENT, SUPPLIES
from graph.texts import UNKNOWN

SHOWN: Final = 20
"""Pairs that are told by name."""
WITHIN: Final = 200
"""Members of a group up to which it is told what cannot be tested among them."""
OF_INVOICES: Final = ("receivable_share", "repayment_share")
"""Figures that count invoices where others count sales."""
ENDS: Final = (
    "What cannot be tested ends when it is judged, each direction by itself: `kind` dependence, with `party`, `other` "
    "and `criterion` as told (`contagraph judge`, POST /v1/judgements) · 无法检验的依存每一方向各经认定即可了结。"
)
Pair = tuple[int, int, int]
"""Dependant, other, and the position of a criterion."""
Words = tuple[str, str]
"""English and Chinese."""


@dataclass(frozen=True)
class Lacking:
    """One criterion that cannot be tested of a pair, and what is missing."""

    criterion: str
    name: str
    name_zh: str
    missing: str
    missing_zh: str


@dataclass(frozen=True)
class Ending:
    """The judgement that ends it, as `contagraph judge` and `POST /v1/judgements` take it."""

    kind: str
    party: str
    other: str
    confirmed: str
    """Criterion under which it is confirmed, once for all."""
    rejected: tuple[str, ...]
    """Criteria under which it is rejected, one judgement each: `any` alone where several cannot be tested and none is
    suspected, for it rejects what is suspected of the pair too."""


@dataclass(frozen=True)
class Untestable:
    """A dependence, in one direction, that cannot be tested and that nobody judged."""

    dependant: Party
    other: Party
    criteria: tuple[Lacking, ...]
    judgement: Ending


@dataclass(frozen=True)
class Untestables:
    """Such dependences of a party or of several, the first by name."""

    listed: tuple[Untestable, ...]
    page: Page


NOTHING: Final = Untestables((), Page(0, 0, 0))


def untestable_of(view: View, node: int, *, lender: int | None = None) -> list[Pair]:
    """Pairs with a party that a criterion cannot be tested for, those first in which it is the dependant."""
    on, of = untested_on(view, node)
    by, from_ = untested_by(view, node, lender=int(UNKNOWN) if lender is None else lender)
    return [
        *((node, other, criterion) for other, criterion in zip(on.tolist(), of.tolist(), strict=True)),
        *((who, node, criterion) for who, criterion in zip(by.tolist(), from_.tolist(), strict=True)),
    ]


def untestable_within(view: View, groups: Iterable[NDArray[np.uint32]], *, lender: int) -> list[Pair]:
    """The same with both sides in one of some groups, where these are not too large."""
    some = {group.tobytes(): group for group in groups if len(group) <= WITHIN}
    if not some:
        return []
    pairs = untested_within(view, np.unique(np.concatenate(list(some.values()))), lender=lender)
    if not len(pairs[0]):
        return []
    inside = [frozenset(group.tolist()) for group in some.values()]
    found = set[Pair](zip(*(side.tolist() for side in pairs), strict=True))
    return sorted(row for row in found if any(row[0] in group and row[1] in group for group in inside))


def told(view: View, evidence: Evidence, rows: Iterable[Pair], *, most: int = SHOWN) -> Untestables:
    """The first pairs among these, each with all its criteria, and how many there are."""
    found: dict[tuple[int, int], list[int]] = {}
    for dependant, other, criterion in rows:
        found.setdefault((dependant, other), []).append(criterion)
    listed = tuple(_told(view, evidence, *pair, sorted({*criteria})) for pair, criteria in islice(found.items(), most))
    return Untestables(listed, Page(len(found), 0, len(listed)))


def _told(view: View, evidence: Evidence, dependant: int, other: int, criteria: Sequence[int]) -> Untestable:
    rules = [view.judged.dependences.suspected.rules[at] for at in criteria]
    lacking = []
    for rule in rules:
        english, chinese = missing(view, evidence, dependant, other, rule)
        lacking.append(Lacking(rule.id, rule.name.en, rule.name.zh, english, chinese))
    one, two = evidence.parties([dependant, other])
    each = len(rules) == 1 or _known(view, dependant, other)
    ending = Ending("dependence", one.id, two.id, rules[0].id, tuple(rule.id for rule in rules) if each else (ANY,))
    return Untestable(one, two, tuple(lacking), ending)


def _known(view: View, dependant: int, other: int) -> bool:
    """Whether a criterion that can be tested makes a dependence suspected, whatever was judged of it."""
    found = view.judged.dependences.suspected
    return bool((found.other[found.of(dependant)] == other).any())


def untestable_said(found: Untestables, *, most: int = 5) -> Iterator[str]:
    """The first of them in sentences of both languages, and what ends them."""
    yield from (ended(f"{said(one)} · {said_zh(one)}") for one in found.listed[:most])
    if left := found.page.total - min(len(found.listed), most):
        more = plural(left, "more dependence", "more dependences")
        yield f"{more} cannot be tested · 另有{left}项依存无法检验。"
    if found.listed:
        yield ENDS


def said(one: Untestable) -> str:
    """Who may depend on whom, by which criteria, and what is missing."""
    why = dict.fromkeys(each.missing for each in one.criteria if each.missing)
    by = ", ".join(each.criterion for each in one.criteria)
    return f"Whether {one.dependant.name} depends on {one.other.name} cannot be tested by {by}: {'; '.join(why)}"


def said_zh(one: Untestable) -> str:
    """The same in Chinese."""
    why = dict.fromkeys(each.missing_zh for each in one.criteria if each.missing_zh)
    by = "、".join(each.criterion for each in one.criteria)
    return f"{one.dependant.name}是否依存于{one.other.name}，按{by}无法检验：{'；'.join(why)}"


def missing(view: View, evidence: Evidence, dependant: int, other: int, criterion: Criterion) -> Words:
    """What is missing, so that a criterion cannot be tested of a pair."""
    figures = view.judged.dependences.suspected.figures
    said: dict[Words, None] = {}
    for check in criterion.checks:
        figure = figures.get(check.figure)
        at = -1 if figure is None else figure.find(dependant, other)
        if figure is not None and at >= 0:
            said |= dict.fromkeys(_of_check(view, evidence, figure, at, check))
    return "; ".join(en for en, _ in said), "；".join(zh for _, zh in said)


def _of_check(view: View, evidence: Evidence, figure: Figure, at: int, check: Check) -> Iterator[Words]:
    if np.isnan(figure.measure.value[at]):
        yield _divisor(view, int(figure.dependant[at]), figure, at)
        return
    # Of all pairs once: one by one it would cost more than what is told of it.
    outcomes = view.kept(
        ("outcomes", check), lambda: compare(check, {check.figure: figure.measure}, len(figure)), most=32
    )
    outcome = int(outcomes[at])
    if outcome == UNTESTED:
        yield from _amounts(view, evidence, figure, at)
    elif outcome == MET and check.shared_by:
        source, most = view.snapshot.called(int(figure.other[at])), check.shared_by[1]
        yield (
            f"more than {most} parties are funded by {source} in the main: whether others could fund them is not known",
            f"以{source}为主要资金来源的主体超过{most}个，能否另行融资未知",
        )


def _divisor(view: View, dependant: int, figure: Figure, at: int) -> Words:
    """Why there is nothing to divide by."""
    item, who = DIVIDED_BY[figure.name], view.snapshot.called(dependant)
    word, word_zh = ITEM_WORDS[item]
    if figure.row[at] >= 0:
        return _not_in_currency(view, dependant, item, _unit(view, figure, at))
    told = view.kept(("stated in vain", dependant), lambda: silent(view.snapshot, dependant), most=256)
    if end := told.too_old.get(item):
        return f"no statement of {who} after {end} gives its {word}", f"{who}的{word_zh}最晚截至{end}"
    if end := told.of_no_length.get(item):
        return (
            f"{who} states its {word} up to {end}, and not for how many months: state them",
            f"{who}截至{end}的{word_zh}未注明期间月数：请补充",
        )
    return f"no statement of {who} gives its {word}", f"缺少{who}的{word_zh}"


def _not_in_currency(view: View, dependant: int, item: str, unit: str) -> Words:
    """Why what a party states cannot carry the amounts: its unit, theirs, or a rate is missing."""
    who, day = view.snapshot.called(dependant), view.snapshot.moment.valid_at
    word, word_zh = ITEM_WORDS[item]
    if not unit:
        return f"{who} states its {word} without a currency: state it", f"{who}的{word_zh}未注明币种：请补充"
    if unit not in CURRENCIES:
        return (
            f"{who} states its {word} in {unit}, which is no currency: correct it",
            f"{who}的{word_zh}以{unit}计，并非币种：请更正",
        )
    if view.snapshot.moment.currency == NO_CURRENCY:
        return (
            f"{who} states its {word} in {unit}, and the amounts name no currency: state it",
            f"{who}的{word_zh}以{unit}计，而双方之间金额未注明币种：请补充",
        )
    return (
        f"{who} states its {word} in {unit}, and no rate near {day} brings them into the currency of the amounts",
        f"{who}的{word_zh}以{unit}计，{day}附近缺少兑金额币种的汇率",
    )


def _amounts(view: View, evidence: Evidence, figure: Figure, at: int) -> Iterator[Words]:
    """Which amounts between the two are not known, or cannot be brought into the statement's currency."""
    silent, unnamed, unrated = 0, 0, dict[str, None]()
    target = _unit(view, figure, at) if view.judged.apart else view.snapshot.moment.currency or ""
    for kind, link in figure.sources(at):
        field = "drawn" if kind == LENDS.name else "amount"
        if kind == SUPPLIES.name and figure.name in OF_INVOICES:
            field = "receivable"
        (fact,) = evidence.facts(KINDS[kind], [link])
        currency = fact.values.get("currency") or ""
        if fact.values.get(field) is None:
            silent += 1
        elif not currency and target != NO_CURRENCY:
            unnamed += 1
        elif currency and not _rated(view, currency, target):
            unrated[currency] = None
    if silent:
        yield f"{plural(silent, 'amount')} between them not stated", f"双方之间{silent}笔金额未披露"
    if unnamed:
        yield (
            f"{plural(unnamed, 'amount')} between them without a currency: state it",
            f"双方之间{unnamed}笔金额未注明币种：请补充",
        )
    if unrated:
        names, day = " and ".join(unrated), view.snapshot.moment.valid_at
        names_zh = "、".join(unrated)
        yield (
            f"amounts between them stand in {names}, and no rate near {day} brings them into {target}: load a rate",
            f"双方之间金额以{names_zh}计，{day}附近缺少兑{target}的汇率：请载入汇率",
        )


def _unit(view: View, figure: Figure, at: int) -> str:
    """The currency of the statement that is divided by; empty where it names none."""
    unit = view.snapshot.facts.column(STATEMENT, "unit")[int(figure.row[at])].as_py()
    return unit or ""


def _rated(view: View, base: str, quote: str) -> bool:
    try:
        view.snapshot.rate(base, quote)
    except MissingRate:
        return False
    return True
