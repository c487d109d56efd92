"""The tokens behind lasting connections: how many each has open here, and what each lets its holder do by now."""

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
        self._current: dict[UUID, Viewer] = {}
        self._ended: set[UUID] = set()
        self._changed: set[UUID] = set()  # those whose holders may do something else than when they were last asked for
        self._look = Together(self._read)

    def __len__(self) -> int:
        return len(self._viewers)

    def enter(self, viewer: Viewer) -> None:
        """Count one more connection. TooManyConnectionsError where that is one too many."""
        count = self._connections.get(viewer.token_id, 0)
        if count >= self._most:
            raise TooManyConnectionsError(f"This token has {count} connections open here. Close one, or use another.")
        self._note(viewer)
        self._connections[viewer.token_id] = count + 1

    def leave(self, viewer: Viewer) -> None:
        self._connections[viewer.token_id] -= 1
        if not self._connections[viewer.token_id]:
            del self._connections[viewer.token_id], self._viewers[viewer.token_id]

    async def check(self, viewer: Viewer) -> None:
        """See to it that the token of a viewer who has entered works at this moment. UNAUTHENTICATED otherwise."""
        await self._look()
        self.latest(viewer)

    def latest(self, viewer: Viewer) -> Viewer:
        """Give a viewer as they were when last looked at. UNAUTHENTICATED when their token did not work then."""
        if viewer.token_id not in self._current:
            raise ended()
        return self._current[viewer.token_id]

    async def looked(self) -> tuple[dict[UUID, Viewer], set[UUID]]:
        """Tell whose holders may do something else since this was last asked, and which tokens no longer work."""
        await self._look()
        changed, self._changed = self._changed, set()
        return {token_id: self._current[token_id] for token_id in changed & self._current.keys()}, self._ended

    async def _read(self) -> None:
        asked = set(self._viewers.values())
        self._current = await access.current(self._resources, asked)
        self._ended = {viewer.token_id for viewer in asked} - self._current.keys()
        for viewer in self._current.values():
            if viewer.token_id in self._viewers:
                self._note(viewer)

    def _note(self, viewer: Viewer) -> None:
        if self._viewers.get(viewer.token_id, viewer) != viewer:
            self._changed.add(viewer.token_id)
        self._viewers[viewer.token_id] = viewer


def ended() -> CodedError:
    return CodedError(Code.UNAUTHENTICATED, "Your token was revoked or has run out. Sign in again.")
