import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.ground.browser import chromium
from tests.ground.processes import free_port


@asynccontextmanager
async def one_page_site(html: str) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = html.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    port = free_port()
    async with await asyncio.start_server(answer, "127.0.0.1", port):
        yield f"http://127.0.0.1:{port}/"


async def test_a_page_runs_its_script(page: Page) -> None:
    await page.goto("data:text/html,<h1></h1><script>document.querySelector('h1').textContent = 6 * 7</script>")
    assert await page.inner_text("h1") == "42"


async def test_a_page_of_this_machine_can_be_visited(page: Page) -> None:
    async with one_page_site("<title>May I call?</title>") as url:
        await page.goto(url)
        assert await page.title() == "May I call?"


def test_a_chromium_that_is_named_but_not_there_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAYCALL_TEST_CHROMIUM", f"{tmp_path / 'chromium'}")
    assert chromium() is None
