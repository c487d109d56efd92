"""The line between a browser and a server, which a test can cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

LARGEST_READ = 65_536


class Gate:
    """Passes every byte on, until it is shut: then all connections end and no new one gets through."""

    def __init__(self, server_url: str) -> None:
        self.lead_to(server_url)
        self._passing: set[asyncio.StreamWriter] = set()
        self._lost: set[asyncio.StreamWriter] = set()

    def lead_to(self, server_url: str) -> None:
        """Open it, and pass on to this server from now on."""
        self._host, self._port = urlsplit(server_url).hostname, urlsplit(server_url).port
        self._open = True

    def shut(self) -> None:
        self._open = False
        for writer in self._passing:
            writer.transport.abort()

    def lose(self) -> None:
        """Pass nothing on through the connections that there are, and tell neither end: so they are after a sleep."""
        self._lost |= self._passing

    def open(self) -> None:
        self._open = True

    async def let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect one visitor with the server, if the gate is open and the server there."""
        if not self._open:
            writer.transport.abort()
            return
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
            self._passing |= {writer, far_writer}
            await asyncio.gather(self._pass_on(reader, far_writer), self._pass_on(far_reader, writer))
            self._passing -= {writer, far_writer}
        writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while read := await reader.read(LARGEST_READ):
                if writer not in self._lost:
                    writer.write(read)
                    await writer.drain()
        writer.close()


@asynccontextmanager
async def gate_before(server_url: str) -> AsyncIterator[tuple[Gate, str]]:
    """Give an open gate, and the address at which the server is reached through it."""
    gate = Gate(server_url)
    async with await asyncio.start_server(gate.let_in, "127.0.0.1", 0) as listener:
        yield gate, f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        gate.shut()
