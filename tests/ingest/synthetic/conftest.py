"""Worlds the tests look at, written once."""

from pathlib import Path

import pytest

from ingest.synthetic import World, write_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return write_world(tmp_path_factory.mktemp("world") / "w", parties=2_000)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> World:
    return write_world(tmp_path_factory.mktemp("clean") / "w", parties=2_000, dirt=0)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> World:
    return write_world(tmp_path_factory.mktemp("large") / "w", parties=20_000, dirt=0)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("small") / "w"
    return write_world(folder, parties=100)
