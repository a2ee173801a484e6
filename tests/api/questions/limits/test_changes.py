from pathlib import Path

from api.engine import Engine
from api.questions.limits.changes import NONE_FOUND
from tests.api.questions.limits import test_doubts as doubts


def test_what_one_client_pays_down_of_several_facilities_is_one_change_and_names_them(tmp_path: Path) -> None:
    """Of eleven loans of 20 to one group 220 stand against 200, 10 more are asked for: 30 have to go, all of b's."""
    held = [doubts.owns(doubts.P, firm, 0.6) for firm in (doubts.A, doubts.B, doubts.C)]

    def world(folder: Path, *first: float) -> Engine:
        drawn = [*first, *[20.0] * (11 - len(first))]
        loans = [doubts.loan((doubts.B, doubts.C)[k % 2], f"{k:02d}", amount) for k, amount in enumerate(drawn)]
        return doubts.engine(folder, doubts.lender(), *doubts.CAPITAL, *held, *loans)

    value = doubts.ask(world(tmp_path / "now"), 10)
    assert value.verdict == "decline"
    together = value.remedies[0]
    assert (together.kind, together.change, together.verdict) == ("member_reduced", 30.0, "approve")
    assert [(step.kind, step.change) for step in together.steps] == [("member_reduced", 20.0), ("member_reduced", 10.0)]
    assert together.text == (f"have 2 facilities of {doubts.B} paid down by CNY 30 in all (00 by CNY 20, 02 by CNY 10)")
    assert together.text_zh == f"压降{doubts.B}现有2笔授信合计CNY 30（00压降CNY 20、02压降CNY 10）"
    assert [step.text for step in together.steps][1] == f"have facility 02 of {doubts.B} paid down by CNY 10"
    numbers = [step.fact.values["facility_id"] for step in together.steps if step.fact]
    assert numbers == ["00", "02"]
    assert doubts.ask(world(tmp_path / "paid", 0.0, 20.0, 10.0), 10).verdict == "approve"
    assert doubts.ask(world(tmp_path / "less", 0.0, 20.0, 11.0), 10).verdict == "decline"


def test_a_client_of_many_small_facilities_pays_down_as_many_as_it_takes(tmp_path: Path) -> None:
    """a owes 20, b and c 100 each in facilities of 2: of 240 with what is asked for 40 have to go, 20 of b."""
    held = [doubts.owns(doubts.P, firm, 0.6) for firm in (doubts.A, doubts.B, doubts.C)]
    own = doubts.loan(doubts.A, "a", 20.0)

    def world(folder: Path, left: int, last: float) -> Engine:
        small = [doubts.loan(doubts.B, f"b{k:02d}", 2.0) for k in range(left)]
        small += [doubts.loan(doubts.B, "last", last)] if last else []
        others = [doubts.loan(doubts.C, f"c{k:02d}", 2.0) for k in range(50)]
        return doubts.engine(folder, doubts.lender(), *doubts.CAPITAL, *held, own, *small, *others)

    told = doubts.ask(world(tmp_path / "now", 50, 0.0), 20).remedies[0]
    assert (told.kind, told.change, len(told.steps), told.verdict) == ("member_reduced", 40.0, 20, "approve")
    assert told.text.endswith(" and 15 more)")
    assert doubts.ask(world(tmp_path / "paid", 30, 0.0), 20).verdict == "approve"
    assert doubts.ask(world(tmp_path / "less", 30, 1.0), 20).verdict == "decline"


def test_many_clients_of_many_small_facilities_pay_down_together(tmp_path: Path) -> None:
    """270 of 200 without a, where of three clients none owes 90: two pay down, all of one and some of the next."""
    firms = (doubts.B, doubts.C, doubts.D)
    held = [doubts.owns(doubts.P, firm, 0.6) for firm in (doubts.A, *firms)]
    sizes = dict(zip(firms, (80, 90, 100), strict=True))

    def world(folder: Path, **paid: int) -> Engine:
        small = [
            doubts.loan(firm, f"{firm[-1]}{k:03d}", 1.0)
            for firm, many in sizes.items()
            for k in range(many - paid.get(firm[-1], 0))
        ]
        return doubts.engine(folder, doubts.lender(), *doubts.CAPITAL, *held, *small)

    told = doubts.ask(world(tmp_path / "now"), 50).remedies[0]
    paid = {firm: sum(s.change for s in told.steps if s.party and s.party.id == firm) for firm in firms}
    assert (told.kind, told.change, told.verdict) == ("combined", 120.0, "approve")
    assert paid == {doubts.D: 100.0, doubts.C: 20.0, doubts.B: 0.0}
    assert doubts.ask(world(tmp_path / "paid", d=100, c=20), 50).verdict == "approve"
    assert doubts.ask(world(tmp_path / "less", d=100, c=19), 50).verdict == "decline"


def test_where_nothing_that_was_tried_would_pass_that_is_said(tmp_path: Path) -> None:
    """Thirty firms of p owe 9 each: of 270 with 10 more 80 have to go, and twelve clients have no more than 108; of
    300 firms that owe 0.9 each they have 10.8."""
    request = doubts.Request(applicant=doubts.A, lender=doubts.BANK, facility=doubts.Asked(amount=10.0, currency="CNY"))
    for many, found in ((30, True), (300, False)):
        firms = tuple(f"r:m{k}" for k in range(many))
        facts = [doubts.owns(doubts.P, firm, 0.6) for firm in (doubts.A, *firms)]
        facts += [doubts.loan(firm, firm, 270.0 / many) for firm in firms]
        asked = doubts.engine(tmp_path / str(many), doubts.lender(), *doubts.CAPITAL, *facts, more=firms)
        answer = doubts.credit_check(asked, request, moment=asked.moment(currency="CNY"))
        assert answer.answer.verdict == "decline"
        assert (bool(answer.answer.remedies), NONE_FOUND in answer.reasons) == (found, not found)
    alone = doubts.credit_check(asked, request, remedies=False, moment=asked.moment(currency="CNY"))
    assert NONE_FOUND not in alone.reasons
