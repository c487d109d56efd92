"""Asking many customers for permission."""

from collections import Counter
from typing import Annotated, Any

import strawberry
from sqlmodel import col
from strawberry import UNSET

from actions import batches
from actions.batches import MOST_CUSTOMERS, Asked, AskingMany
from graph import ids
from graph.context import Info
from graph.costs import priced
from graph.faults import bad_input
from graph.nodes import PermissionRequestBatch, PermissionRequestBatchEntry, shown_batch, shown_entry
from graph.queries import CallPermissionFilter, chosen_permissions
from graph.refusals import IdempotencyKeyReused, TemplateUnavailable, TooManyRows, shown
from models.batch_entry import EntryState
from models.call_permission import CallPermission
from rules import refusals as rules
from rules.access import Scope

from .idempotency import idempotency_key
from .permissions import TemplateInput, content_of

CHOSEN = 100  # customers, as whom a filter is reckoned: how many it finds is known only afterwards


@strawberry.input(
    description="Whom to ask, from which number, in which words. Give either customerIds or a filter. Neither template"
    " nor text means WhatsApp's own words."
)
class RequestCallPermissionsInput:
    business_number_id: strawberry.ID = strawberry.field(description="From which number.")
    customer_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description=f"Whom to ask, {MOST_CUSTOMERS} at the most."
    )
    filter: CallPermissionFilter | None = strawberry.field(
        default=None,
        description=f"Whom to ask: those whose permission of this number is like this; {MOST_CUSTOMERS} at the most.",
    )
    template: TemplateInput | None = strawberry.field(default=None, description="The template to send.")
    text: str | None = strawberry.field(default=None, description="The text to send instead of a template.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input asks once and gives the first batch again."
    )
    dry_run: bool = strawberry.field(default=False, description="Whether only to tell what would come of it.")


@strawberry.type(
    description="Those who can be asked now are being asked, one after the other; of the others it says why not."
)
class RequestCallPermissionsSuccess:
    batch: PermissionRequestBatch | None = strawberry.field(
        description="Where to see how far it has come; null in a dry run."
    )
    waiting: int = strawberry.field(description="How many are about to be asked; in a dry run, could be asked now.")
    requested: int = strawberry.field(description="How many have been asked by now.")
    later: int = strawberry.field(description="How many can be asked later: see `availableAt`.")
    already_allowed: int = strawberry.field(description="How many allow calls already.")
    refused: int = strawberry.field(description="How many cannot be asked.")
    entries: list[PermissionRequestBatchEntry] = strawberry.field(
        description="Each customer, in the order in which they were named."
    )


RequestCallPermissionsResult = Annotated[
    RequestCallPermissionsSuccess | TemplateUnavailable | IdempotencyKeyReused | TooManyRows,
    strawberry.union("RequestCallPermissionsResult", description="What comes of it, or why nothing was queued."),
]


@strawberry.type
class BatchMutations:
    @strawberry.mutation(
        description="Ask many customers for permission. Whoever can be asked now is queued, and asked as soon as"
        " WhatsApp takes it, under the limits as they are by then; a dry run only tells. Whoever allows calls already"
        " is not asked.",
        metadata=priced(each="input.customerIds", untold=CHOSEN, inside=False),
    )
    async def request_call_permissions(
        self,
        info: Info,
        input: Annotated[RequestCallPermissionsInput, strawberry.argument(description="Whom to ask, and how.")],
    ) -> RequestCallPermissionsResult:
        viewer = info.context.viewer_with(Scope.PERMISSIONS_REQUEST)
        asking = await _asking(info, input)
        if asking is None:
            return shown(rules.TooManyRows(MOST_CUSTOMERS))  # type: ignore[return-value] # its union can show it
        do = batches.plan if input.dry_run else batches.ask
        result = await do(info.context.resources, viewer, asking)
        if not isinstance(result, Asked):
            return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show
        states = Counter(entry.state for entry in result.entries)
        return RequestCallPermissionsSuccess(
            batch=shown_batch(result.batch) if result.batch else None,
            waiting=states[EntryState.WAITING],
            requested=states[EntryState.REQUESTED],
            later=states[EntryState.LATER],
            already_allowed=states[EntryState.ALREADY_ALLOWED],
            refused=states[EntryState.REFUSED],
            entries=[shown_entry(entry) for entry in result.entries],
        )


async def _asking(info: Info, input: RequestCallPermissionsInput) -> AskingMany | None:
    """Read whom is meant; None where there are too many."""
    number_id = ids.decode_as("BusinessNumber", input.business_number_id)
    info.context.viewer_with().check_number(number_id)
    if (input.customer_ids is None) is (input.filter is None):
        raise bad_input("Give either customerIds or a filter.")
    said: Any
    if input.customer_ids is not None:
        chosen = [ids.decode_as("Customer", own) for own in input.customer_ids[: MOST_CUSTOMERS + 1]]
        said = sorted(map(str, chosen))
    else:
        assert input.filter is not None  # noqa: S101 it was just seen
        info.context.viewer_with(Scope.PERMISSIONS_READ)
        now = info.context.resources.now()
        found = chosen_permissions(input.filter, info.context.workspace_with(), now)
        found = found.where(col(CallPermission.business_number_id) == number_id).order_by(col(CallPermission.id))
        async with info.context.resources.database.reading() as session:
            rows = (await session.exec(found.limit(MOST_CUSTOMERS + 1))).all()
        chosen = [row.customer_id for row in rows]
        said = {name: value for name, value in vars(input.filter).items() if value is not UNSET}
    if len(chosen) > MOST_CUSTOMERS:
        return None
    return AskingMany(
        chosen, number_id, content_of(input.template, input.text), said, idempotency_key(input.idempotency_key)
    )
