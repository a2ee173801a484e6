"""Facilities and guarantees of unknown amount behind a limit, by name: whom to ask for which figure."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analytics.limits.approval import Check
from analytics.limits.exposure import UNKNOWN, Book
from analytics.limits.gaps import WORDS, Gap
from analytics.limits.stakes import Stakes
from analytics.limits.units import Nodes
from api.answers.wording import listed
from api.engine import View
from api.limits.standing import standing
from graph.model import GUARANTEES, LENDS

NAMED = 5
"""Of them so many are named."""


def unsized_named(view: View, lender: int, check: Check, gap: Gap) -> Gap:
    """A gap about amounts that are not known, with the facilities and guarantees they are of."""
    base, found = standing(view, lender), dict[tuple[str, int], None]()
    for line in check.limits:
        same = WORDS[gap.kind][0].format(what=line.unknown) == gap.en and line.rule.id in gap.rules
        if same and line.bears and line.tested:
            found |= dict.fromkeys(_silent(view.book, base.stakes[line.rule.numerator], line.members, lender))
    if not found:
        return gap
    en, zh = zip(*(_said(view, *one) for one in list(found)[:NAMED]), strict=True)
    named, named_zh = (
        listed(en, len(found), most=NAMED), listed(zh, len(found), most=NAMED, chinese=True, unit="笔"),
    )  # fmt: skip
    return replace(gap, en=f"{gap.en} ({named})", zh=f"{gap.zh}（{named_zh}）")


def _silent(book: Book, stakes: Stakes, members: Nodes, lender: int) -> Iterator[tuple[str, int]]:
    """What of unknown amount is at stake with some parties: their facilities, guarantees they gave, and facilities of
    others for which they answer; each by its kind and its place in the book."""
    of, whose = stakes.facility[stakes.unknown], stakes.borrower[stakes.unknown]
    rows = np.isin(whose, members)
    if stakes.numerator.promised or stakes.numerator.moved:
        theirs = np.isin(book.guarantor, members) & np.isin(book.creditor, [lender, UNKNOWN])
        given = np.flatnonzero(theirs & ~book.expired if len(book.expired) else theirs)
        hidden = np.isnan(book.promised[given])
        yield from ((GUARANTEES.name, int(k)) for k in given[hidden])
        rows |= np.isin(whose, book.debtor[given])
    yield from ((LENDS.name, int(k)) for k in of[rows])


def _said(view: View, kind: str, at: int) -> tuple[str, str]:
    """One facility or guarantee with its number and its parties, in both languages."""
    links = view.snapshot.links(LENDS if kind == LENDS.name else GUARANTEES)
    number = links.text("facility_id")[at].as_py() or ""
    one, other = (view.snapshot.name_of(int(end[at])) for end in (links.tail, links.head))
    if kind == LENDS.name:
        return f"facility {number}".rstrip() + f" of {one} to {other}", f"{one}对{other}的授信{number}"
    tied, tied_zh = (f" for facility {number}", f"（授信{number}）") if number else ("", "")
    return f"guarantee of {one} for {other}{tied}", f"{one}为{other}提供的保证{tied_zh}"
