"""What may a lender's book lose in a year, with contagion and without, by whom, and what do closed forms say?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.contagion.portfolio.losses import Estimate
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Page, Party, Question
from api.answers.progress import Progress, Stage, counting, untold
from api.answers.wording import money, percent, plural
from api.book.lending import groups_in
from api.engine import Engine, View
from api.groups.together import SUSPECTED, Together
from api.limits.criteria import seen_by
from api.questions.asking import check_page, node_of
from api.questions.book.assumed import Assumed
from api.questions.book.closed import Capital, Closed, closed_forms, irb_capital
from api.questions.book.concentrated import Concentrated, concentrated
from api.questions.book.drawn import LEVELS, Drawn, check_draws, drawing, drawn
from api.questions.book.odds import ASSESSED, SAID
from api.questions.book.staked import Staked, facilities_of, staked
from api.questions.book.untold import gaps_of
from api.questions.groups.members import grew
from api.questions.shocks.gaps import Gap
from graph.errors import InvalidQuestion
from graph.model import ASSESSMENT
from graph.moment import Moment

GROUPS: Final = 10
"""Groups told."""
WAYS: Final = {
    "plain": "一般抽样", "antithetic": "对偶抽样", "sobol": "Sobol序列", "importance": "重要性抽样",
}  # fmt: skip


PARTING: Final = {True: ("with contagion", "计入传染"), False: ("without", "不计传染")}
"""In which way the worst years are laid on borrowers, in both languages."""


@dataclass(frozen=True)
class Told:
    """A number that was estimated, and its standard error, in whole units of the answer's currency."""

    value: float
    error: float | None


@dataclass(frozen=True)
class LevelRisk:
    """What is not lost with a probability, and the mean of what is beyond."""

    level: float
    value_at_risk: Told
    expected_shortfall: Told


@dataclass(frozen=True)
class Losses:
    """The losses of a year."""

    expected: Told
    deviation: Told
    levels: tuple[LevelRisk, ...]
    most: float
    """In the worst year drawn."""
    defaults: float
    """Borrowers and others around them that fail in a year, on average."""


@dataclass(frozen=True)
class Chance:
    """Borrowers whose PD is of one source."""

    source: str
    source_zh: str
    borrowers: int
    owed: float
    lowest: float
    mean: float
    """By what is owed."""
    highest: float


@dataclass(frozen=True)
class Contribution:
    """What one borrower adds to the expected shortfall."""

    rank: int
    party: Party
    owed: float
    pd: float | None
    """None: it is not given, and only others bring it down."""
    pd_source: str
    pd_source_zh: str
    expected: float
    """PD × what its failure costs before guarantors pay."""
    shortfall: float
    """Its part of the expected shortfall with contagion."""
    without: float
    """Its part without."""
    facts: tuple[str, ...]
    """Ids of its largest facilities, and of the assessment that its PD is of."""


@dataclass(frozen=True)
class GroupContribution:
    """What the clients of one group add together; groups overlap."""

    top: Party
    clients: int
    owed: float
    shortfall: float
    without: float


@dataclass(frozen=True)
class Passed:
    """How likely a loss is passed in a year."""

    loss: float
    chance: float
    without: float


@dataclass(frozen=True)
class Sampling:
    """How years were drawn."""

    years: int
    seed: int
    sampling: str
    sampling_zh: str
    parties: int
    """Borrowers, their guarantors, and who may bring these down."""
    factors: int
    correlation: str
    correlation_zh: str
    layers: tuple[str, ...]


@dataclass(frozen=True)
class BookLosses:
    """What a lender's book may lose in a year."""

    lender: Party
    name: str
    currency: str | None
    borrowers: int
    owed: float
    """By them at default: drawn, and what conversion factors say of the undrawn parts."""
    lgd: float
    at_risk: float
    """Lost if all with a PD failed, before guarantors pay."""
    chances: tuple[Chance, ...]
    sampling: Sampling
    losses: Losses
    without: Losses
    """The same years without contagion."""
    level: float
    """Of the shortfall that is parted below."""
    contributions: tuple[Contribution, ...]
    contributions_page: Page
    groups: tuple[GroupContribution, ...]
    distribution: tuple[Passed, ...]
    closed: tuple[Closed, ...]
    capital: Capital | None
    concentration: tuple[Concentrated, ...]
    gaps: tuple[Gap, ...]


