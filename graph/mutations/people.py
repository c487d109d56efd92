"""What can be done about people, and by them about their own signing in."""

from typing import Annotated

import strawberry
from strawberry import UNSET

from actions import people
from actions.people import Numbers
from graph import ids
from graph.context import Info
from graph.faults import bad_input
from graph.nodes import Person, shown_person
from graph.refusals import LastAdmin, NotSignedIn, PersonAlreadyExists, RoleFromProvider, shown
from models.person import Person as PersonRow
from rules.access import Role, Scope


@strawberry.input(description="Whom to let in, and what they may do.")
class InvitePersonInput:
    email: str = strawberry.field(description="The e-mail address that the sign-in provider has verified as theirs.")
    role: Role = strawberry.field(description="What they may do.")
    business_number_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="The business numbers that an agent or viewer may use; left out, none."
    )
    all_business_numbers: bool | None = strawberry.field(
        default=UNSET, description="True for every business number, instead of a list."
    )


@strawberry.type(description="The person may come in.")
class InvitePersonSuccess:
    person: Person = strawberry.field(description="The person, who has still to sign in.")


InvitePersonResult = Annotated[
    InvitePersonSuccess | PersonAlreadyExists,
    strawberry.union("InvitePersonResult", description="The person, or why they were not invited."),
]


@strawberry.input(description="What to change of a person: what is left out stays.")
class UpdatePersonInput:
    person_id: strawberry.ID = strawberry.field(description="Which person.")
    role: Role | None = strawberry.field(default=UNSET, description="What they may do from now on.")
    business_number_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="The business numbers that they may use from now on, instead of those until now."
    )
    all_business_numbers: bool | None = strawberry.field(
        default=UNSET, description="True for every business number, instead of a list."
    )


@strawberry.type(description="The person was changed. It holds at once, in their streams within seconds.")
class UpdatePersonSuccess:
    person: Person = strawberry.field(description="The person as they are now.")


UpdatePersonResult = Annotated[
    UpdatePersonSuccess | LastAdmin | RoleFromProvider,
    strawberry.union("UpdatePersonResult", description="The changed person, or why nothing was changed."),
]


@strawberry.input(description="Whom to let in no longer.")
class RemovePersonInput:
    person_id: strawberry.ID = strawberry.field(description="Which person.")


@strawberry.type(description="The person may come in no longer: their sign-ins are over, and their streams end.")
class RemovePersonSuccess:
    person: Person = strawberry.field(description="The person as they are now.")


RemovePersonResult = Annotated[
    RemovePersonSuccess | LastAdmin,
    strawberry.union("RemovePersonResult", description="The removed person, or why they may still come in."),
]


@strawberry.input(description="How far to sign out.")
class SignOutInput:
    everywhere: bool = strawberry.field(
        default=False, description="True to end all of the person's sign-ins, and not only the one that asks."
    )


@strawberry.type(description="The sign-in is over: its token is useless from now on.")
class SignOutSuccess:
    person: Person = strawberry.field(description="Who has signed out.")


SignOutResult = Annotated[
    SignOutSuccess | NotSignedIn,
    strawberry.union("SignOutResult", description="Who has signed out, or why nobody has."),
]


def _numbers(input: InvitePersonInput | UpdatePersonInput) -> Numbers | None:
    """Read which numbers are meant; None where nothing is said of them."""
    chosen, every = input.business_number_ids or None, input.all_business_numbers is True
    if every and chosen:
        raise bad_input("Give businessNumberIds or allBusinessNumbers, not both.")
    if every:
        return Numbers(None)
    if input.business_number_ids is UNSET or input.business_number_ids is None:
        return people.NO_NUMBERS if input.all_business_numbers is False else None
    return Numbers(frozenset(ids.decode_as("BusinessNumber", number_id) for number_id in input.business_number_ids))


@strawberry.type
class PeopleMutations:
    @strawberry.mutation(description="Let somebody in who signs in with this e-mail address.")
    async def invite_person(
        self, info: Info, input: Annotated[InvitePersonInput, strawberry.argument(description="Whom, and as what.")]
    ) -> InvitePersonResult:
        viewer = info.context.viewer_with(Scope.ADMIN)
        result = await people.invite(
            info.context.resources,
            viewer.workspace_id,
            input.email,
            input.role,
            _numbers(input) or people.NO_NUMBERS,
            by=viewer.name,
        )
        if isinstance(result, PersonRow):
            return InvitePersonSuccess(person=shown_person(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="Give a person another role, or other business numbers.")
    async def update_person(
        self, info: Info, input: Annotated[UpdatePersonInput, strawberry.argument(description="What to change.")]
    ) -> UpdatePersonResult:
        viewer = info.context.viewer_with(Scope.ADMIN)
        person_id = ids.decode_as("Person", input.person_id)
        result = await people.update(info.context.resources, viewer, person_id, input.role or None, _numbers(input))
        if isinstance(result, PersonRow):
            return UpdatePersonSuccess(person=shown_person(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="Let a person in no longer.")
    async def remove_person(
        self, info: Info, input: Annotated[RemovePersonInput, strawberry.argument(description="Which person.")]
    ) -> RemovePersonResult:
        viewer = info.context.viewer_with(Scope.ADMIN)
        result = await people.remove(info.context.resources, viewer, ids.decode_as("Person", input.person_id))
        if isinstance(result, PersonRow):
            return RemovePersonSuccess(person=shown_person(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="End the person's sign-in that asks for it.")
    async def sign_out(
        self, info: Info, input: Annotated[SignOutInput, strawberry.argument(description="How far.")]
    ) -> SignOutResult:
        viewer = info.context.viewer_with()
        result = await people.sign_out(info.context.resources, viewer, everywhere=input.everywhere)
        if isinstance(result, PersonRow):
            return SignOutSuccess(person=shown_person(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show
