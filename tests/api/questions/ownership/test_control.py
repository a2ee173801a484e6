from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analytics.structure.reach import Nodes, Reach
from api.engine import Engine, Place
from api.questions import control, groups, owners
from tests.api.conftest import BUYER, HOLD, MINE, PERSON, RING1, SHOP, SOE, STATE, B
from tests.api.world import Book, instant

BEFORE = instant("2024-06-01")


def test_control_is_proved_by_the_holdings_that_give_it(engine: Engine) -> None:
    """B holds 60 % of Keladak; Keladak's 40 % and B's own 20 % make 60 % of the mine."""
    value = control(engine, MINE, moment=engine.moment()).answer
    (one,) = value.controllers
    assert (one.controller.id, one.certain, one.ultimate) == (B, True, True)
    assert [fall.company.id for fall in one.proof] == [HOLD, MINE]
    assert {(fact.tail.id, fact.text) for fact in one.proof[-1].by} == {(HOLD, "40%"), (B, "20%")}
    assert abs(one.proof[-1].low - 0.6) < 1e-12


def test_a_correction_takes_control_away_and_what_was_known_before_stays(engine: Engine) -> None:
    assert control(engine, B, moment=engine.moment()).answer.controllers == ()
    before = control(engine, B, moment=engine.moment(valid_at=date(2024, 6, 1), known_at=BEFORE)).answer
    assert [one.controller.id for one in before.controllers] == [PERSON]


@pytest.mark.parametrize(("day", "silent"), [("1999-01-01", True), ("2024-06-01", False)])
def test_an_answer_from_before_anything_was_known_says_so(engine: Engine, day: str, silent: bool) -> None:
    reasons = control(engine, MINE, moment=engine.moment(known_at=instant(day))).reasons
    assert any(reason.startswith("Nothing was known then") for reason in reasons) is silent


@pytest.mark.parametrize(("day", "told"), [(date(1990, 1, 1), True), (date(2020, 1, 1), False)])
def test_an_answer_about_a_day_before_every_fact_says_so(engine: Engine, day: date, told: bool) -> None:
    reasons = control(engine, MINE, moment=engine.moment(valid_at=day)).reasons
    assert any(reason.startswith("No fact names a first day before") for reason in reasons) is told


def test_what_was_known_first_is_asked_of_the_version(tmp_path: Path) -> None:
    book = Book(tmp_path / "columns")
    parties = {"register:a": "Company", "register:b": "Company"}
    held = {"from": "register:a", "to": "register:b", "share": 0.6, "directness": "direct"}
    book.load(parties, [("OWNS", held)], closed_at=instant("2024-01-01"))
    older = {**held, "from": "register:b", "to": "register:a", "share": 0.1}
    book.load({}, [("OWNS", {**older, "recorded_at": instant("2010-01-01")})], closed_at=instant("2025-01-01"))
    engine = Engine.open(Place(tmp_path))
    silent = []
    for version in (1, 2):
        moment = engine.moment(known_at=instant("2015-01-01"), version=version)
        silent.append(any("Nothing was known" in why for why in control(engine, "register:a", moment=moment).reasons))
    assert silent == [True, False]


def test_every_fact_of_a_proof_names_its_source(engine: Engine) -> None:
    answer = control(engine, B, moment=engine.moment())
    assert [one.controlled.id for one in answer.answer.controlled] == [HOLD, RING1, MINE]
    facts = {fact.fact_id for one in answer.answer.controlled for fall in one.proof for fact in fall.by}
    facts |= {fact.fact_id for block in answer.answer.standing.blocks for fact in block.holdings}
    assert facts == {source.fact_id for source in answer.sources}


