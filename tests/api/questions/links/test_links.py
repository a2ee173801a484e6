from itertools import combinations, pairwise, permutations

import pytest

from api.engine import Engine, Place
from api.questions import links, owners
from graph.errors import InvalidQuestion
from tests.api.conftest import ALONE, HOLD, MINE, NAMES, RING1, RING2, SHOP, B
from tests.api.world import Book, instant


def test_the_strongest_tie_comes_first_with_its_facts(engine: Engine) -> None:
    answer = links(engine, [B, RING2], moment=engine.moment())
    first = answer.answer.paths[0]
    assert [party.id for party in first.parties] == [B, HOLD, RING1, RING2]
    strengths = [path.strength for path in answer.answer.paths]
    assert strengths == sorted(strengths, reverse=True)
    shown = {fact.fact_id for path in answer.answer.paths for step in path.steps for fact in step.facts}
    assert shown <= {source.fact_id for source in answer.sources}


def test_paths_beyond_the_page_are_counted(engine: Engine) -> None:
    whole = links(engine, [B, RING2], moment=engine.moment()).answer
    page = links(engine, [B, RING2], limit=2, moment=engine.moment()).answer
    assert page.paths == whole.paths[:2]
    assert (page.page.total, page.page.left) == (len(whole.paths), len(whole.paths) - 2)
    assert sum(page.counts.values()) == len(whole.paths)


def test_a_common_controller_is_named_with_its_proof(engine: Engine) -> None:
    (shared,) = links(engine, [MINE, RING1], steps=1, moment=engine.moment()).answer.controllers[:1]
    assert shared.controller.id == B
    assert [proof[-1].company.id for proof in shared.proofs] == [MINE, RING1]


def test_parties_that_nothing_ties_are_told_so(engine: Engine) -> None:
    answer = links(engine, [ALONE, SHOP], moment=engine.moment())
    assert answer.answer.paths == ()
    assert any("No path" in reason for reason in answer.reasons)


@pytest.mark.parametrize("parties", [[B], [B, B], [f"register:s{n:03d}" for n in range(11)]])
def test_two_to_ten_different_parties_are_needed(engine: Engine, parties: list[str]) -> None:
    with pytest.raises(InvalidQuestion, match="different"):
        links(engine, parties, moment=engine.moment())


def test_joining_hands_through_the_state_is_no_tie(engine: Engine) -> None:
    paths = links(engine, [HOLD, SHOP], steps=6, moment=engine.moment()).answer.paths
    inner = {party.kind for path in paths for party in path.parties[1:-1]}
    assert "State" not in inner


