"""Votes of a company that nobody is known to have, where they decide who controls it: why that is not known."""

from dataclasses import dataclass

from api.answers.evidence import Evidence
from api.answers.frame import Party
from api.answers.wording import band, listed, names_of, percent
from api.engine import View
from api.groups.hidden import may_decide

NAMED = 5
"""Parties that a sentence names."""
SHOWN = 10
"""Parties shown who would control it."""


@dataclass(frozen=True)
class MightControl:
    """A known holder, or who may control one, that would have a majority with what is not disclosed."""

    party: Party
    held: float
    """Least fraction of the votes that it has, with what it controls; in concert what all members have."""
    acting: tuple[Party, ...]
    """With whom it would: the others with a part in it who act in concert with it."""


@dataclass(frozen=True)
class HiddenVotes:
    """Votes that decide and that no holder is known to have."""

    most: float
    """Fraction of all votes; within bands the most it can be."""
    least: float
    """What of it no band of a known holder can take."""
    decides: bool
    """Whether these votes alone are a majority."""
    might: tuple[MightControl, ...]
    """Who would control it with them, whoever controls another of these left out."""
    might_count: int
    silent: bool
    """Whether nobody at all is known to hold or to control it."""


def undisclosed_of(view: View, evidence: Evidence, node: int) -> HiddenVotes | None:
    """What is not disclosed of a company's votes; none where it could not decide."""
    hidden = may_decide(view, node)
    votes, blocks = hidden.votes, hidden.blocks
    if not (hidden.silent or votes.decides or blocks):
        return None
    held = view.control.holdings
    most = float(held.high[held.holders.links_at(node)].sum())
    might = tuple(
        MightControl(evidence.party(members[0]), has, evidence.parties(members[1:])) for members, has in blocks[:SHOWN]
    )
    least = min(max(1 - most, 0.0), votes.share)
    return HiddenVotes(votes.share, least, votes.decides, might, len(blocks), hidden.silent)


def undisclosed_said(name: str, found: HiddenVotes) -> str:
    """Why it is not known who controls a company, and who might."""
    if found.silent:
        return f"Who controls {name} is not known: nobody is known to hold or to control it."
    rest = f"{percent(found.most)} of its votes are not disclosed"
    if found.most - found.least > 1e-9:
        rest = f"{band(found.least, found.most)} of its votes are not disclosed or known within bands only"
    rest += ", by themselves a majority" * found.decides
    who = might_said(found)
    return f"Who controls {name} is not known: {rest}" + (f"; with them {who} would control it." if who else ".")


def might_said(found: HiddenVotes) -> str:
    """Who would control a company with what is not disclosed of it, by name and with what each has; empty where nobody
    known would."""
    named = [
        f"{listed(names_of((one.party, *one.acting)), most=NAMED, by=' and ')} in concert "
        f"({percent(one.held)} together)"
        if one.acting
        else f"{one.party.name} ({percent(one.held)})"
        for one in found.might[:NAMED]
    ]
    return listed(named, found.might_count, by=" or ")
