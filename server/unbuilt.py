"""What stands in the place of the pages where they were not built: what is missing, how to get it, what works now."""

from base64 import b64encode
from hashlib import sha256
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from .browsers import PAGE

_STYLE = """
:root { color-scheme: light dark; --ink: #16241f; --quiet: #53635c; --ground: #eef4f1; --sheet: #fff; --leaf: #0a6849; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4ece8; --quiet: #a6b3ad; --ground: #141a17; --sheet: #1d2522; --leaf: #7fd8b6; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 34rem; margin: 1.5rem; padding: 2rem 2.25rem; background: var(--sheet); border-radius: 14px;
  box-shadow: 0 12px 40px -16px rgb(5 25 20 / 35%); }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; }
h2 { margin: 1.75rem 0 .25rem; font-size: 1rem; color: var(--leaf); }
p { margin: .25rem 0; }
code { padding: .1em .4em; border-radius: 5px; background: var(--ground); overflow-wrap: anywhere; }
footer { margin-top: 1.75rem; color: var(--quiet); font-size: .9rem; }
"""
_PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Maycall</title>
    <style>{style}</style>
  </head>
  <body>
    <main>
      <h1>Maycall is running</h1>
      <p>Its pages, the dashboard and GraphiQL, are not built on this server.</p>
      <h2>To get them</h2>
      <p>
        Install Node.js 20.19 or newer, with npm. Then run <code>make dashboard</code> where Maycall stands, and start
        the server again.
      </p>
      <h2>What works without</h2>
      <p>
        The API: <code>POST {address}</code>, with <code>Authorization: Bearer &lt;token&gt;</code>. Everything that the
        pages do, it does.
      </p>
      <footer>A token is made with <code>python -m server token create NAME --scope admin</code>.</footer>
    </main>
  </body>
</html>
"""
_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": PAGE.replace("style-src 'self'", f"style-src 'sha256-{_HASH}'"),
    "Cache-Control": "no-cache",
    "Vary": "Accept",
}


def unbuilt(request: Request) -> Response:
    """Say what is missing, and where the API is."""
    address = escape(str(request.url.replace(path="/graphql", query="", fragment="")))
    return HTMLResponse(_PAGE.format(style=_STYLE, address=address), headers=_HEADERS)