def test_what_an_owner_controls_is_followed_once_for_all_that_is_shown(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[int] = []
    sequence = Reach.sequence

    def counted(reach: Reach, x: int) -> Nodes:
        followed.append(x)
        return sequence(reach, x)

    monkeypatch.setattr(Reach, "sequence", counted)
    moment = engine.moment()
    assert len(control(engine, B, moment=moment).answer.controlled) == 3
    assert followed == [engine.snapshot(moment).node(B)]


def test_a_group_has_its_members_with_what_ties_them(engine: Engine) -> None:
    (group,) = groups(engine, MINE, moment=engine.moment()).answer.groups
    assert {(member.party.id, member.why) for member in group.members} == {
        (B, "top"),
        (HOLD, "controlled"),
        (RING1, "controlled"),
        (MINE, "controlled"),
    }


def test_who_was_judged_dependent_falls_with_whom_it_depends_on(engine: Engine) -> None:
    (group,) = groups(engine, SHOP, moment=engine.moment()).answer.groups
    assert [(member.party.id, member.why) for member in group.members] == [(BUYER, "top"), (SHOP, "dependent")]
    assert group.members[1].dependences[0].values["reason"] == "92% of sales"


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ([("a", "b", 0.6), ("b", "a", 0.6), ("a", "c", 0.51)], "a ring of parties that control each other (r:a, r:b)"),
        ([("a", "c", 0.5), ("b", "c", 0.5)], "two blocks of exactly half"),
        ([("a", "c", 0.4), ("b", "c", 0.35), ("d", "c", 0.25)], "no controller"),
    ],
    ids=["ring", "deadlock", "together"],
)
def test_where_nobody_outside_decides_alone_it_is_told_how_it_stands(
    tmp_path: Path, held: list[tuple[str, str, float]], told: str
) -> None:
    """A company under two that hold each other's majority, one held half and half, one held by three."""
    facts = [("OWNS", {"from": f"r:{x}", "to": f"r:{y}", "share": share}) for x, y, share in held]
    Book(tmp_path / "columns").load(
        dict.fromkeys(["r:a", "r:b", "r:c", "r:d"], "Company"), facts, closed_at=instant("2024-01-01")
    )
    engine = Engine(Place(tmp_path), Place(tmp_path).facts())
    assert any(told in reason for reason in control(engine, "r:c", moment=engine.moment()).reasons)


def held_by(folder: Path, holdings: list[tuple[str, str, Any]], *ties: tuple[str, str]) -> Engine:
    """Persons `p…` and companies with these holdings; the ties are concerts."""
    names = {name for x, y, _ in holdings for name in (x, y)}
    parties = {f"r:{name}": "Person" if name.startswith("p") else "Company" for name in names}
    facts: list[tuple[str, Any]] = [
        ("OWNS", {"from": f"r:{x}", "to": f"r:{y}", "share": share}) for x, y, share in holdings
    ]
    facts += [("Profile", {"party": party, "jurisdiction": "CN"}) for party in parties]
    facts += [("RELATED_TO", {"from": f"r:{x}", "to": f"r:{y}", "kind": "concert"}) for x, y in ties]
    Book(folder / "columns").load(parties, facts, closed_at=instant("2024-01-01"))
    return Engine(Place(folder), Place(folder).facts(), clock=lambda: instant("2025-01-01"))


def test_where_bands_only_allow_a_controller_the_standing_names_it_as_possible(tmp_path: Path) -> None:
    """45–55 % may be a majority and need not be: nobody certainly, and one possibly."""
    engine = held_by(tmp_path, [("p7", "t", (0.45, 0.55, 0)), ("z", "t", 0.25), ("t", "sub", 0.8)])
    answer = control(engine, "r:t", moment=engine.moment())
    assert [one.id for one in answer.answer.standing.possible] == ["r:p7"]
    assert any("nobody certainly; possibly r:p7" in reason for reason in answer.reasons)
    below = control(engine, "r:sub", moment=engine.moment())
    assert any("one ultimate controller (r:t); possibly also r:p7" in reason for reason in below.reasons)


def test_of_a_beneficial_owner_a_ground_that_is_only_possible_is_told_as_such(tmp_path: Path) -> None:
    """45 % at least passes the tests of 25 %; that it controls is only possible."""
    engine = held_by(tmp_path, [("p7", "t", (0.45, 0.55, 0)), ("z", "t", 0.25)])
    (said,) = [why for why in owners(engine, "r:t", moment=engine.moment()).reasons if "beneficial owner of" in why]
    sure, maybe = said.split("possibly also by")
    assert "actual control" in maybe
    assert "actual control" not in sure
    assert "r:p7 is a" in sure


