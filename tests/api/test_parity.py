"""Each question by function, over HTTP and as a command: one answer."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from api import questions
from api.answers.frame import Answer
from api.app import create_app
from api.engine import Engine
from api.settings import Settings
from tests.api.serving import serving, wait_until_ready
from tests.api.test_app import CASES
from tests.api.test_cli import TYPED, asked
from tests.api.world import instant

KNOWN_AT = "2025-06-30T08:00:00"


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[httpx.Client]:
    with serving(create_app(engine, Settings())) as client:
        wait_until_ready(client)
        yield client


def test_every_question_is_asked_in_every_way() -> None:
    assert set(TYPED) == set(CASES) == set(questions.__all__) - {"earlier"}


@pytest.mark.parametrize("name", TYPED)
def test_three_ways_give_one_answer(client: httpx.Client, engine: Engine, folder: Path, name: str) -> None:
    case = CASES[name]
    called: Answer[Any] = case.ask(engine, replace(engine.moment(), known_at=instant(KNOWN_AT)))
    moment = {"valid_at": "2025-06-30", "known_at": f"{KNOWN_AT}Z"}
    replied = case.sent(client, **moment)
    typed = asked(folder, name, "--json")
    assert replied.status_code == 200, replied.text
    assert typed.returncode == 0, typed.stderr
    assert replied.json() == TypeAdapter(Answer[case.type]).dump_python(called, mode="json", by_alias=True)
    assert json.loads(typed.stdout) == replied.json()
