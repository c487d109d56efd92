"""Many customers asked together, as a node."""

from datetime import datetime
from uuid import UUID

import strawberry
from sqlmodel import col

from actions.batches import Entry
from graph.connections import After, Before, Connection, First, Last, Listing, PageArguments, connect
from graph.context import Info
from graph.costs import COUNTS, priced
from models import batch_entry as batch_entries
from models import request_batch as request_batches
from models.batch_entry import BatchEntry, EntryState
from models.page import Order
from rules.access import Scope
from rules.refusals import RefusalCode

from .business_number import BusinessNumber, shown_number
from .customer import Customer, PermissionRequest, shown_customer, shown_request
from .node import Node, node_id, reads, still_there

_ENTRIES: Listing[BatchEntry] = Listing(Order((col(BatchEntry.id),)), (UUID,), lambda row: (row.id,))


@strawberry.type(description="One customer of many who are asked together, and how far that has come.")
class PermissionRequestBatchEntry:
    state: EntryState = strawberry.field(description="How far it has come; in a dry run, what would come of it.")
    code: RefusalCode | None = strawberry.field(description="Why the customer is not asked, for programs.")
    message: str | None = strawberry.field(description="Why the customer is not asked, for people.")
    available_at: datetime | None = strawberry.field(
        description="When waiting alone will have freed the way; null where it will not, or nobody knows."
    )
    customer_id: strawberry.Private[UUID]
    request_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The customer.")
    async def customer(self, info: Info) -> Customer:
        info.context.viewer_with(Scope.CUSTOMERS_READ)
        return shown_customer(still_there(await info.context.loaders.customers.load(self.customer_id)))

    @strawberry.field(description="The request that went to the customer; null where none did.")
    async def permission_request(self, info: Info) -> PermissionRequest | None:
        info.context.viewer_with(Scope.PERMISSIONS_READ)
        if self.request_id is None:
            return None
        row = await info.context.loaders.permission_requests.load(self.request_id)
        return shown_request(row, info.context.resources.now()) if row else None


@strawberry.type(description="Many customers who are asked for permission together, one after the other.")
class PermissionRequestBatch(Node):
    created_at: datetime = strawberry.field(description="When it was asked for.")
    requested_by: str = strawberry.field(description="The name of the token that asked.")
    row: strawberry.Private[request_batches.RequestBatch]

    @strawberry.field(description="The number they are asked from.")
    async def business_number(self, info: Info) -> BusinessNumber:
        return shown_number(still_there(await info.context.loaders.business_numbers.load(self.row.business_number_id)))

    @strawberry.field(description="How many customers have yet to be asked.", metadata=priced(COUNTS))
    async def waiting(self, info: Info) -> int:
        counting = batch_entries.counts(self.row.workspace_id, self.row.id)
        async with info.context.resources.database.reading() as session:
            counted = dict((await session.exec(counting)).all())
        return counted.get(EntryState.WAITING, 0)

    @strawberry.field(description="Its customers, in the order in which they were named.")
    async def entries(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[PermissionRequestBatchEntry]:
        own = batch_entries.of_batch(info.context.workspace_with(Scope.PERMISSIONS_READ), self.row.id)
        return await connect(info.context, own, _ENTRIES, PageArguments(first, after, last, before), _shown_row)


def shown_batch(row: request_batches.RequestBatch) -> PermissionRequestBatch:
    return PermissionRequestBatch(
        id=node_id("PermissionRequestBatch", row.id),
        created_at=row.created_at,
        requested_by=row.requested_by,
        row=row,
    )


def shown_entry(entry: Entry) -> PermissionRequestBatchEntry:
    return PermissionRequestBatchEntry(
        state=entry.state,
        code=RefusalCode(entry.code) if entry.code else None,
        message=entry.message,
        available_at=entry.available_at,
        customer_id=entry.customer.id,
        request_id=entry.request_id,
    )


def _shown_row(row: BatchEntry) -> PermissionRequestBatchEntry:
    return PermissionRequestBatchEntry(
        state=row.state,
        code=RefusalCode(row.code) if row.code else None,
        message=row.message,
        available_at=row.available_at,
        customer_id=row.customer_id,
        request_id=row.request_id,
    )


@reads("PermissionRequestBatch")
async def _read(info: Info, row_id: UUID) -> PermissionRequestBatch | None:
    info.context.viewer_with(Scope.PERMISSIONS_READ)
    row = await info.context.loaders.request_batches.load(row_id)
    return shown_batch(row) if row else None
