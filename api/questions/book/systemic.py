"""Whose failure would cost a lender most, through every layer?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

import numpy as np

from analytics.contagion.shock.coupled import CAUSES
from analytics.contagion.shock.screen import STEPS
from analytics.contagion.supply.ranking import every_firm
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party, Question
from api.answers.wording import money, percent, plural
from api.engine import Engine, View
from api.questions.asking import MOST, check_page, check_range, node_of
from api.questions.book.sending import Carrier, Failure, Order, Sending
from api.questions.shocks.gaps import Whose, overfull_of, unknown_of
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.sent import Setting, setting_of
from api.questions.shocks.traced import CAUSES_ZH
from graph.errors import InvalidQuestion
from graph.model import LENDS
from graph.moment import Moment

ORDERS: Final[tuple[Order, ...]] = ("all", "beyond")
Missing = Literal["left out", "medians"]
Word = TypeVar("Word", bound=str)
MISSING: Final[tuple[Missing, ...]] = ("left out", "medians")
NAMED: Final = 10
"""Firms named that were screened only."""
FACTS: Final = 3
"""Facilities shown of one debtor."""


@dataclass(frozen=True)
class Carried:
    """A debtor of the lender that fails with the firm."""

    party: Party
    loss: float
    round: int
    """In which it fails; the firm itself fails in round 1."""
    why: str
    why_zh: str
    facts: tuple[Fact, ...]
    """Its largest facilities of the lender."""


@dataclass(frozen=True)
class Systemic:
    """One firm whose failure, alone, was sent through all layers."""

    rank: int
    party: Party
    exposure: float
    """What it owes the lender itself: drawn, and what conversion factors say of the undrawn parts."""
    own_loss: float
    """Lost on that, after its collateral, its own means and guarantors."""
    beyond: float
    """Lost on what others owe who fail with it."""
    loss: float
    """Both together."""
    at_default: float
    """Owed to the lender by all who fail."""
    failed: int
    """Who fails with it, whether they owe the lender or not."""
    rounds: int
    estimate: float
    """What the screen put it at, before it was sent."""
    esri: float | None
    """Economic systemic risk index: part of all known sales that stops with it; none where it has no known supplies."""
    carried: tuple[Carried, ...]
    """Those who owe the lender and fail with it, the dearest first."""
    carried_page: Page
    facts: tuple[Fact, ...]
    """Its own largest facilities of the lender."""
    lender_fails: str
    """Why the lender itself fails with it; empty where it does not."""
    lender_fails_zh: str


@dataclass(frozen=True)
class Unsent:
    """A firm that was screened, and not sent."""

    party: Party
    estimate: float
    """Of what ranks it, at most all that is owed to the lender."""


@dataclass(frozen=True)
class BookSystemic:
    """The firms whose failure would cost a lender most."""

    lender: Party
    currency: str | None
    order: str
    """What they are ranked by: `all` that the failure of each costs, or what is `beyond` its own debts."""
    at_stake: float
    """Owed to the lender in all, as counted here."""
    lgd: float
    """Lost at least of what no collateral covers of a failed firm's debts."""
    screened: int
    """Firms that were screened: its debtors and whoever any way leads from to one of them."""
    sent: int
    """How many of them, the foremost by the estimate, were sent each alone."""
    farther: int
    """Firms that were not sent and of which the estimate says nothing, as they are farther away than it looks ahead."""
    systemic: tuple[Systemic, ...]
    page: Page
    """Of at most as many as were asked for, that cost it anything."""
    unsent: tuple[Unsent, ...]
    """The foremost of those that were screened only."""
    unsent_page: Page
    gaps: tuple[str, ...]
    """What it rests on that is not known."""


def book_systemic(
    engine: Engine,
    lender: str,
    *,
    top: int = 50,
    order: str = "all",
    missing: str = "left out",
    limit: int = 20,
    offset: int = 0,
    moment: Moment,
) -> Answer[BookSystemic]:
    """Find the firms whose failure would cost a lender most: all are screened, the foremost sent through all layers."""
    check_page(limit, offset)
    check_range(top, where="top", low=1, high=MOST)
    by, dark = _one_of(order, ORDERS, "order"), _one_of(missing, MISSING, "missing")
    view = engine.view(moment)
    node = node_of(view.snapshot, lender, where="lender")
    evidence, assumed = Evidence(view.snapshot), Scenario(missing=dark)
    setting = setting_of(view, assumed)
    sending = view.kept(("systemic", node, by, dark), lambda: Sending(view, setting, node, by))
    ranked, runs = sending.told(top), sending.runs(top)
    page = ranked[offset : offset + limit]
    known = _indices(setting, [one.node for one in page])
    rest = sending.screened[runs:]
    whole = float(sending.stake.sum())
    unsent = tuple(
        Unsent(evidence.party(x), min(float(sending.ranking(np.array([x]))[0]), whole))
        for x in rest[: min(NAMED, limit)].tolist()
    )
    value = BookSystemic(
        evidence.party(node),
        view.snapshot.moment.currency,
        by,
        float(setting.debts.amount[setting.debts.creditor == node].sum()),
        assumed.lgd,
        len(sending.screened),
        runs,
        sending.farther(top),
        tuple(
            _said(view, evidence, sending, one, k, esri)
            for k, (one, esri) in enumerate(zip(page, known, strict=True), start=offset + 1)
        ),
        Page(len(ranked), offset, len(page)),
        unsent,
        Page(len(rest), 0, len(unsent)),
        tuple(_gaps(view, sending)),
    )
    asked = {"lender": lender, "top": top, "order": by, "missing": dark, "limit": limit, "offset": offset}
    return view.answer(
        Question("book_systemic", asked), value, evidence, reasons=list(_reasons(evidence.distinguished(value)))
    )