def test_who_act_in_concert_are_the_controller_and_no_sentence_denies_it(tmp_path: Path) -> None:
    """31 % and 25 % are 56 % together; what they hold so, they control in the end."""
    engine = held_by(tmp_path, [("p8", "v", 0.31), ("p9", "v", 0.25), ("v", "w", 0.6)], ("p8", "p9"))
    for company in ("r:v", "r:w"):
        answer = control(engine, company, moment=engine.moment())
        standing = answer.answer.standing
        assert (standing.kind, [one.id for one in standing.controllers]) == ("concert", ["r:p8", "r:p9"])
        assert not any("Nobody is known to control" in why or "no controller" in why for why in answer.reasons)
        assert any("act in concert (r:p8, r:p9)" in why for why in answer.reasons)


def test_a_member_of_a_concert_who_controls_alone_stays_the_controller(tmp_path: Path) -> None:
    engine = held_by(tmp_path, [("p8", "v", 0.6), ("p9", "v", 0.25)], ("p8", "p9"))
    standing = control(engine, "r:v", moment=engine.moment()).answer.standing
    assert (standing.kind, [one.id for one in standing.controllers]) == ("sole", ["r:p8"])


def test_who_may_hold_nothing_is_not_said_to_control_for_certain(tmp_path: Path) -> None:
    """a and b have 56 % of d; c, who acts with b, has up to 10 % and perhaps nothing."""
    held = [("a", "d", 0.31), ("b", "d", 0.25), ("c", "d", (0.0, 0.1, 0))]
    engine = held_by(tmp_path, held, ("a", "b"), ("b", "c"))
    for party, certain in (("r:a", True), ("r:b", True), ("r:c", False)):
        acting = control(engine, party, moment=engine.moment()).answer.acting
        assert acting is not None
        assert [(one.controlled.id, one.certain) for one in acting.controlled] == [("r:d", certain)]
    answer = control(engine, "r:d", moment=engine.moment())
    (joint,) = answer.answer.concerts
    assert ([one.id for one in joint.members], [one.id for one in joint.perhaps]) == (["r:a", "r:b"], ["r:c"])
    assert answer.answer.without_part == ()
    assert any(why.startswith("r:c declared to act in concert with them and may have a part") for why in answer.reasons)


@pytest.mark.parametrize(
    ("held", "ties", "top"),
    [
        ([("a", "d", 0.6), ("b", "d", 0.1)], [("a", "b")], "r:a"),
        ([("a", "b", 0.6), ("b", "d", 0.6)], [("a", "b")], "r:a"),
    ],
    ids=["one has it alone", "one has the other"],
)
def test_nobody_is_possibly_on_top_who_surely_acts_or_is_controlled(
    tmp_path: Path, held: list[tuple[str, str, Any]], ties: list[tuple[str, str]], top: str
) -> None:
    engine = held_by(tmp_path, held, *ties)
    answer = control(engine, "r:d", moment=engine.moment())
    standing = answer.answer.standing
    assert ([one.id for one in standing.controllers], standing.possible) == ([top], ())
    assert not any("possibly also" in why for why in answer.reasons)


def test_half_against_a_concert_of_half_is_a_deadlock(tmp_path: Path) -> None:
    """a and b act in concert and have 30 % and 20 % of d, c has 50 %; without the agreement c needs one of them."""
    held = [("a", "d", 0.3), ("b", "d", 0.2), ("c", "d", 0.5)]
    apart = held_by(tmp_path / "apart", held)
    assert control(apart, "r:d", moment=apart.moment()).answer.standing.kind == "together"
    engine = held_by(tmp_path / "acting", held, ("a", "b"))
    answer = control(engine, "r:d", moment=engine.moment())
    standing = answer.answer.standing
    assert (standing.kind, {one.id for one in standing.coalition}) == ("deadlock", {"r:a", "r:c"})
    blocks = {block.top.id: ([one.id for one in block.acting], block.low) for block in standing.blocks}
    assert blocks == {"r:a": (["r:b"], 0.5), "r:c": ([], 0.5)}
    assert any("two blocks of exactly half" in why and "r:a with r:b" in why for why in answer.reasons)


