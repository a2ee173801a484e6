"""Named scenarios: they can be meant, speak both languages, and fit a world as files of one's own do."""

import re
from pathlib import Path

import pytest

from api.questions.shocks.catalogue import called, catalogue, named
from graph.errors import InvalidQuestion
from tests.api.questions.shocks.test_shock import told

GB_T_4754_2017 = {
    **dict.fromkeys(range(1, 6), "A"), **dict.fromkeys(range(6, 13), "B"), **dict.fromkeys(range(13, 44), "C"),
    **dict.fromkeys(range(44, 47), "D"), **dict.fromkeys(range(47, 51), "E"), 51: "F", 52: "F",
    **dict.fromkeys(range(53, 61), "G"), 61: "H", 62: "H", **dict.fromkeys(range(63, 66), "I"),
    **dict.fromkeys(range(66, 70), "J"), 70: "K", 71: "L", 72: "L",
}  # fmt: skip
"""Section of each division up to 72."""


@pytest.mark.parametrize("name", catalogue())
def test_each_says_what_it_means_in_both_languages_and_can_be_sent(name: str) -> None:
    one = catalogue()[name]
    assert named(name, lender="r:bank").checked().name == name
    assert not one.verified
    for words in (one.name, one.meaning):
        assert re.search("[一-鿿]", words.zh)
        assert words.en.isascii()


@pytest.mark.parametrize("name", catalogue())
def test_industries_are_sections_or_divisions_of_the_standard(name: str) -> None:
    for one in catalogue()[name].scenario.stopped:
        assert len(one.industry) in (1, 3)
        assert one.industry in set("ABCDEFGHIJKLMNOPQRST") or GB_T_4754_2017[int(one.industry[1:])] == one.industry[0]


def test_what_fits_nobody_is_told_and_the_rest_is_sent(tmp_path: Path) -> None:
    """In the world of the worked shock d, a fifth firm, has industry C31 alone of what the scenario names."""
    scenario = named("steel").model_dump()
    found = told(tmp_path, **scenario)
    assert {one.party.id: one.output for one in found.idle}["r:d"] == pytest.approx(0.3)
    absent = [gap.said for gap in found.gaps if gap.said.startswith("nobody here is of")]
    assert absent == [
        f"nobody here is of {code}, whose output the scenario has fall: left out" for code in ("B08", "C25", "F51")
    ]


def test_one_that_fits_nobody_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidQuestion, match="stopped: fits nobody here"):
        told(tmp_path, **named("travel").model_dump())


def test_the_lender_that_fails_is_the_one_asked_about() -> None:
    assert named("lender-fails", lender="r:bank").failed == ("r:bank",)
    with pytest.raises(InvalidQuestion, match="lender-fails: the lender that fails is not named"):
        named("lender-fails")


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(InvalidQuestion) as caught:
        named("meteor")
    assert caught.value.remedy.startswith("name one of")
    assert "real-estate" in caught.value.remedy
    with pytest.raises(InvalidQuestion) as typed:
        named("realestate")
    assert typed.value.remedy.startswith("perhaps real-estate is meant")


def test_one_of_the_catalogue_is_called_as_it_is_there_whatever_it_assumes(tmp_path: Path) -> None:
    found = told(tmp_path / "theirs", **named("steel").model_dump() | {"lgd": 0.2})
    assert (found.name, found.called, found.called_zh) == ("steel", "Steel falls", "钢铁行业下行")
    own = told(tmp_path / "own", name="steel", failed=("r:a",))
    assert (own.name, own.called, own.called_zh) == ("steel", "steel", "steel")
    fails = called(named("lender-fails", lender="r:bank"))
    assert (fails.en, fails.zh) == ("The lender fails", "出借人违约")
