from datetime import date
from pathlib import Path

import pytest

from analytics.learning.panel import Split
from api.learning.config import judged_by, read_config, split_of
from graph.errors import InvalidQuestion, InvalidRule, UnreadableFile
from tests.analytics.learning.panels import small


def written(folder: Path, text: str) -> Path:
    file = folder / "train.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_says_days_split_and_model_and_leaves_the_rest_as_usual(tmp_path: Path) -> None:
    asked = read_config(written(tmp_path, '[panel]\ndays = [2019-12-31, 2020-12-31]\n[model]\nname = "gnn"\n'))
    assert asked.panel.plan().days == (date(2019, 12, 31), date(2020, 12, 31))
    assert (asked.model.name, asked.split.by, asked.panel.plan().months) == ("gnn", "time", 12)


@pytest.mark.parametrize(("text", "said"), [
    ("[panel]\ndays = [2019-12-31]\nmodel = 3\n", "no field model"),
    ('[panel]\n[model]\nname = "oracle"\n', "oracle"),
    ("[split]\n", "lacks panel"),
])  # fmt: skip
def test_what_no_field_knows_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidRule, match=said):
        read_config(written(tmp_path, text))


def test_what_is_no_toml_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no TOML"):
        read_config(written(tmp_path, "panel: days"))
    with pytest.raises(UnreadableFile):
        read_config(tmp_path / "absent.toml")


def test_an_evaluation_is_split_as_its_file_asks(tmp_path: Path) -> None:
    """By community a training cannot be split, as it keeps one model; an evaluation can."""
    panel = small()
    asked = read_config(written(tmp_path, "[panel]\n[split]\nvalidate = 2\ntest = 1\n"))
    by = judged_by(panel, asked.split)
    assert isinstance(by, Split)
    assert by.digest == Split.by_time(panel, validate=2, test=1).digest
    parted = read_config(written(tmp_path, '[panel]\n[split]\nby = "community"\nfolds = 4\n'))
    assert judged_by(panel, parted.split) == "community"
    with pytest.raises(InvalidQuestion, match="community"):
        split_of(panel, parted.split)
