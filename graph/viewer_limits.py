"""What Maycall allows whoever asks, and how much of it is used."""

from datetime import datetime
from typing import TypeVar

import strawberry
from sqlmodel import SQLModel, func, select
from sqlmodel.sql.expression import SelectOfScalar

from actions.access import MOST_TOKENS
from actions.batches import MOST_CUSTOMERS
from actions.imports import MOST_ROWS
from actions.webhook_endpoints import MOST_ENDPOINTS
from models import api_token as api_tokens
from models import webhook_endpoint as webhook_endpoints
from rules.access import Scope

from .context import Info
from .costs import COUNTS, priced
from .limits import Limits

Row = TypeVar("Row", bound=SQLModel)


@strawberry.type(description="The points that all operations of one token may cost in a minute of the clock.")
class PointsUsage:
    maximum: int = strawberry.field(description="How many there are in each minute.")
    used: int = strawberry.field(description="How many of this minute's are used, by this very operation too.")
    resets_at: datetime = strawberry.field(description="When the next minute begins, with all of them.")


@strawberry.type(description="How many there are of something that a workspace may have only so many of.")
class Places:
    maximum: int = strawberry.field(description="How many there may be.")
    used: int = strawberry.field(description="How many there are.")


@strawberry.type(description="What Maycall allows the viewer. `extensions.cost` tells the same of each operation.")
class ViewerLimits:
    operation_cost: int = strawberry.field(description="How many points one operation may cost.")
    page_size: int = strawberry.field(description="How many nodes one page may have, or be asked for by their ids.")
    depth: int = strawberry.field(description="How many fields deep an operation may be.")
    aliases: int = strawberry.field(description="How many aliases an operation may have.")
    root_fields: int = strawberry.field(description="How many fields an operation may have at its root.")
    mutations: int = strawberry.field(description="How many mutations one operation may have.")
    tokens: int = strawberry.field(description="How many words and signs a document may have, as GraphQL reads them.")
    document: int = strawberry.field(description="How many characters a document may have.")
    customers_imported: int = strawberry.field(description="How many customers one mutation may bring in.")
    customers_asked: int = strawberry.field(description="How many customers one mutation may ask for permission.")

    @strawberry.field(description="The points of the viewer's token; null where they are not counted.")
    async def points(self, info: Info) -> PointsUsage | None:
        resources, limit = info.context.resources, info.context.limits.points
        if not limit:
            return None
        # To take nothing is to look: the operation itself was charged before it began.
        reading = await resources.meter.take(str(info.context.holder().token_id), 0, limit, resources.now())
        return PointsUsage(maximum=reading.limit, used=reading.limit - reading.remaining, resets_at=reading.resets_at)

    @strawberry.field(description="The API tokens that work. Null for who is no admin.", metadata=priced(COUNTS))
    async def api_tokens(self, info: Info) -> Places | None:
        viewer, now = info.context.viewer_with(), info.context.resources.now()
        return await _places(info, MOST_TOKENS, api_tokens.working(viewer.workspace_id, now))

    @strawberry.field(description="The webhook endpoints. Null for who is no admin.", metadata=priced(COUNTS))
    async def webhook_endpoints(self, info: Info) -> Places | None:
        return await _places(info, MOST_ENDPOINTS, webhook_endpoints.of_workspace(info.context.workspace_with()))


async def _places(info: Info, maximum: int, own: SelectOfScalar[Row]) -> Places | None:
    if not info.context.viewer_with().may(Scope.ADMIN):
        return None
    async with info.context.resources.database.reading() as session:
        used = (await session.exec(select(func.count()).select_from(own.subquery()))).one()
    return Places(maximum=maximum, used=used)


def shown_limits(limits: Limits) -> ViewerLimits:
    return ViewerLimits(
        operation_cost=limits.cost,
        page_size=limits.page,
        depth=limits.depth,
        aliases=limits.aliases,
        root_fields=limits.root_fields,
        mutations=limits.mutations,
        tokens=limits.tokens,
        document=limits.document,
        customers_imported=MOST_ROWS,
        customers_asked=MOST_CUSTOMERS,
    )
