# ruff: noqa: INP001 it is a script
"""Take the pictures of the dashboard anew, of a real server: make pictures.

Two months of a business are lived through first, by a clock that runs ahead; the rest happens before the browser's
eyes. What is in the window is taken in the light and in the dark, on a desk and on a phone. Given a folder, the two
months are kept there and need not be lived through again the next time: for as long as who is to be rung may be.
"""

import asyncio
import base64
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

ROOT = Path(__file__).parents[1]
sys.path.insert(0, f"{ROOT}")

from models.database import migrate  # noqa: E402 the path has to be known first
from server.logs import set_up_logging  # noqa: E402
from server.pages import BUILT  # noqa: E402
from tests.ground.browser import FLAGS, NO_CHROMIUM, chromium  # noqa: E402
from tests.ground.databases import sqlite_url_of  # noqa: E402
from tests.ground.month import PEOPLE, Person, live_through  # noqa: E402
from tests.ground.processes import ServerProcess, running_server  # noqa: E402
from tests.ground.receiver import receiving  # noqa: E402

IMAGES = ROOT / "docs" / "images"
TOKEN = "mc_for-the-pictures"  # noqa: S105 of a server that is gone once the pictures are taken
PATIENCE = 60_000  # milliseconds
LARGEST = 250_000  # bytes
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
WHOLE = ViewportSize(width=1600, height=800)
SHEET = """<!doctype html><style>
  body {{ display: flex; gap: 30px; align-items: center; justify-content: center; margin: 0; height: 100vh;
    background: #d8e5df; }}
  .phone {{ height: 610px; }}
  .desk {{ width: 1130px; border-radius: 14px;
    box-shadow: 0 0 0 1px rgb(5 25 20 / 10%); }}
</style><img class="desk" src="{desk}"><img class="phone" src="{phone}">"""


Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Width:
    """How wide a page is looked at, what its pictures' names end with, and who is rung there."""

    ending: str
    size: ViewportSize
    rung: Person


[SOFIA, RAVI, CHARLOTTE] = (
    person for person in PEOPLE if person.name in {"Sofia Romano", "Ravi Deshpande", "Charlotte Evans"}
)
DESK = Width("", ViewportSize(width=1360, height=850), SOFIA)
PHONE = Width("-phone", ViewportSize(width=390, height=844), RAVI)


async def main(kept: Path | None) -> None:
    """Live through the two months, then take every picture."""
    program = chromium()
    if program is None:
        sys.exit(NO_CHROMIUM)
    if not (BUILT / "index.html").exists():
        sys.exit("The dashboard is not built: make dashboard does it where Node is.")
    set_up_logging("WARNING")
    with tempfile.TemporaryDirectory(prefix="maycall-pictures-") as temporary:
        lived, folder = kept or Path(temporary, "lived"), Path(temporary, "pictured")
        if not (lived / "lived").exists():
            _tell("Two months pass, which takes a minute or two.")
            lived.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(migrate, sqlite_url_of(lived / "maycall.db"))
            await live_through(lived, TOKEN)
            (lived / "lived").touch()
        shutil.copytree(lived, folder)  # what happens before the browser's eyes is not of the two months
        url = sqlite_url_of(folder / "maycall.db")
        environment = {"MAYCALL_DATABASE_URL": url, "MAYCALL_SANDBOX": "true", "MAYCALL_BOOTSTRAP_TOKEN": TOKEN}
        environment["MAYCALL_WEBHOOKS_ALLOW_PRIVATE"] = "true"
        async with running_server(environment) as server, _browser(program) as browser:
            async with receiving() as receiver:
                await _let_in_and_told(server, receiver.url)
                for width in (DESK, PHONE):
                    await _pages(server, browser, width)
                    await _calling(server, browser, width)
                await _told(server, browser)
            await _side_by_side(server, browser)
    too_large = [path.name for path in sorted(IMAGES.glob("*.png")) if path.stat().st_size > LARGEST]
    if too_large:
        sys.exit(f"{LARGEST // 1000} kB is the most for a picture, which is less than {', '.join(too_large)} has.")


def _tell(words: str) -> None:
    print(words, flush=True)  # noqa: T201 for who runs it


