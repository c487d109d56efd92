"""What somebody at a desk sees: the dashboard in a tab of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect

from .business import TOKEN, Customer

WINDOW = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US", "reduced_motion": "reduce"}


_NOTE = """() => {
    window.noted = [];
    const known = new WeakSet(); // one that comes with what it stands in is told of twice
    // In a corner of the window, which is in no part of the page.
    const isNotice = (each) => each.matches("[role=status]:not(:is(header, main, section) *)") && each.textContent;
    const look = (node) => node instanceof Element && [node, ...node.querySelectorAll("*")]
        .filter((each) => isNotice(each) && !known.has(each))
        .forEach((each) => known.add(each) && window.noted.push(each.textContent));
    new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(look)))
        .observe(document.body, { subtree: true, childList: true });
}"""


@dataclass(slots=True)
class Desk:
    """A tab with the dashboard in it, and everything that the browser has to say against the page."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)  # complaints with such words in them are part of the story

    @property
    def sign(self) -> Locator:
        """Where the page says how its line to the server fares."""
        return self.page.get_by_role("banner").get_by_role("status")

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def unexpected(self) -> list[str]:
        return [said for said in self.complaints if not any(words in said for words in self.expected)]

    def is_to_lose_its_server(self) -> None:
        """What the browser says of a server that is gone is part of the story from here on."""
        self.expected += ["ERR_", "WebSocket connection to"]

    async def sign_in(self, token: str = TOKEN, address: str = "/") -> None:
        """Come by the link that signs in, and wait until the page is live."""
        await self.page.goto(f"{self.url}{address}#token={token}")
        await expect(self.sign).to_have_text("Live")

    async def open(self, address: str) -> None:
        """Load the page anew at an address: /customers?status=DECLINED."""
        await self.page.goto(f"{self.url}{address}")
        await expect(self.sign).to_have_text("Live")

    async def go(self, address: str) -> None:
        """Go to an address within the page, as its links do."""
        await self.page.evaluate("(address) => history.pushState(null, '', address)", address)

    async def turn_to(self, name: str) -> None:
        """Go to a page by its name in the menu."""
        await self.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()

    async def find(self, customer: Customer) -> Locator:
        """Look a customer up, and give their row, the only one in the table then."""
        await self.go(f"/customers?search={customer.phone.removeprefix('+')}")
        row = self.row(customer)
        await expect(row).to_be_visible()
        return row

    def row(self, customer: Customer) -> Locator:
        """Find a customer's row in whatever list is shown."""
        rows = self.page.get_by_role("row").or_(self.page.get_by_role("article"))
        return rows.filter(has_text=customer.phone)

    def notice(self, words: str) -> Locator:
        """Find a notification that says this."""
        return self.page.get_by_role("alert").or_(self.page.get_by_role("status")).filter(has_text=words).first

    def call_with(self, customer: Customer) -> Locator:
        """Find the panel of the call with a customer."""
        return self.page.get_by_role("region", name=f"Call with {customer.name}")

    @property
    def history(self) -> Locator:
        """Find what happened with the customer whose page is open."""
        return self.page.get_by_role("region", name="What happened")

    async def note_notices(self) -> None:
        """Begin to write down every notification that comes up, also for those that go again: see `noted`."""
        await self.page.evaluate(_NOTE)

    async def noted(self, how_many: int) -> list[str]:
        """Give the words of all notifications that came up, each as often as it came, once there are so many."""
        await self.page.wait_for_function("(many) => window.noted.length >= many", arg=how_many)
        words: list[str] = await self.page.evaluate("window.noted")
        return words

    async def ask(self, customer: Customer) -> Locator:
        """Press the button that asks, in the customer's row, and give the dialog."""
        await self.row(customer).get_by_role("button", name="Ask").click()
        return self.dialog

    async def call(self, customer: Customer) -> Locator:
        """Press the button that calls, in the customer's row, and give the panel of the call."""
        await self.row(customer).get_by_role("button", name="Call").click()
        return self.call_with(customer)


@asynccontextmanager
async def open_window(browser: Browser, url: str, **window: Any) -> AsyncIterator[Desk]:
    """Give an empty tab of a window that remembers nothing of other stories, for the dashboard at this URL.

    It hears with a microphone and is `WINDOW`, except for what is said of it here in Playwright's words.
    """
    # In a window of its own: a tab behind another is drawn once a second only.
    async with await browser.new_context(**{"permissions": ["microphone"], **WINDOW, **window}) as context:
        desk = Desk(await context.new_page(), url)
        watched(desk.page, desk.complaints)
        yield desk


def watched(page: Page, complaints: list[str]) -> Page:
    """Have everything that the browser has to say against a page written down."""

    def written(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.type}: {message.text}")

    page.on("pageerror", lambda error: complaints.append(f"{error}"))
    page.on("console", written)
    return page


async def agree(here: Locator, there: Locator) -> None:
    """Wait until two pages show the same words in these places."""
    for _ in range(3):  # what is told as "a minute ago" may pass on between the two looks
        with suppress(AssertionError):
            await expect(there).to_have_text(await here.text_content() or "", timeout=10_000)
            return
    await expect(there).to_have_text(await here.text_content() or "")
