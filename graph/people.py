"""What can be read of people."""

import strawberry

from models import person as people
from rules.access import Scope

from .connections import After, Before, Connection, First, Last, PageArguments, connect
from .context import Info
from .nodes import PEOPLE, Person, shown_person


@strawberry.type
class PeopleQuery:
    @strawberry.field(description="The people who sign in or were invited to, newest first, removed ones too.")
    async def people(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Person]:
        own = people.of_workspace(info.context.workspace_with(Scope.ADMIN))
        return await connect(info.context, own, PEOPLE, PageArguments(first, after, last, before), shown_person)
