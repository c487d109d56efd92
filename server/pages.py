"""The pages that people work with: the dashboard where it was built, else the console, which needs no building."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from .browsers import BUILT_PAGE, PAGE

BUILT = Path(__file__).parent.parent / "dashboard" / "dist"
CONSOLE = Path(__file__).parent / "console"

# What the dashboard finds its way by itself in: whoever opens or reloads such an address gets the page.
_ADDRESSES = ("/call-now", "/customers", "/customers/{id}", "/requests", "/overview", "/settings", "/settings/{tab}")
FIRST_WORDS = ("/", "/console", "/assets", "/icon.svg", *(address for address in _ADDRESSES if address.count("/") == 1))


class Assets(StaticFiles):
    """Files whose names change with what is in them: kept by browsers for as long as they like."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def routes(built: Path = BUILT, *, sandbox: bool = False) -> list[BaseRoute]:
    """Give the routes of the pages, which show the phones of a `sandbox`. The console also has its own address."""
    console = Mount("/console", StaticFiles(directory=CONSOLE, html=True))
    if not (built / "index.html").exists():
        return [Route("/", _page(CONSOLE / "index.html")), console]
    page = _page(built / "index.html", BUILT_PAGE + "; frame-src 'self'" if sandbox else BUILT_PAGE)
    return [
        Route("/", page),
        *(Route(address, page) for address in _ADDRESSES),
        Route("/icon.svg", lambda _request: FileResponse(built / "icon.svg")),
        Mount("/assets", Assets(directory=built / "assets")),
        console,
    ]


def _page(path: Path, policy: str = PAGE) -> Callable[[Request], Response]:
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": policy}

    def show(_request: Request) -> Response:
        return FileResponse(path, headers=headers)

    return show
