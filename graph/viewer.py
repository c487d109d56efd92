"""Who is asking."""

import strawberry

from actions import access
from models import business_number as business_numbers
from rules.access import Role

from .context import Info
from .nodes import BusinessNumber, Person, Workspace, shown_number, shown_person
from .sight import within_numbers
from .viewer_limits import ViewerLimits, shown_limits


@strawberry.type(description="The holder of the token that this was asked with: a person who has signed in, or not.")
class Viewer:
    name: str = strawberry.field(description="The person's name, or that of the token.")
    scopes: list[str] = strawberry.field(description="What the token lets its holder do, such as permissions:request.")
    role: Role | None = strawberry.field(description="The person's role; null where nobody has signed in.")
    workspace: Workspace = strawberry.field(description="The workspace that the token belongs to.")

    @strawberry.field(description="The person whose sign-in the token is; null where it is none.")
    async def person(self, info: Info) -> Person | None:
        person_id = info.context.viewer_with().person_id
        row = await info.context.loaders.people.load(person_id) if person_id else None
        return shown_person(row) if row else None

    @strawberry.field(description="The business numbers that the viewer may use.")
    async def business_numbers(self, info: Info) -> list[BusinessNumber]:
        return await usable_numbers(info)

    @strawberry.field(description="What Maycall allows the viewer, and how much of it is used.")
    async def limits(self, info: Info) -> ViewerLimits:
        return shown_limits(info.context.limits)


async def usable_numbers(info: Info) -> list[BusinessNumber]:
    """Read the business numbers that the viewer may use, which are all that there are for them."""
    viewer = info.context.viewer_with()
    own = business_numbers.of_workspace(viewer.workspace_id)
    async with info.context.resources.database.reading() as session:
        rows = await session.exec(own.where(*within_numbers(business_numbers.BusinessNumber, viewer)))
    return [shown_number(row) for row in rows]


def shown_viewer(viewer: access.Viewer, workspace: Workspace) -> Viewer:
    scopes = sorted(scope.value for scope in viewer.scopes)
    return Viewer(name=viewer.name, scopes=scopes, role=viewer.role, workspace=workspace)
