"""What every resolver is handed: the resources, the viewer, and fresh loaders; never a session."""

from dataclasses import dataclass
from uuid import UUID

import strawberry

from actions import access
from actions.access import Viewer
from actions.resources import Resources
from rules.access import Scope

from .faults import Code, CodedError
from .loaders import Loaders


@dataclass(slots=True)
class Context:
    """Of one HTTP request, or of one WebSocket connection: then `viewer` is known once it is initialised."""

    resources: Resources
    viewer: Viewer | None
    loaders: Loaders
    connection_params: dict[str, object] | None = None
    lasting: bool = False  # of a WebSocket, which may be open long after the token has ended
    log_stands_at: int | None = None  # the log's last number when the operation began, where it asks for it

    def viewer_with(self, scope: Scope | None = None) -> Viewer:
        """Give the viewer, who must hold `scope`. UNAUTHENTICATED or FORBIDDEN otherwise."""
        if self.viewer is None:
            raise CodedError(Code.UNAUTHENTICATED, "Send your token in the header: Authorization: Bearer <token>.")
        if scope is not None and not self.viewer.may(scope):
            raise CodedError(Code.FORBIDDEN, f"This needs a token with the scope {scope.value}.")
        return self.viewer

    async def check_token(self) -> None:
        """See to it that the viewer's token works still. UNAUTHENTICATED when it has ended."""
        if self.viewer is not None and not await access.still_works(self.resources, self.viewer):
            raise CodedError(Code.UNAUTHENTICATED, "Your token was revoked or has run out. Sign in again.")

    def workspace_with(self, scope: Scope | None = None) -> UUID:
        return self.viewer_with(scope).workspace_id


Info = strawberry.Info[Context, None]
