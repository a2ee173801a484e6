"""Which run is served: by two people, in the ledger, and back again."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.engine import Place
from api.intake import Intake
from api.learning.keeping import sealed
from api.learning.lives import listed
from api.learning.registry import champion, digest, named, ready, served
from api.ledger.judgements import verify
from api.sealed.chain import FILE
from api.sealed.promotions import promote, roll_back
from graph.errors import BrokenLedger, InvalidInput, InvalidModel, InvalidQuestion, NotFound
from tests.api.learning.served import MADE, learned, promoted, run_of

PEOPLE = {"by": "王审批", "second": "A. Validator", "now": lambda: MADE}


def test_without_a_run_it_says_how_to_train_one_and_without_a_promotion_how_to_promote(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as none:
        served(tmp_path)
    assert "contagraph train" in none.value.remedy
    run_of(tmp_path)
    with pytest.raises(NotFound) as waiting:
        served(tmp_path)
    assert "contagraph models promote" in waiting.value.remedy
    assert "firms@1" in waiting.value.remedy


def test_the_last_promotion_is_served_and_a_rollback_serves_what_was_before(tmp_path: Path) -> None:
    first, second = run_of(tmp_path), run_of(tmp_path, name="own", fitted=learned("lightgbm"))
    promoted(tmp_path, first)
    promoted(tmp_path, second)
    found, promotion = served(tmp_path)
    assert (found.called, promotion and promotion.by) == ("own@1", "analyst")
    assert [(one.run, one.standing) for one in listed(tmp_path)] == [("firms@1", "challenger"), ("own@1", "champion")]
    back = roll_back(tmp_path, reason="calibration broke", **PEOPLE)
    assert (back.called, served(tmp_path)[0].called) == ("firms@1", "firms@1")
    with pytest.raises(NotFound, match="before"):
        roll_back(tmp_path, reason="once more", **PEOPLE)


@pytest.mark.parametrize(
    ("by", "second", "where"),
    [
        ("", "b", "--by"),
        ("a", " ", "--with"),
        ("Li Ming", " li  ming", "--with"),
        ("Li Ming", "Ｌｉ　Ｍｉｎｇ", "--with"),
        ("a", "b\x00", "second"),
    ],
)
def test_one_person_alone_promotes_nothing(tmp_path: Path, by: str, second: str, where: str) -> None:
    run = run_of(tmp_path)
    with pytest.raises(InvalidInput) as refused:
        promoted(tmp_path, run, by=by, second=second)
    assert refused.value.where == where
    assert champion(tmp_path) is None


def test_what_is_served_is_not_promoted_again_and_no_rollback_is_without_a_reason(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    promoted(tmp_path, run)
    with pytest.raises(InvalidInput, match="already"):
        promoted(tmp_path, run)
    with pytest.raises(InvalidInput, match="reason"):
        roll_back(tmp_path, reason=" ", **PEOPLE)


def test_promotions_stand_in_the_ledger_that_verify_checks(tmp_path: Path) -> None:
    promoted(tmp_path, run_of(tmp_path))
    intake = Intake(Place(tmp_path), lambda: datetime.now(UTC))
    assert verify(intake).promotions == 1
    ledger = tmp_path / FILE
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("validator", "valid4tor"), encoding="utf-8")
    with pytest.raises(BrokenLedger, match="hash"):
        verify(intake)


@pytest.mark.parametrize("file", ["model/trees/trees.txt", "panel.json", "conformal.json"])
def test_a_changed_byte_of_what_is_served_is_refused(tmp_path: Path, file: str) -> None:
    run = run_of(tmp_path)
    promoted(tmp_path, run)
    path = run.folder / file
    path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))
    with pytest.raises(InvalidModel, match="changed"):
        served(tmp_path)


@pytest.mark.parametrize("file", ["model/trees/trees.txt", "panel.json", "config.toml"])
@pytest.mark.parametrize("gone", [True, False])
def test_verify_reads_every_file_of_what_is_served(tmp_path: Path, file: str, gone: bool) -> None:
    run = run_of(tmp_path)
    promoted(tmp_path, run)
    path = run.folder / file
    content = path.read_bytes()
    path.unlink() if gone else path.write_bytes(content[:-1] + b" ")
    with pytest.raises(BrokenLedger, match=f"firms@1, whose {file} is not as it was"):
        verify(Intake(Place(tmp_path), lambda: datetime.now(UTC)))
    path.write_bytes(content)
    assert verify(Intake(Place(tmp_path), lambda: datetime.now(UTC))).promotions == 1
    shutil.rmtree(run.folder)
    with pytest.raises(BrokenLedger, match="manifest"):
        verify(Intake(Place(tmp_path), lambda: datetime.now(UTC)))


def test_a_run_that_was_sealed_anew_after_it_was_promoted_is_not_served(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    promoted(tmp_path, run)
    shutil.rmtree(run.folder)
    run_of(tmp_path, fitted=learned("lightgbm"))
    with pytest.raises(InvalidModel, match="since it was promoted"):
        served(tmp_path)
    assert listed(tmp_path)[0].problem
    with pytest.raises(BrokenLedger, match="not as it was"):
        verify(Intake(Place(tmp_path), lambda: datetime.now(UTC)))


def test_a_run_of_a_model_that_is_not_known_is_refused_by_name(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    said = run.manifest()
    del said["files"]
    names = [str(file.relative_to(run.folder)) for file in run.folder.rglob("*") if file.name != "manifest.json"]
    sealed(run.folder, [name for name in names if (run.folder / name).is_file()], said | {"model": "oracle"})
    with pytest.raises(InvalidModel, match="oracle"):
        ready(run)


def test_runs_are_named_with_their_number_or_as_the_newest(tmp_path: Path) -> None:
    run_of(tmp_path)
    run_of(tmp_path, number=2)
    assert [named(tmp_path, name).number for name in ("firms", "firms@1", "firms/2")] == [2, 1, 2]
    for name, error in (("other", NotFound), ("firms@3", NotFound), ("firms@x", InvalidQuestion)):
        with pytest.raises(error):
            named(tmp_path, name)


def test_a_run_without_its_manifest_is_unfinished_and_not_listed(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    (run.folder / "manifest.json").unlink()
    assert listed(tmp_path) == []


def test_a_run_is_read_once_while_it_stays(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    assert ready(run) is ready(replace(run))
    assert digest(run) == ready(run).digest


def test_an_entry_of_a_promotion_holds_the_run_its_hash_and_both_people(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    promote(tmp_path, run.name, run.number, digest(run), reason="wins", **PEOPLE)
    said = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert said["kind"] == "model promoted"
    assert said["content"] == {"name": "firms", "number": 1, "digest": digest(run), "by": "王审批",
                               "second": "A. Validator", "reason": "wins"}  # fmt: skip
