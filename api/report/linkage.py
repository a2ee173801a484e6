"""The linkage report: what ties two or more parties, on paper."""

from collections.abc import Iterator, Sequence
from typing import Any

from api.answers.frame import Answer, Fact
from api.answers.namesakes import distinguished
from api.answers.wording import names_of, one_stop
from api.engine.view import LENDS_TO_MANY
from api.questions.links.chains import Chain
from api.questions.links.links import MOST_NEIGHBOURS, THROUGH, Linkage
from api.report.bars import Scale
from api.report.boxes import place
from api.report.limited import overfull_said
from api.report.page import Figure, filled
from api.report.picture import gap_for, picture
from api.report.words import Words

MOST_DRAWN = 24
"""Parties that a printed picture holds and can still be read."""


def linkage_page(answer: Answer[Linkage], *, language: str = "en") -> str:
    """The report as one HTML page."""
    answer = distinguished(answer)
    words, value, asked = Words(language), answer.answer, answer.question.parameters
    drawn = _drawn(value.paths)
    facts = _facts(drawn)
    placed = place(facts, value.parties, drawn, gap=gap_for(facts, words)) if facts else None
    parting = {fact.fact_id for cut in value.cuts for fact in cut.facts}
    shown = picture(placed, facts, words, cut=parting) if placed else None
    caption = [] if placed is None else list(_caption(words, value, placed.how, len(drawn)))
    return filled(
        "linkage.html",
        answer,
        words,
        title=words("linkage_title"),
        about=" · ".join(party.name for party in value.parties),
        subjects=value.parties,
        asked=_asked(words, asked),
        short=list(_short(words, value, asked)),
        picture=shown,
        caption=caption,
        annex=[Figure(shown, caption, words("picture"))] if shown else [],
        overfull=value.overfull,
        scale=Scale.of(value.times, answer.as_of.valid_at),
        method=list(_method(words, asked["through"])),
    )


def _drawn(paths: Sequence[Chain]) -> list[Chain]:
    """The strongest paths whose parties together can still be read."""
    drawn: list[Chain] = []
    parties: set[str] = set()
    for chain in paths:
        more = parties | {party.id for party in chain.parties}
        if len(more) <= MOST_DRAWN:
            drawn.append(chain)
            parties = more
    return drawn


def _facts(chains: Sequence[Chain]) -> list[Fact]:
    return list({fact.fact_id: fact for chain in chains for tie in chain.steps for fact in tie.facts}.values())


def _asked(words: Words, asked: Any) -> str:
    kinds = words("all_kinds")
    if asked["kinds"]:
        kinds = words("kinds_asked", kinds=words.listed([words.kind(name) for name in asked["kinds"]]))
    told = [words("steps_asked", steps=words.counted(asked["steps"], "step")), kinds]
    if asked["through"]:
        told.append(words("through_asked", through=words.listed([words.said(name) for name in asked["through"]])))
    return words.either(", ", "；").join(told)


def _short(words: Words, value: Linkage, asked: Any) -> Iterator[str]:
    """What the report finds, in sentences."""
    comma = words.either(": ", "：")
    for why in value.why:
        between = words.either(" and ", "、").join(party.name for party in why.parties)
        told = why.through and why.form not in ("control", "same party")
        through = words.listed(names_of(why.through), 5)
        by = words.either(f", by way of {through}", f"，经由{through}") if told else ""
        said = f"{between}{comma}{words.either(why.english, why.chinese)}{by}"
        yield words.either(one_stop(f"{said}."), f"{said}。")
    if not value.why:
        yield words("none_found")
    if value.paths:
        name = "path_count" if value.page.left else "path_count_all"
        yield words(name, total=words.counted(value.page.total, "path"), shown=value.page.shown)
        first = value.paths[0]
        yield words("strongest", steps=words.counted(len(first.steps), "step"), strength=f"{first.strength:.3f}")
    if value.complete < asked["steps"]:
        yield words("path_bound", complete=words.counted(value.complete, "step"))
    for over in value.overfull:
        yield overfull_said(words, over)
    if value.overfull and value.paths:
        yield words("overfull_ranked")
    for cut in value.cuts:
        one, other = cut.parties
        steps = words.counted(asked["steps"], "step")
        count = words.counted(len(cut.facts), "fact")
        yield words("cut_short", count=count, one=one.name, other=other.name, steps=steps)


def _caption(words: Words, value: Linkage, how: str, drawn: int) -> Iterator[str]:
    ends = {"first": value.parties[0].name, "last": value.parties[-1].name}
    if value.paths[0].parties[0] != value.parties[0]:
        ends = {"first": ends["last"], "last": ends["first"]}
    yield words("picture_what", how=words(how, **ends))
    if drawn < value.page.total:
        yield words("picture_left", shown=words.counted(drawn, "path"), left=f"{value.page.total - drawn:,}")


def _method(words: Words, through: Sequence[str]) -> Iterator[str]:
    state = {name: words("opened" if name in through else "shut") for name in THROUGH}
    yield words(
        "method_paths",
        lenders=f"> {LENDS_TO_MANY}{words.either(', ', '，')}{state['lenders']}",
        state=state["state"],
        hubs=f"{MOST_NEIGHBOURS:,}",
        hub_state=state["hubs"],
    )
    for name in ("strength", "why", "cut", "times", "sources", "asof"):
        yield words(f"method_{name}")
