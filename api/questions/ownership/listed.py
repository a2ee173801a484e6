"""Control of a listed company as takeover law tests it: every investor and every concert, by each test."""

from dataclasses import dataclass

from analytics.rules.rule import Words
from analytics.structure.concert import Together
from analytics.structure.listed.rules import listed_rules
from analytics.structure.listed.verdicts import Board, Investor, Verdict, listed_control
from api.answers.evidence import Evidence
from api.answers.frame import Fact, Party
from api.engine.view import CONCERT_RULE, View
from api.groups.concerts import ties_among
from graph.model import BASES, CONTROLS, HOLDS_OFFICE, OWNS, RELATED_TO

SHOWN = 20
"""Investors shown, and of each test the holdings."""


@dataclass(frozen=True)
class TestOfControl:
    """One test, and how an investor fares in it."""

    __test__ = False

    test: str
    name: Words
    citation: str
    verified: bool
    outcome: str
    """met, possible, not met or cannot be tested."""
    low: float
    """Least measure, a fraction; 0 where it is not known."""
    high: float
    holdings: tuple[Fact, ...]
    why: str


@dataclass(frozen=True)
class InvestorOf:
    """One investor, or several in concert."""

    parties: tuple[Party, ...]
    """The investor; of a concert those of its members who have a part in the company or a seat on its board."""
    evidence: tuple[Fact, ...]
    """What makes them act in concert."""
    outcome: str
    """The best of its tests, since one suffices."""
    tests: tuple[TestOfControl, ...]


@dataclass(frozen=True)
class ListedControl:
    """Who controls a listed company by the tests of one law."""

    rule: str
    name: Words
    citation: str
    verified: bool
    in_force: bool
    investors: tuple[InvestorOf, ...]
    """Whoever has most votes first; at most 20."""
    investor_count: int
    directors: int
    """Members of the board that are known."""


def listed_tests(view: View, evidence: Evidence, node: int) -> ListedControl | None:
    """The tests of a listed company; none where nobody says that it is listed."""
    if not view.snapshot.profile(node).get("listed"):
        return None
    rule, board = listed_rules()[CONCERT_RULE], _board(view, node)
    decisive = [(investor, True) for investor in _said(view, node, "influence")]
    found = listed_control(view.register.capital, _together(view), node, rule, board=board, influence=decisive)
    shown = tuple(_investor(view, evidence, one) for one in found[:SHOWN])
    day = view.snapshot.moment.valid_at
    return ListedControl(
        rule.id, rule.name, rule.citation, rule.verified, rule.in_force(day), shown, len(found), len(board.directors)
    )


def _together(view: View) -> Together:
    register = view.register
    return register.together or Together(register.parties, (), register.control, 0)


def _board(view: View, node: int) -> Board:
    """Who holds a board's office, and who is said to appoint its majority."""
    offices, roles = view.snapshot.links(HOLDS_OFFICE), listed_rules()[CONCERT_RULE].board.roles
    at = offices.arriving(node)
    held = zip(offices.tail[at].tolist(), offices.text("role").take(at).to_pylist(), strict=True)
    wanted = {role.casefold() for role in roles}
    directors = {person for person, role in held if str(role or "").strip().casefold() in wanted}
    return Board(tuple(sorted(directors)), tuple(_said(view, node, "board")))


def _said(view: View, node: int, basis: str) -> list[int]:
    """Who is said to control a company on a basis."""
    links = view.snapshot.links(CONTROLS)
    over = [int(k) for k in links.arriving(node) if links.fields["basis"][k] == BASES.index(basis)]
    return [int(links.tail[k]) for k in over]


def _investor(view: View, evidence: Evidence, one: Investor) -> InvestorOf:
    ties: tuple[int, ...] = ()
    if one.concert is not None:
        ties = ties_among(view, _together(view).concerts[one.concert], one.members)
    tests = tuple(_test(evidence, verdict) for verdict in one.verdicts)
    return InvestorOf(evidence.parties(one.members), evidence.facts(RELATED_TO, ties), one.outcome, tests)


def _test(evidence: Evidence, verdict: Verdict) -> TestOfControl:
    test = verdict.test
    return TestOfControl(
        test.id, test.name, test.citation, test.verified, verdict.outcome, verdict.low, verdict.high,
        evidence.facts(OWNS, verdict.holdings[:SHOWN]), verdict.why,
    )  # fmt: skip
