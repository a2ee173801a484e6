"""Every answer that rests on shares of which more than all is stated tells it and does what the setting says."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pydantic import TypeAdapter

from analytics.structure.ownership.stakes import Policy
from api import questions
from api.answers.frame import Answer
from api.app import create_app
from api.cli import app
from api.draw.asked import drawing
from api.draw.marks import KINDS
from api.engine import Engine
from api.groups.more_than_all import POLICIES
from api.questions.book.assumed import Assumed, Chances
from api.questions.book.limits import BookLimits
from api.questions.limits.applications import Request
from api.questions.limits.checked import CreditCheck
from api.questions.limits.exposure import ExposureTo
from api.questions.links.links import Linkage
from api.questions.shocks.gaps import CUT
from api.questions.shocks.scenario import Scenario
from api.report import linkage_page
from api.report.spreadsheet import limits_workbook
from api.settings import Settings, settings
from graph.errors import InvalidShare
from graph.moment import Moment
from tests.api.questions.overstated import BANK, FULL, HELD, ONE, SIB, SUB, TWO, opened, stated, write
from tests.api.serving import serving, wait_until_ready
from tests.api.world import instant

ASKED = {"applicant": SUB, "lender": BANK, "facility": {"amount": 5.0, "currency": "CNY"}}
EQUITY = {"net_assets": 100.0, "total_assets": 200.0, "total_liabilities": 100.0}
POLICY: tuple[Policy, ...] = ("keep", "scale", "refuse")


def at(engine: Engine) -> Moment:
    return replace(engine.moment(), known_at=instant("2024-06-30"))


def exposure(engine: Engine) -> Answer[ExposureTo]:
    return questions.exposure(engine, SUB, lender=BANK, moment=at(engine))


def links(engine: Engine) -> Answer[Linkage]:
    return questions.links(engine, [SUB, ONE], moment=at(engine))


def checked(engine: Engine, applicant: str = SUB, amount: float = 5.0) -> Answer[CreditCheck]:
    said = {"applicant": applicant, "lender": BANK, "facility": {"amount": amount, "currency": "CNY"}}
    return questions.credit_check(engine, Request.model_validate(said), moment=at(engine))


def told(answer: Answer[Any], policy: str) -> None:
    """The answer names company, sum, source, moment and policy, in both languages."""
    (one,) = answer.answer.overfull
    assert (one.company.id, one.total, one.policy) == (FULL, pytest.approx(1.15), policy)
    assert {fact.tail.id for fact in one.stated} == {ONE, TWO}
    assert {fact.fact_id for fact in one.stated} <= {source.fact_id for source in answer.sources}
    (said,) = {reason for reason in answer.reasons if "115%" in reason}
    assert "register recorded 2024-04-01" in said
    assert all(word in said for word in POLICIES[policy])
    assert said.endswith("。")


@pytest.mark.parametrize("policy", POLICY)
@pytest.mark.parametrize("ask", [exposure, links])
def test_what_is_said_of_one_party_tells_it_and_is_refused(
    tmp_path: Path, ask: Callable[[Engine], Answer[Any]], policy: Policy
) -> None:
    engine = opened(write(tmp_path), policy)
    if policy == "refuse":
        with pytest.raises(InvalidShare, match=r"r:full \(115%\)"):
            ask(engine)
    else:
        told(ask(engine), policy)


@pytest.mark.parametrize("policy", POLICY)
@pytest.mark.parametrize("ask", [questions.book_limits, questions.book_groups])
def test_a_book_tells_it_whatever_the_setting(tmp_path: Path, ask: Callable[..., Answer[Any]], policy: Policy) -> None:
    engine = opened(write(tmp_path), policy)
    answer = ask(engine, BANK, moment=engine.moment())
    told(answer, policy)
    assert answer.answer.overfull_page.total == 1


@pytest.mark.parametrize("policy", POLICY)
def test_a_check_whose_group_rests_on_it_names_it_and_passes_only_where_it_is_not_refused(
    tmp_path: Path, policy: Policy
) -> None:
    """55 at stake of 100; with the others of its group 115 of 150 to 200."""
    answer = checked(opened(write(tmp_path), policy))
    told(answer, policy)
    gap = next(gap for gap in answer.answer.gaps if gap.kind == "overfull")
    assert "CN_GROUP_CREDIT_15" in gap.rules
    assert answer.answer.verdict == ("refer" if policy == "refuse" else "approve")


def test_the_bands_of_a_check_hold_what_either_statement_allows(tmp_path: Path) -> None:
    """Each alone could be true: of `one` at 60 or `two` at 55 %. The check says the stricter of the two."""
    rooms = []
    for holder in (ONE, TWO):
        held = {pair: share for pair, share in HELD.items() if pair[1] != FULL or pair[0] == holder}
        rooms.append(checked(opened(write(tmp_path / holder[2:], held=held), "keep")).answer.headroom)
    kept = checked(opened(write(tmp_path / "both"), "keep")).answer.headroom
    assert kept == pytest.approx(min(room for room in rooms if room is not None))


def test_a_refusal_never_rests_on_refused_shares_and_one_without_them_stands(tmp_path: Path) -> None:
    """40 more would make 170 of a limit of 150, if `one`, which certainly has 100 % of `full`, controls it."""
    held = {**HELD, (ONE, FULL): 1.0, (TWO, FULL): 0.1}
    folder = write(tmp_path, held=held)
    assert checked(opened(folder, "keep"), amount=40.0).answer.verdict == "decline"
    assert checked(opened(folder, "refuse"), amount=40.0).answer.verdict == "refer"
    # More than a tenth of the capital to one borrower breaks whatever its group.
    assert checked(opened(folder, "refuse"), amount=90.0).answer.verdict == "decline"


def test_no_change_makes_a_check_pass_whose_group_rests_on_refused_shares(tmp_path: Path) -> None:
    value = checked(opened(write(tmp_path), "refuse"), amount=40.0).answer
    assert value.remedies
    assert {one.verdict for one in value.remedies} == {"refer"}


def test_a_check_that_rests_on_nothing_of_it_is_as_before(tmp_path: Path) -> None:
    more = ("LENDS", {"from": BANK, "to": "r:else", "facility_id": "L", "kind": "loan", "drawn": 1.0, "undrawn": 0.0,
                      "currency": "CNY"})  # fmt: skip
    folder = write(tmp_path, more, held={**HELD, ("r:other", "r:else"): 0.6})
    for policy in POLICY:
        value = checked(opened(folder, policy), "r:else").answer
        assert (value.verdict, value.overfull) == ("approve", ())


def test_votes_that_contradict_each_other_are_disclosed(tmp_path: Path) -> None:
    """Thrice 45 % are 135: nobody controls it, and nothing is left that might be somebody's else."""
    held = {(x, FULL): 0.45 for x in (ONE, TWO, SIB)}
    for policy in ("keep", "refuse"):
        value = checked(opened(write(tmp_path / policy, held=held), policy), FULL).answer  # type: ignore[arg-type]
        assert "undisclosed" not in {gap.kind for gap in value.gaps}
        assert "overfull" in {gap.kind for gap in value.gaps}


