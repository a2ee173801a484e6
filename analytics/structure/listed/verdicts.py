"""Every investor of a listed company, and every concert, put to each test of a rule."""

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.structure.concert import Together
from analytics.structure.listed.rules import ControlTest, ListedRule
from analytics.structure.owners.portions import Portion, attributed_portions, passes
from analytics.structure.votes import Holdings, widened

MET, POSSIBLE, NOT_MET, UNTESTED = "met", "possible", "not met", "cannot be tested"


@dataclass(frozen=True)
class Board:
    """What is known of a company's board."""

    directors: tuple[int, ...] = ()
    """Node numbers of its members; none where they are not known."""
    appointers: tuple[int, ...] = ()
    """Who is known to appoint a majority of it (CONTROLS with basis board)."""


@dataclass(frozen=True)
class Verdict:
    """The outcome of one test for one investor."""

    test: ControlTest
    outcome: str
    """met, possible within bands, not met, or cannot be tested."""
    low: float
    """Least measure, a fraction; 0 where it is not known."""
    high: float
    """Greatest measure; 1 where it is not known."""
    holdings: tuple[int, ...]
    """Positions of the holdings that count, the greatest first."""
    why: str


@dataclass(frozen=True)
class Investor:
    """One investor, or concert of investors, and how it fares."""

    party: int | None
    """Node number; none for a concert."""
    concert: int | None
    """Number of the concert; none for a party."""
    verdicts: tuple[Verdict, ...]
    members: tuple[int, ...]
    """The party; of a concert those with a part in the company, a seat on its board or a say on that."""

    @property
    def outcome(self) -> str:
        """The best of its tests: one suffices; none passed and one untested leaves the whole untested."""
        found = [verdict.outcome for verdict in self.verdicts]
        return next(one for one in (MET, POSSIBLE, UNTESTED, NOT_MET) if one in found)


def listed_control(
    capital: Holdings,
    together: Together,
    company: int,
    rule: ListedRule,
    *,
    board: Board | None = None,
    influence: Iterable[tuple[int, bool]] = (),
) -> tuple[Investor, ...]:
    r"""Put whoever holds of a listed company, alone or in concert, to the tests of its control.

    .. math:: \sum_{k \in C(G)} W_{ky} \ge 50\,\% \ \lor\ \sum_{k \in C(G)} v_{ky} > 30\,\% \ \lor\ \dots

    Shares and votes of all that an investor controls count whole. Who sits on a board is known more often
    than who chose them: members of the investor's own circle count for it, and fewer than needed decide
    nothing unless another is known to appoint the majority. Influence on the meeting is a judgement.

    Parameters
    ----------
    capital : Holdings
        m links holder → company, fractions of the capital, between n parties.
    together : Together
        Control by n parties and by concerts.
    company : int
        Node number of the listed company.
    rule : ListedRule
        As `listed_rules` reads it.
    board : Board, optional
        What is known of its board.
    influence : iterable of (node number, verdict)
        Judgements on material influence on the meeting.

    Raises
    ------
    NotConverged
        If too many sets of controllers are not kept.

    Source
    ------
    上市公司收购管理办法 art. 83 and 84; domain reference §1.7.

    Example
    -------
    >>> from analytics.structure.concert import Concert, solve_together
    >>> from analytics.structure.listed.rules import listed_rules
    >>> held = Holdings.exact(3, [0, 1], [2, 2], [0.2, 0.11])
    >>> found = listed_control(held, solve_together(held, [Concert((0, 1), (0,))]), 2, listed_rules()["CN_TAKEOVER"])
    >>> [(one.party, one.concert, one.outcome) for one in found]
    [(None, 0, 'met'), (0, None, 'cannot be tested'), (1, None, 'cannot be tested')]
    """
    at = _Company(widened(capital, len(together.concerts)), together, company, board or Board(), dict(influence))
    found = []
    for node in at.investors():
        number = node - together.parties
        verdicts = tuple(at.verdict(test, node) for test in rule.tests)
        members = at.acting(number) if number >= 0 else (node,)
        found.append(Investor(None if number >= 0 else node, number if number >= 0 else None, verdicts, members))
    return tuple(found)


