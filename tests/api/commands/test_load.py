"""`contagraph load`, and the options that remedies name."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.commands.load import settings_of
from graph.errors import InvalidMapping
from ingest.given import delivery_of
from ingest.reasons import REMEDIES


def options() -> set[str]:
    return set(re.findall(r"--[a-z-]+", CliRunner().invoke(app, ["load", "--help"]).output))


def test_an_option_that_a_remedy_names_is_one_of_the_command() -> None:
    named = {option for remedy in REMEDIES.values() for option in re.findall(r"--[a-z-]+", remedy)}
    for missing in ("lender", "currency"):
        with pytest.raises(InvalidMapping) as caught:
            delivery_of((), {}, name="finbench", required=(missing,))
        named |= set(re.findall(r"--[a-z-]+", caught.value.remedy))
    assert named >= {"--lender", "--currency"}
    assert named <= options()


def test_an_option_sets_what_set_sets_and_goes_before_it() -> None:
    long = settings_of(["lender=BANK", "currency=CNY", "trust=0.9"], Path("m.toml"))
    assert settings_of(["lender=OTHER", "trust=0.9"], Path("m.toml"), lender="BANK", currency="CNY") == long
