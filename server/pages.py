"""The pages that people work with: the dashboard where it was built, else one that says what is missing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from .browsers import BUILT_PAGE
from .unbuilt import unbuilt

BUILT = Path(__file__).parent.parent / "dashboard" / "dist"

# What the dashboard finds its way by itself in: whoever opens or reloads such an address gets the page.
_ADDRESSES = (
    "/",
    "/call-now",
    "/customers",
    "/customers/{id}",
    "/requests",
    "/overview",
    "/settings",
    "/settings/{tab}",
)
FIRST_WORDS = ("/assets", "/icon.svg", *(address for address in _ADDRESSES if address.count("/") == 1))


class Assets(StaticFiles):
    """Files whose names change with what is in them: kept by browsers for as long as they like."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def routes(built: Path = BUILT, *, sandbox: bool = False) -> list[BaseRoute]:
    """Give the routes of the pages, which show the phones of a `sandbox`."""
    if not (built / "index.html").exists():
        return [Route(address, unbuilt) for address in _ADDRESSES]
    page = _page(built / "index.html", BUILT_PAGE + "; frame-src 'self'" if sandbox else BUILT_PAGE)
    return [
        *(Route(address, page) for address in _ADDRESSES),
        Route("/icon.svg", lambda _request: FileResponse(built / "icon.svg")),
        Mount("/assets", Assets(directory=built / "assets")),
    ]


def _page(path: Path, policy: str) -> Callable[[Request], Response]:
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": policy}

    def show(_request: Request) -> Response:
        return FileResponse(path, headers=headers)

    return show