def test_a_company_in_its_holders_concert_stays_controlled_by_them(tmp_path: Path) -> None:
    """a has 31 % and b 25 % of d; that d signed the agreement too changes nothing over d."""
    held = [("a", "d", 0.31), ("b", "d", 0.25)]
    for name, ties in (("two", [("a", "b")]), ("three", [("a", "b"), ("a", "d")])):
        engine = held_by(tmp_path / name, held, *ties)
        value = control(engine, "r:d", moment=engine.moment()).answer
        (joint,) = value.concerts
        assert ([one.id for one in joint.members], joint.certain, joint.ultimate) == (["r:a", "r:b"], True, True)
        assert [(fall.company.id, {fact.text for fact in fall.by}) for fall in joint.proof] == [("r:d", {"31%", "25%"})]
        assert (value.standing.kind, value.without_part) == ("concert", ())


def test_the_state_controls_and_does_not_connect(engine: Engine) -> None:
    assert control(engine, SOE, moment=engine.moment()).answer.controllers[0].controller.id == STATE
    answer = groups(engine, SOE, moment=engine.moment())
    assert answer.answer.groups == ()
    assert any("does not connect" in reason for reason in answer.reasons)


def test_influence_over_a_holder_of_exact_shares_makes_control_possible(tmp_path: Path) -> None:
    """`top` may control `mid` by influence; each has 30 % of `firm`, so that `top` may have 60 %."""
    top, mid, firm = (f"register:{name}" for name in ("top", "mid", "firm"))
    facts = [
        ("CONTROLS", {"from": top, "to": mid, "basis": "influence"}),
        ("OWNS", {"from": top, "to": firm, "share": 0.3}),
        ("OWNS", {"from": mid, "to": firm, "share": 0.3}),
    ]
    Book(tmp_path / "columns").load(dict.fromkeys((top, mid, firm), "Company"), facts, closed_at=BEFORE)
    engine = Engine.open(Place(tmp_path))
    (one,) = control(engine, firm, moment=engine.moment()).answer.controllers
    assert (one.controller.id, one.certain) == (top, False)
    assert [(fall.company.id, fall.high) for fall in one.proof] == [(mid, 1.0), (firm, pytest.approx(0.6))]
    (wide,) = groups(engine, firm, moment=engine.moment()).answer.with_suspected
    assert {member.party.id for member in wide.members} == {top, mid, firm}


def test_who_declared_a_concert_and_has_no_part_left_is_not_told_as_a_controller_or_an_owner(tmp_path: Path) -> None:
    """p8 has 80 %, and p9, who declared to act with it, nothing of t; of u p9 has 5 %, and p7 nothing of either."""
    held = [("p8", "t", 0.8), ("t", "u", 0.6), ("p9", "u", 0.05), ("p9", "other", 0.9), ("p7", "other", 0.1)]
    engine = held_by(tmp_path, held, ("p8", "p9"), ("p9", "p7"))
    answer = control(engine, "r:t", moment=engine.moment())
    value = answer.answer
    assert (value.standing.kind, [one.id for one in value.standing.controllers]) == ("sole", ["r:p8"])
    assert (value.concerts, value.standing.possible) == ((), ())
    assert {one.party.id for one in value.without_part} == {"r:p7", "r:p9"}
    assert any(
        "r:p9 declared to act in concert with r:p8, r:p7 and has no part in r:t" in why for why in answer.reasons
    )
    assert {fact.fact_id for one in value.without_part for fact in one.evidence} <= {s.fact_id for s in answer.sources}
    below = control(engine, "r:u", moment=engine.moment()).answer
    assert [[one.id for one in joint.members] for joint in below.concerts] == [["r:p8", "r:p9"]]
    assert [(fact.tail.id, fact.head.id) for fact in below.concerts[0].evidence] == [("r:p8", "r:p9")]
    for company, who in (("r:t", {"r:p8"}), ("r:u", {"r:p8", "r:p9"})):
        (law,) = owners(engine, company, regime="CN_2024", moment=engine.moment()).answer.regimes
        assert {one.person.id for one in law.owners} == who
        assert {party.id for one in law.owners for passed in one.passed for party in passed.partners} <= who


