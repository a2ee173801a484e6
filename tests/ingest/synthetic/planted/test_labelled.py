from pathlib import Path

import pytest

from graph.errors import InvalidQuestion
from ingest.synthetic.planted.labelled import SLOPES, write_labelled


def test_a_set_with_fewer_figures_than_risk_hangs_on_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidQuestion, match="too few") as refused:
        write_labelled(tmp_path / "few", firms=50, figures=len(SLOPES) - 1)
    assert str(len(SLOPES)) in refused.value.remedy
    assert not (tmp_path / "few").exists()
