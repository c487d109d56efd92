"""What answers tell browsers about themselves."""

from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from server.browsers import BrowserHeaders


async def test_a_page_that_was_not_modified_keeps_what_it_may_load(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<script src='page.js'></script>")
    app = Starlette(
        routes=[Mount("/", StaticFiles(directory=tmp_path))], middleware=[Middleware(BrowserHeaders, secure=False)]
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://maycall") as browser:
        first = await browser.get("/page.html")
        assert "script-src 'self'" in first.headers["Content-Security-Policy"]
        again = await browser.get("/page.html", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert "Content-Security-Policy" not in again.headers
