"""What can be done about calls."""

from typing import Annotated

import strawberry

from actions import calls as call_actions
from actions import offer
from graph import ids
from graph.context import Info
from graph.costs import ASKS_WHATSAPP, priced
from graph.nodes import Call, shown_call
from graph.refusals import (
    CallAlreadyEnded,
    CallInProgress,
    CustomerNotReachable,
    IdempotencyKeyReused,
    LimitReached,
    NumberUnavailable,
    PermissionMissing,
    WhatsAppRefused,
    shown,
)
from models.call import Call as CallRow
from rules.access import Scope

from .idempotency import idempotency_key


@strawberry.input(description="Whom to ring, from which number, with which offer.")
class StartCallInput:
    customer_id: strawberry.ID = strawberry.field(description="Whom to ring.")
    business_number_id: strawberry.ID = strawberry.field(description="From which number.")
    sdp_offer: str = strawberry.field(
        description="The WebRTC offer of the agent's browser. The answer comes as `sdpAnswer` of the call."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="The same key with the same input rings once and gives the first result again, for 24 hours.",
    )


@strawberry.type(description="The customer is being rung.")
class StartCallSuccess:
    call: Call = strawberry.field(description="The call; QUEUED while it is not known whether WhatsApp took it.")


StartCallResult = Annotated[
    StartCallSuccess
    | PermissionMissing
    | LimitReached
    | NumberUnavailable
    | CallInProgress
    | CustomerNotReachable
    | IdempotencyKeyReused
    | WhatsAppRefused,
    strawberry.union("StartCallResult", description="The call, or why nobody was rung."),
]


@strawberry.input(description="Which call to hang up.")
class EndCallInput:
    call_id: strawberry.ID = strawberry.field(description="The call.")


@strawberry.type(description="The call was hung up.")
class EndCallSuccess:
    call: Call = strawberry.field(description="The call as it is now.")


EndCallResult = Annotated[
    EndCallSuccess | CallAlreadyEnded | WhatsAppRefused,
    strawberry.union("EndCallResult", description="The call, or why it was not hung up."),
]


@strawberry.type
class CallMutations:
    @strawberry.mutation(
        description="Ring a customer, if they allow it and WhatsApp's limits do.", metadata=priced(ASKS_WHATSAPP)
    )
    async def start_call(
        self, info: Info, input: Annotated[StartCallInput, strawberry.argument(description="Whom to ring, and how.")]
    ) -> StartCallResult:
        viewer = info.context.viewer_with(Scope.CALLS_WRITE)
        placing = call_actions.Placing(
            ids.decode_as("Customer", input.customer_id),
            ids.decode_as("BusinessNumber", input.business_number_id),
            offer.checked(input.sdp_offer),
            idempotency_key(input.idempotency_key),
        )
        result = await call_actions.start(info.context.resources, viewer, placing)
        if isinstance(result, CallRow):
            return StartCallSuccess(call=shown_call(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="Hang up.", metadata=priced(ASKS_WHATSAPP))
    async def end_call(
        self, info: Info, input: Annotated[EndCallInput, strawberry.argument(description="Which call.")]
    ) -> EndCallResult:
        viewer = info.context.viewer_with(Scope.CALLS_WRITE)
        result = await call_actions.end(info.context.resources, viewer, ids.decode_as("Call", input.call_id))
        if isinstance(result, CallRow):
            return EndCallSuccess(call=shown_call(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show
