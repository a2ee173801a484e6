"""A training leaves a folder that a person can read and that says the same again; what was changed is refused."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analytics.learning.panel import Panel
from api.learned.training import Trained, train
from api.learning.config import Config, ModelAsked, PanelAsked, SplitAsked
from api.learning.edition import edition
from api.learning.planted import panel_of
from api.learning.runs import Run, runs
from graph.errors import Cancelled, InvalidModel, InvalidPanel, InvalidQuestion
from ingest.synthetic.planted import planted

TEXT = b'[panel]\nfolder = "panel"\n[model]\nname = "stack"\n'
STACK = Config(panel=PanelAsked(folder="panel"), model=ModelAsked(name="stack", nets=1, epochs=12, device="cpu"))
TREES = replace(STACK, model=ModelAsked(name="lightgbm-graph"))


def unwatched(_done: float, _doing: str) -> None:
    """Nobody looks."""


@pytest.fixture(scope="module")
def panel() -> Panel:
    return panel_of(planted("S1", count=500, seed=5))


@pytest.fixture(scope="module")
def trained(panel: Panel, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(panel, STACK, TEXT, store=tmp_path_factory.mktemp("store"), watch=unwatched)


def test_the_folder_says_all_that_a_person_asks(trained: Trained, panel: Panel) -> None:
    folder = trained.run.folder
    names = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert {"config.toml", "panel.json", "metrics.json", "curves.svg", "reliability.svg", "card.md", "card.zh.md",
            "conformal.json", "manifest.json", "model/model.json"} <= names  # fmt: skip
    assert not [name for name in names if name.startswith("state/") or name.endswith((".pkl", ".pt", ".part"))]
    assert tomllib.loads((folder / "config.toml").read_text())["model"]["name"] == "stack"
    assert json.loads((folder / "panel.json").read_text())["hash"] == panel.digest == trained.run.manifest()["panel"]
    for name in ("curves.svg", "reliability.svg"):
        assert (folder / name).read_text().startswith("<svg")


def test_what_is_served_follows_the_rule_and_the_card_says_so(trained: Trained) -> None:
    served = trained.card.served
    assert trained.kept == served.model == trained.run.manifest()["model"]
    card = (trained.run.folder / "card.md").read_text(encoding="utf-8")
    assert f"Kept: **{trained.kept}**" in card
    assert served.why.en in card
    assert served.why.zh in (trained.run.folder / "card.zh.md").read_text(encoding="utf-8")
    gain = served.gain
    assert gain is not None
    assert (served.model == "stack") == (gain.low > 0)


def test_sets_rest_on_rows_that_neither_taught_nor_settled(trained: Trained, panel: Panel) -> None:
    """What stopped, joined or calibrated a model looks less strange to it than what it has never seen."""
    from analytics.learning.panel import Part, Split  # noqa: PLC0415

    split, fitted = Split.by_time(panel), trained.run.model()
    said = split.pick(panel, Part.TEST, tuple(fitted.predict(panel, at) for at in range(len(panel.waves))))
    label, kept = split.labels(panel, Part.TEST), json.loads(trained.run.read("conformal.json"))
    for name, which in (("sound", 0), ("defaults", 1)):
        np.testing.assert_allclose(kept[name], np.sort(said[label == which]), rtol=1e-12)


def test_the_model_that_was_kept_says_the_same(trained: Trained, panel: Panel) -> None:
    fitted = trained.run.model()
    said = fitted.predict(panel, len(panel.waves) - 2)
    assert np.isfinite(said).all()
    metrics = json.loads(trained.run.read("metrics.json"))
    row = next(row for row in metrics["card"]["table"]["rows"] if (row["model"], row["variant"]) == (fitted.name, ""))
    from analytics.learning.judging.ranking import auc  # noqa: PLC0415
    from analytics.learning.panel import Part, Split  # noqa: PLC0415

    split = Split.by_time(panel)
    probability = split.pick(panel, Part.TEST, tuple(fitted.predict(panel, at) for at in range(len(panel.waves))))
    assert row["measures"]["auc"]["value"] == pytest.approx(auc(split.labels(panel, Part.TEST), probability), abs=1e-12)


@pytest.mark.parametrize("name", ["metrics.json", "model/model.json", "card.md"])
def test_a_changed_byte_is_refused(trained: Trained, name: str) -> None:
    file = trained.run.folder / name
    before = file.read_bytes()
    file.write_bytes(before[:-2] + b"#" + before[-1:])
    try:
        with pytest.raises(InvalidModel, match="changed"):
            trained.run.read(name)
        if name.startswith("model/"):
            with pytest.raises(InvalidModel):
                trained.run.model()
    finally:
        file.write_bytes(before)


def test_a_changed_manifest_is_refused(trained: Trained) -> None:
    file = trained.run.folder / "manifest.json"
    before = file.read_text()
    file.write_text(before.replace(f'"model": "{trained.kept}"', '"model": "lightgbm"'))
    try:
        with pytest.raises(InvalidModel, match="changed"):
            trained.run.model()
    finally:
        file.write_text(before)


def test_a_file_put_beside_the_model_is_refused(trained: Trained) -> None:
    more = trained.run.folder / "model" / "more.bin"
    more.write_bytes(b"x")
    try:
        with pytest.raises(InvalidModel, match="was not there"):
            trained.run.model()
    finally:
        more.unlink()


def stopping(after: str) -> Callable[[float, str], None]:
    def watch(_done: float, doing: str) -> None:
        if after in doing:
            raise Cancelled("training")

    return watch


def files(run: Run) -> dict[str, bytes]:
    found = {str(f.relative_to(run.folder)): f.read_bytes() for f in run.folder.rglob("*") if f.is_file()}
    found.pop("manifest.json")  # it says when
    return found


def test_stopped_in_the_middle_of_a_net_it_goes_on_to_the_same_end(trained: Trained, panel: Panel,
                                                                   tmp_path: Path) -> None:  # fmt: skip
    with pytest.raises(Cancelled):
        train(panel, STACK, TEXT, store=tmp_path, watch=stopping("epoch 11"))
    (unfinished,) = runs(tmp_path)
    assert not unfinished.finished
    assert list(unfinished.state.glob("net-0*"))
    seen: list[str] = []
    again = train(panel, STACK, TEXT, store=tmp_path, watch=lambda _done, doing: seen.append(doing))
    assert again.run.folder == unfinished.folder
    epochs = [doing for doing in seen if "net 1 of 1, epoch" in doing]
    assert epochs[0].endswith("epoch 10")
    assert files(again.run) == files(trained.run)


def test_a_state_of_another_program_is_not_gone_on_from(
    panel: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may build its nets otherwise: the state is then of another training, and would be refused for ever."""
    with pytest.raises(Cancelled):
        train(panel, STACK, TEXT, store=tmp_path, watch=stopping("epoch 11"))
    (unfinished,) = runs(tmp_path)
    assert unfinished.take(0) is not None
    monkeypatch.setattr("api.learning.edition.SCHEME", 99)
    edition.cache_clear()
    try:
        assert unfinished.take(0) is None
    finally:
        edition.cache_clear()


