"""A request for credit in a file: JSON or TOML, each thing said once."""

import json
from io import StringIO
from pathlib import Path

import pytest

from api.questions.limits.applications import read_file, read_request
from graph.errors import InvalidInput, UnreadableFile


def test_a_file_is_json_or_toml_and_may_be_piped_in(tmp_path: Path) -> None:
    text = 'applicant = "r:a"\ndate = 2026-03-01\n[facility]\namount = 5\ncurrency = "CNY"\nmaturity = 2030-01-01\n'
    (tmp_path / "f.toml").write_text(text, encoding="utf-8")
    said = {"applicant": "r:a", "date": "2026-03-01", "facility": {"amount": 5, "currency": "CNY",
            "maturity": "2030-01-01"}}  # fmt: skip
    (tmp_path / "f.json").write_text(json.dumps(said), encoding="utf-8")
    found = [read_file(tmp_path / name, StringIO()) for name in ("f.toml", "f.json")]
    with (tmp_path / "f.json").open(encoding="utf-8") as piped:
        found.append(read_file(Path("-"), piped))
    assert found[0] == found[1] == found[2]
    assert found[0].facility.maturity == "2030-01-01"


@pytest.mark.parametrize("text", ['{"applicant": "a", "applicant": "b"}', '{"facility": {"amount": 1, "amount": 9}}'])
def test_what_is_said_twice_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.json").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match="stands twice"):
        read_file(tmp_path / "f.json", StringIO())


@pytest.mark.parametrize("text", ["{", "= 3", "", '{"applicant": 3}', '{"applicant": "a"}', "[1]", "é".encode("gbk")])
def test_a_file_that_holds_no_request_is_told(tmp_path: Path, text: str | bytes) -> None:
    file = tmp_path / "f.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InvalidInput):
        read_file(file, StringIO())


def test_a_missing_file_and_a_field_that_is_not_known_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no such file"):
        read_file(tmp_path / "none.json", StringIO())
    with pytest.raises(InvalidInput, match="amonut"):
        read_request({"applicant": "a", "facility": {"amonut": 1, "amount": 1, "currency": "CNY"}}, where="f")