def test_what_a_party_reaches_through_the_concert_of_its_daughter_is_told_with_the_proof(tmp_path: Path) -> None:
    """h has all of a; a and b have 31 % and 25 % of v, which has 60 % of w; of z v has 30 %, and h 30 % itself."""
    held = [("h", "a", 1.0), ("a", "v", 0.31), ("b", "v", 0.25), ("v", "w", 0.6), ("v", "z", 0.3), ("h", "z", 0.3)]
    engine = held_by(tmp_path, held, ("a", "b"))
    answer = control(engine, "r:h", moment=engine.moment())
    value = answer.answer
    assert [one.controlled.id for one in value.controlled] == ["r:a"]
    assert value.acting is None
    assert value.through is not None
    assert [(one.controlled.id, one.certain) for one in value.through.controlled] == [
        ("r:v", True), ("r:w", True), ("r:z", False),
    ]  # fmt: skip
    proof = value.through.controlled[1].proof
    assert [fall.company.id for fall in proof] == ["r:a", "r:v", "r:w"]
    assert {(fact.tail.id, fact.text) for fact in proof[1].by} == {("r:a", "31%"), ("r:b", "25%")}
    assert [fact.kind for fact in proof[1].concert] == ["RELATED_TO"]
    assert [fall.company.id for fall in value.through.controlled[2].proof] == ["r:a", "r:v", "r:z"]
    assert any(why.startswith("So it reaches r:v: r:a by r:h (100%); then r:v by r:a (31%)") for why in answer.reasons)
    told = {
        fact.fact_id for one in value.through.controlled for fall in one.proof for fact in (*fall.by, *fall.concert)
    }
    assert told <= {source.fact_id for source in answer.sources}
    page = control(engine, "r:h", limit=1, offset=1, moment=engine.moment()).answer.through
    assert page is not None
    assert ([one.controlled.id for one in page.controlled], page.page.total) == (["r:w"], 3)
    mine = control(engine, "r:a", moment=engine.moment()).answer
    assert mine.acting is not None
    assert [one.controlled.id for one in mine.acting.controlled] == ["r:v", "r:w"]
    assert mine.through is None


def test_bands_below_certainty_make_what_is_reached_through_a_concert_possible(tmp_path: Path) -> None:
    held = [("h", "a", (0.45, 0.55, 0)), ("a", "v", 0.31), ("b", "v", 0.25)]
    engine = held_by(tmp_path, held, ("a", "b"))
    through = control(engine, "r:h", moment=engine.moment()).answer.through
    assert through is not None
    assert [(one.controlled.id, one.certain) for one in through.controlled] == [("r:v", False)]


