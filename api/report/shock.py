"""The report of a shock: who loses what, who fails and why, and where the losses come from, on paper."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.answers.frame import Answer
from api.answers.namesakes import distinguished
from api.answers.wording import names_of
from api.questions.shocks.shock import ShockAnswer
from api.questions.shocks.traced import LAYERS_SAID, Step
from api.report.cascade import cascade
from api.report.page import filled
from api.report.plots import Plot, bars
from api.report.words import Words

SUBJECTS: Final = 12
"""Parties named at the head of the report."""
MARKS: Final = {"industry": "shock_whom_industry", "region": "shock_whom_region", "product": "shock_whom_product"}
CHOICES: Final = {
    "pro rata": "shock_pro_rata", "in full": "shock_in_full", "left out": "shock_left_out", "medians": "shock_medians",
    "goods": "shock_essential_goods", "all": "shock_essential_all", "none": "shock_essential_none",
}  # fmt: skip
"""What a scenario may assume, as a name of the words."""


@dataclass(frozen=True)
class Line:
    """One line of the tree of causes."""

    step: Step
    depth: int


def shock_page(answer: Answer[ShockAnswer], *, language: str = "en") -> str:
    """The report as one HTML page."""
    answer = distinguished(answer)
    words, value = Words(language), answer.answer
    scenario = answer.question.parameters["scenario"]
    first = [one.party for one in value.fallen if one.why == "shock"]
    drawn = cascade(words, value)
    return filled(
        "shock.html",
        answer,
        words,
        title=words("shock_title"),
        about=words.either(value.called, value.called_zh) or words.listed(names_of(first), 3) or words("shock_title"),
        subjects=first[:SUBJECTS],
        asked=_asked(words, value, scenario),
        short=list(_short(words, value)),
        currency=value.currency or "",
        plots=_plots(words, value),
        layers_said=LAYERS_SAID,
        lines=list(_lines(value.tree)) if value.tree else [],
        annex=[drawn] if drawn else [],
        figure=drawn,
        method=[*_assumed(words, scenario), *_method(words, value)],
    )


def _asked(words: Words, value: ShockAnswer, scenario: Mapping[str, Any]) -> str:
    """Who fails or stops by the scenario."""
    parties = [one.party for one in value.fallen] + [one.party for one in value.idle]
    names = {party.id: party.name for party in parties}
    said = [words.either(value.called, value.called_zh)] if value.name else []
    if scenario["failed"]:
        said.append(words("shock_fails", names=words.listed([names.get(x, x) for x in scenario["failed"]])))
    for one in scenario["stopped"]:
        marks = [words.listed([names.get(x, x) for x in one["parties"]])] if one["parties"] else []
        marks += [words(name, said=one[field]) for field, name in MARKS.items() if one[field]]
        whom = words.either(", ", "、").join(marks)
        said.append(words("shock_stops", share=words.percent(one["share"]), whom=whom))
    if scenario["lost"]:
        lost = [f"{names.get(x, x)} {words.money(amount, value.currency)}" for x, amount in scenario["lost"].items()]
        said.append(words("shock_loses", names=words.listed(lost)))
    if scenario["rates"]:
        moves = [f"{pair} {'+' if by > 0 else ''}{words.percent(by)}" for pair, by in scenario["rates"].items()]
        said.append(words("shock_moves", rates=words.listed(moves)))
    if scenario["lender"] and value.lenders:
        said.append(words("shock_lender", lender=value.lenders[0].party.name))
    return words.either("; ", "；").join(said)


def _short(words: Words, value: ShockAnswer) -> Iterator[str]:
    caveat = _caveat(words, value)
    if not value.fallen and not value.cost.loss:
        yield words("shock_short_nothing") + caveat
        return
    failed, rounds = words.counted(value.fallen_page.total, "fails"), words.counted(len(value.rounds), "round")
    loss, without = (words.money(x, value.currency) for x in (value.cost.loss, value.cost.without))
    yield words("shock_short", failed=failed, rounds=rounds, loss=loss, without=without) + caveat
    for one in value.lenders[:1]:
        amounts = {"owed": one.at_stake, "loss": one.cost.loss, "static": one.cost.static, "without": one.cost.without}
        told = {name: words.money(amount, value.currency) for name, amount in amounts.items()}
        yield words("shock_short_lender", lender=one.party.name, **told)
        if one.failed:
            yield words("shock_short_falls", lender=one.party.name)
    for name, which in (
        ("shock_short_layers", [one for one in value.layers if one.added >= 0.5]),
        ("shock_short_saves", [one for one in value.layers if one.added <= -0.5]),
    ):
        if which:
            names = words.listed([words.either(one.name, one.name_zh) for one in which])
            yield words(name, names=names)
    if abs(value.coupling) >= 0.5:
        yield words("shock_short_coupling", coupling=words.money(value.coupling, value.currency))
    for payer in value.payers[:1]:
        asked, paid = (words.money(x, value.currency) for x in (payer.asked, payer.paid))
        yield words("shock_short_payer", party=payer.party.name, asked=asked, paid=paid)


def _caveat(words: Words, value: ShockAnswer) -> str:
    """What the first sentence cannot tell, to stand behind it; without the marks of what one types, which paper does
    not render."""
    if value.caveat is None:
        return ""
    said = words.either(value.caveat.said, value.caveat.said_zh)
    return words("shock_short_caveat", said=said.replace("`", ""))


def _plots(words: Words, value: ShockAnswer) -> dict[str, Plot]:
    """Bars of what has several sides: losses by lender, what layers add, losses by round."""

    def said(amount: float) -> str:
        return words.money(amount, value.currency)

    drawn = {}
    if value.lenders:
        rows = [(one.party.name, (one.cost.loss, one.cost.static, one.cost.without)) for one in value.lenders]
        series = [words(name) for name in ("shock_loss", "shock_static", "shock_without")]
        drawn["lenders"] = bars(words("shock_plot_lenders"), rows, series, said)
    if any(one.added for one in value.layers):
        added = [(words.either(one.name, one.name_zh), (one.added,)) for one in value.layers]
        added.append((words("shock_coupling"), (value.coupling,)))
        drawn["layers"] = bars(words("shock_plot_layers"), added, [words("shock_added")], said)
    if len(value.rounds) > 1:
        lost = [(f"{words('shock_round')} {one.number}", (one.loss,)) for one in value.rounds]
        drawn["rounds"] = bars(words("shock_plot_rounds"), lost, [words("shock_loss")], said)
    return drawn


def _lines(tree: Step, depth: int = 0) -> Iterator[Line]:
    """The steps below one, each before what led to it."""
    for one in tree.causes:
        yield Line(one, depth)
        yield from _lines(one, depth + 1)


def _assumed(words: Words, scenario: Mapping[str, Any]) -> Iterator[str]:
    """What the scenario assumes, in words."""
    yield words("shock_assumed_lgd", lgd=words.percent(scenario["lgd"]), kept=words.percent(scenario["kept"]))
    cuts = [f"{words.said(kind)} {words.percent(cut)}" for kind, cut in scenario["haircuts"].items()]
    yield words("shock_assumed_cut", cuts=words.listed(cuts)) if cuts else words("shock_assumed_uncut")
    names = [words.either(*LAYERS_SAID[name]) for name in scenario["layers"]]
    yield words("shock_assumed_layers", names=words.listed(names))
    yield words("shock_assumed_calls", calls=words(CHOICES[scenario["calls"]]))
    stands_in = words("shock_substituted" if scenario["substitution"] else "shock_unsubstituted")
    essential = words(CHOICES[scenario["essential"]])
    yield words("shock_assumed_essential", essential=essential, substitution=stands_in)
    yield words("shock_assumed_missing", missing=words(CHOICES[scenario["missing"]]))


def _method(words: Words, value: ShockAnswer) -> Iterator[str]:
    for name in ("method_shock_fails", "method_shock_loss", "method_shock_limits"):
        yield words(name)
    yield words("method_shock_rest", rounds=value.iterations, residual=f"{value.residual:.2g}")
    for name in ("method_sources", "method_asof"):
        yield words(name)
