"""`contagraph panel`, `train` and `evaluate` as they are typed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.learning.planted import panel_of
from api.learning.tables import keep_panel
from ingest.synthetic.planted import planted

CONTAGRAPH = str(Path(sys.executable).with_name("contagraph"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kept panel and a file that asks for trees."""
    found = tmp_path_factory.mktemp("learning")
    keep_panel(panel_of(planted("S1", count=400, seed=5)), found / "panel")
    text = '[panel]\nfolder = "panel"\n[model]\nname = "lightgbm-graph"\nepochs = 5\nnets = 1\ndevice = "cpu"\n'
    (found / "train.toml").write_text(text, encoding="utf-8")
    return found


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([CONTAGRAPH, *words], capture_output=True, text=True, encoding="utf-8", check=False,
                          timeout=200, env={**os.environ, "CONTAGRAPH_DATA": str(folder / "data")})  # fmt: skip


def test_a_training_says_what_is_kept_where_it_is_and_that_it_answers_nothing_yet(folder: Path) -> None:
    done = run(folder, "train", str(folder / "train.toml"), "--store", str(folder / "store"))
    assert done.returncode == 0, done.stderr
    assert "kept: lightgbm-graph" in done.stdout
    assert "not served before two people promote it: contagraph models promote lightgbm-graph@1" in done.stdout
    said = done.stdout.replace("not served before", "")
    assert "served:" not in said
    assert (folder / "store" / "models" / "lightgbm-graph" / "1" / "card.md").exists()


def test_a_panel_is_told_and_kept_again_as_it_was(folder: Path) -> None:
    done = run(folder, "panel", str(folder / "train.toml"), "--out", str(folder / "again"))
    assert done.returncode == 0, done.stderr
    kept, again = (json.loads((folder / name / "panel.json").read_text()) for name in ("panel", "again"))
    assert kept["hash"] == again["hash"]
    assert kept["hash"] in done.stdout.replace("\n", "")


@pytest.mark.parametrize(("words", "said"), [
    (("evaluate",), "say what is evaluated, once"),
    (("evaluate", "train.toml", "--world", "S1"), "say what is evaluated, once"),
    (("evaluate", "--world", "S1", "--out", "x.pdf"), "no report is written as x.pdf"),
    (("evaluate", "--world", "S1", "--lang", "fr"), "not spoken"),
    (("train", "absent.toml"), "cannot be read"),
])  # fmt: skip
def test_what_cannot_be_asked_says_why_and_how_to_mend_it(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = run(folder, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "→" in done.stderr


def test_ctrl_c_stops_at_a_cell_and_the_command_goes_on_from_there(folder: Path) -> None:
    words = [CONTAGRAPH, "evaluate", str(folder / "train.toml"), "--store", str(folder / "store2"), "--quick"]
    started = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    cells = folder / "store2" / "evaluations"
    for _ in range(1200):
        if len(list(cells.glob("*.safetensors"))) >= 2 or started.poll() is not None:
            break
        time.sleep(0.1)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=120)
    assert started.returncode == 130, said
    before = {file.name: file.stat().st_mtime_ns for file in cells.glob("*.safetensors")}
    assert len(before) >= 2
    done = run(folder, *words[1:], "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["card"]["served"]["model"]
    assert before.items() <= {file.name: file.stat().st_mtime_ns for file in cells.glob("*.safetensors")}.items()
