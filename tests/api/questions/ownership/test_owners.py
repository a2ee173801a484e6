from datetime import date
from pathlib import Path

import pytest

from api.engine import Engine, Place
from api.questions import control, owners
from graph.errors import InvalidQuestion
from tests.api.conftest import HOLD, MINE, NOMINEE, PERSON, STATE, B, owns
from tests.api.world import Book, day, instant


def test_shares_multiply_along_chains_and_add_over_them(engine: Engine) -> None:
    """B has 60 % of Keladak's 40 % and 20 % itself: 44 %. The person's 49 % of B, the State's 10 %: 21.56 and 4.4 %."""
    value = owners(engine, MINE, regime="CN_2024", moment=engine.moment()).answer
    parts = {part.party.id: (part.low, part.final) for part in value.parts}
    assert parts[B] == (pytest.approx(0.44), False)
    assert parts[HOLD] == (pytest.approx(0.4), False)
    assert parts[PERSON] == (pytest.approx(0.2156), True)
    assert parts[STATE] == (pytest.approx(0.044), True)
    assert [fact.tail.id for fact in value.direct] == [HOLD, B]


def test_a_band_makes_a_possible_beneficial_owner(engine: Engine) -> None:
    """The nominee holds above 25 % to 50 % of B, which the disclosed 49 % and 10 % bound by 41 %."""
    (under,) = owners(engine, B, regime="CN_2024", moment=engine.moment()).answer.regimes
    found = {one.person.id: one for one in under.owners}
    assert found.keys() == {PERSON, NOMINEE}
    assert found[NOMINEE].certain
    assert (found[NOMINEE].low, found[NOMINEE].high) == (0.25, pytest.approx(0.41))
    (mine,) = owners(engine, MINE, regime="CN_2024", moment=engine.moment()).answer.regimes
    assert mine.owners == ()


def test_every_fact_of_an_owners_proof_names_its_source(engine: Engine) -> None:
    said = owners(engine, B, regime="UK_PSC", moment=engine.moment())
    (under,) = said.answer.regimes
    facts = {fact.fact_id for one in under.owners for passed in one.passed for fact in passed.holdings}
    assert facts
    assert facts <= {source.fact_id for source in said.sources}


def test_a_country_without_a_regime_is_told_with_those_there_are(engine: Engine) -> None:
    said = owners(engine, MINE, moment=engine.moment())
    assert said.answer.regimes == ()
    assert any("CN_2024" in reason for reason in said.reasons)


def test_an_unknown_regime_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidQuestion, match="US_CTA"):
        owners(engine, MINE, regime="US_CTA", moment=engine.moment())


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A company of spouses in concert in China, held by natural persons alone, with a manager; and one in Germany."""
    folder: Path = tmp_path_factory.mktemp("small")
    people = {f"register:p{n}": "Person" for n in range(6)}
    firms = {"register:cn": "Company", "register:de": "Company"}
    chinese = {"party": "register:cn", "jurisdiction": "CN-31", "registered_capital": 1e7, "currency": "CNY"}
    facts = [
        ("Profile", chinese),
        ("Profile", {"party": "register:de", "jurisdiction": "DE"}),
        *(owns(f"register:p{n}", "register:cn", share) for n, share in enumerate((0.2, 0.2, 0.2, 0.15, 0.15, 0.1))),
        ("RELATED_TO", {"from": "register:p3", "to": "register:p5", "kind": "concert"}),
        ("RELATED_TO", {"from": "register:p0", "to": "register:p1", "kind": "spouse"}),
        ("HOLDS_OFFICE", {"from": "register:p4", "to": "register:cn", "role": "总经理"}),
        owns("register:p0", "register:de", 0.25),
    ]
    book = Book(folder / "columns")
    book.load({**people, **firms}, facts, closed_at=instant("2024-02-01"))
    place = Place(folder)
    return Engine(place, place.facts(), clock=lambda: instant("2028-01-01"))


def test_a_person_is_told_to_have_no_owners_and_is_asked_for_no_law(small: Engine) -> None:
    for ask in (owners, control):
        said = ask(small, "register:p0", moment=small.moment())
        assert said.reasons[0] == "register:p0 is a person, whom nobody owns or controls."
        assert not any("Nobody is known" in reason or "regime" in reason for reason in said.reasons)


def test_a_declared_concert_counts_together_and_a_presumed_one_does_not(small: Engine) -> None:
    said = owners(small, "register:cn", moment=small.moment())
    (under,) = said.answer.regimes
    assert under.regime == "CN_2024"
    assert [one.person.id for one in under.owners] == ["register:p3", "register:p5"]
    assert {party.id for one in under.owners for passed in one.passed for party in passed.partners} == {
        "register:p3",
        "register:p5",
    }
    assert under.exempt is True
    assert under.stand_ins == ()
    assert any("need not report" in reason for reason in said.reasons)


def test_the_law_of_the_country_is_that_of_the_day(small: Engine) -> None:
    """25.00 % is out until the regulation applies, and in from that day on."""
    for at, regime, found in (("2027-07-09", "EU_AMLD4", []), ("2027-07-10", "EU_AMLR", ["register:p0"])):
        moment = small.moment(valid_at=date.fromisoformat(at))
        (under,) = owners(small, "register:de", moment=moment).answer.regimes
        assert (under.regime, [one.person.id for one in under.owners]) == (regime, found)
    asked = owners(small, "register:de", regime="EU_AMLR", moment=small.moment(valid_at=day("2026-01-01")))
    assert asked.answer.regimes[0].in_force is False
    assert any("not in force on that day" in reason for reason in asked.reasons)
