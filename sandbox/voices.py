"""Who speaks on which call: keeps the calls' sound in step with what becomes of the calls."""

import asyncio
import importlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import calling
from .call import is_active
from .sdp import answer_to
from .world import World

if TYPE_CHECKING:
    from .voice import Voice

MEDIA_RECEIVE_TIMEOUT = 138021
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """For how many seconds WhatsApp hears nothing of the business before it ends a call (reference, section 6.3)."""

    at_first: float = 20.0
    later: float = 30.0


WHATSAPPS = Patience()


async def keep_voices(world: World, patience: Patience = WHATSAPPS) -> None:
    """Answer the offers of browsers, and speak on their calls until these are over, for as long as not cancelled."""
    spoken: set[str] = set()
    with world.listening() as news:
        async with asyncio.TaskGroup() as lines:
            while True:
                news.clear()
                for call in world.open_calls():
                    if call.offer is not None and call.wacid not in spoken:
                        spoken.add(call.wacid)
                        lines.create_task(_line(world, call.wacid, call.offer, patience))
                await news.wait()


async def _line(world: World, wacid: str, offer: str, patience: Patience) -> None:
    """See to one call's sound. What goes wrong with it ends no other's."""
    try:
        voice = await _new_voice()
        try:
            answer = await _answer(voice, offer)
            calling.answer_offer(world, wacid, answer or answer_to(offer))
            if answer is not None:
                await _speak(world, wacid, voice, patience)
        finally:
            await _close(voice)
    except Exception:  # noqa: BLE001 it is told, and the other calls go on
        _log.exception("The sandbox can speak on the call %s no more.", wacid)


async def _close(voice: "Voice") -> None:
    """Close it to the end, even when the sandbox is stopped halfway."""
    closing = asyncio.create_task(voice.close())
    try:
        await asyncio.shield(closing)
    except asyncio.CancelledError:
        await closing
        raise


async def _new_voice() -> "Voice":
    # In a thread: it takes a second or two at the first call, in which everybody else is served.
    await asyncio.to_thread(importlib.import_module, f"{__package__}.voice")
    from .voice import Voice  # noqa: PLC0415 for the same reason

    return Voice()


async def _answer(voice: "Voice", offer: str) -> str | None:
    try:
        return await voice.answer(offer)
    except Exception as fault:  # noqa: BLE001 the library has no one error for what it cannot read
        _log.warning("An offer could not be taken, so nobody will speak on its call: %r", fault)
        return None


async def _speak(world: World, wacid: str, voice: "Voice", patience: Patience) -> None:
    with world.listening() as news:
        while True:
            news.clear()
            call = world.calls.get(wacid)
            if call is None or not is_active(call):
                return
            if call.answered_at is not None:
                voice.pick_up()
            left = voice.patience_left(patience.at_first, patience.later)
            if left is not None and left <= 0:
                calling.fail(world, call.wa_id, wacid, MEDIA_RECEIVE_TIMEOUT)
                return
            try:
                async with asyncio.timeout(None if left is None else min(left, patience.later)):
                    await news.wait()
            except TimeoutError:
                continue
