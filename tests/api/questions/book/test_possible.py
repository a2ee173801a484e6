"""A book refers what the check of an application refers for want of a test, and says with whom."""

from pathlib import Path

import pytest

from api.book import untested
from api.engine import Engine
from api.questions import book_limits, exposure
from api.questions.book.limits import BookLimits
from tests.api.limits.test_standing import A, B, fact, item, lender, loan
from tests.api.questions.limits.test_doubts import BANK, OWED, SELLS, Fact, ask, engine, verdict, year


def whole_book(asked: Engine) -> BookLimits:
    return book_limits(asked, BANK, moment=asked.moment(currency="CNY")).answer


def states(value: BookLimits) -> dict[str, str]:
    return {rule.rule: rule.state for rule in value.rules}


RULES = lender("CN_LE_GROUP_20 CN_LE_SINGLE_15 CN_LE_INTERBANK_25")
RECENT = item("tier1", 1000.0, end="2024-03-31")
"""Capital that rules may rest on in June 2024: 200 for a group."""
MORE = loan(A, "3", 20.0)
"""With b's 100 a's 90 and 20 come to 210."""


def test_a_book_refers_what_the_credit_check_refers_for_want_of_a_test_and_says_with_whom(tmp_path: Path) -> None:
    value = whole_book(engine(tmp_path, RULES, RECENT, *OWED, SELLS, MORE))
    assert (value.state, states(value)["CN_LE_GROUP_20"], states(value)["CN_LE_SINGLE_15"]) == (
        "refer", "refer", "within",
    )  # fmt: skip
    told = {one.client.id: ([party.id for party in one.others], one.exposure, one.limit) for one in value.possible}
    assert told == {A: ([B], 210.0, 200.0), B: ([A], 210.0, 200.0)}
    assert any("r:a with r:b" in gap for gap in value.gaps)
    assert not [one for one in value.findings if one.state == "breach"]


@pytest.mark.parametrize(
    "facts",
    [
        (MORE, verdict(A, B, "rejected", "any"), verdict(B, A, "rejected", "any")),
        (MORE, year(A, "revenue", 1000.0), year(B, "operating_cost", 1000.0)),
        (),
    ],
    ids=["judged", "tested", "too little together"],
)
def test_a_book_passes_where_what_cannot_be_tested_was_judged_or_tested_or_would_break_nothing(
    tmp_path: Path, facts: tuple[Fact, ...]
) -> None:
    value = whole_book(engine(tmp_path, RULES, RECENT, *OWED, SELLS, *facts))
    assert (value.state, value.possible) == ("within", ())


def test_a_web_that_hangs_together_as_a_whole_is_worked_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred firms have one more that falls with each, and a client each that does: what hangs together owes 300,
    and no group more than 3. Another client sells to each firm, so that 6 may be together; only a's 90 with b's 150
    would break 200."""
    monkeypatch.setattr(untested, "MOST", 2)
    web: list[Fact] = []
    for k in range(100):
        firm, falls, sells = f"r:f{k}", f"r:c{k}", f"r:d{k}"
        web += [verdict("r:hub", firm, "confirmed"), verdict(falls, firm, "confirmed"), loan(falls, falls, 3.0)]
        web += [loan(sells, sells, 3.0), fact("SUPPLIES", sells, firm, amount=50.0, currency="CNY")]
    more = ("r:hub", *(f"r:{kind}{k}" for k in range(100) for kind in "fcd"))
    lent = (loan(A, "1", 90.0), loan(B, "2", 150.0), SELLS)
    value = whole_book(engine(tmp_path, RULES, RECENT, *lent, *web, more=more))
    assert {one.client.id for one in value.possible} == {A, B}
    assert sum(rule.unsettled for rule in value.rules) == 0


def test_what_breaks_a_limit_already_is_not_told_again_with_all_who_may_depend_on_it(tmp_path: Path) -> None:
    """b owes 210 alone: a, which may depend on it, changes nothing."""
    value = whole_book(engine(tmp_path, RULES, RECENT, loan(A, "1", 90.0), loan(B, "2", 210.0), SELLS))
    assert (states(value)["CN_LE_SINGLE_15"], value.state, value.possible) == ("breach", "breach", ())


def test_a_limit_for_others_broken_by_what_may_be_a_bank_refers_in_the_book_too(tmp_path: Path) -> None:
    """200 of 150: its code is a bank\'s (J66), and no lender_class says so."""
    profile = ("Profile", {"party": A, "name": "some bank", "industry": "J66"})
    lent = loan(A, "1", 100.0), loan(A, "2", 100.0)
    value = whole_book(engine(tmp_path / "perhaps", RULES, RECENT, profile, *lent))
    (one,) = (one for one in value.findings if one.state == "breach")
    assert (one.rule, one.exposure, one.certain, value.state) == ("CN_LE_SINGLE_15", 200.0, False, "refer")
    assert any("some bank (J66)" in gap for gap in value.gaps)
    plain = ("Profile", {"party": A, "name": "some firm", "industry": "C13"})
    assert whole_book(engine(tmp_path / "plain", RULES, RECENT, plain, *lent)).state == "breach"


def test_the_room_an_exposure_tells_is_the_headroom_of_the_credit_check(tmp_path: Path) -> None:
    asked = engine(tmp_path, RULES, RECENT, *OWED, SELLS)
    found = exposure(asked, A, lender=BANK, moment=asked.moment(currency="CNY"))
    assert found.answer.against.binding is not None
    assert found.answer.against.binding.headroom == ask(asked, 20).headroom == 10.0
    assert any("room for CNY 10 lest what cannot be tested holds" in reason for reason in found.reasons)


def test_without_a_limit_on_groups_what_cannot_be_tested_does_not_read_as_harmless(tmp_path: Path) -> None:
    """b sells to a, and nobody states income or cost; only a single client's limit binds the bank."""
    asked = engine(tmp_path, lender("CN_LE_SINGLE_15"), RECENT, *OWED, SELLS)
    said = book_limits(asked, BANK, moment=asked.moment(currency="CNY")).reasons
    (told,) = [reason for reason in said if "are not known;" in reason]
    assert "what they would break is not known, as no limit on groups was measured ·" in told
