"""A real Chromium, driven by playwright but taken from the system: nothing is downloaded."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

NO_CHROMIUM = "no Chromium here: install chromium, or name one in MAYCALL_TEST_CHROMIUM"

# Nothing that speaks to the world unasked, and nothing that needs a screen, a graphics card, a microphone or a user
# namespace. Whether a page may use the microphone that there is instead is up to its window's permissions.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]


def chromium() -> str | None:
    """Find the program of the Chromium that is there, if one is."""
    named = os.environ.get("MAYCALL_TEST_CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    return next(filter(None, map(shutil.which, names)), None)


@asynccontextmanager
async def open_browser(program: str, *more_flags: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*FLAGS, *more_flags])
        try:
            yield browser
        finally:
            await browser.close()