def test_limits_on_groups_of_a_book_are_not_within_where_shares_are_refused(tmp_path: Path) -> None:
    states: dict[Policy, dict[str, str]] = {}
    for policy in ("keep", "refuse"):
        engine = opened(write(tmp_path / policy), policy)  # type: ignore[arg-type]
        answer = questions.book_limits(engine, BANK, moment=engine.moment())
        states[policy] = {one.rule: one.state for one in answer.answer.rules}  # type: ignore[index]
    for rule in ("CN_GROUP_CREDIT_15", "CN_LE_GROUP_20"):
        assert (states["keep"][rule], states["refuse"][rule]) == ("within", "refer")
    assert states["refuse"]["CN_LOAN_SINGLE_10"] == states["keep"]["CN_LOAN_SINGLE_10"] == "within"


def test_guarantors_whose_owners_are_in_doubt_are_told(tmp_path: Path) -> None:
    given = ("GUARANTEES", {"from": FULL, "to": SUB, "amount": 5.0, "currency": "CNY", "creditor": BANK})
    for policy in POLICY:
        engine = opened(write(tmp_path / policy, given), policy)
        told(questions.book_guarantees(engine, BANK, moment=engine.moment()), policy)
        told(questions.guarantees(engine, FULL, moment=engine.moment()), policy)


def test_related_parties_and_groups_of_losses_that_rest_on_it_are_told(tmp_path: Path) -> None:
    """`one` has a tenth of the bank, and may control `full`."""
    for policy in POLICY:
        engine = opened(write(tmp_path / policy, held={**HELD, (ONE, BANK): 0.1}), policy)
        told(questions.book_related(engine, BANK, moment=engine.moment()), policy)
        losses = questions.book_losses(engine, BANK, Assumed(draws=1000, pd=Chances(rest=0.1)), moment=engine.moment())
        assert any(FULL in gap.said and FULL in gap.said_zh for gap in losses.answer.gaps)


def test_more_than_all_capital_of_the_lender_is_told_of_its_related_parties(tmp_path: Path) -> None:
    held = [("OWNS", {"from": x, "to": BANK, "share": 0.6, "votes": 0.5}) for x in (ONE, TWO)]
    engine = opened(write(tmp_path, *held, held={(FULL, SUB): 1.0}), "keep")
    (one,) = questions.book_related(engine, BANK, moment=engine.moment()).answer.overfull
    assert (one.company.id, one.total, one.layer) == (BANK, pytest.approx(1.2), "capital")


def test_the_workbook_of_a_book_tells_it(tmp_path: Path) -> None:
    engine = opened(write(tmp_path), "keep")
    made = limits_workbook(engine, BANK, near=0.8, state="", moment=engine.moment())
    book = openpyxl.load_workbook(BytesIO(made))
    notes = [str(row[1].value) for row in book.worksheets[-1].iter_rows(max_row=60) if "Note" in str(row[0].value)]
    assert any("115%" in note and FULL in note for note in notes)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("policy", ["keep", "scale"])
