"""HEAD: everywhere what GET answers, without the body (RFC 9110 §9.3.2)."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadsAsGets:
    """ASGI middleware outside of everything else: the app sees a GET, and whoever asked gets its status and headers.

    The answer ends with its headers: an app that streams is told that nobody listens any more, and stops.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, as ASGI calls it."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def give(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        # A copy: the server leaves the body out by the method it read.
        await self._app({**scope, "method": "GET"}, receive, give)
