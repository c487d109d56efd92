"""What every answer tells browsers, whichever door it comes from: what it may load, and who may show it."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Pairs = list[tuple[bytes, bytes]]

# For a page: what it needs comes from here, in files of its own, and nothing is written into it that runs.
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# For a page of a framework that writes its styles as it goes, and that lets workers think.
BUILT_PAGE = PAGE.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'") + "; worker-src 'self'"
_NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The microphone is for the pages that place calls.
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(self), payment=(), usb=()",
}
NOT_MODIFIED = 304
SECONDS_TO_REMEMBER = 7200  # what a page elsewhere may do: the most that every browser keeps
_A_YEAR = "max-age=31536000"


class BrowserHeaders:
    """Adds to each HTTP answer what it does not say itself. WebSockets pass untouched."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        always = _ALWAYS | ({"Strict-Transport-Security": _A_YEAR} if secure else {})
        self._page = _lines(always | {"Content-Security-Policy": PAGE})
        self._other = _lines(always | {"Content-Security-Policy": _NO_PAGE})
        self._not_kept = _lines({"Cache-Control": "no-store"})
        self._asked_again = _lines({"Cache-Control": "no-cache"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def say(message: Message) -> None:
            # "Not modified" has no type, and what it says takes the place of what the kept answer said.
            if message["type"] == "http.response.start" and message["status"] != NOT_MODIFIED:
                message = {**message, "headers": self._completed(message.get("headers", ()))}
            await send(message)

        await self._app(scope, receive, say)

    def _completed(self, given: Pairs) -> Pairs:
        own = dict(given)
        added = self._page if own.get(b"content-type", b"").startswith(b"text/html") else self._other
        keeping = self._asked_again if b"etag" in own else self._not_kept
        return [*given, *(pair for pair in (*added, *keeping) if pair[0] not in own)]


def _lines(headers: dict[str, str]) -> Pairs:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def to_pages_of(origins: Sequence[str], app: ASGIApp) -> ASGIApp:
    """Let pages of these origins ask and read, with a token that they send themselves: cookies open nothing here."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=("GET", "HEAD", "POST"),
        allow_headers=("Authorization", "Content-Type", "X-Request-Id"),
        expose_headers=("Retry-After", "WWW-Authenticate", "X-Request-Id"),
        max_age=SECONDS_TO_REMEMBER,
    )