@pytest.fixture(scope="module")
def treasury(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A parent that lends to eleven firms and owns the first two."""
    folder = tmp_path_factory.mktemp("treasury")
    firms = [f"r:{n}" for n in range(11)]
    loans = [
        ("LENDS", {"from": "r:parent", "to": firm, "facility_id": firm, "kind": "loan", "drawn": 1.0}) for firm in firms
    ]
    owned = [("OWNS", {"from": "r:parent", "to": firm, "share": 0.6}) for firm in firms[:2]]
    book = Book(folder / "columns")
    book.load(dict.fromkeys(["r:parent", *firms], "Company"), [*loans, *owned], closed_at=instant("2024-01-01"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def kinds_walked(engine: Engine, one: str, other: str) -> list[list[set[str]]]:
    paths = links(engine, [one, other], moment=engine.moment()).answer.paths
    assert all(a.head == b.tail for path in paths for a, b in pairwise(path.steps))
    return [[{fact.kind for fact in step.facts} for step in path.steps] for path in paths]


def test_a_lender_of_many_still_ties_those_it_owns_and_not_those_it_lends_to(treasury: Engine) -> None:
    assert kinds_walked(treasury, "r:0", "r:1") == [[{"OWNS", "LENDS"}] * 2]
    assert kinds_walked(treasury, "r:2", "r:3") == []


def test_a_lender_of_many_that_is_asked_about_shows_its_loans(treasury: Engine) -> None:
    assert kinds_walked(treasury, "r:parent", "r:5") == [[{"LENDS"}]]


PLEDGED = ["r:p1", "r:p2", "r:p3"]
BANKING = [
    *(("PLEDGES", firm, "r:bank") for firm in PLEDGED),
    ("GUARANTEES", "r:bank", "r:g"),
    ("OWES", "r:bank", "r:depositor"),
    ("OWES", "r:debtor", "r:bank"),
]
"""What ties clients to a bank beside its loans."""
OTHER = [
    ("SUPPLIES", "r:bank", "r:buyer"),
    ("LENDS", "r:funder", "r:bank"),
    ("GUARANTEES", "r:holder", "r:bank"),
    ("PLEDGES", "r:bank", "r:secured"),
    ("OWNS", "r:holder", "r:p1"),
]
"""What ties parties to it in other ways: what it sells, borrows and pledges itself, and who answers for it."""
PARTIES = sorted({end for _, *ends in (*BANKING, *OTHER) for end in ends})
OWN = {
    "PLEDGES": {"facility_id": "f", "kind": "receivable", "value": 1.0},
    "GUARANTEES": {"facility_id": "g", "amount": 1.0},
    "OWES": {"amount": 1.0, "seniority": 1},
    "SUPPLIES": {"amount": 1.0, "product": "x"},
    "LENDS": {"facility_id": "h", "kind": "loan", "drawn": 1.0},
    "OWNS": {"share": 0.5},
}


@pytest.fixture(scope="module")
def banking(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A bank that lends to eleven firms, and what else it has to do with others."""
    folder = tmp_path_factory.mktemp("banking")
    clients = [f"r:{n}" for n in range(11)]
    ties = [*BANKING, *OTHER, *(("LENDS", "r:bank", firm) for firm in clients)]
    told = [(kind, {"from": tail, "to": head, **OWN[kind]}) for kind, tail, head in ties]
    book = Book(folder / "columns")
    parties = dict.fromkeys([*PARTIES, *clients], "Company")
    book.load(parties, told, closed_at=instant("2024-01-01"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


def brute(ties: list[tuple[str, str, str]], one: str, other: str) -> set[tuple[str, ...]]:
    """Every order of up to three parties between two that has a tie between each two neighbours."""
    beside = {frozenset(ends) for _, *ends in ties}
    inner = {end for _, *ends in ties for end in ends} - {one, other}
    orders = [(one, *way, other) for n in range(4) for way in permutations(inner, n)]
    return {way for way in orders if all({a, b} in beside for a, b in pairwise(way))}


def walked(engine: Engine, one: str, other: str, *through: str) -> set[tuple[str, ...]]:
    paths = links(engine, [one, other], through=through, moment=engine.moment()).answer.paths
    return {tuple(party.id for party in path.parties) for path in paths}


@pytest.mark.parametrize(("one", "other"), [*combinations(PARTIES, 2)])
def test_a_banks_clients_are_tied_by_what_is_no_banking_of_theirs(banking: Engine, one: str, other: str) -> None:
    counted = [*OTHER, *BANKING] if "r:bank" in (one, other) else OTHER
    assert walked(banking, one, other) == brute(counted, one, other)
    assert walked(banking, one, other, "lenders") == brute([*OTHER, *BANKING], one, other)


def test_three_who_pledged_to_one_bank_are_no_related_parties(banking: Engine) -> None:
    among = links(banking, PLEDGED, moment=banking.moment())
    assert (among.answer.paths, among.answer.why) == ((), ())
    assert any("lender of many" in reason for reason in among.reasons)
    opened = links(banking, PLEDGED, through=["lenders"], moment=banking.moment())
    assert opened.answer.counts[2] == 3


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Two suppliers of a firm that has 1,200, and two firms of one ministry."""
    folder = tmp_path_factory.mktemp("crowd")
    names = [f"r:s{n}" for n in range(1200)]
    sold = [("SUPPLIES", {"from": name, "to": "r:hub"}) for name in names]
    owned = [("OWNS", {"from": "r:ministry", "to": firm, "share": 1.0}) for firm in ("r:a", "r:b")]
    kinds = dict.fromkeys(["r:hub", "r:a", "r:b", *names], "Company") | {"r:ministry": "State"}
    book = Book(folder / "columns")
    book.load(kinds, [*sold, *owned], closed_at=instant("2024-01-01"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2024-06-30"))


@pytest.mark.parametrize(("pair", "through"), [(("r:s1", "r:s2"), "hubs"), (("r:a", "r:b"), "state")])
def test_what_joins_many_is_passed_only_where_it_is_asked(crowd: Engine, pair: tuple[str, str], through: str) -> None:
    shut = links(crowd, pair, moment=crowd.moment())
    assert shut.answer.paths == ()
    assert any("unless asked (through: state, hubs)" in reason for reason in shut.reasons)
    opened = links(crowd, pair, through=[through], moment=crowd.moment())
    assert len(opened.answer.paths) == 1
    assert not any(through in reason for reason in opened.reasons)


def test_two_firms_of_one_ministry_have_no_common_controller_unless_it_is_asked(crowd: Engine) -> None:
    shut = links(crowd, ["r:a", "r:b"], moment=crowd.moment())
    assert (shut.answer.controllers, shut.answer.why) == ((), ())
    assert "r:ministry controls r:a and r:b; a government body does not connect." in shut.reasons
    opened = links(crowd, ["r:a", "r:b"], through=["state"], moment=crowd.moment())
    assert [one.controller.id for one in opened.answer.controllers] == ["r:ministry"]
    asked = links(crowd, ["r:a", "r:b", "r:ministry"], moment=crowd.moment())
    assert [{party.id for party in one.controlled} for one in asked.answer.controllers] == [{"r:a", "r:b"}]
    linked = [owners(crowd, "r:a", moment=crowd.moment()).answer.close_links[k].links for k in (0, 1)]
    assert [[(link.other.id, link.third) for link in some] for some in linked] == [[("r:ministry", None)]] * 2


def test_only_what_is_kept_shut_can_be_opened(crowd: Engine) -> None:
    with pytest.raises(InvalidQuestion, match="banks"):
        links(crowd, ["r:a", "r:b"], through=["banks"], moment=crowd.moment())


def test_a_common_controller_is_said_with_every_step_of_its_proof(engine: Engine) -> None:
    """B holds 60 % of Keladak, and with its 40 % and its own 20 % the mine: the last step alone proves nothing of B."""
    reasons = links(engine, [MINE, RING1], moment=engine.moment()).reasons
    (said,) = [reason for reason in reasons if reason.startswith(f"{NAMES[B]} controls {NAMES[MINE]}: ")]
    first, last = said.split("; then ")
    assert first.endswith(f"{NAMES[HOLD]} by {NAMES[B]} (60%)")
    assert "together 60%" in last
