"""Whom a scenario means: every name is looked up once, at its place."""

import pytest

from api.questions.meant import meant_scenario
from api.questions.shocks.catalogue import named
from api.questions.shocks.scenario import Scenario
from graph.errors import InvalidQuestion

OWN = Scenario.model_validate({
    "name": "steel", "failed": ["a", "b"],
    "stopped": [{"share": 0.1, "industry": "C"}, {"share": 0.2, "parties": ["c"]}],
})  # fmt: skip


def test_each_name_is_looked_up_at_its_place() -> None:
    places: list[tuple[str, str]] = []

    def id_of(text: str, where: str) -> str:
        places.append((text, where))
        return text.upper()

    found = meant_scenario(OWN, lender="bank", id_of=id_of)
    assert places == [("bank", "lender"), ("a", "failed.0"), ("b", "failed.1"), ("c", "stopped.1.parties")]
    assert (found.lender, found.failed, found.stopped[1].parties) == ("BANK", ("A", "B"), ("C",))
    assert found.stopped[0].industry == "C"


def test_a_name_alone_is_that_of_the_catalogue_and_what_else_is_said_changes_it() -> None:
    said = Scenario.model_validate({"name": "steel", "lgd": 0.9, "haircuts": {}})
    found = meant_scenario(said, lender="bank", id_of=lambda text, _: text)
    assert found == named("steel", lender="bank").model_copy(update={"lgd": 0.9, "haircuts": {}})


def test_a_name_that_nobody_gave_is_told_the_ones_there_are() -> None:
    with pytest.raises(InvalidQuestion, match="no scenario is called a fire") as told:
        meant_scenario(Scenario(name="a fire"), lender="", id_of=lambda text, _: text)
    assert "steel" in told.value.remedy
    assert "`failed`" in told.value.remedy
