"""A scenario by its name, or by a name that is nearly one of the catalogue's."""

from pathlib import Path
from typing import Any

import pytest

from api.commands.scenarios import scenario_of
from graph.errors import InvalidInput, InvalidQuestion, UnreadableFile

NOBODY: Any = None
"""No party is looked for before the scenario is known."""


@pytest.mark.parametrize(
    ("said", "text", "remedy"),
    [
        ("realestate", "no scenario is called realestate", "perhaps real-estate is meant"),
        ("meteor", "no scenario is called meteor", "name one of"),
        ("lender-fails", "the lender that fails is not named", "name the lender that is meant, as --lender"),
    ],
)
def test_a_name_that_is_none_is_told_what_may_be_meant(said: str, text: str, remedy: str) -> None:
    with pytest.raises(InvalidQuestion, match=text) as caught:
        scenario_of(NOBODY, NOBODY, Path(said), "")
    assert caught.value.remedy.startswith(remedy)


def test_a_path_that_leads_nowhere_is_a_file_that_is_missing(tmp_path: Path) -> None:
    for file in (tmp_path / "realestate", Path("realestate.toml")):
        with pytest.raises(UnreadableFile, match="there is no such file"):
            scenario_of(NOBODY, NOBODY, file, "")


def test_what_stands_in_for_missing_figures_is_asked_beside_the_scenario(tmp_path: Path) -> None:
    plain, asked = (scenario_of(NOBODY, NOBODY, Path("recession"), "", missing=one) for one in (None, "medians"))
    assert (plain.missing, asked.missing) == ("left out", "medians")
    assert asked.stopped == plain.stopped
    file = tmp_path / "mine.toml"
    file.write_text('missing = "medians"\n[[stopped]]\nshare = 0.1\nindustry = "C"\n', encoding="utf-8")
    kept, said = (scenario_of(NOBODY, NOBODY, file, "", missing=one).missing for one in (None, "left out"))
    assert (kept, said) == ("medians", "left out")
    with pytest.raises(InvalidInput, match="missing: 'left out' or 'medians'"):
        scenario_of(NOBODY, NOBODY, Path("recession"), "", missing="means")
