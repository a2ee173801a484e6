"""Who stands behind a party: decisions, close links, listed companies, contributions, what nobody owns."""

from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions import control, owners
from api.questions.ownership.owners import OwnersOf
from graph.errors import InvalidQuestion, InvalidShare
from tests.api.conftest import HOLD, MINE, PERSON, STATE, B, owns
from tests.api.questions.behind import engine_of, r
from tests.api.world import Book, instant


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine_of(tmp_path_factory.mktemp("behind"))


def asked(engine: Engine, party: str, **options: str) -> OwnersOf:
    return owners(engine, r(party), moment=engine.moment(), **options).answer


def test_what_is_carried_by_each_holding_sums_to_the_share(engine: Engine) -> None:
    """B has 20 % itself and 60 % of Keladak's 40 %."""
    value = owners(engine, MINE, moment=engine.moment()).answer
    for part in value.parts:
        assert part.carried is not None
        whole = sum(one.share for one in part.carried) + part.carried_by_others
        assert whole == pytest.approx(part.low, abs=1e-12)
    (mine,) = [part for part in value.parts if part.party.id == B]
    assert mine.carried is not None
    assert [(one.holding.head.id, one.share) for one in mine.carried] == [
        (HOLD, pytest.approx(0.24)),
        (MINE, pytest.approx(0.2)),
    ]


@pytest.mark.parametrize("party", ["listed", "fund", "twin", "looped"])
def test_final_owners_undisclosed_holders_and_closed_blocks_are_the_whole(behind: Engine, party: str) -> None:
    value = asked(behind, party)
    final = sum(part.low for part in value.parts if part.final)
    nobody = sum(block.share for block in value.blocks)
    assert final + nobody + value.undisclosed_total == pytest.approx(1, abs=1e-11)
    assert sum(one.share for one in value.undisclosed) == pytest.approx(value.undisclosed_total)


def test_a_closed_block_and_the_undisclosed_rest_are_named(behind: Engine) -> None:
    value = asked(behind, "looped")
    assert [({party.id for party in b.members}, b.share) for b in value.blocks] == [({r("loop1"), r("loop2")}, 0.5)]
    assert [(one.company.id, one.share, one.least) for one in value.undisclosed] == [(r("looped"), 0.5, 0.5)]
    assert value.parts == ()


def test_capital_and_votes_are_two_layers(behind: Engine) -> None:
    parts = {
        layer: {p.party.id: p.low for p in asked(behind, "fund", layer=layer).parts} for layer in ("capital", "votes")
    }
    assert parts["capital"] == {r("ann"): 0.6, r("bea"): 0.4}
    assert parts["votes"] == {r("ann"): 0.4, r("bea"): 0.6}
    with pytest.raises(InvalidQuestion, match="no layer profit"):
        asked(behind, "fund", layer="profit")


@pytest.mark.parametrize(
    ("party", "kind", "who"),
    [("fund", "sole", {"bea"}), ("twin", "deadlock", {"ann", "cid"}), ("listed", "unknown", set())],
)
def test_who_decides_is_told(behind: Engine, party: str, kind: str, who: set[str]) -> None:
    said = owners(behind, r(party), moment=behind.moment())
    found = said.answer.standing
    assert found.kind == kind
    assert {one.id for one in (*found.controllers, *found.coalition)} == {r(name) for name in who}
    assert any(found.name.en in reason for reason in said.reasons)


def test_both_readings_of_close_links_are_told_with_what_makes_them(engine: Engine) -> None:
    """By the ECB the person's 21.56 % of the mine links them; by the CRR control of Keladak through B does."""
    value = owners(engine, MINE, moment=engine.moment()).answer
    found = {one.variant: {(link.other.id, link.third and link.third.id) for link in one.links}
             for one in value.close_links}  # fmt: skip
    assert (PERSON, None) in found["ECB"]
    assert (PERSON, None) not in found["CRR"]
    assert (HOLD, B) in found["CRR"] & found["ECB"]
    assert STATE not in {other for links in found.values() for other, _ in links}
    for one in value.close_links:
        for link in one.links:
            assert all(tie.holdings or tie.falls for tie in link.ties)


