"""The customer's end of one call's sound: a WebRTC peer that greets, and then gives back what it hears.

It takes half a second of a processor to load what this is made with, so nobody imports this before a call needs it.
"""

import asyncio
from array import array
from fractions import Fraction
from functools import cache
from math import pi, sin

import aioice.ice
from aiortc import (
    MediaStreamError,
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from av import AudioFrame

RATE = 48_000
"""Samples a second, of 16 bits, on each of two channels: what Opus is decoded to."""
_PIECE_SECONDS = Fraction(1, 50)
_PIECE_SAMPLES = int(RATE * _PIECE_SECONDS)
_PIECE_BYTES = _PIECE_SAMPLES * 2 * 2
ECHO_SECONDS = 1
"""How long after it was said something is heard again: long enough to be told from one's own voice."""
_ECHO_BYTES = ECHO_SECONDS * RATE * 2 * 2
_GREETING = ((523.25, 0.25), (659.25, 0.25), (783.99, 0.5))
"""Three notes upwards, as (hertz, seconds): here the customer says hello."""
_LOUDNESS = 6_000
_FADE_SECONDS = 0.03

_others = aioice.ice.get_host_addresses


def _addresses(*, use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """List where this machine can be reached; one without a network still reaches itself, of which aioice is silent."""
    return _others(use_ipv4, use_ipv6) or ["127.0.0.1"]


aioice.ice.get_host_addresses = _addresses  # type: ignore[assignment] # it is called by these names only


@cache
def greeting() -> bytes:
    """Give what is heard first, whole pieces of it."""
    samples = array("h")
    for hertz, seconds in _GREETING:
        last = int(seconds * RATE)
        for at in range(last):
            fade = min(1.0, at / RATE / _FADE_SECONDS, (last - at) / RATE / _FADE_SECONDS)
            level = int(_LOUDNESS * fade * sin(2 * pi * hertz * at / RATE))
            samples.extend((level, level))
    whole = samples.tobytes()
    return whole[: len(whole) // _PIECE_BYTES * _PIECE_BYTES]


class _Speech(MediaStreamTrack):
    """What the customer says: nothing at all until the call is picked up, then the greeting and the echo."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.picked_up = asyncio.Event()
        self._said = bytearray()
        self._heard = bytearray()
        self._pieces = 0
        self._since = 0.0

    def hear(self, sound: bytes) -> None:
        """Take in what is to be said again."""
        if self._pieces == 0:
            return
        self._heard += sound
        # A clock that runs faster than ours, or a pause of ours, must not let the echo come later and later.
        del self._heard[: max(0, len(self._heard) - 2 * _ECHO_BYTES)]

    async def recv(self) -> AudioFrame:
        """Give the next fiftieth of a second, when its time has come."""
        await self.picked_up.wait()
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        if self._pieces == 0:
            self._since = loop.time()
            self._said += greeting()
        await asyncio.sleep(self._since + float(self._pieces * _PIECE_SECONDS) - loop.time())
        frame = AudioFrame(format="s16", layout="stereo", samples=_PIECE_SAMPLES)
        frame.planes[0].update(self._next())
        frame.sample_rate = RATE
        frame.time_base = Fraction(1, RATE)
        frame.pts = self._pieces * _PIECE_SAMPLES
        self._pieces += 1
        return frame

    def _next(self) -> bytes:
        if not self._said and len(self._heard) >= _ECHO_BYTES:
            self._said += self._heard[:_PIECE_BYTES]
            del self._heard[:_PIECE_BYTES]
        piece = bytes(self._said[:_PIECE_BYTES])
        del self._said[:_PIECE_BYTES]
        return piece or bytes(_PIECE_BYTES)


class Voice:
    """One call's sound, from the offer on. `close` it in any case."""

    def __init__(self) -> None:
        # No server is asked where we are: what rings here is on this machine, or beside it.
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._speech = _Speech()
        self._picked_up_at = self._heard_at = 0.0
        self._listening: asyncio.Task[None] | None = None
        self._peer.add_listener("track", self._listen_to)
        self._peer.addTrack(self._speech)

    async def answer(self, offer: str) -> str:
        """Answer an offer as WhatsApp words it. Raises an error of aiortc's or a ValueError where it cannot be."""
        await self._peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self._peer.setLocalDescription(await self._peer.createAnswer())
        return self._peer.localDescription.sdp

    def pick_up(self) -> None:
        """Begin to speak."""
        if not self._speech.picked_up.is_set():
            self._picked_up_at = self._heard_at = asyncio.get_running_loop().time()
            self._speech.picked_up.set()

    def patience_left(self, at_first: float, later: float) -> float | None:
        """Tell for how many seconds yet to wait for a sound: so many after it was picked up, or after the latest one.

        None before it is picked up.
        """
        if not self._speech.picked_up.is_set():
            return None
        patience = at_first if self._heard_at == self._picked_up_at else later
        return self._heard_at + patience - asyncio.get_running_loop().time()

    async def close(self) -> None:
        """End it, with everything that runs for it."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._peer.close()

    def _listen_to(self, track: MediaStreamTrack) -> None:
        self._listening = asyncio.create_task(self._listen(track))

    async def _listen(self, track: MediaStreamTrack) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                frame = await track.recv()
                if not isinstance(frame, AudioFrame):
                    continue
                if self._speech.picked_up.is_set():
                    self._heard_at = loop.time()
                self._speech.hear(bytes(frame.planes[0])[: frame.samples * 2 * 2])
        except MediaStreamError:
            return
