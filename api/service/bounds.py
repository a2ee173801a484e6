"""How large a request may be, and the headers every reply carries."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service.problems import HEADERS, of_status


class _TooLarge(Exception):
    """A body went over the limit while it was read."""


class Bounds:
    """Refuses what is too large before anything reads it, and marks every reply."""

    def __init__(self, app: ASGIApp, *, max_url: int, max_body: int) -> None:
        self._app = app
        self._max_url = max_url
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is small enough, and its marked reply."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > self._max_url:
            await of_status(414, f"the address is longer than {self._max_url} characters").response()(
                scope, receive, marked
            )
            return
        too_large = of_status(413, f"the body is larger than {self._max_body} bytes").response({"Connection": "close"})
        if self._announced(scope) > self._max_body:
            await too_large(scope, receive, marked)
            return
        try:
            await self._app(scope, self._counted(receive), marked)
        except _TooLarge:
            if started:
                raise
            await too_large(scope, receive, marked)

    def _announced(self, scope: Scope) -> int:
        length = next((value for name, value in scope["headers"] if name.lower() == b"content-length"), b"0")
        return int(length) if length.isdigit() else 0

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_body:
                raise _TooLarge
            return message

        return counted
