"""What can be done about API tokens."""

from datetime import datetime
from typing import Annotated

import strawberry

from actions import access
from graph import ids
from graph.context import Info
from graph.faults import bad_input
from graph.nodes import ApiToken, shown_token
from graph.refusals import LastAdminToken, TooManyApiTokens, shown
from models.api_token import ApiToken as TokenRow
from rules.access import Scope, named


@strawberry.input(description="A new API token.")
class CreateApiTokenInput:
    name: str = strawberry.field(description="Whose it is, or what for.")
    scopes: list[str] = strawberry.field(description="What it lets its holder do, such as permissions:request.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="When it ends by itself; left out, when it is revoked."
    )


@strawberry.type(description="The token was made.")
class CreateApiTokenSuccess:
    api_token: ApiToken = strawberry.field(description="The new token.")
    secret: str = strawberry.field(
        description="What to send as Authorization: Bearer. It is shown this once, and kept nowhere."
    )


CreateApiTokenResult = Annotated[
    CreateApiTokenSuccess | TooManyApiTokens,
    strawberry.union("CreateApiTokenResult", description="The new token, or why there is none."),
]


@strawberry.input(description="Which token to make useless.")
class RevokeApiTokenInput:
    api_token_id: strawberry.ID = strawberry.field(description="The token.")


@strawberry.type(description="The token is useless from now on, and its streams end.")
class RevokeApiTokenSuccess:
    api_token: ApiToken = strawberry.field(description="The token as it is now.")


RevokeApiTokenResult = Annotated[
    RevokeApiTokenSuccess | LastAdminToken,
    strawberry.union("RevokeApiTokenResult", description="The revoked token, or why it still works."),
]


def scope_named(name: str) -> Scope:
    """Give the scope of this name. BAD_USER_INPUT, with all there are, for any other."""
    try:
        return named(name)
    except ValueError as error:
        raise bad_input(str(error)) from error


@strawberry.type
class TokenMutations:
    @strawberry.mutation(description="Make an API token for a person or a partner's system.")
    async def create_api_token(
        self, info: Info, input: Annotated[CreateApiTokenInput, strawberry.argument(description="The new token.")]
    ) -> CreateApiTokenResult:
        workspace_id = info.context.workspace_with(Scope.ADMIN)
        scopes = {scope_named(scope) for scope in input.scopes}
        result = await access.create_token(
            info.context.resources, workspace_id, input.name, scopes, expires_at=input.expires_at
        )
        if isinstance(result, access.Made):
            return CreateApiTokenSuccess(api_token=shown_token(result.token), secret=result.secret)
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="Make an API token useless at once.")
    async def revoke_api_token(
        self, info: Info, input: Annotated[RevokeApiTokenInput, strawberry.argument(description="Which token.")]
    ) -> RevokeApiTokenResult:
        workspace_id = info.context.workspace_with(Scope.ADMIN)
        token_id = ids.decode_as("ApiToken", input.api_token_id)
        result = await access.revoke_token(info.context.resources, workspace_id, token_id)
        if isinstance(result, TokenRow):
            return RevokeApiTokenSuccess(api_token=shown_token(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show
