"""API tokens as nodes."""

from datetime import datetime
from uuid import UUID

import strawberry
from sqlmodel import col

from graph.connections import Listing
from graph.context import Info
from models import api_token as api_tokens
from models.page import Order
from rules.access import Scope

from .node import Node, node_id, reads

TOKENS: Listing[api_tokens.ApiToken] = Listing(
    Order((col(api_tokens.ApiToken.id),), descending=True), (UUID,), lambda row: (row.id,)
)


@strawberry.type(
    description="What lets a person or a partner's system use this API. Its secret is shown once, when it is made."
)
class ApiToken(Node):
    name: str = strawberry.field(description="Whose it is, or what for.")
    prefix: str = strawberry.field(description="How its secret begins, by which a person tells tokens apart.")
    scopes: list[str] = strawberry.field(description="What it lets its holder do, such as permissions:request.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="When it ends or ended by itself; null for never.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null while it was not.")


def shown_token(row: api_tokens.ApiToken) -> ApiToken:
    return ApiToken(
        id=node_id("ApiToken", row.id),
        name=row.name,
        prefix=row.prefix,
        scopes=row.scopes,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


@reads("ApiToken")
async def _read(info: Info, row_id: UUID) -> ApiToken | None:
    info.context.viewer_with(Scope.ADMIN)
    row = await info.context.loaders.api_tokens.load(row_id)
    return shown_token(row) if row else None
