"""`contagraph serve` as a process of its own."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.commands.serve import bound, serve
from graph.errors import InvalidInput
from tests.api.conftest import B
from tests.api.serving import wait_until_ready
from tests.conftest import ROOT

PROGRAM = (
    "import typer; from api.commands.serve import register; app = typer.Typer(); app.callback()(lambda: None); "
    "register(app); app()"
)


@pytest.fixture
def child(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The command on a free port, over the small world."""
    command = [sys.executable, "-c", PROGRAM, "serve", "--port", "0", "--store", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        yield child
        child.kill()


def test_it_says_where_it_listens_answers_there_and_ends_when_told(child: subprocess.Popen[str]) -> None:
    assert child.stdout is not None
    first = child.stdout.readline()
    address = re.search(r"http://127\.0\.0\.1:\d+", first)
    assert address, first
    with httpx.Client(base_url=address[0], timeout=30, trust_env=False) as client:
        assert client.get("/health").status_code == 200
        wait_until_ready(client)
        answer = client.get(f"/v1/parties/{B}/control").json()
        assert answer["answer"]["party"]["name"] == "澜汀集团有限公司"
        assert "server" not in client.get("/health").headers
    child.send_signal(signal.SIGTERM)
    child.wait(timeout=15)
    rest = child.stdout.read()
    assert f"{address[0]}/docs" in rest
    assert "Traceback" not in rest
    with pytest.raises(httpx.ConnectError):
        httpx.get(address[0], trust_env=False)


def test_it_refuses_to_listen_to_everybody_before_it_reads_anything(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="without a token"):
        serve(host="0.0.0.0", port=0, store=str(tmp_path / "nothing"))  # noqa: S104


def test_a_port_that_is_taken_is_told_with_its_remedy() -> None:
    with bound("127.0.0.1", 0) as first, pytest.raises(InvalidInput, match="cannot listen") as refused:
        bound("127.0.0.1", first.getsockname()[1])
    assert "--port" in refused.value.remedy


def test_connections_send_at_once_what_is_written() -> None:
    with bound("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
