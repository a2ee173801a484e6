"""The demonstration of real registers, its commands run as they are shown."""

import shutil
from pathlib import Path

import pytest

from api.cli import app
from api.commands import ask
from api.commands.demonstration import registers


def test_every_question_is_asked_and_one_without_data_says_so(
    reference_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(reference_data / "bods-examples" / "bods-package.json", data)
    said: dict[str, str] = {}
    for step in registers(data, tmp_path, tmp_path / "store"):
        app(list(step.command), standalone_mode=False)
        said[step.command[step.command[0] == "ask"]] = capsys.readouterr().out
    questions = {command.name or command.callback.__name__ for command in ask.app.registered_commands}  # type: ignore[union-attr]
    assert questions - {"risk"} <= said.keys()  # which needs a model that two people promoted
    # The example tells of one firm and its owner in 2016, and of no trade and no loan.
    for name, honest in (
        ("upstream", "not known to buy from anybody"),
        ("downstream", "not known to sell to anybody"),
        ("changes", "Nothing about"),
        ("exposure", "nothing at stake"),
        ("shock", "1 party fails; creditors lose 0"),
    ):
        assert honest in said[name]


def test_a_lender_is_asked_for_more_in_the_currency_of_its_loans(
    reference_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for step in registers(reference_data / "finbench", tmp_path, tmp_path / "store"):
        if step.command[0] == "load" or "credit-check" in step.command:
            app(list(step.command), standalone_mode=False)
    assert "USD 1,000,000 of DEMO-BANK" in capsys.readouterr().out
