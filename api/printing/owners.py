"""Owners: who holds directly, who in the end, who decides, who by law, and who is closely linked."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.text import Text

from api.answers.frame import Fact, Page, Party
from api.answers.namesakes import bare_name
from api.answers.wording import NOTHING, band, percent, plural
from api.printing.aside import aside
from api.printing.control import standing, step
from api.printing.paper import DIM, Cited, facts, heading, left, plain, row, table
from api.questions.ownership.beneficial import Passed, UnderRegime
from api.questions.ownership.linked import CloseLinksOf, HoldingTie
from api.questions.ownership.listed import ListedControl
from api.questions.ownership.owners import OwnersOf, Part

FIRST = 10
"""Close links printed, and steps of one proof; --json has all."""


def owners(answer: OwnersOf, cited: Cited) -> Iterator[Any]:
    """Who owns a party."""
    yield heading(answer.party)
    yield from facts(cited, answer.direct, f"held by ({answer.direct_page.total:,})", side="from")
    yield from left(answer.direct_page, "holders (--limit, --offset)")
    yield from aside(answer.aside, cited)
    title = f"{answer.layer} owned in the end by ({answer.parts_page.total:,})"
    made = table("party", "kind", "id", "share in the end", "by its holdings", title=title)
    for part in answer.parts:
        final = "" if part.final else ", itself held"
        share = band(part.low, part.high) + final
        row(
            made,
            bare_name(part.party),
            part.party.kind,
            part.party.id,
            share,
            list(_carried(answer.party, part, cited)),
        )
    for end in answer.undisclosed:
        what = "undisclosed" if end.least == end.share else "undisclosed or uncertain"
        row(made, f"{what} holders of {bare_name(end.company)}", "", end.company.id, band(end.least, end.share), "")
    for block in answer.blocks:
        names = ", ".join(party.name for party in block.members)
        row(made, f"nobody: {names} hold all of each other", "", "", percent(block.share), "")
    if made.row_count:
        yield made
    yield from left(answer.parts_page, "owners (--limit, --offset)")
    yield from standing(answer.standing, cited)
    for under in answer.regimes:
        yield from _under(under, cited)
    if answer.listed:
        yield from _listed(answer.listed, cited)
    for linked in answer.close_links:
        yield from _linked(linked, cited)


def _numbers(cited: Cited, shown: Iterable[Fact]) -> str:
    return cited.numbers(fact.fact_id for fact in shown)


def _carried(of: Party, part: Part, cited: Cited) -> Iterator[str]:
    """The holdings that carry a part, of a band its low end; what prints as nothing is left out."""
    least = "at least " if part.high - part.low > 1e-9 else ""
    for one in part.carried or ():
        if percent(one.share) == NOTHING:
            continue
        way = "directly" if one.holding.head == of else f"through {one.holding.head.name}"
        yield f"{least}{percent(one.share)} {way} {_numbers(cited, [one.holding])}".rstrip()
    if part.carried and percent(part.carried_by_others) != NOTHING:
        yield f"{percent(part.carried_by_others)} through others"


def _under(under: UnderRegime, cited: Cited) -> Iterator[Any]:
    title = f"beneficial owners · {under.name.en} · {under.name.zh}"
    made = table("person", "id", "share", "by", title=title)
    for one in under.owners:
        sure = "" if one.certain else "possible: "
        by = [line for passed in one.passed for line in _passed(passed, cited)]
        row(made, bare_name(one.person), one.person.id, sure + band(one.low, one.high), by)
    for other in under.stand_ins:
        sure = "" if other.certain else "possible: "
        row(made, bare_name(other.person), other.person.id, "", f"{sure}{other.name.en} {other.name.zh}: {other.role}")
    if made.row_count:
        yield made
    else:
        yield Text(plain(f"{title}: nobody is known"), style=DIM)


def _passed(passed: Passed, cited: Cited) -> Iterator[str]:
    measure = "" if passed.test == "control" else f", {band(passed.low, passed.high)}"
    partners = " with " + ", ".join(party.name for party in passed.partners) if passed.partners else ""
    sure = "" if passed.certain else "possible: "
    yield f"{sure}{passed.name.en} {passed.name.zh}{measure}{partners} {_numbers(cited, passed.holdings)}".rstrip()
    for fall in passed.falls:
        yield f"  {step(fall, cited)}"


def _listed(found: ListedControl, cited: Cited) -> Iterator[Any]:
    made = table("investor", "outcome", "by", title=f"control of a listed company · {found.name.en} · {found.name.zh}")
    for one in found.investors:
        names = [party.name for party in one.parties]
        by = [
            f"{test.name.en} {test.name.zh}: {test.outcome}, {band(test.low, test.high)} "
            f"{_numbers(cited, test.holdings)}".rstrip()
            for test in one.tests
        ]
        row(made, names, f"{one.outcome} {_numbers(cited, one.evidence)}".rstrip(), by)
    if made.row_count:
        yield made


def _linked(found: CloseLinksOf, cited: Cited) -> Iterator[Any]:
    links = f" by {found.page.total:,} links" if found.page.total > found.parties else ""
    made = table("party", "id", "through", "by", title=f"{found.name.en} · {found.name.zh} ({found.parties:,}{links})")
    for link in found.links[:FIRST]:
        sure = "" if link.certain else "possible: "
        third = "" if link.third is None else link.third.name
        by = [line for tie in link.ties for line in _tie(tie, cited)]
        row(made, f"{sure}{bare_name(link.other)}", link.other.id, third, by)
    if made.row_count:
        yield made
    shown = Page(found.page.total, found.page.offset, min(found.page.shown, FIRST))
    yield from left(shown, "close link", by="--json, --limit, --offset")


def _tie(tie: HoldingTie, cited: Cited) -> Iterator[str]:
    control = "" if tie.control == "no" else f", control {tie.control}"
    share = f" {band(tie.low, tie.high)}" if tie.high > 0 else ""
    yield f"{tie.owner.name} → {tie.company.name}{share}{control} {_numbers(cited, tie.holdings)}".rstrip()
    for fall in tie.falls[:FIRST]:
        yield f"  {step(fall, cited)}"
    if len(tie.falls) > FIRST:
        yield f"  … {plural(len(tie.falls) - FIRST, 'more step')} (--json)"
