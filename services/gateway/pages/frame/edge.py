"""What every page's answer carries, and refusals as pages.

For browsers, on the addresses of pages; the API keeps its problem+json.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, quote

import orjson
import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.pages.frame.carrying import Carried, fields_in
from services.gateway.pages.frame.resuming import Listening, copy_headers, page_again
from services.gateway.pages.frame.visitors import address_of, is_own_choice, own_path, page_before
from services.gateway.pages.speech.catalogues import Languages
from services.gateway.pages.speech.language import CHOICE, COOKIE, KEPT_S, Language, speak, without_choice
from shared.http.media import media_type, takes
from shared.http.problems import PROBLEM

log = structlog.get_logger()

_NOT_PAGES = ("/samsyn/", "/oauth/")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ShowProblem = Callable[[Request, dict[str, Any]], Response]
ShowDoor = Callable[[Request, Carried | None], Response]
Recognise = Callable[[Request], Awaitable[object]]
# A refusal is said without knowing to whom rather than late.
_PATIENCE_S = 1.0


class PageEdge:
    """ASGI middleware outside of everything else, so that time-outs and faults become pages too.

    `show_problem` makes the page of a refusal, `recognise` finds who is signed in. A page that asks for somebody signed
    in leads to the sign-in; where a form was sent, `show_door` carries it through that, and it is shown again then. A
    form that cannot be carried, such as a file, stays with the browser: the page says how to send it from there.

    The language is chosen here: `?lang=`, else a cookie's, else what the browser prefers. Whoever turns out to be
    signed in has one in their profile, which goes before both (`visitors`).
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        show_problem: ShowProblem,
        show_door: ShowDoor,
        recognise: Recognise,
        secure: bool,
        languages: Languages,
    ) -> None:
        self._app, self._show_problem, self._recognise = app, show_problem, recognise
        self._show_door = show_door
        self._languages = languages
        self._secure, self._cookie = secure, f"{'__Host-' if secure else ''}{COOKIE}"
        self._headers = _HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, as ASGI calls it."""
        if scope["type"] != "http" or scope["path"].startswith(_NOT_PAGES):
            await self._app(scope, receive, send)
            return
        held: list[Message] = []
        request = Request(scope)
        asked = request.state.asked_language = self._asked(scope)
        request.state.person = request.state.resumed = None
        listening = Listening(receive, request.headers)
        kept = asked or self._languages.find(request.cookies.get(self._cookie))
        speak(kept or self._languages.preferred(",".join(request.headers.getlist("accept-language"))))

        async def give(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(scope, message)
                if asked and self._is_kept(request):
                    MutableHeaders(scope=message).append("Set-Cookie", self._remember(asked))
                refused = _is_problem(message) and takes(Headers(scope=scope).get("accept", ""), "text/html")
                if refused or request.state.resumed is not None:
                    held.append(message)
                    return
            elif held:
                held.append(message)
                return
            await send(message)

        await self._app(scope, listening, give)
        if held:
            response = await (self._resume if request.state.resumed else self._as_page)(request, held, listening)
            await response(scope, receive, send)

    def _add_headers(self, scope: Scope, start: Message) -> None:
        headers = MutableHeaders(scope=start)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        kept = scope["path"].startswith("/static/") and b"v=" in scope["query_string"] and start["status"] == 200
        if kept:
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            headers.add_vary_header("Accept, Accept-Language, Cookie")

    def _asked(self, scope: Scope) -> Language | None:
        return self._languages.find(dict(parse_qsl(scope["query_string"].decode("latin-1"))).get(CHOICE))

    def _is_kept(self, request: Request) -> bool:
        """Whether what the address asks for stays with a browser in which nobody is signed in."""
        # A shared cache may keep what lies under /static, and would give the cookie to everybody.
        public = request.url.path.startswith("/static/")
        return request.state.person is None and not public and is_own_choice(request.headers)

    def _remember(self, chosen: Language) -> str:
        secure = "; Secure" if self._secure else ""
        return f"{self._cookie}={chosen.tag}; HttpOnly; Max-Age={KEPT_S}; Path=/; SameSite=lax{secure}"

    async def _greet(self, request: Request) -> None:
        """Speak the language of somebody whose request was refused before it was asked who they are."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._recognise(request)
        except Exception as away:
            # This is an edge, and the refusal is told all the same.
            log.warning("page.nobody_recognised", reason=type(away).__name__)

    async def _resume(self, request: Request, held: list[Message], _: Listening) -> Response:
        """The page that a form stood on, filled in, in the place of the way there."""
        said = MutableHeaders(scope=held[0])
        response = await page_again(self, request.scope, request.state.resumed)
        if response is None:
            response = Response(status_code=held[0]["status"])
            copy_headers(said, response)
        else:
            copy_headers(said, response, only=("set-cookie",))
        return response

    async def _to_door(self, request: Request, listening: Listening) -> Response:
        """The way to the sign-in. Nothing that was sent is carried out; what was typed goes along."""
        # The cookie holds the language from here on; the address must not change it back after the sign-in.
        wanted = without_choice(own_path(address_of(request)))
        if request.method == "POST" and (body := await listening.whole()) and (fields := fields_in(body)):
            return self._show_door(request, Carried(action=wanted, page=page_before(request), fields=fields))
        if request.method == "POST" and is_own_choice(request.headers):
            return self._show_door(request, None)
        back = f"?next={quote(wanted)}" if request.method == "GET" and wanted != "/" else ""
        return RedirectResponse(f"/sign-in{back}", status_code=303)

    async def _as_page(self, request: Request, held: list[Message], listening: Listening) -> Response:
        problem: dict[str, Any] = orjson.loads(b"".join(message.get("body", b"") for message in held[1:]))
        if problem["status"] == 401:
            response = await self._to_door(request, listening)
        else:
            if problem["status"] < 500 and request.state.person is None:
                await self._greet(request)
            response = self._show_problem(request, problem)
        for name, value in MutableHeaders(scope=held[0]).items():
            if name not in ("content-length", "content-type"):
                response.headers.setdefault(name, value)
        return response


def _is_problem(start: Message) -> bool:
    return media_type(MutableHeaders(scope=start).get("content-type", "")) == PROBLEM