def _one_of(said: str, words: tuple[Word, ...], where: str) -> Word:
    for word in words:
        if word == said:
            return word
    raise InvalidQuestion(f"there is no {said}", where=where, remedy=f"say one of {', '.join(words)}")


def _indices(setting: Setting, nodes: list[int]) -> list[float | None]:
    """Economic systemic risk index of some firms."""
    network = setting.network
    if network is None:
        return [None] * len(nodes)
    trades = [x for x in nodes if network.sales[x] > 0 or network.purchases[x] > 0]
    found = dict(zip(trades, every_firm(network, trades).total.tolist(), strict=True)) if trades else {}
    return [found.get(x) for x in nodes]


def _said(view: View, evidence: Evidence, sending: Sending, one: Failure, rank: int, esri: float | None) -> Systemic:
    debts = sending.setting.debts
    mine = (debts.creditor == sending.lender) & (debts.debtor == one.node)
    carried = tuple(_carried(evidence, sending, carrier) for carrier in one.carriers)
    return Systemic(
        rank, evidence.party(one.node), float(debts.amount[mine].sum()), one.own, one.beyond, one.own + one.beyond,
        one.at_default, one.failed, one.rounds, one.estimate, esri, carried,
        Page(one.carried, 0, len(carried)), _facilities(evidence, sending, one.node),
        CAUSES[one.lender], CAUSES_ZH[one.lender],
    )  # fmt: skip


def _carried(evidence: Evidence, sending: Sending, one: Carrier) -> Carried:
    return Carried(
        evidence.party(one.node), one.loss, one.round, CAUSES[one.cause], CAUSES_ZH[one.cause],
        _facilities(evidence, sending, one.node),
    )  # fmt: skip


def _facilities(evidence: Evidence, sending: Sending, debtor: int) -> tuple[Fact, ...]:
    """The largest facilities that the lender gave a debtor."""
    debts = sending.setting.debts
    at = np.flatnonzero((debts.creditor == sending.lender) & (debts.debtor == debtor) & (debts.facility >= 0))
    at = at[np.lexsort((at, -debts.amount[at]))][:FACTS]
    return evidence.facts(LENDS, debts.facility[at])


def _gaps(view: View, sending: Sending) -> Iterator[str]:
    """What is not known and could make it more or less."""
    some, mine = (np.zeros(view.snapshot.size, np.bool_) for _ in range(2))
    some[sending.screened], mine[sending.lender] = True, True
    said = ("were screened", "受筛")
    if sending.left_out:
        many = plural(sending.left_out, "government body", "government bodies")
        were = "was" if sending.left_out == 1 else "were"
        yield (
            f"{many} whose failure may cost it something {were} not screened: name one in a shock "
            f"{sending.left_out:,} 个政府机构未受筛：可在冲击情景中指定"
        )
    for gap in (*overfull_of(view, some), *unknown_of(view, sending.setting, Whose(some, some, mine, said, said))):
        yield f"{gap.said} {gap.said_zh}"
    if sending.setting.known.unknown[sending.lender]:
        yield (
            "neither equity nor liquidity of the lender is known: whether it would fail itself cannot be told "
            "贷款人的净资产和流动性均未知：无法判断其自身是否违约"
        )


def _reasons(value: BookSystemic) -> Iterator[str]:
    name, currency = value.lender.name, value.currency
    if not value.screened:
        yield f"Nobody's failure is known to cost {name} anything."
        return
    many = plural(value.screened, "party owes", "parties owe")
    yield (
        f"{many} {name} or may bring down who does; "
        + (
            "each was sent alone through all layers."
            if value.sent == value.screened
            else f"the {value.sent:,} foremost by a fast estimate were sent, each alone, through all layers."
        )
    )
    if value.systemic and not value.page.offset:
        first = value.systemic[0]
        of = f", {percent(first.loss / value.at_stake)} of what is owed to it" if value.at_stake > 0 else ""
        beyond = f"{money(first.beyond, currency)} on those of {plural(first.carried_page.total, 'other debtor')}"
        yield (
            f"The failure of {first.party.name} costs it {money(first.loss, currency)}{of}: "
            f"{money(first.own_loss, currency)} on its own debts, "
            f"{beyond if first.carried_page.total else 'and nothing on those of others'}."
        )
    ending = [one for one in value.systemic if one.lender_fails]
    if ending:
        more = f" and of {len(ending) - 1:,} more shown" if len(ending) > 1 else ""
        yield f"The failure of {ending[0].party.name}{more} brings {name} down itself: {ending[0].lender_fails}."
    if value.unsent_page.total:
        one = value.unsent_page.total == 1
        yield (
            f"{plural(value.unsent_page.total, 'party was', 'parties were')} screened only, first "
            f"{value.unsent[0].party.name}: the estimate adds up parts of what each has to lose over {STEPS} steps; it "
            f"puts them in order and is no bound, so that {'it' if one else 'one of them'} may cost {name} more than "
            f"those told."
        )
    if value.farther:
        were = "is more than" if value.farther == 1 else "are more than"
        yield f"Of them {value.farther:,} {were} {STEPS} steps away from its debtors: the estimate puts them last."
    if value.page.left:
        yield f"{plural(value.page.left, 'more firm is', 'more firms are')} not shown."
    yield from value.gaps
