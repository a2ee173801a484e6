"""What is known about a party?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from api.answers.evidence import Evidence
from api.answers.frame import Answer, Fact, Page, Party, Question, Record
from api.answers.wording import plural, values
from api.engine import Engine
from api.engine.view import WALKED, View
from api.questions.asking import check_page, node_of
from api.questions.parties.network import weight
from graph.model import ASSESSMENT, EVENT, IDENTIFIER, OUTCOME, OWNS, PROFILE, STATEMENT
from graph.moment import Moment

ABOUT = (PROFILE, IDENTIFIER, STATEMENT, ASSESSMENT, EVENT, OUTCOME)


@dataclass(frozen=True)
class Records:
    """Statements of one kind, the most believed first."""

    kind: str
    records: tuple[Record, ...]
    page: Page


@dataclass(frozen=True)
class Relations:
    """Links of one kind that leave a party (`out`) or reach it (`in`), the largest first."""

    kind: str
    direction: str
    facts: tuple[Fact, ...]
    page: Page


@dataclass(frozen=True)
class Dossier:
    """Everything known about one party."""

    party: Party
    ids: tuple[str, ...]
    """All ids under which it is known."""
    profile: dict[str, object]
    """Each field as the most believed statement that fills it says."""
    records: tuple[Records, ...]
    relations: tuple[Relations, ...]
    indirect: tuple[Fact, ...]
    """Holdings that a source states as indirect: they check, they do not count."""
    rivals: tuple[Fact, ...]
    """What other sources say about the pairs above, and is not believed."""


def party(engine: Engine, party: str, *, limit: int = 25, offset: int = 0, moment: Moment) -> Answer[Dossier]:
    """Everything known about a party, with its sources; of each kind one page."""
    check_page(limit, offset)
    view = engine.view(moment)
    node = node_of(view.snapshot, party)
    evidence = Evidence(view.snapshot)
    page = slice(offset, offset + limit)
    relations = tuple(_relations(view, evidence, node, page))
    pairs = dict.fromkeys((r.kind, f.tail.id, f.head.id) for r in relations for f in r.facts)
    kinds = {kind.name: kind for kind in WALKED}
    rivals = [
        rival
        for kind, tail, head in pairs
        for rival in evidence.rivals(kinds[kind], view.snapshot.node(tail), view.snapshot.node(head))
    ]
    value = Dossier(
        evidence.party(node),
        tuple(view.snapshot.members(node)),
        values(PROFILE, dict.fromkeys(f.name for f in PROFILE.fields) | view.snapshot.profile(node)),
        tuple(_records(evidence, node, page)),
        relations,
        _indirect(evidence, node, limit),
        tuple(rivals),
    )
    question = Question("party", {"party": party, "limit": limit, "offset": offset})
    return view.answer(question, value, evidence, reasons=_reasons(evidence.distinguished(value)))


def _records(evidence: Evidence, node: int, page: slice) -> Iterator[Records]:
    for kind in ABOUT:
        total = len(evidence.snapshot.records(kind, node))
        if total:
            shown = evidence.records(kind, node, page=page)
            yield Records(kind.name, shown, Page(total, page.start, len(shown)))


def _relations(view: View, evidence: Evidence, node: int, page: slice) -> Iterator[Relations]:
    for kind in WALKED:
        links = view.snapshot.links(kind)
        for direction, at in (("out", links.leaving(node)), ("in", links.arriving(node).astype(np.int64))):
            if len(at):
                shown = at[np.lexsort((at, -weight(view, links, at)))][page]
                facts = evidence.facts(kind, shown)
                yield Relations(kind.name, direction, facts, Page(len(at), page.start, len(shown)))


def _indirect(evidence: Evidence, node: int, limit: int) -> tuple[Fact, ...]:
    links = evidence.snapshot.links(OWNS, indirect=True)
    at = np.concatenate((links.leaving(node), links.arriving(node).astype(np.int64)))
    return evidence.facts(OWNS, np.unique(at)[:limit], indirect=True)


def _reasons(value: Dossier) -> list[str]:
    said = [
        f"{plural(r.page.left, 'more link')} of {r.kind} ({r.direction}) not shown."
        for r in value.relations
        if r.page.left
    ]
    said += [f"{plural(r.page.left, 'more statement')} of {r.kind} not shown." for r in value.records if r.page.left]
    if value.rivals:
        many = plural(len(value.rivals), "statement of other sources does", "statements of other sources do")
        said.append(f"{many} not count: of the same pairs, other statements are believed.")
    if not (value.records or value.relations):
        said.append("Nothing is known about it at this moment but its id.")
    return said