def test_a_listed_company_is_put_to_the_tests_of_takeover_law(behind: Engine) -> None:
    """Ann and Bea have 31 % of the votes together, alone 20 % and 11 %; one of two seats on the board is half."""
    found = asked(behind, "listed").listed
    assert found is not None
    tests = {tuple(p.id for p in one.parties): {t.test: t.outcome for t in one.tests} for one in found.investors}
    concert = tests[r("ann"), r("bea")]
    assert (concert["votes"], concert["holding"], concert["board"]) == ("met", "not met", "met")
    assert tests[r("cid"),]["votes"] == "not met"
    assert tests[r("cid"),]["board"] == "cannot be tested"
    assert found.directors == 2
    (together,) = [one for one in found.investors if len(one.parties) == 2]
    assert [fact.kind for fact in together.evidence] == ["RELATED_TO"]
    assert asked(behind, "fund").listed is None


def test_a_concert_controls_what_its_members_hold_together(behind: Engine) -> None:
    said = control(behind, r("fund"), moment=behind.moment())
    (joint,) = said.answer.concerts
    assert [one.id for one in joint.members] == [r("ann"), r("bea")]
    assert [one.id for one in joint.alone] == [r("bea")]
    assert (joint.certain, joint.ultimate) == (True, True)
    assert [fact.kind for fact in joint.evidence] == ["RELATED_TO"]
    assert {fact.tail.id for fall in joint.proof for fact in fall.by} <= {r("ann"), r("bea")}
    assert any("act in concert" in reason for reason in said.reasons)


@pytest.mark.parametrize(
    ("policy", "north", "south"), [("keep", (0.25, 0.5), (0.0, 0.25)), ("scale", (1 / 3, 1 / 3), (1 / 6, 1 / 6))]
)
def test_more_than_all_of_a_company_is_named_with_its_source_and_what_was_done(
    tmp_path: Path, policy: str, north: tuple[float, float], south: tuple[float, float]
) -> None:
    engine = engine_of(tmp_path, overfull=policy)  # type: ignore[arg-type]
    said = owners(engine, r("below"), moment=engine.moment())
    parts = {part.party.id: (part.low, part.high) for part in said.answer.parts}
    assert parts[r("north")] == pytest.approx(north, abs=1e-9)
    assert parts[r("south")] == pytest.approx(south, abs=1e-9)
    # Half of it is undisclosed; who has the other half is sure but for what the statements contradict.
    ends = {one.company.id: one.least for one in said.answer.undisclosed}
    assert ends.pop(r("below")) == 0.5
    assert ends == ({r("full"): 0.0} if policy == "keep" else {})
    (one,) = said.answer.overfull
    assert (one.company.id, one.total, one.policy) == (r("full"), 1.5, policy)
    assert {fact.fact_id for fact in one.stated} <= {source.fact_id for source in said.sources}
    assert any("150%" in reason and "register recorded 2024-02-01" in reason for reason in said.reasons)
    assert said.answer.overfull_policy == policy


def test_more_than_all_is_refused_where_the_setting_says_so(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, overfull="refuse")
    with pytest.raises(InvalidShare, match=r"register:full \(150%\)") as refused:
        owners(engine, r("below"), moment=engine.moment())
    assert "CONTAGRAPH_OVERFULL" in refused.value.remedy
    assert owners(engine, r("fund"), moment=engine.moment()).answer.overfull == ()


THIRTY_AND_NINETY, SIXTY_AND_SIXTY = {"share": (0.3, 0.9)}, {"share": (0.6, 0.6)}
"""Of one company, stated by A and by B: together 120 %."""


def overstated(folder: Path, stated: dict[str, tuple[float, float]], policy: str) -> Engine:
    """A and B hold of `y`, which is listed, what is stated."""
    parties = {r("a"): "Person", r("b"): "Person", r("y"): "Company"}
    held = [("OWNS", {"from": r(x), "to": r("y"), **{k: v[i] for k, v in stated.items()}}) for i, x in enumerate("ab")]
    listed = ("Profile", {"party": r("y"), "listed": True, "jurisdiction": "CN"})
    Book(folder / "columns").load(parties, [*held, listed], closed_at=instant("2024-02-01"))
    place = Place(folder)
    return Engine(place, place.facts(), overfull=policy, clock=lambda: instant("2025-01-01"))  # type: ignore[arg-type]