def test_the_linkage_report_tells_it(tmp_path: Path, policy: Policy, language: str) -> None:
    said = re.sub(r"<[^>]*>", "", linkage_page(links(opened(write(tmp_path), policy)), language=language))
    assert said.count("115%") > 1
    assert {"en": "ranked by shares as they are stated", "zh": "按所称比例排序"}[language] in said


@pytest.mark.parametrize("mark", KINDS)
def test_a_picture_tells_it(tmp_path: Path, mark: str) -> None:
    engine = opened(write(tmp_path), "keep")
    made = drawing(engine, FULL, hops=2, mark=[mark], limit=50, moment=engine.moment())
    assert any("115%" in reason for reason in made.reasons)
    assert "115%" in made.page
    refusing = opened(tmp_path, "refuse")
    if mark == "circles":
        drawing(refusing, FULL, hops=2, mark=[mark], limit=50, moment=refusing.moment())
    else:
        with pytest.raises(InvalidShare):
            drawing(refusing, FULL, hops=2, mark=[mark], limit=50, moment=refusing.moment())


@pytest.mark.parametrize(
    ("policy", "lost"), [("keep", (45, 40)), ("scale", (60 / 1.15, 55 / 1.15)), ("refuse", (0, 0))]
)
def test_a_shock_tells_whose_holders_lose_less_than_is_stated(
    tmp_path: Path, policy: Policy, lost: tuple[float, float]
) -> None:
    """`full` fails with equity of 100, of which 115 % is held."""
    firms = [stated(x, item, value) for x in (FULL, ONE, TWO) for item, value in EQUITY.items()]
    engine = opened(write(tmp_path, *firms), policy)
    answer = questions.shock(engine, Scenario(failed=(FULL,)), moment=engine.moment())
    (gap,) = [gap for gap in answer.answer.gaps if "more than all" in gap.said]
    assert FULL in gap.said
    assert FULL in gap.said_zh
    assert CUT[policy][0] in gap.said
    assert CUT[policy][1] in gap.said_zh
    assert gap.said in [reason.removesuffix(".") for reason in answer.reasons]
    found = {one.party.id: one.lost for one in answer.answer.standing}
    assert (found.get(ONE, 0.0), found.get(TWO, 0.0)) == pytest.approx(lost, abs=1e-6)
    silent = questions.shock(engine, Scenario(failed=(FULL,), layers=("debts",)), moment=engine.moment())
    assert not any("more than all" in gap.said for gap in silent.answer.gaps)


@pytest.fixture(params=POLICY)
def policy_set(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Policy]:
    """The setting as a user sets it."""
    monkeypatch.setenv("CONTAGRAPH_OVERFULL", request.param)
    settings.cache_clear()
    yield request.param
    settings.cache_clear()


ADDRESSES = {
    "exposure": (exposure, ExposureTo, f"/v1/parties/{SUB}/exposure", {"lender": BANK}),
    "links": (links, Linkage, "/v1/links", {"party": [SUB, ONE]}),
    "book limits": (lambda e: questions.book_limits(e, BANK, moment=at(e)), BookLimits,
                    f"/v1/lenders/{BANK}/limits", {}),
    "credit-check": (checked, CreditCheck, "/v1/credit-checks", {}),
}  # fmt: skip
TYPED = {"exposure": [SUB, "--lender", BANK], "links": [SUB, ONE], "book limits": [BANK]}
AT = {"valid_at": "2024-06-30", "known_at": "2024-06-30T00:00:00Z"}


@pytest.mark.parametrize("name", ADDRESSES)
def test_function_service_and_command_agree(
    tmp_path: Path, policy_set: Policy, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path)
    ask, kind, address, params = ADDRESSES[name]
    file = tmp_path / "request.json"
    file.write_text(json.dumps(ASKED), encoding="utf-8")
    words = ["ask", *name.split(), *TYPED.get(name, [str(file)]), "--store", str(folder), "--json"]
    words += [f"--{key.replace('_', '-')}={value}" for key, value in AT.items()]
    engine = opened(folder, policy_set)
    with serving(create_app(engine, Settings())) as client:
        wait_until_ready(client)
        posted = name == "credit-check"
        reply = client.post(address, json=ASKED, params=AT) if posted else client.get(address, params={**params, **AT})
    refused = policy_set == "refuse" and name in ("exposure", "links")
    if refused:
        with pytest.raises(InvalidShare) as by_command:
            app(words, standalone_mode=False)
        assert FULL in str(by_command.value)
        assert (reply.status_code, reply.json()["where"]) == (422, "OWNS")
        assert FULL in reply.json()["detail"]
        return
    app(words, standalone_mode=False)
    typed = json.loads(capsys.readouterr().out)
    assert reply.status_code == 200, reply.text
    assert reply.json() == typed
    called = TypeAdapter(Answer[kind]).dump_python(ask(engine), mode="json", by_alias=True)  # type: ignore[valid-type]
    assert typed["answer"] == called["answer"]
    assert [one["company"]["id"] for one in typed["answer"]["overfull"]] == [FULL]
