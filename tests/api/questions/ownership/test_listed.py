"""Control of a listed company by the tests of takeover law, from facts of the moment."""

from pathlib import Path

from api.questions import owners
from tests.api.limits.test_standing import A, B, C, Fact, fact, owns
from tests.api.questions.book.test_related import engine

LISTED: Fact = ("Profile", {"party": C, "name": "Listed", "listed": True})


def outcomes(folder: Path, *more: Fact) -> dict[str, dict[str, str]]:
    """Outcome of each test by investor."""
    asked = engine(folder, LISTED, owns(A, C, 0.2), owns(B, C, 0.1), *more)
    listed = owners(asked, C, moment=asked.moment()).answer.listed
    assert listed is not None
    return {one.parties[0].id: {test.test: test.outcome for test in one.tests} for one in listed.investors}


def test_influence_that_a_source_states_is_control_on_that_basis(tmp_path: Path) -> None:
    """Art. 84(4): votes that suffice for material influence on the resolutions of the meeting."""
    unsaid = outcomes(tmp_path / "unsaid")
    assert [unsaid[x]["influence"] for x in (A, B)] == ["cannot be tested"] * 2
    stated = outcomes(tmp_path / "stated", fact("CONTROLS", A, C, basis="influence", directness="direct"))
    assert stated[A] == {"holding": "not met", "votes": "not met", "board": "cannot be tested", "influence": "met"}
    assert stated[B]["influence"] == "cannot be tested"
