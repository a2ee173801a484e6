"""Links between parties, and changes of one."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from api.answers.wording import period
from api.printing.control import step
from api.printing.paper import BOLD, Cited, heading, left, row, table
from api.printing.paper import facts as facts_of
from api.questions.links.chains import Chain, Tie
from api.questions.links.links import Linkage
from api.questions.parties.changes import ChangesOf, in_time


def linkage(answer: Linkage, cited: Cited) -> Iterator[Any]:
    """Who controls several of the parties, and the paths between them."""
    for party in answer.parties:
        yield heading(party)
    made = table("common controller", "controls", "by", title="control")
    for shared in answer.controllers:
        for company, proof in zip(shared.controlled, shared.proofs, strict=True):
            row(made, shared.controller.name, company.name, [step(fall, cited) for fall in proof])
    if made.row_count:
        yield made
    whys = table("why", "", "between", "by way of", "paths", "src", title="why they are connected")
    for why in answer.why:
        named = [", ".join(party.name for party in some) for some in (why.parties, why.through)]
        facts = [*(one.fact_id for one in why.facts), *(one.fact_id for one in why.records)]
        row(whys, why.english, why.chinese, *named, _few(why.paths), cited.numbers(facts))
    if whys.row_count:
        yield whys
    paths = table("", "steps", "strength", "path", "held", title=f"paths ({answer.page.total:,})",
                  amounts=("steps", "strength"))  # fmt: skip
    for number, chain in enumerate(answer.paths, start=1):
        held = [period(one.valid_from, one.valid_to) for one in chain.held]
        row(paths, number, len(chain.steps), f"{chain.strength:.3f}", path(chain, cited), held)
    if paths.row_count:
        yield paths
    yield from left(answer.page, "path", by="--limit")
    for cut in answer.cuts:
        title = f"refuted, these would part {cut.parties[0].name} and {cut.parties[1].name}"
        yield from facts_of(cited, cut.facts, title)


def _few(numbers: Sequence[int], most: int = 6) -> str:
    """Numbers of paths, the first of them where they are many."""
    more = f" +{len(numbers) - most}" if len(numbers) > most else ""
    return ", ".join(map(str, numbers[:most])) + more


def path(chain: Chain, cited: Cited) -> str:
    """A path in one line: arrows as they point, on each what it is and the number of its source."""
    words = [chain.parties[0].name]
    for tie in chain.steps:
        words += [_arrow(tie, cited), tie.head.name]
    return " ".join(words)


def _arrow(tie: Tie, cited: Cited) -> str:
    first = tie.facts[0]
    more = f" +{len(tie.facts) - 1}" if len(tie.facts) > 1 else ""
    said = f"{first.kind} {first.text}".strip() + more
    sources = cited.numbers(fact.fact_id for fact in tie.facts)
    return f"—{said} {sources}→" if first.tail == tie.tail else f"←{said} {sources}—"


def changes(answer: ChangesOf, cited: Cited) -> Iterator[Any]:
    """What entered, left or changed."""
    yield heading(answer.party)
    yield Text(f"since {answer.since} ({answer.page.total:,})", style=BOLD)
    made = table("what", "fact", "from", "to", "before", "after", "src")
    for change in answer.changes:
        states = [state for state in (change.before, change.after) if state]
        before, after = (state.text if state else "" for state in (change.before, change.after))
        what = in_time(change.what, of_knowledge=answer.of_knowledge)
        row(
            made, what, change.kind, change.tail.name, change.head.name if change.head else "", before, after,
            cited.numbers(state.fact_id for state in states),
        )  # fmt: skip
    if made.row_count:
        yield made
    yield from left(answer.page, "change")
