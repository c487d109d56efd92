"""The workspace as a node."""

from uuid import UUID

import strawberry

from graph.context import Info
from models import workspace as workspaces

from .node import Node, node_id, reads


@strawberry.type(description="A business that uses Maycall, and everything that belongs to it.")
class Workspace(Node):
    name: str = strawberry.field(description="What the business calls it.")


async def load_workspace(info: Info) -> Workspace:
    """Read the viewer's own workspace: the only one there is for them."""
    async with info.context.resources.database.reading() as session:
        row = await session.get_one(workspaces.Workspace, info.context.viewer_with().workspace_id)
    return Workspace(id=node_id("Workspace", row.id), name=row.name)


@reads("Workspace")
async def _read(info: Info, row_id: UUID) -> Workspace | None:
    workspace = await load_workspace(info)
    return workspace if workspace.id == node_id("Workspace", row_id) else None
