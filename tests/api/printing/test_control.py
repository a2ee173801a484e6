from pathlib import Path

import pytest

from api.printing import frame
from api.questions import control, owners
from tests.api.questions.ownership.test_control import held_by


def test_votes_of_a_concert_stand_beside_all_who_cast_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """40 % and 15 % vote as 55 %, which neither has alone."""
    monkeypatch.setenv("COLUMNS", "160")
    held = [("p1", "top", 0.4), ("p2", "top", 0.15), ("z", "top", 0.2)]
    engine = held_by(tmp_path, held, ("p1", "p2"))
    for ask in (control, owners):
        frame.show(ask(engine, "r:top", moment=engine.moment()), as_json=False)
        said = capsys.readouterr().out
        block = said[said.index("who decides: concert") :].splitlines()
        (first,) = [k for k, line in enumerate(block) if "55% together" in line]
        assert block[first].split()[:2] == ["r:p1", "r:p1"]
        assert block[first + 1].split()[:2] == ["r:p2", "r:p2"]