def book_losses(
    engine: Engine,
    lender: str,
    assumed: Assumed | None = None,
    *,
    limit: int = 20,
    offset: int = 0,
    moment: Moment,
    progress: Progress = untold,
) -> Answer[BookLosses]:
    """Draw years of a lender's book: what it loses with contagion and without, by whom, beside closed forms."""
    check_page(limit, offset)
    view, said = engine.view(moment), (assumed or Assumed()).checked()
    node = node_of(view.snapshot, lender, where="lender")
    evidence, book = Evidence(view.snapshot), rated_book(view, said, node)
    found = drawn(view, book, said, counting(progress, *drawing(book, said)))
    for spreads, (what, what_zh) in PARTING.items():
        found.parts(contagion=spreads, progress=_parting(progress, what, what_zh))
    groups, tops = _groups(view, node)
    contributions, page = _contributions(evidence, found, limit, offset)
    value = BookLosses(
        evidence.party(node), said.name, view.snapshot.moment.currency,
        len(book.borrowers), float(book.owed.sum()), said.lgd,
        float(book.portfolio.lost[book.portfolio.pd > 0].sum()),
        tuple(_chances(book)),
        _sampling(found, said),
        _losses(found, contagion=True), _losses(found, contagion=False),
        said.level, contributions, page, _group_parts(evidence, found, groups, tops),
        tuple(Passed(*map(float, one)) for one in zip(*found.curve, strict=True)),
        tuple(closed_forms(book, said)), irb_capital(book),
        tuple(concentrated(view, evidence, book.borrowers, book.owed, groups, tops)),
        tuple(gaps_of(view, book, said)),
    )  # fmt: skip
    asked = {"lender": lender, "assumed": said.model_dump(mode="json"), "limit": limit, "offset": offset}
    return view.answer(
        Question("book_losses", asked), value, evidence, reasons=list(_reasons(evidence.distinguished(value)))
    )


def _parting(progress: Progress, what: str, what_zh: str) -> Callable[[int, int], None]:
    """What tells, and may stop, that the worst years are gone through again, after all were drawn."""

    def told(done: int, whole: int) -> None:
        said = f"laying the worst years on borrowers, {what}: {done:,} of {whole:,}"
        progress(Stage(1.0, said, f"最差年度分摊至借款人（{what_zh}）：{done:,}/{whole:,}"))

    return told


def check_losses(view: View, lender: str, assumed: Assumed) -> None:
    """Raise what keeps a year's losses from being told: InvalidQuestion, and UnknownParty."""
    said = assumed.checked()
    check_draws(rated_book(view, said, node_of(view.snapshot, lender, where="lender")), said)


def rated_book(view: View, assumed: Assumed, lender: int) -> Staked:
    """A lender's book of which somebody may default. Raises InvalidQuestion where nobody owes it, or no PD is known."""
    book = staked(view, assumed, lender)
    if not len(book.borrowers):
        remedy = "load its facilities: contagraph load PATH, or ask about another day"
        raise InvalidQuestion("nobody is known to owe it anything", where="lender", remedy=remedy)
    if not len(book.rated):
        remedy = (
            "give them in a file: [pd] with rest = 0.02, or parties, industries or grades; or load assessments with a "
            "pd over 12 months; dated defaults make none"
        )
        raise InvalidQuestion("no probability of default of any borrower is known", where="pd", remedy=remedy)
    return book


def _losses(found: Drawn, *, contagion: bool) -> Losses:
    risks = [found.risk(level, contagion=contagion) for level in LEVELS]
    loss, draws = found.draws.loss if contagion else found.draws.alone, found.draws
    failed = draws.failed if contagion else draws.defaults
    return Losses(
        _told(risks[0].expected), _told(found.deviation(contagion=contagion)),
        tuple(LevelRisk(one.level, _told(one.value_at_risk), _told(one.expected_shortfall)) for one in risks),
        float(loss.max()), float((draws.weight * failed).mean()),
    )  # fmt: skip


def _told(one: Estimate) -> Told:
    return Told(one.value, None if np.isnan(one.error) else one.error)


def _chances(book: Staked) -> Iterator[Chance]:
    """Where the PDs of borrowers come from."""
    borrowers, by = book.borrowers, book.odds.by
    for place, (source, source_zh) in enumerate(SAID):
        mine = borrowers[by[borrowers] == place]
        if len(mine):
            pd, owed = book.odds.pd[mine], book.owed[mine]
            mean = float(pd @ owed / owed.sum())
            yield Chance(source, source_zh, len(mine), float(owed.sum()), float(pd.min()), mean, float(pd.max()))


def _sampling(found: Drawn, assumed: Assumed) -> Sampling:
    rho = found.staked.correlation[found.staked.portfolio.pd > 0]
    if assumed.factors is not None:
        parts, words = assumed.factors, percent
        said = f"all {words(parts.all)}, industry {words(parts.industry)}, region {words(parts.region)}"
        said_zh = f"全体{words(parts.all)}、行业{words(parts.industry)}、地区{words(parts.region)}"
        if parts.industries:
            own = ", ".join(f"{name} {words(part)}" for name, part in parts.industries.items())
            said, said_zh = f"{said} ({own})", f"{said_zh}（{own}）"
    elif assumed.correlation == "irb":
        ends = f"{percent(float(rho.min()))}–{percent(float(rho.max()))}" if len(rho) else ""
        said, said_zh = f"Basel's formula by PD: {ends}", f"巴塞尔公式（按违约概率）：{ends}"
    else:
        said = said_zh = percent(assumed.correlation)
    return Sampling(
        len(found.draws), assumed.seed, assumed.sampling, WAYS[assumed.sampling], found.staked.portfolio.size,
        found.staked.portfolio.factors.count, said, said_zh, assumed.layers,
    )  # fmt: skip


