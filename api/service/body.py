"""Bodies of requests as JSON in which an object says each thing once."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from ingest.json_text import once


class _Once(Request):
    """A request whose body may not say a thing twice: the last would win in silence."""

    async def json(self) -> Any:
        """The body. Raises JSONDecodeError."""
        if not hasattr(self, "_json"):
            text = (await self.body()).decode("utf-8", "replace")
            try:
                self._json = json.loads(text, object_pairs_hook=once)
            except json.JSONDecodeError:
                raise
            except (ValueError, RecursionError) as problem:
                raise json.JSONDecodeError(str(problem), text, 0) from None
        return self._json


class OnceRoute(APIRoute):
    """An address that takes such a body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        answer = super().get_route_handler()

        async def asked(request: Request) -> Response:
            return await answer(_Once(request.scope, request.receive))

        return asked