class _Company:
    """One company and all that hold of it."""

    def __init__(
        self, capital: Holdings, together: Together, company: int, board: Board, influence: dict[int, bool]
    ) -> None:
        self.layers = {"holding": capital, "votes": together.control.holdings}
        self.together, self.company, self.board, self.influence = together, company, board, influence
        self.stakes = {
            name: {x.owner: x for x in attributed_portions(held, together.control, company, together.circles(company))}
            for name, held in self.layers.items()
        }

    def investors(self) -> list[int]:
        """Concerts and parties, whoever has most votes first; of equals the concert."""
        votes, held = self.stakes["votes"], self.stakes["holding"]
        everyone = {*votes, *held, *self.board.appointers, *self.influence}
        size = self.together.parties
        fits = (x for x in everyone if x < size or len(self.acting(x - size)) > 1)
        return sorted(fits, key=lambda x: (-votes[x].low if x in votes else 0.0, x < size, x))

    def acting(self, number: int) -> tuple[int, ...]:
        """Members of a concert, the company not among them, who have a part in it, or a seat on its board or a say on
        that."""
        part = self.together.taking_part(number, self.company, possible=True)
        known = {*part, *self.stakes["holding"], *self.board.directors, *self.board.appointers, *self.influence}
        return tuple(x for x in self.together.concerts[number].members if x in known and x != self.company)

    def circle(self, node: int, *, possible: bool = False) -> set[int]:
        """The investor and all it controls; of a concert its members among them, and of one in which the company acts
        the others."""
        size = self.together.parties
        if node >= size:
            return {node, *self.together.circle(node - size, self.company, possible=possible)}
        return {node, *self.together.control.controlled_by(node, possible=possible).tolist()} - {self.company}

    def verdict(self, test: ControlTest, node: int) -> Verdict:
        if test.measure == "board":
            return self._on_board(test, node)
        if test.measure == "influence":
            return self._by_influence(test, node)
        stake = self.stakes[test.measure].get(node, Portion(node, 0.0, 0.0, False))
        sure, maybe = passes(stake, test.threshold or 0.0, test.comparison)
        outcome = MET if sure else POSSIBLE if maybe else NOT_MET
        held = self.layers[test.measure]
        mine = self.circle(node, possible=not sure)
        links = [k for k in held.holders.links_at(self.company).tolist() if int(held.tail[k]) in mine]
        links.sort(key=lambda k: (-held.low[k], -held.high[k], k))
        return Verdict(test, outcome, stake.low, stake.high, tuple(links), "")

    def _on_board(self, test: ControlTest, node: int) -> Verdict:
        mine = self.circle(node)
        if mine & set(self.board.appointers):
            return Verdict(test, MET, 1.0, 1.0, (), "appoints a majority of the board")
        seats = len(set(self.board.directors))
        own = len(mine & set(self.board.directors)) / seats if seats else 0.0
        sure, _ = passes(Portion(node, own, own, False), test.threshold or 0.0, test.comparison)
        if sure and seats:
            return Verdict(test, MET, own, 1.0, (), "its own circle sits on that part of the board")
        if self.board.appointers:
            return Verdict(test, NOT_MET, own, own, (), "another appoints a majority of the board")
        return Verdict(test, UNTESTED, own, 1.0, (), "who chose the board is not known")

    def _by_influence(self, test: ControlTest, node: int) -> Verdict:
        judged = [self.influence[x] for x in sorted(self.circle(node)) if x in self.influence]
        if not judged:
            return Verdict(test, UNTESTED, 0.0, 1.0, (), "nobody has judged it")
        low = float(any(judged))
        return Verdict(test, MET if any(judged) else NOT_MET, low, low, (), "as judged")