@asynccontextmanager
async def _browser(program: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list({*FLAGS, *MICROPHONE}))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def _signed_in(server: ServerProcess, browser: Browser, width: Width) -> AsyncIterator[Page]:
    window = await browser.new_context(
        viewport=width.size,
        reduced_motion="reduce",
        locale="en-US",
        permissions=["microphone"],
    )
    # Two months on, nobody wants to be shown around.
    await window.add_init_script("localStorage.setItem('maycall.tour', 'over')")
    async with window:
        page = await window.new_page()
        page.set_default_timeout(PATIENCE)
        await page.goto(f"{server.url}/#token={TOKEN}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
        yield page


async def _take(page: Page, name: str, width: Width, schemes: Sequence[Scheme] = ("light", "dark")) -> None:
    """Take what is in the window in the light and in the dark, once all of it is there and nothing moves."""
    await expect(page.locator(".mantine-Skeleton-root, [aria-busy=true]")).to_have_count(0, timeout=PATIENCE)
    await page.evaluate("document.fonts.ready")
    # The place of a scroll bar that is not in the picture.
    await page.add_style_tag(content="html { scrollbar-gutter: auto !important; }")
    await page.mouse.move(0, 0)
    await page.wait_for_load_state("networkidle")
    for scheme in schemes:
        await page.emulate_media(color_scheme=scheme)
        await expect(page.locator(f"html[data-mantine-color-scheme={scheme}]")).to_be_attached(timeout=PATIENCE)
        taken = await page.screenshot(animations="disabled", caret="hide")
        _keep(f"{name}{width.ending}{'-dark' if scheme == 'dark' else ''}.png", taken)
    await page.emulate_media(color_scheme="light")


def _keep(name: str, png: bytes) -> None:
    path = IMAGES / name
    path.write_bytes(png)
    _tell(f"{path.relative_to(ROOT)}: {len(png) // 1000} kB")


# --- Each page ---


@dataclass(frozen=True, slots=True)
class Scenes:
    """What is brought into the window, each by the name of its picture."""

    page: Page
    url: str

    async def _open(self, address: str, *words: str) -> None:
        await self.page.goto(f"{self.url}{address}")
        for each in words:
            await expect(self.page.get_by_text(each).locator("visible=true").first).to_be_visible(timeout=PATIENCE)

    async def call_now(self) -> None:
        await self._open("/call-now")
        await expect(self.page.get_by_role("row").nth(1)).to_be_visible(timeout=PATIENCE)  # whoever it is at this hour

    async def customers(self) -> None:
        await self._open("/customers?sort=ending", "Arjun Nair", "40 customers")

    async def customer(self) -> None:
        await self._open("/customers?search=Priyanka", "Priyanka Rao")
        await self.page.get_by_role("link", name="Priyanka Rao", exact=True).first.click()
        await expect(self.page.get_by_role("heading", name="What happened")).to_be_visible(timeout=PATIENCE)

    async def requests(self) -> None:
        await self._open("/requests?view=all", "Rahul Kapoor")

    async def overview(self) -> None:
        await self._open("/overview", "Requests sent")
        await expect(self.page.locator(".recharts-surface").first).to_be_visible(timeout=PATIENCE)

    async def asking(self) -> None:
        await self._open("/customers?search=Charlotte", "Charlotte Evans")
        await self.page.get_by_role("button", name="Ask: Charlotte Evans").click()
        await self.page.get_by_text("With a template").click()
        await self.page.get_by_label("topic").fill("your question")
        await expect(self.page.get_by_role("button", name="Send the request")).to_be_enabled(timeout=PATIENCE)

    async def settings(self) -> None:
        await self._open("/settings/numbers", "Front desk", "Calling is switched on.")

    async def limits(self) -> None:
        await self._open("/settings/limits", "Front desk")

    async def people(self) -> None:
        await self._open("/settings/people", "nikhil@chai.example")

    async def tokens(self) -> None:
        await self._open("/settings/tokens", "Daniel")

    async def signing_in(self) -> None:
        await self.page.evaluate("localStorage.clear()")
        await self._open("/")
        await expect(self.page.get_by_label("Token")).to_be_visible(timeout=PATIENCE)


async def _pages(server: ServerProcess, browser: Browser, width: Width) -> None:
    async with _signed_in(server, browser, width) as page:
        at = Scenes(page, server.url)
        scenes = [at.call_now, at.customers, at.customer, at.requests, at.overview, at.asking]
        if width is DESK:
            scenes += [at.settings, at.limits, at.people, at.tokens, at.signing_in]
        for scene in scenes:
            await scene()
            await _take(page, scene.__name__.replace("_", "-"), width)


async def _calling(server: ServerProcess, browser: Browser, width: Width) -> None:
    """Ring somebody, who picks up, and take the panel of the call."""
    name, wa_id = width.rung.name, width.rung.wa_id
    async with _signed_in(server, browser, width) as page, _phones(server) as phones:
        await page.goto(f"{server.url}/call-now")
        await page.get_by_role("button", name=f"Call: {name}").click()
        panel = page.get_by_role("region", name=f"Call with {name}")
        anyway = panel.get_by_role("button", name="Call anyway")
        ringing = panel.get_by_text("Ringing")
        await expect(anyway.or_(ringing)).to_be_visible(timeout=PATIENCE)
        if await anyway.is_visible():
            await anyway.click()
        await expect(ringing).to_be_visible(timeout=PATIENCE)
        call = (await phones.get(f"/sandbox/phones/{wa_id}")).json()["calls"][-1]["wacid"]
        (await phones.post(f"/sandbox/phones/{wa_id}/calls/{call}", json={"do": "answer"})).raise_for_status()
        await expect(panel.get_by_text("Talking")).to_be_visible(timeout=PATIENCE)
        await expect(panel.get_by_text("0:07")).to_be_visible(timeout=PATIENCE)
        await _take(page, "calling", width)
        await panel.get_by_role("button", name="Hang up").click()
        await expect(panel.get_by_role("button", name="Hang up")).to_be_hidden(timeout=PATIENCE)


COLLEAGUES = {"daniel@chai.example": "AGENT", "priya@chai.example": "AGENT", "nikhil@chai.example": "ADMIN"}
INVITE = """mutation($input: InvitePersonInput!) { invitePerson(input: $input) { __typename } }"""
TELL = """mutation($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { __typename } }"""
CALLS = """subscription { callChanged { cursor occurredAt previousStatus status
  call { id durationSeconds customer { id name phone } } } }"""


async def _let_in_and_told(server: ServerProcess, address: str) -> None:
    """Invite the colleagues, and have another system told of calls."""
    async with _phones(server) as http:
        for email, role in COLLEAGUES.items():
            how = {"email": email, "role": role, "allBusinessNumbers": True}
            await _say(http, INVITE, how)
        await _say(http, TELL, {"name": "CRM", "url": address, "document": CALLS})


async def _say(http: httpx.AsyncClient, operation: str, given: dict[str, object]) -> None:
    body = {"query": operation, "variables": {"input": given}}
    answer = (await http.post("/graphql", json=body, headers={"Authorization": f"Bearer {TOKEN}"})).json()
    if "errors" in answer:
        sys.exit(f"This was not done: {answer['errors']}")


async def _told(server: ServerProcess, browser: Browser) -> None:
    """Take what the other system was told of the calls."""
    async with _signed_in(server, browser, DESK) as page:
        await page.goto(f"{server.url}/settings/webhooks")
        await page.get_by_role("button", name="Show deliveries").click()
        log = page.get_by_role("region", name="Deliveries to CRM").get_by_role("listitem")
        await expect(log.filter(has_text="Delivered").first).to_be_visible(timeout=PATIENCE)
        await _take(page, "webhooks", DESK)


@asynccontextmanager
async def _phones(server: ServerProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=60) as phones:
        yield phones


# --- The README's ---


async def _side_by_side(server: ServerProcess, browser: Browser) -> None:
    """Somebody is asked in the dashboard and allows calls on the phone: one picture of both."""
    async with _signed_in(server, browser, DESK) as page:
        phones = await browser.new_page(viewport={"width": 1620, "height": 900})
        await phones.goto(f"{server.url}/sandbox/")
        await page.goto(f"{server.url}/customers")
        await page.get_by_role("button", name=f"Ask: {CHARLOTTE.name}").click()
        await page.get_by_role("button", name="Send the request").click()
        phone = phones.get_by_role("article", name=f"Phone of {CHARLOTTE.name}")
        await phone.get_by_role("button", name="Allow for 7 days").click(timeout=PATIENCE)
        await expect(phone).to_contain_text("You allowed calls", timeout=PATIENCE)
        await expect(page.get_by_text(f"{CHARLOTTE.name} allows calls for 7 days.")).to_be_visible(timeout=PATIENCE)
        asked = page.locator(".mantine-Notification-root").filter(has_text=f"{CHARLOTTE.name} was asked.")
        await asked.get_by_role("button").click()  # so that it stands before nothing that is to be seen
        await expect(asked).to_be_hidden(timeout=PATIENCE)
        newer = page.get_by_role("button", name="Show", exact=True)
        if await newer.is_visible():
            await newer.click()
            await expect(newer).to_be_hidden(timeout=PATIENCE)
        await _take(page, "maycall", DESK, ("light",))
        desk = (IMAGES / "maycall.png").read_bytes()
        # Cut out: without the page behind it, and without the shadow that falls on the page.
        await phones.evaluate("document.documentElement.style.background = document.body.style.background = 'none'")
        await phone.evaluate("""one => one.parentElement.querySelectorAll("article").forEach((each) => {
          each.style.visibility = each === one ? "" : "hidden"; })""")
        frame = phone.locator(".frame")
        await frame.evaluate("frame => frame.style.boxShadow = 'none'")
        sheet = await browser.new_page(viewport=WHOLE)
        cut_out = await frame.screenshot(omit_background=True)
        await sheet.set_content(SHEET.format(desk=_inline(desk), phone=_inline(cut_out)))
        _keep("maycall.png", await sheet.screenshot())


def _inline(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).resolve() if sys.argv[1:] else None))
