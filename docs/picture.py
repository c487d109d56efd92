# ruff: noqa: INP001 it is a script
"""Take the README's picture anew, of a real server: .venv/bin/python docs/picture.py.

Somebody is asked in the dashboard and allows calls on the phone, while four others are in other states.
"""

import asyncio
import base64
import sys
import tempfile
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, ViewportSize, expect

ROOT = Path(__file__).parents[1]
sys.path.insert(0, f"{ROOT}")

from tests.ground.browser import NO_CHROMIUM, chromium, open_browser  # noqa: E402 the path has to be known first
from tests.ground.processes import ServerProcess, running_server  # noqa: E402

PICTURE = ROOT / "docs" / "images" / "maycall.png"
TOKEN = "mc_for-the-picture"  # noqa: S105 of a server that is gone once the picture is taken
MEERA, CAIO, LENA, ARJUN = "919812300457", "5511987650321", "4915112345678", "919845012345"
DESK = ViewportSize(width=1255, height=820)
WHOLE = ViewportSize(width=1680, height=880)
SHEET = """<!doctype html><style>
  body {{ display: flex; gap: 28px; align-items: center; justify-content: center; margin: 0; height: 100vh;
    background: linear-gradient(160deg, #dfe9e5, #c3d5ce); }}
  .phone {{ filter: drop-shadow(0 14px 22px rgb(5 25 20 / 38%)); }}
  .desk {{ border-radius: 14px; box-shadow: 0 18px 50px -14px rgb(5 25 20 / 45%), 0 0 0 1px rgb(5 25 20 / 10%); }}
</style><img class="desk" src="{desk}"><img class="phone" src="{phone}">"""


async def main() -> None:
    """Play the scene and keep what it looks like."""
    program = chromium()
    if program is None:
        sys.exit(NO_CHROMIUM)
    with tempfile.TemporaryDirectory(prefix="maycall-picture-") as folder:
        environment = {
            "MAYCALL_DATABASE_URL": f"sqlite:///{folder}/maycall.db",
            "MAYCALL_SANDBOX": "true",
            "MAYCALL_BOOTSTRAP_TOKEN": TOKEN,
        }
        async with running_server(environment, "--migrate") as server, open_browser(program) as browser:
            desk = await browser.new_page(viewport=DESK)
            phones = await browser.new_page(viewport={"width": 1620, "height": 900})
            await _play(server, desk, phones)
            phone = phones.get_by_role("article", name="Phone of Meera Kulkarni")
            # Cut out: without the page behind it, and without the shadow that falls on the page.
            await phones.evaluate("document.documentElement.style.background = document.body.style.background = 'none'")
            frame = phone.locator(".frame")
            await frame.evaluate("frame => frame.style.boxShadow = 'none'")
            await _compose(browser, await _seen(desk), await frame.screenshot(omit_background=True))
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size // 1000} kB")  # noqa: T201 for who runs it


async def _play(server: ServerProcess, desk: Page, phones: Page) -> None:
    await desk.goto(f"{server.url}/customers#token={TOKEN}")
    await phones.goto(f"{server.url}/sandbox/")
    people = desk.get_by_role("grid")
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:

        async def press(phone: str, deed: str, **body: object) -> None:
            (await client.post(f"/sandbox/phones/{phone}/{deed}", json=body)).raise_for_status()

        await press(CAIO, "grant", answer="permanent")
        await press(LENA, "grant", answer="permanent")
        await press(LENA, "revoke")
        await expect(people.get_by_role("row", name="Lena")).to_contain_text("Taken back")
        await press(ARJUN, "grant", answer="temporary", seconds=50)
        await expect(people.get_by_role("row", name="Arjun")).to_contain_text("Allowed")

    await people.get_by_role("button", name="Ask: Meera Kulkarni").click()
    await desk.get_by_role("button", name="Send the request").click()
    phone = phones.get_by_role("article", name="Phone of Meera Kulkarni")
    await phone.get_by_role("button", name="Allow for 7 days").click()
    await expect(people.get_by_role("row", name="Meera")).to_contain_text("Allowed for 7 days")
    await expect(phone).to_contain_text("You allowed calls")
    await desk.mouse.move(0, 0)
    # What has just changed is lit up for a moment: wait for the plain page.
    await desk.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")


async def _seen(page: Page) -> bytes:
    # The place of the scroll bar is left out.
    width = await page.evaluate("document.body.getBoundingClientRect().width")
    return await page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": DESK["height"]})


async def _compose(browser: Browser, desk: bytes, phone: bytes) -> None:
    sheet = await browser.new_page(viewport=WHOLE)
    await sheet.set_content(SHEET.format(desk=_inline(desk), phone=_inline(phone)))
    await sheet.screenshot(path=PICTURE)


def _inline(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


if __name__ == "__main__":
    asyncio.run(main())
