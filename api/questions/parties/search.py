"""Which parties go by this name, number or id?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.answers.evidence import Evidence
from api.answers.frame import Answer, Page, Party, Question
from api.answers.wording import plural
from api.engine import Engine
from api.questions.asking import check_page
from graph.errors import InvalidQuestion
from graph.identifiers import may_be_resident_id, plain
from graph.model import IDENTIFIER, PROFILE
from graph.moment import Moment
from graph.search import Hit

LONGEST = 200
BY_PROFILE = ("name", "other name", "id")


@dataclass(frozen=True)
class Match:
    """A party that was found."""

    party: Party
    score: float
    """1 is the very name, number or id."""
    by: str
    """`name`, `other name`, `id`, or the scheme of an identifier."""
    text: str
    """What matched, as its source writes it."""


@dataclass(frozen=True)
class Found:
    """Parties found, the best first."""

    matches: tuple[Match, ...]
    page: Page
    complete: bool
    """Whether the page's total is all; where a name is common, only so many parties are looked at."""


def search(engine: Engine, text: str, *, limit: int = 20, offset: int = 0, moment: Moment) -> Answer[Found]:
    """Find parties by name, part of a name, misspelled name, identifier or id."""
    check_page(limit, offset)
    if not text.strip():
        raise InvalidQuestion(
            "nothing is searched for", where="q", remedy="give a name, a part of one, a number of a register, or an id"
        )
    if len(text) > LONGEST:
        raise InvalidQuestion(f"{len(text)} characters", where="q", remedy=f"ask for at most {LONGEST}")
    view = engine.view(moment)
    evidence = Evidence(view.snapshot)
    hits, complete = view.search.find(text, seen=view.seen)
    ranked = _one_a_node(view.snapshot.nodes.of, hits)
    shown = ranked[offset : offset + limit]
    parties = evidence.parties(node for node, _ in shown)
    matches = [Match(one, round(hit.score, 4), hit.by, hit.text) for one, (_, hit) in zip(parties, shown, strict=True)]
    _cite(evidence, shown)
    found = Found(tuple(matches), Page(len(ranked), offset, len(matches)), complete)
    question = Question("search", {"text": text, "limit": limit, "offset": offset})
    return view.answer(question, found, evidence, reasons=_reasons(text, found))


def _one_a_node(node_of: NDArray[np.uint32], hits: list[Hit]) -> list[tuple[int, Hit]]:
    best: dict[int, Hit] = {}
    for hit in hits:
        best.setdefault(int(node_of[hit.party]), hit)
    return list(best.items())


def _cite(evidence: Evidence, hits: list[tuple[int, Hit]]) -> None:
    """Name the source of what matched: the record that says it, else the one believed most."""
    named = [(node, hit) for node, hit in hits if hit.by in BY_PROFILE]
    numbered = [(node, hit) for node, hit in hits if hit.by not in BY_PROFILE]
    for kind, column, found in ((PROFILE, "name", named), (IDENTIFIER, "value", numbered)):
        texts = evidence.snapshot.facts.column(kind, column)
        rows: list[int] = []
        for node, hit in found:
            mine = evidence.snapshot.record_rows(kind, node).tolist()
            rows += [row for row in mine if texts[row].as_py() == hit.text][:1] or mine[:1]
        if rows:
            evidence.cite_rows(kind, rows)


def _reasons(text: str, found: Found) -> list[str]:
    if not found.page.total and may_be_resident_id(plain(text)):
        return ["Numbers of natural persons are kept as keyed hashes and cannot be searched; give a name or an id."]
    if not found.page.total:
        return ["Nothing is known by this name, number or id; try part of the name or another spelling."]
    reasons = []
    if not found.page.offset:
        first = found.matches[0]
        exact = "is exactly" if first.score == 1 else "is closest to"
        reasons.append(f"The {first.by} {first.text} {exact} what was asked.")
    if found.page.left:
        reasons.append(f"{plural(found.page.left, 'more party resembles', 'more parties resemble')} it less.")
    if not found.complete:
        reasons.append("It is so common that only the likeliest were looked at; ask for more of it.")
    return reasons
