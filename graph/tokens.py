"""The tokens behind lasting connections: how many each has open here, and whether it still works."""

from uuid import UUID

from actions import access
from actions.access import Viewer
from actions.resources import Resources

from .faults import Code, CodedError
from .tail import Together


class TooManyConnectionsError(Exception):
    """A token has as many connections as it may have: a sentence that says so."""


class Tokens:
    def __init__(self, resources: Resources, most_connections: int) -> None:
        self._resources = resources
        self._most = most_connections
        self._viewers: dict[UUID, Viewer] = {}
        self._connections: dict[UUID, int] = {}
        self._working: set[UUID] = set()
        self._ended: set[UUID] = set()
        self._look = Together(self._read)

    def __len__(self) -> int:
        return len(self._viewers)

    def enter(self, viewer: Viewer) -> None:
        """Count one more connection. TooManyConnectionsError where that is one too many."""
        count = self._connections.get(viewer.token_id, 0)
        if count >= self._most:
            raise TooManyConnectionsError(f"This token has {count} connections open here. Close one, or use another.")
        self._viewers[viewer.token_id] = viewer
        self._connections[viewer.token_id] = count + 1

    def leave(self, viewer: Viewer) -> None:
        self._connections[viewer.token_id] -= 1
        if not self._connections[viewer.token_id]:
            del self._connections[viewer.token_id], self._viewers[viewer.token_id]

    async def check(self, viewer: Viewer) -> None:
        """See to it that the token of a viewer who has entered works at this moment. UNAUTHENTICATED otherwise."""
        await self._look()
        if viewer.token_id not in self._working:
            raise ended()

    async def ended(self) -> set[UUID]:
        """Tell which of the tokens in use no longer work."""
        await self._look()
        return self._ended

    async def _read(self) -> None:
        asked = set(self._viewers.values())
        self._working = await access.working(self._resources, asked)
        self._ended = {viewer.token_id for viewer in asked} - self._working


def ended() -> CodedError:
    return CodedError(Code.UNAUTHENTICATED, "Your token was revoked or has run out. Sign in again.")
