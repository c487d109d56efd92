"""The pages that people work with: the dashboard where it was built, else one that says what is missing."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from .browsers import BUILT_PAGE, NOT_MODIFIED
from .unbuilt import unbuilt

NOT_FOUND = 404
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


# As the build has written each file once more beside itself, the smallest first.
_COMPRESSED = {"br": ".br", "gzip": ".gz"}


class Assets(StaticFiles):
    """Files whose names change with what is in them: kept by browsers for as long as they like, and sent compressed."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        taken = _taken(Headers(scope=scope).get("Accept-Encoding", ""))
        for encoding, ending in _COMPRESSED.items():
            path = Path(f"{os.fspath(full_path)}{ending}")
            if encoding in taken and path.exists():
                response = super().file_response(path, path.stat(), scope, status_code)
                response.headers["Content-Encoding"] = encoding
                break
        else:
            response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        return response


def _taken(accepting: str) -> set[str]:
    """Name the encodings that a browser takes: what it weighs with nothing it does not."""
    weighed = (each.replace(" ", "").lower().partition(";q=") for each in accepting.split(","))
    return {encoding for encoding, _, weight in weighed if weight.strip("0.") or not weight}


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


def nowhere(built: Path = BUILT) -> Callable[[Request, Exception], Response]:
    """Give what answers where nothing is: to who looks for a page the dashboard, which says so in their words."""
    page = _page(built / "index.html", BUILT_PAGE)

    def answer(request: Request, _error: Exception) -> Response:
        looks = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if not looks or not (built / "index.html").exists():
            return PlainTextResponse("Not Found", NOT_FOUND)
        shown = page(request)
        shown.status_code = NOT_FOUND
        return shown

    return answer


def _page(path: Path, policy: str) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        # Known by what is in it: two builds of one page are as long as each other, and may even be as old.
        content = path.read_bytes()
        tag = f'"{sha256(content).hexdigest()}"'
        kept = {"Cache-Control": "no-cache", "ETag": tag}
        if tag in request.headers.get("If-None-Match", ""):
            return Response(status_code=NOT_MODIFIED, headers=kept)
        return HTMLResponse(content, headers=kept | {"Content-Security-Policy": policy})

    return show
