"""Close links of a party, by each reading of the law, with the holdings and control that make them."""

from dataclasses import dataclass

from analytics.rules.rule import Words
from analytics.structure.owners.close_links import CERTAIN, CloseLink, Tie, close_links_of
from analytics.structure.owners.multiplied import Multiplied
from analytics.structure.owners.variants import Variant, variants
from analytics.structure.proof import prove
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Page, Party
from api.engine import View
from api.questions.ownership.falls import Fall, fallen
from graph.model import OWNS

SHOWN = 10
"""Holdings shown of each tie."""
TAKEN_APART = 3
"""Ties taken apart where many stand above a company; of others only what the owner holds itself is shown."""
CONTROL = ("no", "possible", "certain")


@dataclass(frozen=True)
class HoldingTie:
    """How one party holds another."""

    owner: Party
    company: Party
    low: float
    """Least share by the variant's measure, a fraction."""
    high: float
    control: str
    """Whether the owner controls it: no, possible or certain."""
    holdings: tuple[Fact, ...]
    """Holdings that carry the share, the greatest first; at most 10."""
    falls: tuple[Fall, ...]
    """Companies that fall to the owner on the way."""


@dataclass(frozen=True)
class LinkedTo:
    """One close link of the party."""

    other: Party
    third: Party | None
    """Who holds both; none where one holds the other."""
    certain: bool
    """False where only bands allow it."""
    ties: tuple[HoldingTie, ...]


@dataclass(frozen=True)
class CloseLinksOf:
    """Close links of a party by one reading."""

    variant: str
    name: Words
    citation: str
    verified: bool
    in_force: bool
    links: tuple[LinkedTo, ...]
    """Certain before possible, of these the rough last, those without a third party first; one page."""
    page: Page
    parties: int
    """Parties it is closely linked to, by all links: through several third parties a party has several."""
    unsettled: int
    """Possible links for which bands were only bounded for all at once, and not followed to what else they hold."""


def close_links(view: View, evidence: Evidence, node: int, page: slice) -> tuple[CloseLinksOf, ...]:
    """Close links of a party by every variant there is."""
    return tuple(_by(view, evidence, node, variant, page) for variant in variants().values())


def _by(view: View, evidence: Evidence, node: int, variant: Variant, page: slice) -> CloseLinksOf:
    found = close_links_of(view.register, variant, node)
    found.sort(
        key=lambda link: (not link.certain, link.rough, link.third is not None, _other(link, node), link.third or 0)
    )
    ties = _Ties(view, evidence, variant)
    shown = tuple(
        LinkedTo(
            evidence.party(_other(link, node)),
            None if link.third is None else evidence.party(link.third),
            link.certain,
            tuple(ties.shown(tie) for tie in link.ties),
        )
        for link in found[page]
    )
    day = view.snapshot.moment.valid_at
    return CloseLinksOf(
        variant.id, variant.name, variant.citation, variant.verified, variant.in_force(day), shown,
        Page(len(found), page.start, len(shown)), len({_other(link, node) for link in found}),
        sum(link.rough for link in found),
    )  # fmt: skip


def _other(link: CloseLink, node: int) -> int:
    return link.first if link.second == node else link.second


class _Ties:
    """Ties with what carries them; each company is solved once."""

    def __init__(self, view: View, evidence: Evidence, variant: Variant) -> None:
        self.view, self.evidence, self.variant = view, evidence, variant
        self._solved: dict[tuple[int, str], Multiplied] = {}
        self._shown: dict[Tie, HoldingTie] = {}
        self._long = 0

    def shown(self, tie: Tie) -> HoldingTie:
        """A tie in the words of an answer."""
        if tie not in self._shown:
            evidence = self.evidence
            self._shown[tie] = HoldingTie(
                evidence.party(tie.owner), evidence.party(tie.company), tie.low, tie.high, CONTROL[tie.control],
                evidence.facts(OWNS, self._holdings(tie)[:SHOWN]), self._falls(tie),
            )  # fmt: skip
        return self._shown[tie]

    def _holdings(self, tie: Tie) -> list[int]:
        if self.variant.measure == "multiplied":
            solved = [self._of(tie.company, layer) for layer in self.variant.layers]
            self._long += not all(one.few for one in solved)
            if self._long <= TAKEN_APART or all(one.few for one in solved):
                return list(dict.fromkeys(k for one in solved for k in one.carriers(tie.owner)))
            held = self.view.register.capital
            return [k for k in held.holders.links_at(tie.company).tolist() if held.tail[k] == tie.owner]
        control, held = self.view.control, self.view.register.capital
        mine = {tie.owner, *control.controlled_by(tie.owner, possible=tie.control != CERTAIN).tolist()}
        at = [k for k in held.holders.links_at(tie.company).tolist() if int(held.tail[k]) in mine]
        return sorted(at, key=lambda k: (-held.low[k], -held.high[k], k))

    def _of(self, company: int, layer: str) -> Multiplied:
        if (company, layer) not in self._solved:
            self._solved[company, layer] = self.view.register.layer(layer).solved(company)
        return self._solved[company, layer]

    def _falls(self, tie: Tie) -> tuple[Fall, ...]:
        if not tie.control or not (self.variant.control or self.variant.common == "control"):
            return ()
        steps = prove(self.view.control, tie.owner, tie.company, possible=tie.control != CERTAIN)
        return tuple(fallen(self.view, self.evidence, step) for step in steps)
