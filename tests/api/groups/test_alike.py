"""Groups that are called alike are told apart by members that only one of them has."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.answers.evidence import Evidence
from api.answers.frame import Party
from api.engine import Engine, Place
from api.groups.alike import TOLD, Apart, _differing, told_apart
from api.printing import frame
from api.questions import book_limits, credit_check, exposure, groups
from api.questions.book.limits import whole_limits
from api.questions.limits.applications import Asked, Request
from tests.api.limits.test_standing import BANK, CAPITAL, A, B, C, D, fact, lender, loan, owns, view
from tests.api.world import Book, instant

SETS = st.lists(st.frozensets(st.integers(0, 9), min_size=1), min_size=2, max_size=4, unique=True)
X, Y = "r:x", "r:y"
HALF = (owns(A, X, 0.5), owns(B, X, 0.5))


@given(SETS)
def test_what_is_told_tells_a_set_from_every_other(sets: list[frozenset[int]]) -> None:
    """With up to three others three members always do: who fits what is told of a set is that set alone."""
    for k, mine in enumerate(sets):
        holds, lacks = _differing(mine, [other for j, other in enumerate(sets) if j != k])
        assert len(holds) + len(lacks) <= TOLD
        fitting = [one for one in sets if one.issuperset(holds) and one.isdisjoint(lacks)]
        assert fitting == [mine]


def test_only_groups_of_one_name_are_told_apart(tmp_path: Path) -> None:
    found = view(tmp_path)
    at = {name: found.snapshot.node(name) for name in (A, B, C, D)}
    sets = [("a", A, B, C), ("a", A, B, D), ("a", A, B), ("b", A, D)]
    told = told_apart(
        Evidence(found.snapshot), [(name, np.array(sorted(at[x] for x in who), np.uint32)) for name, *who in sets]
    )
    assert [([x.id for x in one.holds], [x.id for x in one.lacks]) for one in told] == [
        ([C], []), ([D], []), ([], [C, D]), ([], []),
    ]  # fmt: skip


def test_it_is_said_in_both_languages() -> None:
    x, y = Party("x", "甲", "Company"), Party("y", "乙", "Company")
    assert (Apart((x, y), ()).en, Apart((x, y), ()).zh) == (" with 甲 and 乙", "（含甲、乙）")
    assert (Apart((x,), (y,)).en, Apart((x,), (y,)).zh) == (" with 甲 and without 乙", "（含甲，不含乙）")
    assert (Apart().en, Apart().zh) == ("", "")


@pytest.fixture
def shared(tmp_path: Path) -> Engine:
    """Two couples, of whom each may control x, and one controls y, the other z: x owes most, and both go by it."""
    between = (0.2, 0.4, 0)
    held = [("p", "y", 0.3), ("q", "y", 0.3), ("r", "z", 0.3), ("s", "z", 0.3)]
    held += [(holder, "x", between) for holder in "pqrs"]
    facts = [
        lender(), *CAPITAL, *(owns(f"r:{holder}", f"r:{firm}", share) for holder, firm, share in held),
        *(fact("RELATED_TO", *pair, kind="spouse") for pair in (("r:p", "r:q"), ("r:r", "r:s"))),
        loan("r:x", "1", 100.0), loan("r:y", "2", 70.0), loan("r:z", "3", 70.0),
    ]  # fmt: skip
    parties = dict.fromkeys([BANK, "r:x", "r:y", "r:z"], "Company") | dict.fromkeys(
        [f"r:{x}" for x in "pqrs"], "Person"
    )
    Book(tmp_path / "columns").load(parties, facts, closed_at=instant("2024-01-15"))
    return Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))


def test_a_credit_check_and_an_exposure_tell_them_apart(
    shared: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """100 and 70, and 20 more of 180: in either group the limit may break."""
    facility = Asked(amount=20.0, currency="CNY", kind="loan")
    asked = Request(applicant="r:x", lender=BANK, facility=facility)
    checked = credit_check(shared, asked, moment=shared.moment())
    exposed = exposure(shared, "r:x", lender=BANK, moment=shared.moment())
    told = [one for answer in (checked.answer.groups, exposed.answer.against.groups) for one in answer]
    assert [[x.id for x in one.apart.holds] for one in told] == [["r:y"], ["r:z"]] * 2
    broken = [said for said in checked.reasons if "would be broken" in said]
    assert {said.partition("the group of ")[2].partition(" at ")[0] for said in broken} == {
        "r:x (2 parties) with r:y", "r:x (2 parties) with r:z",
    }  # fmt: skip
    monkeypatch.setenv("COLUMNS", "300")
    frame.show(exposed, as_json=False)
    said = capsys.readouterr().out
    assert all(f"group of r:x (2 parties, wide reading) with r:{x}" in " ".join(said.split()) for x in "yz")


def test_group_clients_of_one_firm_are_called_in_the_book_by_who_unites_each(tmp_path: Path) -> None:
    """Two firms that owe nothing appoint x's board each: two group clients of x, alone on pages of one finding each."""
    boards = [fact("CONTROLS", firm, X, basis="board") for firm in (A, B)]
    Book(tmp_path / "columns").load(
        dict.fromkeys([BANK, A, B, X], "Company"),
        [lender(), *CAPITAL, *boards, loan(X, "1", 170.0)],
        closed_at=instant("2024-01-15"),
    )
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    whole = whole_limits(asked, BANK, near=0.8, state="", moment=asked.moment()).answer
    assert not whole.page.left
    pages = [
        book_limits(asked, BANK, limit=1, offset=at, moment=asked.moment()).answer for at in range(whole.page.total)
    ]
    for told in (whole.findings, [one for page in pages for one in page.findings]):
        called = [(one.controller, one.apart) for one in told if one.whom == "group"]
        assert [(who.id if who else None, apart) for who, apart in called] == [(A, Apart()), (B, Apart())]
    assert [one.rule for page in pages for one in page.findings] == [one.rule for one in whole.findings]


def test_groups_of_a_party_with_others_on_top_need_nothing_more(shared: Engine) -> None:
    told = groups(shared, "r:x", kind="group-clients", moment=shared.moment()).answer.with_suspected
    assert [({x.id for x in one.heads}, one.apart) for one in told] == [
        ({"r:p", "r:q"}, Apart()), ({"r:r", "r:s"}, Apart()),
    ]  # fmt: skip
