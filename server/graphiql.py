"""GraphiQL, for whoever opens GET /graphql in a browser: built from dashboard/, with everything it needs from here."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from .browsers import BUILT_PAGE
from .pages import BUILT
from .unbuilt import unbuilt

_HEADERS = {
    # Its editor brings its fonts along inside its styles.
    "Content-Security-Policy": BUILT_PAGE.replace("font-src 'self'", "font-src 'self' data:"),
    "Cache-Control": "no-cache",
    "Vary": "Accept",
}


def visited(request: Request) -> Response:
    """Show GraphiQL, or where it was not built, say what is missing and how to get it."""
    page = BUILT / "graphiql.html"
    return FileResponse(page, headers=_HEADERS) if page.exists() else unbuilt(request)