@pytest.mark.parametrize(
    ("held", "ties", "told", "might"),
    [
        ([("a", "k", 0.3), ("b", "k", 0.1)], [], "60% of its votes are not disclosed, by themselves a majority; with "
         "them r:a (30%) or r:b (10%) would control it", ["r:a", "r:b"]),
        ([("a", "k", 0.35), ("b", "k", 0.3), ("c", "k", 0.15)], [], "20% of its votes are not disclosed; with them "
         "r:a (35%) would control it", ["r:a"]),
        ([("a", "k", 0.2), ("b", "k", 0.15), ("c", "k", 0.4)], [("a", "b")], "25% of its votes are not disclosed; with "
         "them r:c (40%) or r:a and r:b in concert (35% together) would control it", ["r:c", "r:a"]),
        ([("a", "k", 0.2), ("b", "k", 0.15), ("c", "k", 0.3)], [("a", "b")], "35% of its votes are not disclosed; with "
         "them r:a and r:b in concert (35% together) or r:c (30%) would control it", ["r:a", "r:c"]),
        ([("a", "k", (0.25, 0.4, 0)), ("b", "k", 0.3)], [], "30–45% of its votes are not disclosed or known within "
         "bands only; with them r:b (30%) or r:a (25%) would control it", ["r:b", "r:a"]),
        ([("h", "a", 1.0), ("a", "k", 0.3), ("b", "k", 0.4), ("c", "k", 0.1)], [], "20% of its votes are not "
         "disclosed; with them r:b (40%) would control it", ["r:b"]),
        ([("v", "k", 0.4), ("a", "v", 0.31), ("b", "v", 0.25), ("h", "a", 0.8)], [("a", "b")], "60% of its votes "
         "are not disclosed, by themselves a majority; with them r:a and r:b in concert (40% together) would control "
         "it",
         ["r:a"]),
        ([("k", "sub", 1.0)], [], "nobody is known to hold or to control it", []),
    ],
    ids=["majority", "with a holder", "in concert", "in concert or one alone", "bands", "whoever is too small",
         "who controls a member", "silent"],
)  # fmt: skip
def test_where_votes_that_are_not_disclosed_decide_it_is_not_known_who_controls(
    tmp_path: Path, held: list[tuple[str, str, Any]], ties: list[tuple[str, str]], told: str, might: list[str]
) -> None:
    engine = held_by(tmp_path, held, *ties)
    answer = control(engine, "r:k", moment=engine.moment())
    standing = answer.answer.standing
    assert (standing.kind, standing.controllers, standing.coalition) == ("unknown", (), ())
    assert standing.undisclosed is not None
    assert [one.party.id for one in standing.undisclosed.might] == might
    assert any(f"Who controls r:k is not known: {told}" in why for why in answer.reasons)
    assert not any("Nobody is known to control r:k" in why for why in answer.reasons)
    assert any("is not known" in why for why in owners(engine, "r:k", moment=engine.moment()).reasons)


@pytest.mark.parametrize(
    "held",
    [
        [("a", "k", 0.51)],
        [("a", "k", 0.5), ("b", "k", 0.5)],
        [("a", "k", 0.4), ("b", "k", 0.35), ("c", "k", 0.25)],
        [("a", "k", 0.45), ("b", "k", 0.45), ("c", "k", 0.06)],
    ],
    ids=["a majority", "a deadlock", "all disclosed", "too few to decide"],
)
def test_votes_that_are_not_disclosed_and_decide_nothing_leave_it_known(
    tmp_path: Path, held: list[tuple[str, str, Any]]
) -> None:
    engine = held_by(tmp_path, held)
    answer = control(engine, "r:k", moment=engine.moment())
    assert answer.answer.standing.undisclosed is None
    assert not any("is not known" in why for why in answer.reasons)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ([("p1", "k", 0.6)], "40% of r:k has no final owner that is known for certain: 40% ends with holders of r:k "
         "who are not disclosed."),
        ([("a", "k", 1.0), ("a", "b", 1.0), ("b", "a", 1.0)], "100% of r:k has no final owner that is known for "
         "certain: 100% ends in r:a, r:b, which hold all of each other."),
        ([("a", "k", 0.5), ("a", "b", 1.0), ("b", "a", 1.0), ("p1", "k", 0.2), ("c", "k", 0.1)], "80% of r:k has no "
         "final owner that is known for certain: 20% ends with holders of r:k who are not disclosed; 50% ends in r:a, "
         "r:b, which hold all of each other; 10% ends with companies that nobody is known to hold."),
        ([("p1", "k", (0.25, 0.5, 0)), ("p2", "k", 0.5)], "25% of r:k has no final owner that is known for certain: "
         "25% ends with holders of r:k who are not disclosed or known within bands only."),
        ([("k", "b", 1.0), ("b", "k", 1.0)], "100% of r:k has no final owner that is known for certain: it is one of "
         "the companies that hold all of each other (r:b, r:k)."),
    ],
    ids=["undisclosed", "a closed block", "all three", "bands", "within a block"],
)  # fmt: skip
def test_a_part_without_a_final_owner_is_told_with_what_it_ends_in(
    tmp_path: Path, held: list[tuple[str, str, Any]], told: str
) -> None:
    engine = held_by(tmp_path, held)
    assert told in owners(engine, "r:k", moment=engine.moment()).reasons
