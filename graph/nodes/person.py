"""People as nodes."""

from datetime import datetime
from uuid import UUID

import strawberry
from sqlmodel import col

from graph.connections import Listing
from graph.context import Info
from graph.sight import within_numbers
from models import business_number as business_numbers
from models import person as people
from models.page import Order
from rules.access import Role, Scope

from .business_number import BusinessNumber, shown_number
from .node import Node, node_id, reads

PEOPLE: Listing[people.Person] = Listing(
    Order((col(people.Person.id),), descending=True), (UUID,), lambda row: (row.id,)
)


@strawberry.type(description="Somebody who signs in, or was invited to.")
class Person(Node):
    name: str | None = strawberry.field(description="What the sign-in provider calls them.")
    email: str | None = strawberry.field(description="Their e-mail address, as the provider verified it or as invited.")
    role: Role = strawberry.field(description="What they may do.")
    role_from_provider: bool = strawberry.field(
        description="Whether the provider decides on the role, at each sign-in: then it is not changed here."
    )
    all_business_numbers: bool = strawberry.field(
        description="Whether they may use every business number, also those that are yet to be added."
    )
    invited_by: str | None = strawberry.field(description="Who invited them; null where nobody had to.")
    created_at: datetime = strawberry.field(description="When they were invited, or first signed in.")
    last_signed_in_at: datetime | None = strawberry.field(
        description="When they last signed in; null while they have not."
    )
    removed_at: datetime | None = strawberry.field(description="Since when they may come in no longer; null otherwise.")
    row: strawberry.Private[people.Person]

    @strawberry.field(description="The business numbers that they may use.")
    async def business_numbers(self, info: Info) -> list[BusinessNumber]:
        row, viewer = self.row, info.context.viewer_with()
        table = business_numbers.BusinessNumber
        chosen = business_numbers.of_workspace(viewer.workspace_id).where(*within_numbers(table, viewer))
        if row.numbers is not None:
            chosen = chosen.where(col(table.id).in_(row.numbers))
        async with info.context.resources.database.reading() as session:
            return [shown_number(number) for number in await session.exec(chosen)]


def shown_person(row: people.Person) -> Person:
    return Person(
        id=node_id("Person", row.id),
        name=row.name,
        email=row.email,
        role=row.role,
        role_from_provider=row.role_claimed,
        all_business_numbers=row.numbers is None,
        invited_by=row.invited_by,
        created_at=row.created_at,
        last_signed_in_at=row.last_signed_in_at,
        removed_at=row.disabled_at,
        row=row,
    )


@reads("Person")
async def _read(info: Info, row_id: UUID) -> Person | None:
    viewer = info.context.viewer_with()
    if viewer.person_id != row_id:
        info.context.viewer_with(Scope.ADMIN)
    row = await info.context.loaders.people.load(row_id)
    return shown_person(row) if row else None
