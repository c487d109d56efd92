"""What every resolver is handed: the resources, the viewer, and fresh loaders; never a session."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import strawberry

from actions import access
from actions.access import Viewer
from actions.resources import Resources
from models.change import Change, ChangeKind
from rules.access import Scope

from .faults import Code, CodedError
from .limits import STANDARD, Limits
from .loaders import Loaders


class Log(Protocol):
    """A workspace's log, as one stream reads it from where it begins."""

    def changes(self, kinds: Collection[ChangeKind]) -> AsyncIterator[Change]:
        """Give every change of these kinds, in order, and go on as long as somebody listens."""


@dataclass(slots=True)
class Context:
    """Of one HTTP request, of one WebSocket connection (`viewer` is known once it is initialised), or of one stream."""

    resources: Resources
    viewer: Viewer | None
    loaders: Loaders
    limits: Limits = STANDARD
    described: bool = True  # the API tells what there is, and guesses what was meant
    connection_params: dict[str, object] | None = None
    lasting: bool = False  # of a WebSocket, which may be open long after the token has ended
    shared: bool = False  # of a stream that several tokens with the same scopes listen to
    log: Log | None = None  # of a stream
    came_with: tuple[str, str | None] = ("", None)  # of a WebSocket: its address and header, until it is initialised
    log_stands_at: int | None = None  # the log's last number when the operation began, where it asks for it

    def viewer_with(self, scope: Scope | None = None) -> Viewer:
        """Give the viewer, who must hold `scope`. UNAUTHENTICATED or FORBIDDEN otherwise."""
        if self.viewer is None:
            raise CodedError(Code.UNAUTHENTICATED, "Send your token in the header: Authorization: Bearer <token>.")
        if scope is not None and not self.viewer.may(scope):
            raise CodedError(Code.FORBIDDEN, f"This needs a token with the scope {scope.value}.")
        return self.viewer

    def holder(self) -> Viewer:
        """Give the viewer as the one who holds this very token: for fields whose metadata is PERSONAL."""
        if self.shared:
            raise LookupError("Several tokens share this answer: mark the field that asks for one of them as PERSONAL.")
        return self.viewer_with()

    def changes(self, kinds: Collection[ChangeKind]) -> AsyncIterator[Change]:
        """Give the changes of these kinds as they happen, from where the stream begins."""
        if self.log is None:
            raise LookupError("Only a stream has a log to follow.")
        return self.log.changes(kinds)

    def be(self, viewer: Viewer) -> None:
        """Go on as this viewer: whatever is read from now on is what they may see."""
        if viewer != self.viewer:
            self.viewer, self.loaders = viewer, Loaders(self.resources, viewer)

    async def check_token(self) -> None:
        """See to it that the viewer's token works still, and may do what it may by now. UNAUTHENTICATED otherwise."""
        if self.viewer is not None:
            viewer = await access.renewed(self.resources, self.viewer)
            if viewer is None:
                raise CodedError(Code.UNAUTHENTICATED, "Your token was revoked or has run out. Sign in again.")
            self.be(viewer)

    def workspace_with(self, scope: Scope | None = None) -> UUID:
        return self.viewer_with(scope).workspace_id


Info = strawberry.Info[Context, None]
