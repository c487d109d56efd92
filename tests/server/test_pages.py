"""How the dashboard's files are sent: compressed where the browser takes it, and kept for good."""

import gzip
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from server.pages import nowhere, routes

SCRIPT = b"document.title = 'May I call?'\n" * 100
SMALLER = {"br": b"as brotli has it", "gzip": gzip.compress(SCRIPT)}


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / "index.html").write_text('<script type="module" src="/assets/page-1.js"></script>')
    (assets / "page-1.js").write_bytes(SCRIPT)
    (assets / "page-1.js.br").write_bytes(SMALLER["br"])
    (assets / "page-1.js.gz").write_bytes(SMALLER["gzip"])
    (assets / "tiny-1.js").write_bytes(b"1")
    transport = httpx.ASGITransport(Starlette(routes=routes(tmp_path), exception_handlers={404: nowhere(tmp_path)}))
    async with httpx.AsyncClient(transport=transport, base_url="http://maycall") as browser:
        yield browser


async def raw(browser: httpx.AsyncClient, path: str, accepting: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """Ask for a file and give its answer with the bytes as they came."""
    async with browser.stream("GET", path, headers={"Accept-Encoding": accepting} | headers) as response:
        return response, b"".join([part async for part in response.aiter_raw()])


@pytest.mark.parametrize(
    ("accepting", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=0.5, br ; q=0", "gzip"),
        ("br;q=0.000, gzip;q=0", None),
        ("deflate", None),
        ("", None),
    ],
)
async def test_a_file_is_sent_as_small_as_the_browser_takes_it(
    browser: httpx.AsyncClient, accepting: str, encoding: str | None
) -> None:
    response, sent = await raw(browser, "/assets/page-1.js", accepting)
    assert sent == (SMALLER[encoding] if encoding else SCRIPT)
    assert response.headers.get("Content-Encoding") == encoding
    assert response.headers["Content-Length"] == f"{len(sent)}"
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_what_was_not_compressed_is_sent_as_it_is(browser: httpx.AsyncClient) -> None:
    response, sent = await raw(browser, "/assets/tiny-1.js", "gzip, br")
    assert sent == b"1"
    assert "Content-Encoding" not in response.headers


async def test_a_kept_file_is_recognised_in_the_encoding_in_which_it_was_kept(browser: httpx.AsyncClient) -> None:
    as_gzip, _ = await raw(browser, "/assets/page-1.js", "gzip")
    as_brotli, _ = await raw(browser, "/assets/page-1.js", "br")
    assert as_gzip.headers["ETag"] != as_brotli.headers["ETag"]
    again, sent = await raw(browser, "/assets/page-1.js", "gzip", **{"If-None-Match": as_gzip.headers["ETag"]})
    assert (again.status_code, sent) == (304, b"")
    other, _ = await raw(browser, "/assets/page-1.js", "br", **{"If-None-Match": as_gzip.headers["ETag"]})
    assert other.status_code == 200


async def test_the_page_itself_is_asked_for_again_each_time_and_costs_nothing_where_it_is_the_same(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get("/customers")
    assert page.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    again = await browser.get("/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_page_built_anew_is_another_one_though_it_is_as_long_and_as_old(
    browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    built = tmp_path / "index.html"
    os.utime(built, (0, 0))
    before = await browser.get("/")
    built.write_text(built.read_text().replace("page-1", "page-2"))
    os.utime(built, (0, 0))
    after = await browser.get("/", headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.text) == (200, '<script type="module" src="/assets/page-2.js"></script>')


async def test_who_looks_for_a_page_that_is_not_there_gets_the_dashboard_to_say_so_and_a_program_is_told_in_a_word(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get("/nowhere", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.status_code == 404
    assert page.content == (await browser.get("/")).content
    for program in (await browser.get("/nowhere"), await browser.post("/nowhere", headers={"Accept": "text/html"})):
        assert (program.status_code, program.text) == (404, "Not Found")
