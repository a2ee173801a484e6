"""Whom does a party guarantee, who guarantees it, and in which circles does it stand?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.structure.guarantees.census import Circles, circles_through
from analytics.structure.guarantees.period import last_days, read_liability
from analytics.structure.guarantees.promises import Promises
from analytics.structure.guarantees.ratios import BROKEN
from analytics.structure.guarantees.topology import SHAPES
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party, Question
from api.answers.wording import ended, listed, money, names_of, percent, plural
from api.engine import Engine, View
from api.engine.dependence import too_old_said
from api.groups.more_than_all import MoreThanAll, more_than_all_told, told
from api.groups.overfull import overfull_among
from api.questions.asking import check_page, check_range
from api.questions.guarantor import RatioTest, net_assets_of, ratio_of, tests_of
from graph.columns import ALWAYS, FOREVER
from graph.holding import EPOCH_DAY
from graph.model import GUARANTEE_FORMS, GUARANTEES, LIABILITIES
from graph.moment import Moment

READ: Final = 5_000_000
"""Steps of a search for circles through one party, a second or two: of longer ones only some are counted."""


@dataclass(frozen=True)
class Promise:
    """One guarantee, and what the law makes of it."""

    fact: Fact
    amount: float | None
    """In the answer's currency; None where it is not disclosed."""
    liability: str
    """general, joint or unstated; where the contract is silent, by the law of the day of signature."""
    last_day: date | None
    """Last day on which it can be called; None where nothing ends it."""
    callable: bool
    """Whether it can be called on the day asked about; else it counts nowhere."""


@dataclass(frozen=True)
class ClosedCircle:
    """A circle in which each party guarantees the next and the last the first."""

    parties: tuple[Party, ...]
    guarantees: tuple[Fact, ...]
    """Those behind each step, in the order of the circle."""


@dataclass(frozen=True)
class HangTogether:
    """The guarantee circle (担保圈) a party belongs to: all that hang together by guarantees."""

    shape: str
    chinese: str
    english: str
    parties: int
    pairs: int
    """Pairs of parties of which one guarantees the other."""
    core: int
    """Parties of its cyclic core: all of them stand in for each other in the end; 0 where it is in none."""


@dataclass(frozen=True)
class GuaranteesOf:
    """Guarantees of a party, given and taken."""

    party: Party
    currency: str | None
    given: tuple[Promise, ...]
    given_page: Page
    taken: tuple[Promise, ...]
    taken_page: Page
    given_amount: float
    """Disclosed amounts of those given to others that can be called."""
    undisclosed: int
    """Given ones of undisclosed amount; they are not in the sum."""
    customers: int
    """Parties it guarantees."""
    net_assets: float | None
    ratio: float | None
    """Given amounts over net assets."""
    together: HangTogether | None
    circles: tuple[ClosedCircle, ...]
    """Shortest first."""
    circles_page: Page
    length: int
    """Circles of up to so many guarantees were counted, all of them."""
    tests: tuple[RatioTest, ...]
    overfull: tuple[MoreThanAll, ...]
    """Of it and of those it guarantees, companies whose holders are stated to have more than all votes: whether they
    are related is in doubt."""


def guarantees(
    engine: Engine, party: str, *, length: int = 5, limit: int = 20, offset: int = 0, moment: Moment
) -> Answer[GuaranteesOf]:
    """Guarantees given and taken, the circles a party sits in, and the law's tests of what it has given."""
    check_page(limit, offset)
    check_range(length, where="length", low=2, high=12)
    view = engine.view(moment)
    node, links = view.snapshot.node(party), view.snapshot.links(GUARANTEES)
    evidence = Evidence(view.snapshot)
    given, taken = links.leaving(node), links.arriving(node).astype(np.int64)
    page = slice(offset, offset + limit)
    found = circles_through(view.circuits, node, len(view.promises.pairs), length=length, limit=limit, budget=READ)
    assets = net_assets_of(view, evidence, node)
    total, undisclosed = float(view.promises.given[node]), int(view.promises.undisclosed[node])
    value = GuaranteesOf(
        evidence.party(node),
        view.snapshot.moment.currency,
        _promises(view, evidence, given[page]),
        Page(len(given), offset, len(given[page])),
        _promises(view, evidence, taken[page]),
        Page(len(taken), offset, len(taken[page])),
        total,
        undisclosed,
        int(view.promises.customers[node]),
        assets,
        ratio_of(total, assets),
        _together(view, node),
        tuple(circle_of(view.promises, evidence, circle) for circle in found.listed),
        Page(found.total, 0, len(found.listed)),
        found.complete,
        tuple(tests_of(view, evidence, node, assets)),
        more_than_all_told(view, evidence, overfull_among(view, [np.append(links.head[given], node)])),
    )
    asked = {"party": party, "length": length, "limit": limit, "offset": offset}
    old = too_old_said(view.snapshot, node, ["net_assets"])
    return view.answer(
        Question("guarantees", asked),
        value,
        evidence,
        reasons=[*_reasons(evidence.distinguished(value), found, old), *told(value.overfull, evidence)],
    )


