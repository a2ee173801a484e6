"""The command line: the same answers as the functions, readable, and errors that say how to mend them."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import app
from api.commands.failed import failed
from graph.local import open_store
from tests.api.conftest import ALONE, BANK, BUYER, HOSTILE, MINE, NAMES, RING2, B
from tests.api.world import Book, instant

AT = ("--valid-at", "2025-06-30", "--known-at", "2025-06-30T08:00:00Z")
TYPED: dict[str, tuple[str, ...]] = {
    "search": ("澜汀",),
    "party": (B, "--limit", "3"),
    "network": (MINE, "--hops", "2", "--kind", "OWNS", "--kind", "SUPPLIES", "--limit", "5", "--offset", "1"),
    "control": (B,),
    "owners": (MINE, "--regime", "CN_2024"),
    "groups": (MINE, "--lender", BANK, "--criteria", "basel-lex10", "--criteria", "cn-annex1"),
    "exposure": (MINE, "--lender", BANK, "--shock", "self", "--limit", "20"),
    "guarantees": (MINE, "--length", "4"),
    "book_limits": (BANK, "--near", "0.5", "--limit", "3"),
    "book_groups": (BANK, "--reading", "confirmed"),
    "book_guarantees": (BANK, "--scope", "lender", "--length", "4", "--unwind", "parts:2"),
    "book_related": (BANK, "--limit", "2"),
    "risk": (MINE, "--reasons", "3"),
    "book_risk": (BANK, "--model", "firms@1", "--limit", "2"),
    "book_systemic": (BANK, "--top", "2", "--order", "all"),
    "book_losses": (BANK, str(Path(__file__).with_name("assumed.json")), "--limit", "2"),
    "book_reverse": (BANK, "--loss", "30%"),
    "credit_check": (str(Path(__file__).with_name("request.json")), "--limit", "3"),
    "shock": (str(Path(__file__).with_name("scenario.json")), "--limit", "4"),
    "links": (MINE, RING2, "--steps", "2"),
    "upstream": (BUYER, "--limit", "4", "--offset", "300"),
    "downstream": (MINE,),
    "changes": (B, "--since-known", "2024-02-15"),
}


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).with_name("contagraph")), *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)


def words(name: str) -> list[str]:
    """How a question is called on the command line: `book limits` of `book_limits`."""
    return name.split("_", 1) if name.startswith("book_") else [name.replace("_", "-")]


def asked(folder: Path, name: str, *more: str) -> "subprocess.CompletedProcess[str]":
    return run("ask", *words(name), *TYPED[name], "--store", str(folder), *AT, *more)


@pytest.mark.parametrize("name", TYPED)
def test_the_answer_reads_as_words_with_its_reasons_and_its_moment(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app(["ask", *words(name), *TYPED[name], "--store", str(folder), *AT], standalone_mode=False)
    said = capsys.readouterr().out
    assert "why" in said
    assert "as of 2025-06-30, known by 2025-06-30 08:00 UTC · snapshot v3" in said


def test_a_credit_check_reads_what_is_piped_in_and_calls_parties_by_name(folder: Path) -> None:
    before = (folder / "ledger.jsonl").read_bytes()
    said = f'applicant = "{NAMES[MINE]}"\n[facility]\namount = 8e7\ncurrency = "CNY"\n'
    command = [str(Path(sys.executable).with_name("contagraph")), "ask", "credit-check", "-", "--lender", BANK]
    done = subprocess.run(
        [*command, "--store", str(folder), *AT], input=said, capture_output=True, text=True, encoding="utf-8",
        check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for word in ("decline · 拒绝", "CN_LOAN_SINGLE_10", "减少授信CNY 44,000,000", "商业银行法第39条"):
        assert word in done.stdout
    assert (folder / "ledger.jsonl").read_bytes() == before


def test_a_credit_check_calls_guarantors_by_name_and_names_one_it_does_not_find(folder: Path, tmp_path: Path) -> None:
    said = {"applicant": MINE, "lender": BANK, "facility": {"amount": 1e6, "currency": "CNY"}}
    file = tmp_path / "request.json"
    for name, code in ((NAMES[B], 0), ("nobody of this name", 2)):
        said["facility"] |= {"guarantors": [{"party": name, "amount": 5e5}]}  # type: ignore[operator]
        file.write_text(json.dumps(said), encoding="utf-8")
        done = run("ask", "credit-check", str(file), "--store", str(folder), *AT)
        assert done.returncode == code, done.stderr
    assert "nobody of this name: no party of this id" in done.stderr
    shown = " ".join(run("ask", "credit-check", "--help").stdout.split())
    assert '"guarantors": [{"party": "ID"' in shown.replace("│ │", "").replace("  ", " ")


def test_the_day_of_a_credit_check_is_named_once(folder: Path, tmp_path: Path) -> None:
    said = {"applicant": MINE, "lender": BANK, "facility": {"amount": 1e6, "currency": "CNY"}}
    file = tmp_path / "request.json"
    for day, code in (("2025-06-30", 0), ("2025-06-29", 2)):
        file.write_text(json.dumps(said | {"date": day}), encoding="utf-8")
        done = run("ask", "credit-check", str(file), "--store", str(folder), *AT)
        assert done.returncode == code, done.stderr
    assert "name the day once: as date, or by --valid-at" in done.stderr


OWN = """
id = "CN_LE_SINGLE_15"
name = { en = "Own limit of a client", zh = "自定单户限额" }
numerator = "large_exposure"
denominator = "tier1"
ratio = 0.06
comparison = ">"
scope = "single"
class = { lender = "any", client = "nonbank" }
severity = "limit"
jurisdiction = "CN"
citation = "the lender's own policy, 2025"
verified = true
"""


def test_a_lenders_own_rules_bind_it(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 6 % of 1 bn 54 m are used, and 6 m are left; a deposit secures 5 m more."""
    monkeypatch.setenv("CONTAGRAPH_RULES", str(tmp_path))
    file = str(Path(__file__).with_name("request.json"))
    asked = ("ask", "credit-check", file, "--store", str(folder), *AT)
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    done = run(*asked)
    assert done.returncode == 0, done.stderr
    assert "the lender's own policy, 2025" in " ".join(done.stdout.split())
    assert "自定单户限额" in done.stdout
    assert "CNY 11,000,000 could be lent" in done.stdout
    for text, said in (
        (OWN.replace("0.06", "6%"), "own.toml"),
        (OWN.replace("0.06", "60"), "own.toml: ratio"),
        (OWN.replace('scope = "single"', 'scope = "some"'), "own.toml: scope"),
    ):
        (tmp_path / "own.toml").write_text(text, encoding="utf-8")
        done = run(*asked)
        assert (done.returncode, said in done.stderr, "→" in done.stderr) == (2, True, True), done.stderr
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "twice.toml").write_text(OWN, encoding="utf-8")
    assert "twice.toml: id" in run(*asked).stderr
    monkeypatch.setenv("CONTAGRAPH_RULES", str(tmp_path / "none"))
    assert "CONTAGRAPH_RULES: there is no folder" in run(*asked).stderr


