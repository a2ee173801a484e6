"""`contagraph planted`."""

from pathlib import Path

import numpy as np
import pandas as pd
from typer.testing import CliRunner

from api.cli import app
from graph.errors import InvalidInput
from ingest.synthetic.planted import planted, truth


def test_it_writes_a_world_and_what_is_true_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    done = CliRunner().invoke(app, ["planted", str(folder), "--world", "S1", "--firms", "300", "--seed", "4"])
    assert done.exit_code == 0, done.output
    world = planted("S1", count=300, seed=4)
    assert f"300 firms, {(world.defaulted >= 0).sum()} defaults in 8 years" in done.output
    told = pd.read_csv(folder / "truth" / "probabilities.csv")
    last = told[told["day"] == "2023-12-31"].set_index("id")["probability"]
    np.testing.assert_allclose(last.reindex(world.ids), truth(world).probability[7], rtol=1e-12)


def test_without_draws_nothing_is_said_of_what_is_true(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["planted", str(tmp_path / "w"), "--firms", "100", "--draws", "0"])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "w" / "deliveries.json").is_file()
    assert not (tmp_path / "w" / "truth").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = CliRunner().invoke(app, ["planted", str(tmp_path), "--firms", "100"])
    assert isinstance(done.exception, InvalidInput)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
