"""The picture of a shock: who fails behind what brought it down, and who pays and loses."""

from collections.abc import Iterator
from typing import Final

from api.answers.frame import Fact, Party
from api.draw.labels import wrapped
from api.questions.shocks.shock import ShockAnswer
from api.questions.shocks.traced import Step
from api.report.boxes import LINE, PAD, SIGNS, Box, Placed, in_columns
from api.report.page import Figure
from api.report.picture import gap_for, picture
from api.report.words import Words

MOST_DRAWN: Final = 24
"""Parties that a printed picture holds and can still be read."""
LENDERS: Final = 4
"""Lenders drawn at most."""
STANDS: Final = 1 << 30
"""Behind every round."""


def cascade(words: Words, value: ShockAnswer) -> Figure | None:
    """Those who fail, those who pay for them and who loses, in columns; none where nobody fails by another."""
    rounds = {one.party.id: one.round for one in value.fallen}
    every = _parties(value)
    shown = dict(list(every.items())[:MOST_DRAWN])
    facts = [fact for fact in _facts(value) if {fact.tail.id, fact.head.id} <= shown.keys()]
    told = {end.id for fact in facts for end in (fact.tail, fact.head)}
    if not facts:
        return None
    parties = [party for party in shown.values() if party.id in told]
    parties.sort(key=lambda party: rounds.get(party.id, STANDS))
    number = {party.id: at for at, party in enumerate(parties)}
    pairs = sorted({(min(ends), max(ends)) for ends in ((number[f.tail.id], number[f.head.id]) for f in facts)})
    gap, lines = gap_for(facts, words), [_lines(words, party, rounds.get(party.id, 0)) for party in parties]
    high = max(LINE * len(mine) + 2 * PAD for mine in lines) + 10
    points, ways = in_columns(len(parties), pairs, gap=gap, high=high)
    boxes = tuple(
        Box(party, float(x), float(y), mine, rounds.get(party.id) == 1)
        for party, mine, (x, y) in zip(parties, lines, points, strict=True)
    )
    run = {(parties[one].id, parties[other].id): tuple(way) for (one, other), way in zip(pairs, ways, strict=True)}
    caption = [words("shock_picture_what")]
    if len(parties) < len(every):
        caption.append(words("shock_picture_left", shown=len(parties), count=words.counted(len(every), "party")))
    made = picture(Placed(boxes, run, "how_rounds", gap), facts, words)
    return Figure(made, caption, words("shock_picture"))


def _lines(words: Words, party: Party, round: int) -> tuple[str, ...]:
    said = words("shock_box_round", round=round) if round else words("shock_box_stands")
    return (*wrapped(party.name, SIGNS).split("\n"), said)


def _parties(value: ShockAnswer) -> dict[str, Party]:
    """Who fails, who pays, and who lends, the weightiest first."""
    lenders = [one.party for one in value.lenders[:LENDERS]]
    fallen, payers = [one.party for one in value.fallen], [one.party for one in value.payers]
    half = MOST_DRAWN // 2
    every = (*lenders[:1], *fallen[:half], *payers, *lenders[1:], *fallen[half:])
    return {party.id: party for party in every}


def _facts(value: ShockAnswer) -> list[Fact]:
    """What carried the shock, each once."""
    found = {fact.fact_id: fact for fact in value.carried}
    if value.tree is not None:
        found |= {fact.fact_id: fact for step in steps(value.tree) for fact in step.facts}
    return list(found.values())


def steps(step: Step) -> Iterator[Step]:
    """A step, and all that led to it."""
    yield step
    for one in step.causes:
        yield from steps(one)