def test_a_party_may_be_called_by_its_exact_name(folder: Path) -> None:
    done = run("ask", "control", NAMES[B], "--store", str(folder), *AT)
    assert done.returncode == 0, done.stderr
    assert NAMES[B] in done.stdout


def test_a_name_is_printed_as_it_is(folder: Path) -> None:
    assert NAMES[HOSTILE] in run("ask", "network", ALONE, "--store", str(folder), *AT).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ask", "control", "register:nobody"), "no party of this id"),
        (("ask", "control", B, "--valid-at", "2023-02-30"), "--valid-at"),
        (("ask", "network", B, "--kind", "LIKES"), "--kind: no relation LIKES"),
        (("ask", "changes", B), "give a day by --since, or an instant by --since-known"),
        (("ask", "changes", B, "--since", "2025-01-01", "--valid-at", "2024-01-01"), "the later by --valid-at"),
        (("ask", "search", " "), "TEXT: nothing is searched for"),
        (("ask", "party", " "), "PARTY: no party is named"),
        (("ask", "party", ""), "PARTY: no party is named"),
        (("ask", "links", B, ""), "PARTIES: no party is named"),
        (("ask", "exposure", B, "--lender", " "), "--lender: no party is named"),
        (("ask", "credit-check", "nowhere.json"), "nowhere.json: there is no such file"),
        (
            ("ask", "exposure", B, "--lender", "register:nobody"),
            "no party of this id, given as the lender",
        ),
        (("ask", "links", B, B), "PARTIES: 1 different party"),
        (("ask", "control", B, "--version", "99"), "version 99"),
        (("load", "no-such-file.csv"), "no such file"),
    ],
)
def test_what_fails_says_what_where_and_how_to_mend_it(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = run(*words, "--store", str(folder))
    assert done.returncode == 2
    assert said in done.stderr
    assert "→" in done.stderr
    assert "Traceback" not in done.stderr
    assert not re.search(r"kinds|since_|_at\b", done.stderr)


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    done = run("ask", "search", "x", "--store", str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert "contagraph load" in done.stderr


def test_a_store_in_which_nothing_is_loaded_is_said_to_be_empty(tmp_path: Path) -> None:
    with open_store(tmp_path):
        pass
    done = run("ask", "search", "x", "--store", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith(f"{tmp_path}: nothing was loaded yet")
    assert "1970" not in done.stdout


def test_a_picture_is_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "picture.html"
    done = run("draw", B, "--out", str(out), "--store", str(folder), *AT)
    assert done.returncode == 0, done.stderr
    assert NAMES[B] in out.read_text(encoding="utf-8")


def test_a_picture_marks_what_was_asked_and_says_what_it_found(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "picture.html"
    asked = ("draw", B, "--out", str(out), "--mark", "groups", "--mark", "circles", "--store", str(folder), *AT)
    done = run(*asked)
    assert done.returncode == 0, done.stderr
    assert f"1: Group of {NAMES[B]}, 4 members." in done.stdout
    assert "It sits in no closed circle" in done.stdout
    text = out.read_text(encoding="utf-8")
    assert 'data-mark="1"' in text
    assert 'data-mark-kind="control"' not in text
    mistaken = run(*asked[:4], "--mark", "rings", "--store", str(folder), *AT)
    assert mistaken.returncode == 2
    assert "name some of groups, circles, control" in mistaken.stderr


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two parties of one name, and two whose names a terminal might obey."""
    folder = tmp_path_factory.mktemp("namesakes")
    names = {"r:1": "Velmora Ltd", "r:2": "Velmora Ltd", "r:3": "[red]x[/]", "r:4": "a\x1b[31mb"}
    facts = [("Profile", {"party": party, "name": name}) for party, name in names.items()]
    Book(folder / "columns").load(
        dict.fromkeys(names, "Company"), facts, closed_at=instant("2024-02-01T00:00:00"), source="r"
    )
    return folder


def test_a_name_of_several_parties_lists_their_ids(namesakes: Path) -> None:
    done = run("ask", "party", "Velmora Ltd", "--store", str(namesakes))
    assert done.returncode == 2
    assert "2 parties go by this" in done.stderr
    assert "r:1" in done.stderr
    assert "r:2" in done.stderr


def test_a_name_that_nobody_has_lists_those_that_resemble_it(folder: Path) -> None:
    done = run("ask", "party", "Keladak Holdigs", "--store", str(folder), *AT)
    assert done.returncode == 2
    assert NAMES["register:hold"] in done.stderr


@pytest.mark.parametrize(("party", "printed"), [("r:3", "[red]x[/]"), ("r:4", "a [31mb")])
def test_names_are_neither_markup_nor_orders_to_the_terminal(namesakes: Path, party: str, printed: str) -> None:
    done = run("ask", "party", party, "--store", str(namesakes))
    assert printed in done.stdout
    assert "\x1b" not in done.stdout


def test_options_of_a_moment_are_taken_by_every_question(folder: Path) -> None:
    for name in TYPED:
        said = run("ask", *words(name), "--help").stdout
        for option in ("--lender", "--currency", "--valid-at", "--known-at", "--version", "--store", "--json"):
            assert option in said, (name, option)
        assert "Example: contagraph ask" in said


@pytest.mark.parametrize("words", [("ask", "search"), ("ask", "nosuch"), ("ask", "network", B, "--hops", "0")])
def test_a_mistyped_command_is_no_unexpected_error(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert "Usage:" in done.stderr
    assert "unexpected" not in done.stderr


def test_help_needs_nothing_that_is_slow_to_load() -> None:
    slow = "{'numpy', 'pyarrow', 'numba', 'pandas', 'fastapi', 'neo4j', 'duckdb', 'scipy'}"
    code = f"import sys, api.cli; print({slow} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_an_unexpected_error_is_one_line_and_how_to_see_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert failed(RuntimeError("no\nway")) == 1
    assert capsys.readouterr().err == "unexpected RuntimeError: no way\n  → --debug shows where it arose\n"


def test_debug_shows_where_an_error_arose(folder: Path) -> None:
    assert "Traceback" in run("ask", "control", "register:nobody", "--store", str(folder), "--debug").stderr


def test_a_picture_that_cannot_be_written_says_where(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    named = run("draw", B, "--out", str(tmp_path / "x.pdf"), "--store", str(folder), *AT)
    assert (named.returncode, (tmp_path / "x.pdf").exists()) == (2, False)
    assert "name it .html" in named.stderr
    done = run("draw", B, "--out", str(tmp_path / "file" / "x.html"), "--store", str(folder), *AT)
    assert done.returncode == 2
    assert str(tmp_path / "file") in done.stderr


def test_a_reader_that_has_gone_is_no_error(folder: Path) -> None:
    command = [str(Path(sys.executable).with_name("contagraph")), "ask", "party", B, "--store", str(folder), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as done:
        assert done.stdout
        assert done.stderr
        done.stdout.close()
        assert done.stderr.read() == b""


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C as a terminal gives it, also where the tests run in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_quietly_with_130() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"bolt://127.0.0.1:{silent.getsockname()[1]}"
        command = [str(Path(sys.executable).with_name("contagraph")), "ask", "search", "x", "--store", address]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as done:
            silent.settimeout(60)
            connection, _ = silent.accept()
            with connection:
                done.send_signal(signal.SIGINT)
                _, said = done.communicate(timeout=60)
        assert done.returncode == 130
        assert said == b""
