from pathlib import Path

import pytest

from graph.errors import UnreadableFile
from ingest.registry import names, recognise, source


@pytest.mark.parametrize("name", names())
def test_every_source_can_be_had_by_its_name(name: str) -> None:
    assert source(name).name == name


def test_the_reference_registers_are_recognised(reference_data: Path) -> None:
    assert recognise(reference_data / "bods-bp" / "bp.jsonl").name == "bods"
    assert recognise(reference_data / "bods-examples").name == "bods"
    assert recognise(reference_data / "finbench").name == "finbench"


def test_a_table_is_recognised_by_its_ending(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    assert recognise(tmp_path / "t.csv").name == "tables"
    assert recognise(tmp_path).name == "tables"


def test_what_no_source_knows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.pdf").write_bytes(b"%PDF")
    for path in (tmp_path / "t.pdf", tmp_path / "none.csv"):
        with pytest.raises(UnreadableFile):
            recognise(path)
    with pytest.raises(UnreadableFile, match="no source"):
        source("fax")
