"""What can be done about business numbers: each is checked against Meta first."""

from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from actions import checked_numbers
from actions.checked_numbers import Credentials, New
from graph import ids
from graph.context import Info
from graph.costs import ASKS_WHATSAPP, priced
from graph.nodes import BusinessNumber, shown_number
from graph.refusals import (
    BusinessNumberTaken,
    BusinessNumberUnusable,
    CredentialsMissing,
    EncryptionKeyMissing,
    WhatsAppRefused,
    shown,
)
from models.business_number import BusinessNumber as NumberRow
from models.business_number import Environment
from rules.access import Scope
from rules.limits import PolicyName


@strawberry.input(description="A business number to add. What Meta knows of it is asked of Meta.")
class CreateBusinessNumberInput:
    phone_number_id: str = strawberry.field(description="Meta's id of the number, from WhatsApp Manager.")
    environment: Environment = strawberry.field(description="Where the number lives.")
    waba_id: str | None = strawberry.field(
        default=None,
        description="The id of its WhatsApp Business Account; left out, it is found out where the access token tells.",
    )
    name: str | None = strawberry.field(
        default=None, description="What to call it; left out, as WhatsApp has verified it."
    )
    policy: PolicyName = strawberry.field(
        default=PolicyName.PRODUCTION, description="The limits that hold for it: SANDBOX for Meta's test numbers."
    )
    access_token: str | None = strawberry.field(
        default=None,
        description="The access token to speak to WhatsApp with, if it has one of its own. It is kept encrypted and"
        " never shown.",
    )
    app_secret: str | None = strawberry.field(
        default=None,
        description="The secret of the app that WhatsApp tells its news through, if it has one of its own. It is kept"
        " encrypted and never shown.",
    )


@strawberry.type(description="The business number was added.")
class CreateBusinessNumberSuccess:
    business_number: BusinessNumber = strawberry.field(description="The new business number.")


CreateBusinessNumberResult = Annotated[
    CreateBusinessNumberSuccess
    | BusinessNumberTaken
    | BusinessNumberUnusable
    | CredentialsMissing
    | EncryptionKeyMissing
    | WhatsAppRefused,
    strawberry.union("CreateBusinessNumberResult", description="The new business number, or why there is none."),
]


@strawberry.input(
    description="What to change of a business number: what is left out stays. New credentials are checked against Meta."
)
class UpdateBusinessNumberInput:
    business_number_id: strawberry.ID = strawberry.field(description="Which business number.")
    name: str | None = strawberry.field(default=UNSET, description="What to call it.")
    policy: PolicyName | None = strawberry.field(default=UNSET, description="The limits that hold for it.")
    access_token: str | None = strawberry.field(
        default=UNSET, description="Its own access token; null to do without, and use the installation's."
    )
    app_secret: str | None = strawberry.field(
        default=UNSET, description="The secret of its own app; null to do without, and use the installation's."
    )


@strawberry.type(description="The business number was changed.")
class UpdateBusinessNumberSuccess:
    business_number: BusinessNumber = strawberry.field(description="The business number as it is now.")


UpdateBusinessNumberResult = Annotated[
    UpdateBusinessNumberSuccess | BusinessNumberUnusable | CredentialsMissing | EncryptionKeyMissing | WhatsAppRefused,
    strawberry.union("UpdateBusinessNumberResult", description="The changed number, or why nothing was changed."),
]


def _given(input: UpdateBusinessNumberInput) -> dict[str, Any]:
    values = {name: getattr(input, name) for name in ("name", "policy", "access_token", "app_secret")}
    kept = {name: value for name, value in values.items() if value is not UNSET}
    return {name: value for name, value in kept.items() if name != "policy" or value is not None}


@strawberry.type
class BusinessNumberMutations:
    @strawberry.mutation(
        description="Add a business number, after asking Meta whether all is right with it. Nothing is kept otherwise.",
        metadata=priced(5 * ASKS_WHATSAPP),
    )
    async def create_business_number(
        self,
        info: Info,
        input: Annotated[CreateBusinessNumberInput, strawberry.argument(description="The new business number.")],
    ) -> CreateBusinessNumberResult:
        viewer = info.context.viewer_with(Scope.ADMIN)
        new = New(
            input.phone_number_id,
            input.environment,
            input.waba_id,
            input.name,
            input.policy,
            Credentials(input.access_token, input.app_secret),
        )
        made = await checked_numbers.create(info.context.resources, viewer.workspace_id, new, actor=viewer.name)
        if isinstance(made, NumberRow):
            return CreateBusinessNumberSuccess(business_number=shown_number(made))
        return shown(made)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(
        description="Change a business number's name, limits or credentials. New credentials are checked against Meta.",
        metadata=priced(5 * ASKS_WHATSAPP),
    )
    async def update_business_number(
        self,
        info: Info,
        input: Annotated[UpdateBusinessNumberInput, strawberry.argument(description="What to change.")],
    ) -> UpdateBusinessNumberResult:
        viewer = info.context.viewer_with(Scope.ADMIN)
        number_id = ids.decode_as("BusinessNumber", input.business_number_id)
        made = await checked_numbers.change(
            info.context.resources, viewer.workspace_id, number_id, _given(input), actor=viewer.name
        )
        if isinstance(made, NumberRow):
            return UpdateBusinessNumberSuccess(business_number=shown_number(made))
        return shown(made)  # type: ignore[return-value] # what an action can refuse, its union can show
