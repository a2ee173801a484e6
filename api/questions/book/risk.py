"""How likely are a lender's borrowers to default, and what is it expected to lose by them?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.contagion.shock.firms import LGD
from analytics.learning.models.scale import Scale
from analytics.rules.rule import Words
from api.answers.evidence import Evidence
from api.answers.frame import Answer, Page, Party, Question
from api.answers.wording import money, percent, plural
from api.book.lending import lending
from api.engine import Engine
from api.learning.scoring import Scores
from api.learning.wording import foretold_said
from api.questions.asking import check_page, node_of
from api.questions.risk.hindsight import hindsight
from api.questions.risk.risk import STATES, state_of
from api.questions.risk.served import ServedBy, scale, scored
from graph.moment import Moment

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class BorrowerRisk:
    """One borrower."""

    rank: int
    party: Party
    state: str
    """As `risk` says it."""
    pd: float | None
    """1 of who is in default; null of who is not scored."""
    low: float | None
    high: float | None
    grade: str | None
    verdict: str | None
    exposure: float
    """Drawn, and what is converted of what is not."""
    undisclosed: int
    """Facilities whose drawn amount is not known."""
    lgd: float
    expected_loss: float | None
    """PD × LGD × exposure, before collateral and guarantors."""


@dataclass(frozen=True)
class OfGrade:
    """All borrowers of one grade."""

    grade: str
    """Empty for who is not scored."""
    borrowers: int
    exposure: float
    expected_loss: float


@dataclass(frozen=True)
class BookRisk:
    """A lender's borrowers by probability of default."""

    lender: Party
    currency: str | None
    model: ServedBy
    scale: str
    borrowers: int
    scored: int
    exposure: float
    expected_loss: float
    """Of all that have a probability or are in default."""
    mean_pd: float | None
    """By exposure, of all that have one and are not in default."""
    not_scored: float
    """Exposure to who has none."""
    grades: tuple[OfGrade, ...]
    hindsight: tuple[Words, ...]
    """Why some of it is no forecast: the model was taught what became of this day or of borrowers."""
    riskiest: tuple[BorrowerRisk, ...]
    """The likeliest to default first, those in default before them, those without a probability last."""
    page: Page


def book_risk(
    engine: Engine, lender: str, *, model: str = "", limit: int = 20, offset: int = 0, moment: Moment
) -> Answer[BookRisk]:
    """A lender's borrowers by PD with exposure and expected loss. Raises NotFound where no model is served."""
    check_page(limit, offset)
    view = engine.view(moment)
    node = node_of(view.snapshot, lender, where="lender")
    scores, by = scored(engine, model, moment=moment)
    evidence, lent, on = Evidence(view.snapshot), lending(view, node), scale()
    clients = lent.clients.astype(np.int64)
    defaulted = scores.stood.company[clients] & ~np.isnan(scores.stood.since[clients])
    pd = np.where(defaulted, 1.0, scores.pd[clients])
    assessed = view.snapshot.assessed("lgd").value[clients]
    lgd = np.where(np.isnan(assessed), LGD, assessed)
    owed = lent.owed[clients]
    loss = pd * lgd * owed
    order = np.lexsort((clients, -owed, -np.nan_to_num(pd, nan=-1.0)))
    shown = order[offset : offset + limit]
    rows = _Rows(scores, on, clients, defaulted, pd, lgd, owed, loss, lent.silent[clients])
    known = ~np.isnan(pd)
    standing = known & ~defaulted
    weight = owed[standing]
    value = BookRisk(
        evidence.party(node), view.snapshot.moment.currency, by, on.id, len(clients), int(standing.sum()),
        float(owed.sum()), float(loss[known].sum()),
        float(np.average(pd[standing], weights=weight)) if weight.sum() > 0 else None, float(owed[~known].sum()),
        tuple(rows.by_grade()), tuple(hindsight(scores, clients[standing])),
        tuple(rows.told(evidence, shown, offset)), Page(len(clients), offset, len(shown)),
    )  # fmt: skip
    question = Question("book_risk", {"lender": lender, "model": model, "limit": limit, "offset": offset})
    return view.answer(question, value, evidence, reasons=_reasons(value))


@dataclass(frozen=True, eq=False)
class _Rows:
    """Borrowers as columns."""

    scores: Scores
    scale: Scale
    clients: NDArray[np.int64]
    defaulted: NDArray[np.bool_]
    pd: Numbers
    lgd: Numbers
    owed: Numbers
    loss: Numbers
    silent: NDArray[np.int64]

    def by_grade(self) -> Iterator[OfGrade]:
        """The best grade first, then default, then who is not scored; empty ones left out."""
        scored = ~np.isnan(self.pd) & ~self.defaulted
        place = np.full(len(self.pd), len(self.scale.grades) + 1)
        place[scored] = self.scale.places(self.pd[scored])
        place[self.defaulted] = len(self.scale.grades)
        for at, grade in enumerate((*self.scale.grades, self.scale.defaulted, "")):
            mine = place == at
            if mine.any():
                loss = float(np.nansum(self.loss[mine]))
                yield OfGrade(grade, int(mine.sum()), float(self.owed[mine].sum()), loss)

    def told(self, evidence: Evidence, shown: NDArray[np.intp], offset: int) -> Iterator[BorrowerRisk]:
        """Some of them."""
        ready = self.scores.ready
        for rank, at in enumerate(shown.tolist(), offset + 1):
            node, pd = int(self.clients[at]), float(self.pd[at])
            state = state_of(self.scores, node)
            low = high = verdict = None
            grade = self.scale.defaulted if self.defaulted[at] else None
            if state == "scored":
                grade = self.scale.grade(pd)
                if ready.band is not None:
                    low, high = (float(end[0]) for end in ready.band.interval([pd]))
                verdict = None if ready.conformal is None else ready.conformal.verdicts([pd])[0]
            unknown = np.isnan(pd)
            yield BorrowerRisk(
                rank, evidence.party(node), state, None if unknown else pd, low, high, grade, verdict,
                float(self.owed[at]), int(self.silent[at]), float(self.lgd[at]),
                None if unknown else float(self.loss[at]),
            )  # fmt: skip


def _reasons(value: BookRisk) -> list[str]:
    by = value.model
    if not value.borrowers:
        return ["It has no facilities at this moment."]
    said = [
        f"Said by {by.run} ({by.model}); default {foretold_said(by.definition, by.horizon_months).en}.",
        f"Expected loss is {money(value.expected_loss, value.currency)} on {money(value.exposure, value.currency)}: "
        f"PD × LGD × exposure, before collateral and guarantors; LGD {percent(LGD)} where no assessment states one.",
    ]
    said += [f"{one.en} {one.zh}" for one in value.hindsight]
    if left := value.borrowers - value.scored:
        states = "; ".join(f"{name.en} · {name.zh}" for name in list(STATES.values())[1:])
        said.append(f"{plural(left, 'borrower')} of {value.borrowers:,} {'has' if left == 1 else 'have'} no "
                    f"probability ({states}).")  # fmt: skip
    if value.page.left:
        said.append(f"{plural(value.page.left, 'more borrower')} not shown.")
    return said