def test_asked_anew_it_is_the_next_number_and_other_questions_do_not_take_it_up(panel: Panel, tmp_path: Path) -> None:
    first, second = (train(panel, TREES, b"[panel]\n", store=tmp_path, watch=unwatched).run for _ in range(2))
    assert (first.number, second.number) == (1, 2)
    assert files(first) == files(second)
    with pytest.raises(Cancelled):
        train(panel, TREES, b"[panel]\n# other\n", store=tmp_path, watch=stopping("tree"))
    third = train(panel, TREES, b"[panel]\n", store=tmp_path, watch=unwatched).run
    assert third.number == 4


@pytest.mark.parametrize("name", ["../up", "a b", ".hidden", "x/y"])
def test_a_name_that_would_leave_the_folder_is_refused(panel: Panel, tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidQuestion, match="no name"):
        train(panel, replace(TREES, name=name), b"", store=tmp_path, watch=unwatched)


def test_what_cannot_be_learned_from_says_why(panel: Panel, tmp_path: Path) -> None:
    sound = tuple(replace(wave, label=np.zeros_like(wave.label)) for wave in panel.waves)
    with pytest.raises(InvalidPanel, match="hold rows without default only"):
        train(replace(panel, waves=sound), TREES, b"", store=tmp_path, watch=unwatched)
    late = tuple(replace(w, label=np.zeros_like(w.label)) if at == 6 else w for at, w in enumerate(panel.waves))
    with pytest.raises(InvalidPanel, match="to validate hold"):
        train(replace(panel, waves=late), replace(TREES, split=SplitAsked(test=1)), b"", store=tmp_path,
              watch=unwatched)  # fmt: skip
    with pytest.raises(InvalidQuestion, match="folds"):
        train(panel, replace(TREES, split=SplitAsked(by="community")), b"", store=tmp_path, watch=unwatched)
    assert not list(runs(tmp_path))
