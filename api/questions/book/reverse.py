"""Which failures, as few or as likely as can be, would cost a lender a given amount through every layer?"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.calls.book import NONE
from analytics.contagion.portfolio.reverse import Reverse, likeliest_failures, likely_failures
from analytics.contagion.shock.coupled import CAUSES, Aftermath, Room, Shock
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Page, Party, Question
from api.answers.progress import Progress, counting, untold
from api.answers.wording import money, percent, plural
from api.engine import Engine, View
from api.questions.asking import check_page, node_of
from api.questions.book.assumed import Assumed
from api.questions.book.odds import odds_of
from api.questions.book.sending import LEAST, Sending
from api.questions.book.staked import facilities_of, setting_for
from api.questions.book.systemic import Carried
from api.questions.shocks.gaps import Gap
from api.questions.shocks.traced import CAUSES_ZH
from graph.errors import InvalidQuestion, NotConverged
from graph.moment import Moment

Places = NDArray[np.int64]
FEWEST, LIKELIEST = "fewest", "likeliest"
ORDERS: Final = (FEWEST, LIKELIEST)
FIRST: Final = 60
"""Candidates that are tried, the foremost by the screen; more where these cannot cost as much."""
EXACT: Final = 16
"""Candidates among whom every set is weighed."""
COUNTING: Final = ("name", "lgd", "haircuts", "calls", "missing")
"""What counts of what is assumed, and where likely failures are looked for PDs."""
WORK: Final = 30_000_000
"""Firms and ties, times shocks, that one search may send …"""
SENDS: Final = 300
"""… but so many shocks at least."""


@dataclass(frozen=True)
class Pushed:
    """One of the failures looked for."""

    party: Party
    owed: float
    """To the lender."""
    alone: float
    """What its failure costs the lender if no other of these fails."""
    pd: float | None
    """That counted, where likely failures were looked for."""
    facts: tuple[str, ...]
    """Ids of its largest facilities."""


@dataclass(frozen=True)
class BookReverse:
    """Failures that cost a lender an amount."""

    lender: Party
    currency: str | None
    owed: float
    loss: float
    """That was looked for."""
    order: str
    failures: tuple[Pushed, ...]
    cost: float
    """What they cost together, through every layer."""
    probability: float | None
    """That all of them default in a year, each by itself; None where the fewest were looked for."""
    bound: float
    """No set of fewer is enough; of likely ones, none of more than this probability."""
    exact: bool
    """Whether no other set of those tried is better."""
    method: str
    method_zh: str
    screened: int
    """Parties whose failure may cost the lender anything, however far away, alone or with others."""
    tried: int
    """Of them, the foremost by the screen, among whom sets were made."""
    sent: int
    """Shocks sent."""
    failed: int
    """Who fails with them."""
    rounds: int
    carried: tuple[Carried, ...]
    """Other debtors that fail with them and on whom the lender loses, the dearest first."""
    carried_page: Page
    gaps: tuple[Gap, ...]


def book_reverse(
    engine: Engine,
    lender: str,
    *,
    loss: float,
    order: str = FEWEST,
    assumed: Assumed | None = None,
    limit: int = 20,
    moment: Moment,
    progress: Progress = untold,
) -> Answer[BookReverse]:
    """Find failures that together cost a lender an amount, or where it is at most 1 that part of what it is owed."""
    check_page(limit)
    view, said = engine.view(moment), assumed or Assumed()
    evidence = Evidence(view.snapshot)
    search, amount = _begun(view, lender, loss, order, said, progress)
    found, exact = search.found(amount)
    value = _told(evidence, search, found, (amount, order, exact), limit, tuple(_gaps(search, said)))
    asked = {
        "lender": lender, "loss": loss, "order": order,
        "assumed": None if assumed is None else said.model_dump(mode="json"), "limit": limit,
    }  # fmt: skip
    return view.answer(
        Question("book_reverse", asked), value, evidence, reasons=list(_reasons(evidence.distinguished(value)))
    )


def check_reverse(view: View, lender: str, *, loss: float, order: str, assumed: Assumed) -> None:
    """Raise what keeps failures from being looked for: InvalidQuestion, and UnknownParty."""
    search, _ = _begun(view, lender, loss, order, assumed, untold)
    len(search.candidates)


def _begun(
    view: View, lender: str, loss: float, order: str, assumed: Assumed, progress: Progress
) -> tuple["_Search", float]:
    """A search, and the loss it is for."""
    if order not in ORDERS:
        raise InvalidQuestion(f"there is no {order}", where="order", remedy=f"say one of {', '.join(ORDERS)}")
    node = node_of(view.snapshot, lender, where="lender")
    search = _Search(view, assumed.checked(), node, likely=order == LIKELIEST, progress=progress)
    return search, _amount(loss, search.owed)


def _amount(loss: float, owed: float) -> float:
    if not 0 < loss < np.inf:
        remedy = "give money, or at most 1 for a part of what is owed: 0.1"
        raise InvalidQuestion("must be above 0", where="loss", remedy=remedy)
    if not owed > 0:
        remedy = "load its facilities: contagraph load PATH, or ask about another day"
        raise InvalidQuestion("nobody is known to owe it anything", where="lender", remedy=remedy)
    return loss * owed if loss <= 1 else loss


class _Search:
    """Sets of failures of one lender, each sent once, by one thread."""

    def __init__(self, view: View, assumed: Assumed, lender: int, *, likely: bool, progress: Progress) -> None:
        self._told = counting(progress, "sending failures, at most", "传导违约，至多")
        self.setting, self.lender = setting_for(view, assumed), lender
        self.sending = Sending(view, self.setting, lender, "all")
        self.pd = odds_of(view, assumed, lender).pd if likely else None
        debts = self.setting.debts
        self._mine = debts.creditor == lender
        self.owed = float(debts.amount[self._mine].sum())
        self._known: dict[bytes, float] = {}
        links = len(debts.amount) + len(self.setting.shares[0])
        self._most = max(SENDS, WORK // (self.setting.known.firms.size + links))

    @property
    def sent(self) -> int:
        """Shocks sent so far."""
        return len(self._known)

    def after(self, failed: Places) -> Aftermath:
        """What some failures lead to."""
        return self._room.send(Shock.of(self.setting.known.firms.size, failed.tolist()))

    @cached_property
    def _room(self) -> Room:
        return self.sending.room()

    def cost(self, failed: Places) -> float:
        """What they cost the lender."""
        key = np.sort(failed).tobytes()
        if key not in self._known:
            if self.sent >= self._most:
                remedy = "ask for a smaller loss, which fewer failures cost"
                raise InvalidQuestion(f"{self.sent:,} shocks were not enough", where="loss", remedy=remedy)
            self._known[key] = float(self.after(failed).by_debt[self._mine].sum()) if len(failed) else 0.0
            self._told(self.sent, self._most)
        return self._known[key]

    @cached_property
    def left_out(self) -> int:
        """Government bodies around the book, none of which is taken to fail unless it has a PD."""
        public = self.sending.around[self.sending.public(self.sending.around)]
        return len(public) if self.pd is None else int((~(self.pd[public] > 0)).sum())

    @cached_property
    def candidates(self) -> Places:
        """Whoever may cost it anything, the dearest by the screen first: firms and persons, or if PDs count those who
        have one."""
        some = self.sending.around
        if self.pd is None:
            return np.asarray(some[~self.sending.public(some)])
        if not (self.pd[some] > 0).any():
            remedy = "give them in a file: [pd] with rest = 0.02, or load assessments with a pd over 12 months"
            raise InvalidQuestion("no probability of default around the book is known", where="pd", remedy=remedy)
        return np.asarray(some[self.pd[some] > 0])

    def tried(self, amount: float) -> Places:
        """The foremost of them, as many as can cost the amount."""
        some, count = self.candidates, min(FIRST, self._most // 8)
        while count < len(some) and self.cost(some[:count]) < amount:
            count *= 2
        return some[:count]

    def found(self, amount: float) -> tuple[Reverse, bool]:
        """The best set that was found, and whether no other is better."""
        every = self.candidates
        if (whole := self.cost(every)) < amount * (1 - 1e-9):
            remedy = f"ask for no more than {whole:,.0f}"
            if self.left_out:
                remedy += f"; {_public(self.left_out)[0]}"
            raise InvalidQuestion("costs more than all failures around the book together", where="loss", remedy=remedy)
        some = self.chosen = self.tried(amount)
        chance = None if self.pd is None else self.pd[some]
        if len(some) and len(some) <= EXACT and self._rises(some):
            try:
                return likeliest_failures(self.cost, amount, some, pd=chance, most=self._most // 2), True
            except NotConverged:
                pass
        found = likely_failures(self.cost, amount, some, pd=chance)
        return found, found.bound >= found.weight * (1 - 1e-9)

    def _rises(self, some: Places) -> bool:
        """Whether more failures among some never cost less, as the search takes them to: no guarantor fails, even with
        all of them, whose guarantee another counters (`analytics.contagion.shock.coupled`)."""
        made = self.setting.promised.layer.standing.sureties
        countered = made.guarantor[made.counters[made.counters != NONE]]
        return not len(countered) or not self.after(some).failed[countered].any()


def _public(count: int) -> tuple[str, str]:
    """That government bodies are left out, in both languages."""
    many = plural(count, "government body", "government bodies")
    return (
        f"{many} whose failure may cost it something {'is' if count == 1 else 'are'} not taken to fail: name one in a "
        "shock, or give it a PD",
        f"{count:,} 个政府机构的违约可能造成损失，此处假定其不违约：可在冲击情景中指定，或给定其违约概率",
    )


def _gaps(search: _Search, assumed: Assumed) -> Iterator[Gap]:
    """What is left out, and what was assumed that does not count."""
    if search.left_out:
        yield Gap(*_public(search.left_out))
    idle = assumed.unused((*COUNTING, *(() if search.pd is None else ("pd",))))
    if idle:
        names = ", ".join(idle)
        yield Gap(
            f"{names} {'does' if len(idle) == 1 else 'do'} not count here: every set of failures is sent through every "
            "layer, and no years are drawn"
            + ("; PDs count where the likeliest failures are asked for" if "pd" in idle else ""),
            f"{names}在此不起作用：各违约组合经由所有渠道传导，不抽取年度"
            + ("；违约概率仅用于最可能的违约组合" if "pd" in idle else ""),
        )


def _told(
    evidence: Evidence,
    search: _Search,
    found: Reverse,
    asked: tuple[float, str, bool],
    limit: int,
    gaps: tuple[Gap, ...],
) -> BookReverse:
    amount, order, exact = asked
    after, debts = search.after(found.failures), search.setting.debts
    size = search.setting.known.firms.size
    mine = debts.creditor == search.lender
    lost = np.bincount(debts.debtor[mine], after.by_debt[mine], minlength=size)
    lost[found.failures] = 0.0
    with_it = np.flatnonzero(lost > LEAST)
    first = with_it[np.lexsort((with_it, -lost[with_it]))][:limit].tolist()
    likely = search.pd is not None
    method, method_zh = _method(exact=exact, every=len(search.chosen) == len(search.candidates), likely=likely)
    owed = np.bincount(debts.debtor[mine], debts.amount[mine], minlength=size)
    alone = {x: search.cost(np.array([x])) for x in found.failures.tolist()}
    order_of = sorted(alone, key=lambda x: (-alone[x], x))
    return BookReverse(
        evidence.party(search.lender), evidence.snapshot.moment.currency, search.owed, amount, order,
        tuple(
            Pushed(
                evidence.party(x), float(owed[x]), alone[x], None if search.pd is None else float(search.pd[x]),
                facilities_of(evidence, search.setting, search.lender, x),
            )
            for x in order_of
        ),
        found.cost, found.probability if likely else None,
        float(np.exp(-found.bound)) if likely else max(found.bound, 1.0), exact, method, method_zh,
        len(search.candidates), len(search.chosen), search.sent,
        int(after.failed.sum()) - len(found.failures), int(after.round.max()),
        tuple(
            Carried(
                evidence.party(x), float(lost[x]), int(after.round[x]), CAUSES[int(after.cause[x])],
                CAUSES_ZH[int(after.cause[x])], (),
            )
            for x in first
        ),
        Page(len(with_it), 0, len(first)), gaps,
    )  # fmt: skip


def _method(*, exact: bool, every: bool, likely: bool) -> tuple[str, str]:
    """How the set was found, in both languages."""
    among, among_zh = (
        ("of all whose failure may cost it anything", "所有可能造成损失的主体")
        if every
        else ("of the foremost by the screen alone", "仅初筛靠前的主体")
    )
    if exact:
        return f"no other set {among} is better", f"在{among_zh}中无更优组合"
    most, most_zh = (
        ("adds most for how unlikely it is, loss over -ln PD,", "增量损失与-ln PD之比最大者")
        if likely
        else ("adds most", "增量损失最大者")
    )
    return (
        f"one after the other, whichever {most} {among}; what is not needed dropped: a better set may exist",
        f"在{among_zh}中逐个加入{most_zh}并剔除多余者：可能存在更优组合",
    )


def _reasons(value: BookReverse) -> Iterator[str]:
    name, currency = value.lender.name, value.currency
    part = percent(value.loss / value.owed)
    likely = "" if value.probability is None else f", which happens with {percent(value.probability, 6)} a year if "
    likely += "" if value.probability is None else "they default independently"
    yield (
        f"{plural(len(value.failures), 'failure')} would cost {name} {money(value.cost, currency)}, no less than the "
        f"{money(value.loss, currency)} ({part} of what is owed to it) that was asked for{likely}."
    )
    yield f"{value.method[0].upper()}{value.method[1:]} ({value.method_zh})."
    if not value.exact:
        yield (
            f"None of fewer than {plural(int(np.ceil(value.bound)), 'failure')} is enough among those tried."
            if value.probability is None
            else f"None among those tried is likelier than {percent(value.bound, 6)}."
        )
    if value.failed:
        yield (
            f"{plural(value.failed, 'other party fails', 'other parties fail')} with them in "
            f"{plural(value.rounds, 'round')}, and {name} loses {_on(value)}."
        )
    many = plural(value.sent, "shock")
    yield f"{many} sent through every layer, among {value.tried:,} of {value.screened:,} parties."
    yield from (gap.said for gap in value.gaps)


def _on(value: BookReverse) -> str:
    """On how many of those who fail with them the lender loses, and on whom most."""
    if not value.carried_page.total:
        return "nothing on any of them"
    first = value.carried[0]
    return f"on {value.carried_page.total:,} of them, first {first.party.name} ({money(first.loss, value.currency)})"
