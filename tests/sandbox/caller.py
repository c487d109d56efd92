"""A browser's end of a call, as far as sound goes: a WebRTC peer that hums, and knows how loud the other end is."""

import asyncio
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction

from aiortc import MediaStreamError, MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame

from sandbox.voice import RATE

_SAMPLES = RATE // 50
LOUD = 2_000
"""A sample above this is no silence, and no trace that a codec leaves of one."""


class Humming(MediaStreamTrack):
    """A square wave of 200 Hz, or silence while `muted`."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.muted = False
        self._pieces = 0
        self._since = asyncio.get_running_loop().time()

    async def recv(self) -> AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        await asyncio.sleep(self._since + self._pieces / 50 - asyncio.get_running_loop().time())
        frame = AudioFrame(format="s16", layout="mono", samples=_SAMPLES)
        level = 0 if self.muted else 8_000
        wave = array("h", (level if at // 120 % 2 else -level for at in range(_SAMPLES)))
        frame.planes[0].update(wave.tobytes())
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), self._pieces * _SAMPLES
        self._pieces += 1
        return frame


class Caller:
    """One call's browser. `heard` counts the pieces of sound that were loud, `silent` those that were not."""

    def __init__(self) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.microphone = Humming()
        self.heard = self.silent = 0
        self._news = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self.peer.addTrack(self.microphone)
        self.peer.add_listener("track", self._listen_to)
        self.peer.add_listener("connectionstatechange", self._news.set)

    async def offer(self) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return self.peer.localDescription.sdp

    async def take(self, answer: str) -> None:
        await self.peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def until_loud(self, pieces: int) -> None:
        """Wait until so many pieces more were loud."""
        wanted = self.heard + pieces
        async with asyncio.timeout(30):
            while self.heard < wanted:
                self._news.clear()
                await self._news.wait()

    async def until(self, state: str) -> None:
        async with asyncio.timeout(30):
            while self.peer.connectionState != state:
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self.peer.close()

    def _listen_to(self, track: MediaStreamTrack) -> None:
        self._listening = asyncio.create_task(self._listen(track))

    async def _listen(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                assert isinstance(frame, AudioFrame)
                samples = array("h", bytes(frame.planes[0])[: frame.samples * 4])
                loud = max(samples, default=0) > LOUD
                self.heard += loud
                self.silent += not loud
                self._news.set()
        except MediaStreamError:
            return


@asynccontextmanager
async def calling() -> AsyncIterator[Caller]:
    caller = Caller()
    try:
        yield caller
    finally:
        await caller.close()
