"""The service on a free port of this machine, in a thread."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from api.commands.serve import bound


@contextmanager
def serving(app: FastAPI, **headers: str) -> Iterator[httpx.Client]:
    """A client of the service while it runs; with no headers of its own it asks by 127.0.0.1."""
    with bound("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            with httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(10)


def wait_until_ready(client: httpx.Client, *, seconds: float = 60) -> None:
    """Wait for the service to say that it is ready."""
    end = time.monotonic() + seconds
    while (reply := client.get("/ready")).status_code != 200:
        assert time.monotonic() < end, reply.text
        time.sleep(0.05)
