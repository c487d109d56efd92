"""Who may speak to the stand-in, and what its answers carry."""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
# For the phones, of which one can be shown in a frame beside a page from here.
FRAMED = {
    "Content-Security-Policy": _CONTENT_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "X-Frame-Options": "SAMEORIGIN",
}


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _is_near(scope: Scope) -> bool:
    client = scope.get("client")
    # Without an address there was no network: a unix socket, or a call inside the process.
    return client is None or _is_loopback(client[0]) or client[0] == "testclient"


def _is_foreign_page(scope: Scope, *, open_to_network: bool) -> bool:
    """Whether another site's page is asking through the visitor's browser."""
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate"
    asking = urlsplit(origin)
    if asking.netloc != headers.get("host"):
        return True
    # A name that only points here, as in DNS rebinding, is its own origin: know the loopback's real names.
    return not open_to_network and not _is_loopback(asking.hostname or "")


class Guard:
    """Lets only the loopback in unless told otherwise, and only this sandbox's own pages."""

    def __init__(self, app: ASGIApp, *, open_to_network: bool) -> None:
        self._app = app
        self._open = open_to_network

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        reason = None
        if not self._open and not _is_near(scope):
            reason = "The sandbox answers this machine only. Start it open to the network to reach it from elsewhere."
        elif _is_foreign_page(scope, open_to_network=self._open):
            reason = "The sandbox answers its own pages only."
        if reason is not None:
            if scope["type"] == "websocket":
                await WebSocket(scope, receive, send).close()
            else:
                await JSONResponse({"error": reason}, status_code=403)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
