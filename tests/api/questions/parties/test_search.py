import pytest

from api.engine import Engine
from api.questions import search
from graph.errors import InvalidQuestion
from tests.api.conftest import BUYER, B
from tests.api.world import instant


@pytest.mark.parametrize(
    ("text", "first"),
    [("澜汀集團", B), ("91350100M000100Y43", B), ("Vorvaen Motors", BUYER), ("register:buyer", BUYER)],
)
def test_a_party_is_found_by_name_number_or_id(engine: Engine, text: str, first: str) -> None:
    answer = search(engine, text, moment=engine.moment())
    assert answer.answer.matches[0].party.id == first
    assert answer.reasons
    assert answer.sources


def test_pages_together_are_the_whole_list(engine: Engine) -> None:
    moment = engine.moment()
    whole = search(engine, "register:s", limit=500, moment=moment).answer
    pages = [search(engine, "register:s", limit=100, offset=at, moment=moment).answer for at in (0, 100, 200, 300)]
    assert sum((page.matches for page in pages), ()) == whole.matches
    assert {page.page.total for page in pages} == {whole.page.total}
    assert whole.page.total >= 300


def test_what_was_not_known_yet_is_not_found(engine: Engine) -> None:
    before = engine.moment(known_at=instant("2024-02-15"))
    assert not search(engine, "沅漪银行", moment=before).answer.matches
    assert search(engine, "沅漪银行", moment=engine.moment()).answer.matches


def test_an_answer_that_is_empty_says_so(engine: Engine) -> None:
    answer = search(engine, "qqqq", moment=engine.moment())
    assert answer.answer.matches == ()
    assert "Nothing" in answer.reasons[0]


@pytest.mark.parametrize("text", ["", " \t", "　"])
def test_a_search_for_nothing_is_refused_with_a_remedy(engine: Engine, text: str) -> None:
    with pytest.raises(InvalidQuestion, match="nothing is searched for") as caught:
        search(engine, text, moment=engine.moment())
    assert "a name" in caught.value.remedy


@pytest.mark.parametrize(("text", "limit"), [("x" * 500, 20), ("x", 0), ("x", 100_000)])
def test_what_cannot_be_asked_is_refused(engine: Engine, text: str, limit: int) -> None:
    with pytest.raises(InvalidQuestion):
        search(engine, text, limit=limit, moment=engine.moment())


def test_whoever_searches_for_a_natural_persons_number_is_told_why_nothing_is_found(engine: Engine) -> None:
    found = search(engine, "11010519491231002x", moment=engine.moment())
    assert (found.answer.matches, "keyed hashes" in found.reasons[0]) == ((), True)
