"""Businesses that share an installation, each apart from the others."""

from models import workspace as rows
from models.columns import new_id
from models.workspace import Workspace

from .faults import BadInputError
from .resources import Resources

LONGEST_NAME = 200


async def create(resources: Resources, name: str) -> Workspace:
    """Make a workspace with nothing in it. BadInputError when the name cannot be one, or another has it."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise BadInputError(f"A workspace's name has 1 to {LONGEST_NAME} characters.")
    async with resources.database.alone(), resources.database.writing() as session:
        if (await session.exec(rows.named(name))).first() is not None:
            raise BadInputError(f"There is a workspace {name!r} already. Choose another name.")
        workspace = Workspace(id=new_id(), name=name, created_at=resources.now())
        session.add(workspace)
    return workspace