@pytest.mark.parametrize("regime", ["EU_AMLD4", "UK_PSC", "EU_AMLR"])
def test_who_states_too_much_to_be_true_is_a_possible_owner(tmp_path: Path, regime: str) -> None:
    """A has 10 to 30 %: what B's 90 leaves, and what it states. B has 70 to 90."""
    engine = overstated(tmp_path, THIRTY_AND_NINETY, "keep")
    (under,) = owners(engine, r("y"), regime=regime, moment=engine.moment()).answer.regimes
    assert {(one.person.id, one.certain) for one in under.owners} == {(r("a"), False), (r("b"), True)}
    bands = {(round(passed.low, 9), round(passed.high, 9)) for passed in under.owners[1].passed}
    assert bands == {(0.1, 0.3)}


@pytest.mark.parametrize(("regime", "found"), [("EU_AMLD4", ["b"]), ("UK_PSC", ["b"]), ("EU_AMLR", ["b", "a"])])
def test_where_shares_are_scaled_a_quarter_is_not_more_than_a_quarter(
    tmp_path: Path, regime: str, found: list[str]
) -> None:
    """30 of 120 is 25.00 %."""
    engine = overstated(tmp_path, THIRTY_AND_NINETY, "scale")
    (under,) = owners(engine, r("y"), regime=regime, moment=engine.moment()).answer.regimes
    assert [(one.person.id, one.certain) for one in under.owners] == [(r(x), True) for x in found]


def test_two_majorities_of_a_listed_company_are_both_possible(tmp_path: Path) -> None:
    """Each has 40 to 60 %: half or more perhaps, more than 30 % of the votes for certain."""
    engine = overstated(tmp_path, SIXTY_AND_SIXTY, "keep")
    value = owners(engine, r("y"), moment=engine.moment()).answer
    assert value.listed is not None
    outcomes = [{test.test: test.outcome for test in one.tests} for one in value.listed.investors]
    assert [(one["holding"], one["votes"]) for one in outcomes] == [("possible", "met")] * 2
    (one,) = value.overfull
    assert (one.company.id, one.total, one.layer) == (r("y"), 1.2, "capital")


@pytest.mark.parametrize("layer", ["capital", "votes"])
def test_more_than_all_votes_are_told_whatever_layer_is_asked_for(tmp_path: Path, layer: str) -> None:
    stated = {"share": (0.5, 0.5), "votes": (0.8, 0.8)}
    engine = overstated(tmp_path / "kept", stated, "keep")
    value = owners(engine, r("y"), layer=layer, moment=engine.moment()).answer
    assert [(one.company.id, one.total, one.layer) for one in value.overfull] == [(r("y"), 1.6, "votes")]
    engine = overstated(tmp_path / "refused", stated, "refuse")
    with pytest.raises(InvalidShare, match=r"register:y \(160%\)"):
        owners(engine, r("y"), layer=layer, moment=engine.moment())


def test_what_is_refused_on_the_way_is_named_by_its_id(tmp_path: Path) -> None:
    """Shares add up; of votes, which another test looks at, too much is stated."""
    engine = overstated(tmp_path, {"share": (0.5, 0.5), "votes": (0.8, 0.8)}, "refuse")
    with pytest.raises(InvalidShare) as refused:
        owners(engine, r("y"), regime="EU_AMLR", moment=engine.moment())
    assert "node" not in str(refused.value)
    assert "CONTAGRAPH_OVERFULL" in refused.value.remedy


def test_control_names_whose_votes_are_more_than_all(behind: Engine) -> None:
    said = control(behind, r("full"), moment=behind.moment())
    (one,) = said.answer.overfull
    assert (one.company.id, one.total, one.layer, one.policy) == (r("full"), 1.5, "votes", "keep")
    assert control(behind, r("fund"), moment=behind.moment()).answer.overfull == ()


def test_close_links_are_counted_by_party_and_by_link(tmp_path: Path) -> None:
    """p and q hold 30 % each of a and of b: a is linked to p, to q, and to b through both of them."""
    held = [owns(x, y, 0.3) for x in ("r:p", "r:q") for y in ("r:a", "r:b")]
    parties = {"r:p": "Person", "r:q": "Person", "r:a": "Company", "r:b": "Company"}
    Book(tmp_path / "columns").load(parties, held, closed_at=instant("2024-01-01"))
    asked = Engine(Place(tmp_path), Place(tmp_path).facts(), clock=lambda: instant("2024-06-30"))
    answer = owners(asked, "r:a", moment=asked.moment())
    ecb = next(one for one in answer.answer.close_links if one.variant == "ECB")
    assert (ecb.parties, ecb.page.total) == (3, 4)
    assert any(reason.startswith("r:a is closely linked to 3 parties, by 4 links") for reason in answer.reasons)
