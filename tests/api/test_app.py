"""Every question over HTTP: the same answer as the function, in one frame, told by problems where it fails."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from pydantic import TypeAdapter

from api import questions
from api.answers.frame import Answer
from api.app import create_app
from api.engine import Engine, Place
from api.questions.book.assumed import Assumed
from api.questions.book.groups import BookGroups
from api.questions.book.guarantees import BookGuarantees
from api.questions.book.limits import BookLimits
from api.questions.book.losses import BookLosses
from api.questions.book.related import BookRelated
from api.questions.book.reverse import BookReverse
from api.questions.book.risk import BookRisk
from api.questions.book.systemic import BookSystemic
from api.questions.groups.groups import GroupsOf
from api.questions.guarantees import GuaranteesOf
from api.questions.limits.applications import Request
from api.questions.limits.checked import CreditCheck
from api.questions.limits.exposure import ExposureTo
from api.questions.links.links import Linkage
from api.questions.links.tiers import TiersOf
from api.questions.ownership.control import ControlOf
from api.questions.ownership.owners import OwnersOf
from api.questions.parties.changes import ChangesOf
from api.questions.parties.network import Network
from api.questions.parties.party import Dossier
from api.questions.parties.search import Found
from api.questions.risk.risk import RiskOf
from api.questions.shocks.scenario import Scenario
from api.questions.shocks.shock import ShockAnswer
from api.settings import Settings
from graph.moment import Moment
from tests.api.conftest import BANK, BUYER, CLOCK, MINE, PERSON, RING2, SHOP, B
from tests.api.serving import serving, wait_until_ready
from tests.api.world import Book, day, instant

Ask = Callable[[Engine, Moment], Answer[Any]]


@dataclass(frozen=True)
class Case:
    """One question asked both ways."""

    address: str
    parameters: dict[str, Any]
    type: Any
    ask: Ask
    body: Any = None
    """What is sent with it; none: it is asked by its address alone."""

    def sent(self, client: httpx.Client, **more: str) -> httpx.Response:
        """The reply to it."""
        given = {**self.parameters, **more}
        if self.body is None:
            return client.get(self.address, params=given)
        return client.post(self.address, params=given, json=self.body)


REQUEST = json.loads(Path(__file__).with_name("request.json").read_text(encoding="utf-8"))
ASSUMED = json.loads(Path(__file__).with_name("assumed.json").read_text(encoding="utf-8"))
SCENARIO = json.loads(Path(__file__).with_name("scenario.json").read_text(encoding="utf-8"))
CASES = {
    "search": Case("/v1/parties", {"q": "澜汀"}, Found, lambda e, m: questions.search(e, "澜汀", moment=m)),
    "party": Case(f"/v1/parties/{B}", {"limit": 3}, Dossier, lambda e, m: questions.party(e, B, limit=3, moment=m)),
    "network": Case(
        f"/v1/parties/{MINE}/network",
        {"hops": 2, "kinds": ["OWNS", "SUPPLIES"], "limit": 5, "offset": 1},
        Network,
        lambda e, m: questions.network(e, MINE, hops=2, kinds=["OWNS", "SUPPLIES"], limit=5, offset=1, moment=m),
    ),
    "control": Case(f"/v1/parties/{B}/control", {}, ControlOf, lambda e, m: questions.control(e, B, moment=m)),
    "owners": Case(
        f"/v1/parties/{MINE}/owners",
        {"regime": "CN_2024"},
        OwnersOf,
        lambda e, m: questions.owners(e, MINE, regime="CN_2024", moment=m),
    ),
    "groups": Case(
        f"/v1/parties/{MINE}/groups",
        {"kind": "connected", "lender": BANK, "criteria": ["basel-lex10", "cn-annex1"]},
        GroupsOf,
        lambda e, m: questions.groups(e, MINE, lender=BANK, criteria=["basel-lex10", "cn-annex1"], moment=m),
    ),
    "exposure": Case(
        f"/v1/parties/{MINE}/exposure",
        {"lender": BANK, "scenario": "self"},
        ExposureTo,
        lambda e, m: questions.exposure(e, MINE, lender=BANK, scenario="self", moment=m),
    ),
    "guarantees": Case(
        f"/v1/parties/{MINE}/guarantees",
        {"length": 4},
        GuaranteesOf,
        lambda e, m: questions.guarantees(e, MINE, length=4, moment=m),
    ),
    "book_limits": Case(
        f"/v1/lenders/{BANK}/limits",
        {"near": 0.5, "limit": 3},
        BookLimits,
        lambda e, m: questions.book_limits(e, BANK, near=0.5, limit=3, moment=m),
    ),
    "book_groups": Case(
        f"/v1/lenders/{BANK}/groups",
        {"reading": "confirmed"},
        BookGroups,
        lambda e, m: questions.book_groups(e, BANK, reading="confirmed", moment=m),
    ),
    "book_guarantees": Case(
        f"/v1/lenders/{BANK}/guarantees",
        {"scope": "lender", "length": 4, "unwind": "parts:2"},
        BookGuarantees,
        lambda e, m: questions.book_guarantees(e, BANK, scope="lender", length=4, unwind="parts:2", moment=m),
    ),
    "book_related": Case(
        f"/v1/lenders/{BANK}/related",
        {"limit": 2},
        BookRelated,
        lambda e, m: questions.book_related(e, BANK, limit=2, moment=m),
    ),
    "risk": Case(
        f"/v1/parties/{MINE}/risk",
        {"reasons": 3},
        RiskOf,
        lambda e, m: questions.risk(e, MINE, reasons=3, moment=m),
    ),
    "book_risk": Case(
        f"/v1/lenders/{BANK}/risk",
        {"model": "firms@1", "limit": 2},
        BookRisk,
        lambda e, m: questions.book_risk(e, BANK, model="firms@1", limit=2, moment=m),
    ),
    "book_systemic": Case(
        f"/v1/lenders/{BANK}/systemic",
        {"top": 2, "order": "all"},
        BookSystemic,
        lambda e, m: questions.book_systemic(e, BANK, top=2, order="all", moment=m),
    ),
    "book_losses": Case(
        f"/v1/lenders/{BANK}/losses",
        {"limit": 2},
        BookLosses,
        lambda e, m: questions.book_losses(e, BANK, Assumed.model_validate(ASSUMED), limit=2, moment=m),
        ASSUMED,
    ),
    "book_reverse": Case(
        f"/v1/lenders/{BANK}/reverse",
        {"loss": 0.3},
        BookReverse,
        lambda e, m: questions.book_reverse(e, BANK, loss=0.3, moment=m),
    ),
    "credit_check": Case(
        "/v1/credit-checks",
        {"limit": 3},
        CreditCheck,
        lambda e, m: questions.credit_check(e, Request.model_validate(REQUEST), limit=3, moment=m),
        REQUEST,
    ),
    "shock": Case(
        "/v1/shocks",
        {"limit": 4},
        ShockAnswer,
        lambda e, m: questions.shock(e, Scenario.model_validate(SCENARIO), limit=4, moment=m),
        SCENARIO,
    ),
    "links": Case(
        "/v1/links",
        {"party": [MINE, RING2], "steps": 2},
        Linkage,
        lambda e, m: questions.links(e, [MINE, RING2], steps=2, moment=m),
    ),
    "upstream": Case(
        f"/v1/parties/{BUYER}/upstream",
        {"limit": 4, "offset": 300},
        TiersOf,
        lambda e, m: questions.upstream(e, BUYER, limit=4, offset=300, moment=m),
    ),
    "downstream": Case(
        f"/v1/parties/{MINE}/downstream", {}, TiersOf, lambda e, m: questions.downstream(e, MINE, moment=m)
    ),
    "changes": Case(
        f"/v1/parties/{B}/changes",
        {"since_known": "2024-02-15"},
        ChangesOf,
        lambda e, m: questions.changes(e, B, since=replace(m, known_at=instant("2024-02-15")), moment=m),
    ),
}


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[httpx.Client]:
    with serving(create_app(engine, Settings())) as client:
        wait_until_ready(client)
        yield client


@pytest.mark.parametrize("name", CASES)
def test_http_answers_what_the_function_answers(client: httpx.Client, engine: Engine, name: str) -> None:
    case = CASES[name]
    reply = case.sent(client)
    said = case.ask(engine, engine.moment())
    assert reply.status_code == 200, reply.text
    assert reply.json() == TypeAdapter(Answer[case.type]).dump_python(said, mode="json", by_alias=True)


@pytest.mark.parametrize("name", CASES)
def test_every_answer_has_the_same_frame(client: httpx.Client, name: str) -> None:
    answer = CASES[name].sent(client).json()
    assert list(answer) == ["question", "as_of", "snapshot", "answer", "reasons", "sources"]
    assert answer["question"]["name"] == name
    assert set(answer["as_of"]) == {"valid_at", "known_at"}


def test_every_question_of_the_package_has_an_address(client: httpx.Client) -> None:
    asked = set(questions.__all__) - {"earlier"}
    operations = {
        o["operationId"] for path in client.get("/openapi.json").json()["paths"].values() for o in path.values()
    }
    assert asked <= operations
    assert asked == set(CASES)


def test_what_was_known_before_a_correction_is_answered_as_it_was_known(client: httpx.Client) -> None:
    address = f"/v1/parties/{B}/control"
    before = client.get(address, params={"known_at": "2024-12-31T00:00:00Z"}).json()["answer"]["controllers"]
    after = client.get(address).json()["answer"]["controllers"]
    assert [(each["controller"]["id"], each["certain"]) for each in before] == [(PERSON, True)]
    assert (PERSON, True) not in [(each["controller"]["id"], each["certain"]) for each in after]


def test_the_day_in_the_world_counts(client: httpx.Client) -> None:
    def owners(valid_at: str) -> list[str]:
        relations = client.get(f"/v1/parties/{SHOP}", params={"valid_at": valid_at}).json()["answer"]["relations"]
        return [
            fact["from"]["id"]
            for r in relations
            if (r["kind"], r["direction"]) == ("OWNS", "in")
            for fact in r["facts"]
        ]

    assert owners("2024-06-30") == [MINE]
    assert owners("2024-07-01") == []


def test_an_older_version_counts_older_loads_only(client: httpx.Client) -> None:
    first = client.get(f"/v1/parties/{MINE}/exposure", params={"version": 1}).json()
    newest = client.get(f"/v1/parties/{MINE}/exposure").json()
    assert first["snapshot"].startswith("v1 ")
    assert first["answer"]["alone"]["drawn"] == 0
    assert newest["answer"]["alone"]["drawn"] == 5e7


def test_a_lender_and_a_currency_can_be_set_once_for_all(engine: Engine) -> None:
    given = Settings(lender=BANK, currency="CNY")
    with serving(create_app(engine, given)) as client:
        own = client.get(f"/v1/parties/{MINE}/exposure").json()["answer"]
        everybody = client.get(f"/v1/parties/{MINE}/exposure", params={"lender": ""}).json()["answer"]
    assert (own["lender"]["id"], own["currency"]) == (BANK, "CNY")
    assert everybody["lender"] is None


@pytest.mark.parametrize(
    ("address", "status", "where"),
    [
        ("/v1/parties/register:nobody", 404, "register:nobody"),
        ("/v1/parties/register:nobody/control", 404, "register:nobody"),
        ("/v1/parties/%20/control", 422, "id"),
        (f"/v1/links?party={B}&party=", 422, "party"),
        (f"/v1/parties/{B}/exposure?lender=%20", 422, "lender"),
        (f"/v1/parties/{B}/exposure?lender=register:nobody", 404, "register:nobody"),
        (f"/v1/parties/{B}?version=99", 404, "version 99"),
        (f"/v1/parties/{B}?valid_at=2024-02-30", 422, "valid_at"),
        (f"/v1/parties/{B}?valid_at=1709251200", 422, "valid_at"),
        (f"/v1/parties/{B}?known_at=yesterday", 422, "known_at"),
        (f"/v1/parties/{B}?currency=yuan", 422, "currency"),
        (f"/v1/parties/{B}?limit=0", 422, "limit"),
        (f"/v1/parties/{B}?limit=1001", 422, "limit"),
        (f"/v1/parties/{B}?offset=-1", 422, "offset"),
        (f"/v1/parties/{B}?know_at=2024-01-01", 422, "know_at"),
        (f"/v1/parties/{B}?valid_at=2024-01-01&valid_at=2025-01-01", 422, "valid_at"),
        (f"/v1/parties/{B}/network?kinds=LOVES", 422, "kinds"),
        (f"/v1/parties/{B}/network?hops=9", 422, "hops"),
        (f"/v1/parties/{B}/changes", 422, "since"),
        (f"/v1/parties/{B}/changes?since=2025-01-01&valid_at=2024-01-01", 422, "since"),
        (f"/v1/parties/{B}/changes?since_known=2025-01-01&known_at=2024-01-01", 422, "since_known"),
        (f"/v1/parties/{B}/exposure?currency=EUR", 422, "CNY/EUR on 2025-06-30"),
        (f"/v1/links?party={B}", 422, "party"),
        (f"/v1/links?party={B}&party={B}", 422, "party"),
        ("/v1/parties", 422, "q"),
        (f"/v1/parties?q={'x' * 201}", 422, "q"),
        ("/v1/parties?q=", 422, "q"),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_place(
    client: httpx.Client, address: str, status: int, where: str
) -> None:
    reply = client.get(address)
    problem = reply.json()
    assert (reply.status_code, problem.get("status"), problem.get("where")) == (status, status, where), reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert problem["remedy"]
    assert "--" not in reply.text


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        (f"/v1/parties/{B}?limit=0", "limit: '0' given; it must be at least 1"),
        (f"/v1/parties/{B}?limit=1001", "limit: '1001' given; it must be at most 1000"),
        (f"/v1/parties/{B}?limit=many", "limit: 'many' given; it must be a whole number"),
        (f"/v1/parties/{B}?limit=1.5", "limit: '1.5' given; it must be a whole number"),
        (f"/v1/parties/{B}?limit={'9' * 5000}", f"limit: '{'9' * 50}…' given; it must be a smaller number"),
        (f"/v1/parties/{B}?version=", "version: '' given; it must be a whole number"),
        (
            f"/v1/parties/{B}?limit=0&offset=-1",
            "limit: '0' given; it must be at least 1; offset: '-1' given; it",
        ),
        (f"/v1/parties/{B}?currency=yuan", "currency: 'yuan' given; it must be three capital letters, such as CNY"),
        ("/v1/parties", "q: it must be given"),
        (f"/v1/parties?q={'x' * 201}", "q: it must have at most 200 characters"),
        (f"/v1/links?party={B}", "party: 1 value given; it must be given at least 2 times"),
        ("/v1/links?" + "&".join(["party=a"] * 99), "party: 99 values given; it must be given at most"),
        ("/v1/parties/", "id: it must not be empty"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_told_in_plain_words(
    client: httpx.Client, address: str, detail: str
) -> None:
    problem = client.get(address).json()
    assert problem["status"] == 422
    assert problem["detail"].startswith(detail), problem
    assert len(problem["detail"]) < 200


def test_an_id_may_hold_any_character(tmp_path: Path) -> None:
    strange = ["register:a/b", "register:a b?c#d%2F&=+", "登记:甲/乙", "register:x//", "register:é\u0301"]
    book = Book(tmp_path / "columns")
    said = [("Profile", {"party": party, "name": f"name of {party}"}) for party in strange]
    book.load(dict.fromkeys(strange, "Company"), said, closed_at=instant("2024-02-01"))
    with serving(create_app(Engine.open(Place(tmp_path)), Settings())) as client:
        for party in strange:
            for question in ("", "/network", "/groups"):
                reply = client.get(f"/v1/parties/{quote(party, safe='')}{question}")
                assert reply.json()["answer"]["party"]["id"] == party, reply.text


def test_a_service_without_facts_is_alive_and_not_ready_and_takes_the_first_load_in(tmp_path: Path) -> None:
    book = Book(tmp_path / "columns")
    engine = Engine.open(Place(tmp_path))
    with serving(create_app(engine, Settings(), look_every=0.05)) as client:
        assert client.get("/health").json() == {"status": "alive"}
        reply = client.get("/ready")
        assert (reply.status_code, reply.headers["content-type"]) == (503, "application/problem+json")
        assert client.get("/v1/parties/register:a").status_code == 404
        assert client.get("/v1/parties?q=a").json()["reasons"][0] == "Nothing is loaded in this version."
        for number, name in enumerate(("first", "second"), start=1):
            profile = {"party": "register:a", "name": name, "valid_from": day(f"2024-0{number}-01")}
            book.load({"register:a": "Company"} if number == 1 else {}, [("Profile", profile)], closed_at=CLOCK)
            while client.get("/ready").json().get("version") != number:
                pass
            assert client.get("/v1/parties/register:a").json()["answer"]["party"]["name"] == name
        old = client.get("/v1/parties/register:a", params={"version": 1}).json()
    assert old["answer"]["party"]["name"] == "first"


def test_every_reply_is_marked(client: httpx.Client) -> None:
    for address in ("/health", f"/v1/parties/{B}", "/v1/parties/nobody", "/nowhere", "/docs", "/openapi.json"):
        headers = client.get(address).headers
        assert headers["cache-control"] == "no-store", address
        assert headers["x-content-type-options"] == "nosniff", address
        assert "default-src 'none'" in headers["content-security-policy"], address
        assert "access-control-allow-origin" not in headers, address


def test_what_is_too_large_is_refused(engine: Engine) -> None:
    with serving(create_app(engine, Settings(max_url=200, max_body=1000))) as client:
        long = client.get("/v1/parties", params={"q": "x" * 200})
        large = client.request("GET", "/health", content=b"x" * 1001)
        fine = client.request("GET", "/health", content=b"x" * 1000)
    assert (long.status_code, large.status_code, fine.status_code) == (414, 413, 200)
    assert {long.headers["content-type"], large.headers["content-type"]} == {"application/problem+json"}
