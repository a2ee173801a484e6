"""The picture of a shock: who fails behind what brought it down, and who pays and loses."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from api.answers.frame import Fact, Party
from api.draw.labels import wrapped
from api.questions.shocks.shock import ShockAnswer
from api.questions.shocks.traced import Step
from api.report.boxes import FOLDED, LINE, PAD, SIGNS, Box, Placed, in_columns
from api.report.page import Figure
from api.report.picture import gap_for, picture
from api.report.words import Words

MOST_DRAWN: Final = 24
"""Parties that a printed picture holds and can still be read."""
LENDERS: Final = 4
"""Lenders drawn at most."""
REST: Final = "the rest"
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
    if rest := _rest(words, value, {party.id for party in parties}):
        # Below all others on the left: it stands for many, and no line of one of them is its own.
        below = float(max(y for _, y in points)) + high
        boxes = (*boxes, Box(Party(REST, rest[0], FOLDED), float(min(x for x, _ in points)), below, rest, False))
    run = {(parties[one].id, parties[other].id): tuple(way) for (one, other), way in zip(pairs, ways, strict=True)}
    caption = [words("shock_picture_what")]
    if len(parties) < len(every):
        caption.append(words("shock_picture_left", shown=len(parties), count=words.counted(len(every), "party")))
    made = picture(Placed(boxes, run, "how_rounds", gap), facts, words)
    return Figure(made, caption, words("shock_picture"))


def _rest(words: Words, value: ShockAnswer, drawn: set[str]) -> tuple[str, ...]:
    """How many more fail and what they owe, as lines of a box; none where all who fail are drawn."""
    mine = [one for one in value.fallen if one.party.id in drawn]
    if (more := value.fallen_page.total - len(mine)) <= 0:
        return ()
    owed = max(sum(one.at_default for one in value.rounds) - sum(one.owed for one in mine), 0.0)
    said = words("shock_box_rest", failed=words.counted(more, "fails"))
    return (*wrapped(said, SIGNS).split("\n"), words("shock_box_owe", owed=words.money(owed, value.currency)))


def _lines(words: Words, party: Party, round: int) -> tuple[str, ...]:
    said = words("shock_box_round", round=round) if round else words("shock_box_stands")
    return (*wrapped(party.name, SIGNS).split("\n"), said)


def _parties(value: ShockAnswer) -> dict[str, Party]:
    """Who fails, who pays, and who lends, the weightiest first."""
    lenders = [one.party for one in value.lenders[:LENDERS]]
    fallen, payers = _foremost(value), [one.party for one in value.payers]
    half = MOST_DRAWN // 2
    every = (*lenders[:1], *fallen[:half], *payers, *lenders[1:], *fallen[half:])
    return {party.id: party for party in every}


def _foremost(value: ShockAnswer) -> list[Party]:
    """Who fails: of each round who owes most, then of each the second, so that no round has all the room."""
    before: Counter[int] = Counter()
    ranked = []
    for one in sorted(value.fallen, key=lambda one: -one.owed):
        ranked.append((before[one.round], one.round, one.party))
        before[one.round] += 1
    return [party for *_, party in sorted(ranked, key=lambda one: one[:2])]


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
