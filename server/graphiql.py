"""GraphiQL, for whoever opens GET /graphql in a browser: built from dashboard/, with everything it needs from here."""

from html import escape

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from .browsers import BUILT_PAGE
from .pages import BUILT

_HEADERS = {
    # Its editor brings its fonts along inside its styles.
    "Content-Security-Policy": BUILT_PAGE.replace("font-src 'self'", "font-src 'self' data:"),
    "Cache-Control": "no-cache",
    "Vary": "Accept",
}
_NOT_BUILT = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Maycall · GraphQL</title></head>
  <body>
    <h1>This is Maycall's GraphQL address</h1>
    <p>Programs ask here: <code>POST {address}</code>, with <code>Authorization: Bearer &lt;token&gt;</code>.</p>
    <p>
      GraphiQL, to try operations in a browser, is not built on this server: that needs Node.js 20.19 or newer, with
      npm. Install it, then run <code>make dashboard</code> and start the server again.
    </p>
    <p><a href="/">To the pages for people</a></p>
  </body>
</html>
"""


def visited(request: Request) -> Response:
    """Show GraphiQL, or where it was not built, say what is missing and how to get it."""
    page = BUILT / "graphiql.html"
    if page.exists():
        return FileResponse(page, headers=_HEADERS)
    address = escape(str(request.url.replace(query="", fragment="")))
    return HTMLResponse(_NOT_BUILT.format(address=address), headers={"Vary": "Accept"})
