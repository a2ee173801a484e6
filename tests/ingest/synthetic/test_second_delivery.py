from pathlib import Path

import pandas as pd
import pytest

from ingest.synthetic import World, write_second_delivery
from tests.ingest.synthetic.reading import SHARE, csv

CHANGES = 200


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("second")
    write_second_delivery(folder, parties=2_000, changes=CHANGES)
    return folder


def test_a_second_delivery_moves_as_many_values_as_asked(clean: World, second: Path) -> None:
    ends = ["股东编号", "统一社会信用代码"]
    old = csv(clean.folder / "2024-06-30-register" / "股东.csv").set_index(ends)
    new = csv(second / "full" / "2024-12-30-register" / "股东.csv").set_index(ends)
    both = new.index.intersection(old.index)
    assert len(both) == len(new)
    moved = both[old.loc[both, SHARE].to_numpy() != new.loc[both, SHARE].to_numpy()]
    assert len(moved) == CHANGES // 2
    alone = csv(second / "changes" / "2024-12-30-register" / "股东更正.csv").set_index(ends)
    assert sorted(alone.index) == sorted(moved)
    assert (alone.loc[moved, SHARE] == new.loc[moved, SHARE]).all()


def test_sales_move_too_and_alone_they_say_the_same(clean: World, second: Path) -> None:
    ends = ["supplier", "buyer", "product"]
    old = pd.read_parquet(clean.folder / "2024-06-30-supply" / "supplies.parquet").set_index(ends)
    new = pd.read_parquet(second / "full" / "2024-12-30-supply" / "supplies.parquet").set_index(ends)
    assert list(old.index) == list(new.index)
    moved = new[old["amount"] != new["amount"]]
    assert len(moved) == CHANGES - CHANGES // 2
    alone = pd.read_parquet(second / "changes" / "2024-12-30-supply" / "supplies.parquet").set_index(ends)
    pd.testing.assert_frame_equal(alone.sort_index(), moved.sort_index())
