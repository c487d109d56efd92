"""Somebody is called from the dashboard, and spoken with: Chromium's microphone beeps, and the sandbox answers."""

import asyncio
import re

import pytest
import pytest_asyncio
from playwright.async_api import Dialog, Locator, Page, Route, expect

from .business import Business, Customer
from .conftest import OpenDesk
from .desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="package")

# The page shows nobody its connection, and what flows through it is what these stories are about.
_OVERHEAR = """() => {
    window.connections = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...given) { super(...given); window.connections.push(this); }
    };
}"""
_SOUND = """async (before) => {
    const [connection] = window.connections.slice(-1);
    const told = [...(await connection.getStats()).values()];
    const heard = told.find(({type}) => type === "inbound-rtp");
    const said = told.find(({type}) => type === "outbound-rtp");
    const now = {
        heard: heard?.bytesReceived ?? 0, energy: heard?.totalAudioEnergy ?? 0, said: said?.bytesSent ?? 0,
    };
    return Object.keys(now).every((name) => now[name] > (before?.[name] ?? 0)) ? now : null;
}"""


@pytest_asyncio.fixture(loop_scope="package")
async def callable_(business: Business, customer: Customer) -> Customer:
    """Give a customer who allows calls for good."""
    await business.phone(customer).grant(for_good=True)
    return customer


async def _call(desk: Desk, customer: Customer) -> Locator:
    """Ring a customer from their row, and give the panel of the call."""
    await desk.page.evaluate(_OVERHEAR)
    await desk.find(customer)
    panel = await desk.call(customer)
    await expect(_stage(panel)).to_have_text("Ringing")
    return panel


def _stage(panel: Locator) -> Locator:
    return panel.get_by_role("status")


async def _more_sound(page: Page, before: dict[str, float] | None = None) -> dict[str, float]:
    """Wait until more was heard and said than before, and what was heard is no silence."""
    told = await page.wait_for_function(_SOUND, arg=before)
    sound: dict[str, float] = await told.json_value()
    return sound


async def _talk(desk: Desk, business: Business, customer: Customer) -> Locator:
    panel = await _call(desk, customer)
    await business.phone(customer).answer()
    await expect(_stage(panel)).to_have_text("Talking")
    return panel


async def test_who_picks_up_is_heard_and_hears_until_the_agent_hangs_up(
    business: Business, desk: Desk, callable_: Customer
) -> None:
    panel = await _talk(desk, business, callable_)
    await _more_sound(desk.page, await _more_sound(desk.page))
    for end in ("You", callable_.name):
        await expect(panel.get_by_role("meter", name=end)).not_to_have_attribute("aria-valuenow", "0")
    await expect(panel.get_by_text(re.compile(r"^\d+:\d\d$"))).to_be_visible()

    await panel.get_by_role("button", name="Hang up").click()
    await expect(_stage(panel)).to_have_text("Ended")
    await panel.get_by_role("button", name="Close", exact=True).click()
    await expect(panel).to_be_hidden()
    [call] = (await business.phone(callable_).seen())["calls"]
    assert call["status"] == "completed"


async def test_the_customer_who_hangs_up_ends_the_call_on_the_page(
    business: Business, desk: Desk, callable_: Customer
) -> None:
    panel = await _talk(desk, business, callable_)
    await business.phone(callable_).hang_up()
    await expect(_stage(panel)).to_have_text("Ended")
    await expect(panel.get_by_text(f"The call with {callable_.name} is over.")).to_be_visible()


async def test_a_customer_who_declines_or_does_not_pick_up_is_told_of_and_can_be_called_again(
    business: Business, desk: Desk, callable_: Customer
) -> None:
    panel = await _call(desk, callable_)
    await business.phone(callable_).reject()
    await expect(_stage(panel)).to_have_text("Declined")

    # Whoever missed a call is asked by WhatsApp about the next one: that is told before it is placed.
    await panel.get_by_role("button", name="Call again").click()
    await expect(panel.get_by_text("If this call goes unanswered too")).to_be_visible()
    await panel.get_by_role("button", name="Call anyway").click()
    await expect(_stage(panel)).to_have_text("Ringing")
    await business.phone(callable_).ignore()
    await expect(_stage(panel)).to_have_text("No answer")
    await desk.page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()


