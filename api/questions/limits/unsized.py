"""Facilities and guarantees of unknown amount behind a limit, by name: whom to ask for which figure."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analytics.limits.application import Application
from analytics.limits.approval import Check
from analytics.limits.gaps import WORDS, Gap
from analytics.limits.stakes import Stakes
from analytics.limits.standing import Standing
from analytics.limits.units import Nodes
from analytics.limits.unsized import Unsized, alive, unsized
from api.answers.wording import listed
from api.engine import View
from api.limits.standing import standing
from graph.model import GUARANTEES, LENDS

NAMED = 5
"""Of them so many are named."""


def unsized_named(view: View, lender: int, application: Application, check: Check, gap: Gap) -> Gap:
    """A gap about amounts that are not known, with the facilities and guarantees they are of: as many as there are of
    them, of which several groups may have the same."""
    base, found = standing(view, lender), dict[Unsized, None]()
    for line in check.limits:
        same = WORDS[gap.kind][0].format(what=line.unknown) == gap.en and line.rule.id in gap.rules
        if same and line.bears and line.tested:
            found |= dict.fromkeys(_silent(base, application, base.stakes[line.rule.numerator], line.members))
    if not found:
        return gap
    en, zh = zip(*(_said(view, *one) for one in list(found)[:NAMED]), strict=True)
    named, named_zh = (
        listed(en, len(found), most=NAMED), listed(zh, len(found), most=NAMED, chinese=True, unit="笔"),
    )  # fmt: skip
    many, many_zh = (words.format(what=len(found)) for words in WORDS[gap.kind])
    return replace(gap, en=f"{many} ({named})", zh=f"{many_zh}（{named_zh}）")


def _silent(base: Standing, application: Application, stakes: Stakes, members: Nodes) -> Iterator[Unsized]:
    """What of unknown amount is at stake with some parties, now or where they would answer for what is asked for."""
    found = unsized(base, stakes, members)
    if not any(kind == LENDS.name for kind, _ in found):
        yield from ((GUARANTEES.name, guarantee) for guarantee in _spare(base, application, stakes, members))
        giving = [giver.party for giver in application.facility.guarantors if giver.amount > 0]
        if stakes.numerator.promised and np.isin(giving, members).any():
            rows = stakes.unknown & (stakes.borrower == application.applicant)
            yield from ((LENDS.name, int(k)) for k in stakes.facility[rows])
    yield from found


def _spare(base: Standing, application: Application, stakes: Stakes, members: Nodes) -> list[int]:
    """Guarantees of unknown amount by which some parties would answer for what is asked for."""
    book, unsure = base.book, stakes.unsure(application.applicant)
    theirs = np.isin(book.guarantor, members) & np.isin(book.guarantor, unsure) & (book.creditor == base.lender)
    return alive(book, theirs & (book.debtor == application.applicant) & np.isnan(book.promised))


def _said(view: View, kind: str, at: int) -> tuple[str, str]:
    """One facility or guarantee with its number and its parties, in both languages."""
    links = view.snapshot.links(LENDS if kind == LENDS.name else GUARANTEES)
    number = links.text("facility_id")[at].as_py() or ""
    one, other = (view.snapshot.called(int(end[at])) for end in (links.tail, links.head))
    if kind == LENDS.name:
        return f"facility {number}".rstrip() + f" of {one} to {other}", f"{one}对{other}的授信{number}"
    tied, tied_zh = (f" for facility {number}", f"（授信{number}）") if number else ("", "")
    return f"guarantee of {one} for {other}{tied}", f"{one}为{other}提供的保证{tied_zh}"
