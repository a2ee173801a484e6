"""Who may ask: nobody, unless this machine asks itself or shows the token.

On a loopback address requests need no token; a page in a browser that has its own name resolve to this
machine is told by its Host header. Elsewhere the service does not start without a token. Denied first:
only the two signs of life are open to everybody.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.service.problems import of_status
from api.settings import Settings
from graph.errors import InvalidInput

OPEN = frozenset({"/health", "/ready"})
"""Paths that need no token; they tell nothing of the facts."""
SHORTEST = 16
"""Characters of a token at least."""
HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})
MAKE_ONE = (
    'set CONTAGRAPH_TOKEN, for example to what `python3 -c "import secrets; print(secrets.token_urlsafe(32))"` prints'
)


@dataclass(frozen=True)
class Access:
    """Who may ask: those who show the token, or where there is none, those who name one of these hosts."""

    token: bytes | None
    hosts: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> "Access":
        """Access as it is set. Raises InvalidInput where everybody could ask, or guess the token."""
        text = settings.token.get_secret_value() if settings.token else ""
        if text and len(text) < SHORTEST:
            raise InvalidInput(f"shorter than {SHORTEST} characters", where="CONTAGRAPH_TOKEN", remedy=MAKE_ONE)
        if not text and not is_loopback(settings.host):
            raise InvalidInput(
                "does not listen beyond this machine without a token",
                where=f"--host {settings.host}",
                remedy=f"{MAKE_ONE}, or listen on 127.0.0.1",
            )
        own = f"[{settings.host}]" if ":" in settings.host else settings.host
        return cls(_digest(text.encode()) if text else None, HERE | {own.lower()})

    def refusal(self, path: str, headers: Iterable[tuple[bytes, bytes]]) -> Response | None:
        """The reply to a request that may not be answered; None for one that may."""
        given = [(name.lower(), value) for name, value in headers]
        if self.token is None:
            hosts = [value for name, value in given if name == b"host"]
            if len(hosts) == 1 and host_name(hosts[0].decode("latin-1")) in self.hosts:
                return None
            return of_status(
                421, "this service answers this machine only", remedy="ask http://127.0.0.1 or http://localhost"
            ).response()
        if path in OPEN:
            return None
        shown = [value for name, value in given if name == b"authorization"]
        if len(shown) == 1 and hmac.compare_digest(_digest(_bearer(shown[0])), self.token):
            return None
        remedy = "send `Authorization: Bearer TOKEN`"
        return of_status(401, "the token is missing or wrong", remedy=remedy).response({"WWW-Authenticate": "Bearer"})


class Guard:
    """Lets through who may ask."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            refusal = self._access.refusal(scope["path"], scope["headers"])
            await (refusal or self._app)(scope, receive, send)


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine only.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "", "192.0.2.1", "example.org")]
    [True, True, True, False, False, False, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def host_name(header: str) -> str:
    """The host of a Host header, without its port.

    >>> host_name("127.0.0.1:8000"), host_name("[::1]:8000"), host_name("LocalHost")
    ('127.0.0.1', '[::1]', 'localhost')
    """
    name, colon, port = header.rpartition(":")
    bare = name if colon and port.isdigit() and not name.endswith(":") else header
    return bare.lower()


def _bearer(header: bytes) -> bytes:
    scheme, _, token = header.partition(b" ")
    return token.strip() if scheme.lower() == b"bearer" else b""


def _digest(token: bytes) -> bytes:
    # Digests have one length, so that the comparison does not tell how long the token is.
    return hashlib.sha256(token).digest()