def _contributions(evidence: Evidence, found: Drawn, limit: int, offset: int) -> tuple[tuple[Contribution, ...], Page]:
    """What borrowers add to the shortfall, the most first."""
    book = found.staked
    nodes, parts, alone = book.nodes, *(found.parts(contagion=spreads) for spreads in (True, False))
    owing = np.flatnonzero(book.owed[nodes] > 0)
    order = owing[np.lexsort((owing, -book.portfolio.lost[owing], -parts[owing]))]
    chosen = order[offset : offset + limit]
    evidence.parties(nodes[chosen].tolist())
    told = []
    for rank, k in enumerate(chosen.tolist(), start=offset + 1):
        x = int(nodes[k])
        by, pd = int(book.odds.by[x]), book.odds.pd[x]
        said, said_zh = SAID[by] if by >= 0 else ("not given", "未给定")
        told.append(Contribution(
            rank, evidence.party(x), float(book.owed[x]), None if np.isnan(pd) else float(pd), said, said_zh,
            float(book.portfolio.pd[k] * book.portfolio.lost[k]), float(parts[k]), float(alone[k]),
            _facts(evidence, book, x),
        ))  # fmt: skip
    return tuple(told), Page(len(owing), offset, len(told))


def _facts(evidence: Evidence, book: Staked, debtor: int) -> tuple[str, ...]:
    """The largest facilities of a borrower, and the assessment that its PD is of."""
    shown = facilities_of(evidence, book.setting, book.lender, debtor)
    if book.odds.by[debtor] == ASSESSED:
        return (*shown, *evidence.cite_rows(ASSESSMENT, [int(book.odds.row[debtor])]))
    return shown


def _groups(view: View, lender: int) -> tuple[list[Together], list[int]]:
    """Groups of connected clients of a book, and who stands on top of each."""
    seen = seen_by(view, lender)
    groups = groups_in(seen, lender, SUSPECTED)
    return groups, [int(grew(seen, one, SUSPECTED).top) for one in groups]


def _group_parts(
    evidence: Evidence, found: Drawn, groups: Sequence[Together], tops: Sequence[int]
) -> tuple[GroupContribution, ...]:
    """What the groups add that add most."""
    size = len(found.staked.owed)
    whole, alone = np.zeros(size), np.zeros(size)
    whole[found.staked.nodes] = found.parts(contagion=True)
    alone[found.staked.nodes] = found.parts(contagion=False)
    rows = [
        (float(whole[one.clients].sum()), float(found.staked.owed[one.clients].sum()), k)
        for k, one in enumerate(groups)
    ]
    return tuple(
        GroupContribution(
            evidence.party(tops[k]), len(groups[k].clients), owed, part, float(alone[groups[k].clients].sum())
        )
        for part, owed, k in sorted(rows, key=lambda row: (-row[0], -row[1], row[2]))[:GROUPS]
    )


def _reasons(value: BookLosses) -> Iterator[str]:
    name, currency, drawn_, alone = value.lender.name, value.currency, value.losses, value.without
    worst, worst_alone = drawn_.levels[-1], alone.levels[-1]
    yield (
        f"{name} is owed {money(value.owed, currency)} by {plural(value.borrowers, 'borrower')}; in a year it loses "
        f"{money(drawn_.expected.value, currency)} on average (without contagion "
        f"{money(alone.expected.value, currency)})."
    )
    yield (
        f"With {percent(worst.level)} certainty it loses no more than {money(worst.value_at_risk.value, currency)} "
        f"(without contagion {money(worst_alone.value_at_risk.value, currency)}); in worse years "
        f"{money(worst.expected_shortfall.value, currency)} on average."
    )
    for one in value.chances:
        ends = percent(one.lowest) if one.lowest == one.highest else f"{percent(one.lowest)}–{percent(one.highest)}"
        yield (
            f"PD {one.source} ({one.source_zh}): {plural(one.borrowers, 'borrower')} who owe "
            f"{money(one.owed, currency)}, {ends}."
        )
    if value.contributions and not value.contributions_page.offset:
        first = value.contributions[0]
        yield (
            f"{first.party.name} adds most to the mean of the worst {percent(1 - value.level)} of years: "
            f"{money(first.shortfall, currency)}."
        )
    yield (
        f"{value.sampling.years:,} years drawn ({value.sampling.sampling}, seed {value.sampling.seed}); amounts are "
        "told with standard errors of drawing, which say nothing of the assumptions."
    )
    yield from (gap.said for gap in value.gaps)
