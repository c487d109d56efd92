"""Who is asking."""

import strawberry

from actions import access

from .nodes import Workspace


@strawberry.type(description="The holder of the token that this was asked with.")
class Viewer:
    name: str = strawberry.field(description="The token's name.")
    scopes: list[str] = strawberry.field(description="What the token lets its holder do, such as permissions:request.")
    workspace: Workspace = strawberry.field(description="The workspace that the token belongs to.")


def shown_viewer(viewer: access.Viewer, workspace: Workspace) -> Viewer:
    return Viewer(name=viewer.name, scopes=sorted(scope.value for scope in viewer.scopes), workspace=workspace)
