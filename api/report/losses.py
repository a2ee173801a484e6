"""The report of a book's losses: the distribution, closed forms, who adds to it, how unevenly it is spread."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from api.answers.frame import Answer
from api.answers.namesakes import distinguished
from api.questions.book.assumed import SPREADING
from api.questions.book.closed import Closed
from api.questions.book.concentrated import TOPS
from api.questions.book.losses import BookLosses, Losses, Told
from api.report.page import filled
from api.report.plots import Plot, bars, tails
from api.report.words import Words

LAYERS: Final = {
    "production": "losses_layer_production", "guarantees": "losses_layer_guarantees", "debts": "losses_layer_debts",
    "shares": "losses_layer_shares",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A figure with contagion and without."""

    name: str
    whole: Told
    alone: Told


def losses_page(answer: Answer[BookLosses], *, language: str = "en") -> str:
    """The report as one HTML page."""
    answer = distinguished(answer)
    words, value = Words(language), answer.answer
    called = f"{value.name}{words.either(': ', '：')}" if value.name else ""
    return filled(
        "losses.html",
        answer,
        words,
        title=words("losses_title"),
        about=value.lender.name,
        subjects=[value.lender],
        asked=words("losses_asked", called=called, lender=value.lender.name),
        short=list(_short(words, value)),
        currency=value.currency or "",
        plots=_plots(words, value),
        lines=list(_lines(words, value.losses, value.without)),
        levels=[one.level for one in value.losses.levels],
        tail=_tail,
        counts=TOPS,
        annex=[],
        method=[*_assumed(words, value), *_method(words, value)],
    )


def _short(words: Words, value: BookLosses) -> Iterator[str]:
    def money(amount: float) -> str:
        return words.money(amount, value.currency)

    whole, alone = value.losses, value.without
    yield words(
        "losses_short_mean", lender=value.lender.name, owed=money(value.owed),
        borrowers=words.counted(value.borrowers, "borrower"), mean=money(whole.expected.value),
        without=money(alone.expected.value),
    )  # fmt: skip
    worst, other = whole.levels[-1], alone.levels[-1]
    yield words(
        "losses_short_worst", level=words.percent(worst.level), var=money(worst.value_at_risk.value),
        without=money(other.value_at_risk.value), es=money(worst.expected_shortfall.value),
    )  # fmt: skip
    for one in value.contributions[:1]:
        every = next((each for each in whole.levels if each.level == value.level), None)
        total = every.expected_shortfall.value if every else sum(each.shortfall for each in value.contributions)
        part = words.percent(1 - value.level)
        yield words(
            "losses_short_first", party=one.party.name, part=part, amount=money(one.shortfall), whole=money(total)
        )
    for group in value.groups[:1]:
        yield words("losses_short_group", party=group.top.name, amount=money(group.shortfall))
    for spread in value.concentration[:1]:
        share = words.percent(spread.tops[0].share)
        yield words("losses_short_spread", count=f"{spread.effective:,.1f}", share=share)


def _lines(words: Words, whole: Losses, alone: Losses) -> Iterator[Line]:
    yield Line(words("losses_mean"), whole.expected, alone.expected)
    yield Line(words("losses_deviation"), whole.deviation, alone.deviation)
    for one, other in zip(whole.levels, alone.levels, strict=True):
        level = words.percent(one.level)
        yield Line(words("losses_var", level=level), one.value_at_risk, other.value_at_risk)
        yield Line(words("losses_es", level=level), one.expected_shortfall, other.expected_shortfall)


def _tail(form: Closed, level: float) -> tuple[float | None, float | None]:
    """Value at risk and expected shortfall of a closed form at a level, as far as it has them."""
    found = [one for one in form.tails if one.level == level]
    return (found[0].value_at_risk, found[0].expected_shortfall) if found else (None, None)


def _plots(words: Words, value: BookLosses) -> dict[str, Plot]:
    def said(amount: float) -> str:
        return words.money(amount, value.currency)

    drawn, amounts = dict[str, Plot](), [one.loss for one in value.distribution]
    if value.losses.most > 0:
        curves = [
            (words("losses_with"), amounts, [one.chance for one in value.distribution]),
            (words("losses_without"), amounts, [one.without for one in value.distribution]),
        ]
        worst = value.losses.levels[-1]
        level = words.percent(worst.level)
        marks = [
            (words("losses_line_var", level=level), worst.value_at_risk.value),
            (words("losses_line_es", level=level), worst.expected_shortfall.value),
        ]
        drawn["curve"] = tails(words("losses_plot_curve"), curves, marks, said)
    parts = [(one.party.name, (one.shortfall, one.without)) for one in value.contributions]
    if any(one.shortfall for one in value.contributions):
        series = [words("losses_with"), words("losses_without")]
        drawn["parts"] = bars(words("losses_plot_parts"), parts, series, said)
    shares = [(words.either(one.by, one.by_zh), tuple(top.share for top in one.tops)) for one in value.concentration]
    counts = [words("losses_share", count=top.count) for top in value.concentration[0].tops]
    most = [row for row in shares if len(row[1]) >= len(counts)]
    drawn["concentration"] = bars(
        words("losses_plot_concentration"), [(name, row[: len(counts)]) for name, row in most], counts, words.percent
    )
    return drawn


def _assumed(words: Words, value: BookLosses) -> Iterator[str]:
    """What the years are drawn from, in words."""
    drawn = value.sampling
    sampling = words.either(drawn.sampling, drawn.sampling_zh)
    yield words(
        "losses_assumed_drawn", years=f"{drawn.years:,}", sampling=sampling, seed=drawn.seed,
        parties=f"{drawn.parties:,}",
    )  # fmt: skip
    correlation = words.either(drawn.correlation, drawn.correlation_zh)
    yield words("losses_assumed_factors", correlation=correlation, factors=drawn.factors)
    yield words("losses_assumed_lgd", lgd=words.percent(value.lgd))
    layers = [words(LAYERS[name]) for name in drawn.layers] or [words("losses_layer_none")]
    yield words("losses_assumed_layers", layers=words.listed(layers))


def _method(words: Words, value: BookLosses) -> Iterator[Any]:
    fails = "method_losses_fails" if set(value.sampling.layers) <= set(SPREADING) else "method_losses_sent"
    for name in (fails, "method_losses_tail", "method_losses_closed", "method_sources", "method_asof"):
        yield words(name)