def _promises(view: View, evidence: Evidence, at: NDArray[np.int64]) -> tuple[Promise, ...]:
    fields = view.snapshot.links(GUARANTEES).fields
    pledged = fields["form"][at] == GUARANTEE_FORMS.index("pledge")
    last = last_days(fields["signed"][at], fields["due"][at], fields["expires"][at], pledged=pledged)
    liable = read_liability(fields["liability"][at], fields["signed"][at])
    amounts = [None if np.isnan(amount) else float(amount) for amount in fields["amount"][at]]
    facts, today = evidence.facts(GUARANTEES, at), (view.snapshot.moment.valid_at - EPOCH_DAY).days
    rows = zip(facts, amounts, liable.tolist(), last.tolist(), strict=True)
    return tuple(
        Promise(fact, amount, LIABILITIES[code], _day(ends), ends >= today) for fact, amount, code, ends in rows
    )


def _day(number: int) -> date | None:
    return None if number in (ALWAYS, FOREVER) else EPOCH_DAY + timedelta(days=number)


def circle_of(promises: Promises, evidence: Evidence, circle: tuple[int, ...]) -> ClosedCircle:
    """A closed circle with the guarantees behind each step."""
    steps = zip(circle, (*circle[1:], circle[0]), strict=True)
    at = [k for tail, head in steps for k in promises.link[_between(promises, tail, head)].tolist()]
    return ClosedCircle(evidence.parties(circle), evidence.facts(GUARANTEES, np.array(at, np.int64)))


def _between(promises: Promises, tail: int, head: int) -> NDArray[np.intp]:
    """Positions of one party's promises for another; they lie by guarantor, as links do."""
    mine = promises.given_by(tail)
    return np.asarray(np.flatnonzero(promises.borrower[mine] == head) + mine.start)


def _together(view: View, node: int) -> HangTogether | None:
    circles = view.guarantee_circles
    number, core = int(circles.of[node]), int(circles.core[node])
    if number < 0:
        return None
    shape = SHAPES[circles.shape[number]]
    size, cyclic = len(circles.members(number)), int((circles.core == core).sum()) if core >= 0 else 0
    return HangTogether(shape.name, shape.chinese, shape.english, size, int(circles.pairs[number]), cyclic)


def _reasons(value: GuaranteesOf, found: Circles, old: tuple[str, str] | None) -> Iterator[str]:
    """What it guarantees, the circles it sits in, and the tests it breaks, in both languages."""
    name = value.party.name
    if not value.given_page.total and not value.taken_page.total:
        yield ended(f"{name} gives and takes no guarantee · {name}未提供也未接受担保")
        return
    yield from map(ended, _given(value))
    if old:
        yield ended(f"{old[0][0].upper()}{old[0][1:]} · {old[1]}")
    if value.together:
        together, many = value.together, value.together.parties
        yield ended(
            f"{plural(many, 'party', 'parties')} hang together by guarantees: {together.english} · "
            f"{many:,}个主体因担保相互牵连：{together.chinese}"
        )
    sure = sum(many for length, many in found.count.items() if length <= found.complete)
    yield ended(
        f"It sits in {plural(sure, 'closed circle')} of up to {found.complete} guarantees · "
        f"处于{sure:,}个至多{found.complete}笔担保的循环担保之中"
    )
    if (more := found.total - sure) > 0:
        yield ended(
            f"Of longer ones, which are too many to count, at least {more:,} · 更长的循环过多，未能计尽，至少{more:,}个"
        )
    for test in value.tests:
        if test.verdict == BROKEN:
            unread, unread_zh = ("", "") if test.verified else (", not verified", "，未与原文核对")
            yield ended(
                f"{test.english}{_whom(test)}: {test.citation}{unread}, for a {test.scope} · "
                f"{test.chinese}{_whom(test, chinese=True)}：{test.citation}{unread_zh}"
            )
    if gone := sum(not one.callable for one in (*value.given, *value.taken)):
        yield ended(
            f"{plural(gone, 'guarantee')} shown can no longer be called and counts nowhere · "
            f"所列{gone:,}笔担保已过保证期间，不再计入"
        )


def _given(value: GuaranteesOf) -> Iterator[str]:
    """What it guarantees, alone and against its net assets."""
    name, hidden = value.party.name, value.undisclosed
    known = [money(value.given_amount, value.currency)] if value.given_amount or not hidden else []
    silent = [f"{plural(hidden, 'amount')} not disclosed"] if hidden else []
    told_zh = [f"金额{money(value.given_amount, value.currency)}"] if known else []
    told_zh += [f"{hidden:,}笔金额未披露"] if hidden else []
    yield (
        f"{name} guarantees {plural(value.customers, 'party', 'parties')} with {' and '.join(known + silent)} · "
        f"{name}为{value.customers:,}个主体提供担保，{'，'.join(told_zh)}"
    )
    if value.ratio is not None and known:
        part, assets = percent(value.ratio), money(value.net_assets, value.currency)
        least, least_zh = ("at least ", "至少") if hidden else ("", "")
        yield f"That is {least}{part} of its net assets of {assets} · {least_zh}为其净资产{assets}的{part}"
    if value.net_assets is None:
        yield "Its net assets are not known: tests against them cannot be made · 其净资产未知，无法检验相关比例"


def _whom(test: RatioTest, *, chinese: bool = False) -> str:
    """The guaranteed parties that break a test, the first three by name."""
    if not test.guaranteed:
        return ""
    named = listed(names_of(test.guaranteed), test.guaranteed_total, most=3, chinese=chinese)
    return f"{'，' if chinese else ', '}{named}"