async def test_the_agent_is_muted_by_a_key_and_escape_ends_no_call(
    business: Business, desk: Desk, callable_: Customer
) -> None:
    panel = await _talk(desk, business, callable_)
    await desk.page.keyboard.press("m")
    await expect(panel.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
    await expect(panel.get_by_role("meter", name="You")).to_have_attribute("aria-valuenow", "0")
    await expect(panel.get_by_text(f"{callable_.name} does not hear you.")).to_be_visible()
    await desk.page.keyboard.press("Escape")
    await desk.page.keyboard.press("m")
    await expect(panel.get_by_role("meter", name="You")).not_to_have_attribute("aria-valuenow", "0")
    await expect(_stage(panel)).to_have_text("Talking")
    await panel.get_by_role("button", name="Hang up").click()
    await expect(_stage(panel)).to_have_text("Ended")


async def test_a_page_that_is_loaded_anew_asks_first_and_then_ends_its_call(
    business: Business, desk: Desk, callable_: Customer
) -> None:
    panel = await _talk(desk, business, callable_)
    questions: list[str] = []

    async def leave(dialog: Dialog) -> None:
        questions.append(dialog.type)
        await dialog.accept()

    desk.page.on("dialog", leave)
    await desk.page.reload()
    assert questions == ["beforeunload"]
    await expect(desk.sign).to_have_text("Live")
    # Either it had ended before the page was there again, or the page finds it, without sound, and sees it end.
    await expect(desk.row(callable_).get_by_role("button", name="Call")).to_be_enabled()
    [call] = (await business.phone(callable_).seen())["calls"]
    assert call["status"] == "completed"
    await expect(panel.get_by_role("meter")).to_have_count(0)


async def test_a_call_that_was_only_being_placed_when_the_page_went_is_ended_by_the_next_one(
    business: Business, desk: Desk, callable_: Customer
) -> None:
    rung = asyncio.Event()

    async def keep_from_page(route: Route) -> None:
        if "mutation StartCall" in (route.request.post_data or ""):
            await route.fetch()
            rung.set()
        else:
            await route.continue_()

    await desk.find(callable_)
    await desk.page.route("**/graphql", keep_from_page)
    desk.page.on("dialog", lambda dialog: dialog.accept())
    await desk.call(callable_)
    await rung.wait()
    [call] = (await business.phone(callable_).seen())["calls"]
    assert call["status"] == "ringing"
    await desk.page.reload()
    await expect(desk.call_with(callable_)).to_contain_text("Cancelled")
    [call] = (await business.phone(callable_).seen())["calls"]
    assert call["status"] not in {"ringing", "accepted"}


async def test_where_the_microphone_is_denied_nobody_is_rung(
    business: Business, open_desk: OpenDesk, callable_: Customer
) -> None:
    desk = await open_desk(permissions=[])
    await desk.find(callable_)
    panel = await desk.call(callable_)
    await expect(panel.get_by_role("alert")).to_contain_text("This page may not use the microphone. Allow it")
    await expect(_stage(panel)).to_have_text("Nobody was called")
    assert (await business.phone(callable_).seen())["calls"] == []


# Asks Chromium for one that it does not have.
_NO_SUCH_MICROPHONE = """() => {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = () => ask({ audio: { deviceId: { exact: "of a machine without one" } } });
}"""


async def test_where_there_is_no_microphone_nobody_is_rung_until_there_is_one(
    business: Business, desk: Desk, callable_: Customer
) -> None:
    await desk.page.evaluate(_NO_SUCH_MICROPHONE)
    await desk.find(callable_)
    panel = await desk.call(callable_)
    await expect(panel.get_by_role("alert")).to_contain_text("There is no microphone here. Plug one in")
    await expect(_stage(panel)).to_have_text("Nobody was called")
    assert (await business.phone(callable_).seen())["calls"] == []

    await desk.page.evaluate("delete navigator.mediaDevices.getUserMedia")
    await panel.get_by_role("button", name="Call again").click()
    await expect(_stage(panel)).to_have_text("Ringing")
    await panel.get_by_role("button", name="Hang up").click()
    await expect(_stage(panel)).to_have_text("Cancelled")


# Pulls the plug of the microphone that is in use, which nobody can do to Chromium's own: the page is told as it would
# be, and has no other until it is put in again.
_UNPLUG = """() => {
    const { track } = window.connections.at(-1).getSenders()[0];
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"));
    track.stop();
    track.dispatchEvent(new Event("ended"));
}"""
_PLUG_IN = """() => {
    delete navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
}"""


async def test_a_microphone_that_is_unplugged_is_missed_at_once_and_taken_again_when_it_is_back(
    business: Business, desk: Desk, callable_: Customer
) -> None:
    panel = await _talk(desk, business, callable_)
    before = await _more_sound(desk.page)
    await desk.page.evaluate(_UNPLUG)
    gone = panel.get_by_text(f"The microphone is gone, so {callable_.name} does not hear you.")
    await expect(gone).to_be_visible()
    await expect(_stage(panel)).to_have_text("Talking")  # there is still somebody to be heard
    await desk.page.evaluate(_PLUG_IN)
    await expect(gone).to_be_hidden()
    await expect(panel.get_by_role("meter", name="You")).not_to_have_attribute("aria-valuenow", "0")
    await _more_sound(desk.page, before)
    assert await desk.page.evaluate("window.connections.at(-1).getSenders()[0].track.readyState") == "live"
    await panel.get_by_role("button", name="Hang up").click()
    await expect(_stage(panel)).to_have_text("Ended")


# Has the connection fail as it does where nothing comes through any more: for real that takes half a minute.
_LOSE = """() => {
    const connection = window.connections.at(-1);
    Object.defineProperty(connection, "connectionState", { value: "failed" });
    connection.dispatchEvent(new Event("connectionstatechange"));
}"""


@pytest.mark.parametrize("answered", [True, False], ids=["talking", "ringing"])
async def test_a_call_whose_sound_is_lost_says_so_and_is_ended_for_both(
    business: Business, desk: Desk, callable_: Customer, *, answered: bool
) -> None:
    panel = await (_talk(desk, business, callable_) if answered else _call(desk, callable_))
    await desk.page.evaluate(_LOSE)
    await expect(panel.get_by_role("alert")).to_contain_text("The sound could not be kept up, so the call was ended.")
    await expect(_stage(panel)).to_have_text("Ended" if answered else "Cancelled")
    [call] = (await business.phone(callable_).seen())["calls"]
    assert call["status"] == ("completed" if answered else "cancelled")
    await panel.get_by_role("button", name="Close", exact=True).click()
    await expect(panel).to_be_hidden()
