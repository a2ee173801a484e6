"""Nobody asks who may not."""

from collections.abc import Iterator

import httpx
import pytest

from api.app import create_app
from api.engine import Engine
from api.service.auth import Access
from api.settings import Settings
from graph.errors import InvalidInput
from tests.api.conftest import B
from tests.api.serving import serving

TOKEN = "uB5xS0mOZ7tQvP2nL8kD"  # noqa: S105  (of this test only)


@pytest.fixture(scope="module")
def guarded(engine: Engine) -> Iterator[httpx.Client]:
    """A service that has a token, and a client that does not."""
    with serving(create_app(engine, Settings(host="0.0.0.0", token=TOKEN))) as client:  # noqa: S104
        yield client


@pytest.fixture(scope="module")
def local(engine: Engine) -> Iterator[httpx.Client]:
    with serving(create_app(engine, Settings())) as client:
        yield client


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org", "", "127.0.0.1.example.org"])  # noqa: S104
@pytest.mark.parametrize("token", [None, ""])
def test_it_does_not_listen_beyond_this_machine_without_a_token(engine: Engine, host: str, token: str | None) -> None:
    with pytest.raises(InvalidInput, match="without a token") as refused:
        create_app(engine, Settings(host=host, token=token))
    assert "CONTAGRAPH_TOKEN" in refused.value.remedy


def test_a_token_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(InvalidInput, match="shorter than 16"):
        Access.of(Settings(token="secret"))  # noqa: S106


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_this_machine_needs_no_token(host: str) -> None:
    assert Access.of(Settings(host=host)).token is None


def test_with_the_token_it_answers(guarded: httpx.Client) -> None:
    for scheme in ("Bearer", "bearer"):
        reply = guarded.get(f"/v1/parties/{B}", headers={"Authorization": f"{scheme} {TOKEN}"})
        assert reply.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "Bearer")],
        [("Authorization", f"Bearer {TOKEN[:-1]}")],
        [("Authorization", f"Bearer {TOKEN}x")],
        [("Authorization", f"Bearer {TOKEN.lower()}")],
        [("Authorization", f"Basic {TOKEN}")],
        [("Authorization", f"Bearer {TOKEN} {TOKEN}")],
        [("Authorization", TOKEN)],
        [("Authorization", "Bearer wrong"), ("Authorization", f"Bearer {TOKEN}")],
        [("X-Authorization", f"Bearer {TOKEN}")],
    ],
)
def test_without_the_token_it_answers_nothing(guarded: httpx.Client, headers: list[tuple[str, str]]) -> None:
    reply = guarded.get(f"/v1/parties/{B}", headers=headers)
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert reply.headers["content-type"] == "application/problem+json"
    assert B not in reply.text


def test_every_address_but_the_signs_of_life_asks_for_the_token(guarded: httpx.Client) -> None:
    described = guarded.get("/openapi.json", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    addresses = [*described["paths"], "/", "/docs", "/openapi.json", "/nowhere", "/health/", "//health", "/HEALTH"]
    free = {address for address in addresses if guarded.get(address.replace("{id}", B)).status_code != 401}
    assert free == {"/health", "/ready"}
    assert described["security"] == [{"token": []}]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", "", "[::1"])
def test_a_name_that_was_made_to_resolve_to_this_machine_is_told(local: httpx.Client, host: str) -> None:
    for address in (f"/v1/parties/{B}", "/docs", "/health"):
        assert local.get(address, headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "LOCALHOST:1", "127.0.0.1", "[::1]:8000"])
def test_names_of_this_machine_are_answered(local: httpx.Client, host: str) -> None:
    assert local.get("/health", headers={"Host": host}).status_code == 200
