"""What can be done. Each mutation has its own result: its success, or one of the refusals."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import UNSET

from actions import access, offer, verification
from actions import calls as call_actions
from actions import customers as customer_actions
from actions import permissions as permission_actions
from models.api_token import ApiToken as TokenRow
from models.call import Call as CallRow
from models.customer import Customer as CustomerRow
from models.permission_request import PermissionRequest as RequestRow
from rules.access import Scope, named
from whatsapp.cloud_api import FreeForm, Template

from . import ids
from .context import Info
from .faults import bad_input
from .nodes import (
    ApiToken,
    Call,
    CallPermission,
    Customer,
    PermissionRequest,
    shown_call,
    shown_customer,
    shown_permission,
    shown_request,
    shown_token,
)
from .refusals import (
    CallAlreadyEnded,
    CallInProgress,
    CustomerAlreadyExists,
    CustomerNotReachable,
    IdempotencyKeyReused,
    LastAdminToken,
    LimitReached,
    NumberUnavailable,
    PermissionAlreadyPermanent,
    PermissionMissing,
    TemplateUnavailable,
    TooManyApiTokens,
    WhatsAppRefused,
    shown,
)

LONGEST_TEXT = 1024  # what WhatsApp takes as the body of an interactive message
LONGEST_KEY = 200

# --- Customers ---


@strawberry.input(description="A new customer, who needs a phone or a whatsappUserId.")
class CreateCustomerInput:
    name: str | None = strawberry.field(default=UNSET, description="What the customer is called.")
    phone: str | None = strawberry.field(default=UNSET, description="The customer's phone as E.164.")
    whatsapp_user_id: str | None = strawberry.field(
        default=UNSET, description="WhatsApp's business-scoped user id of the customer."
    )
    external_id: str | None = strawberry.field(default=UNSET, description="The business's own id of the customer.")
    tags: list[str] | None = strawberry.field(default=UNSET, description="The business's own tags, 50 at the most.")
    timezone: str | None = strawberry.field(default=UNSET, description="The customer's time zone, as in Asia/Kolkata.")


@strawberry.input(description="What to change of a customer: what is left out stays, null clears.")
class UpdateCustomerInput(CreateCustomerInput):
    customer_id: strawberry.ID = strawberry.field(description="Which customer.")


@strawberry.type(description="The customer was created.")
class CreateCustomerSuccess:
    customer: Customer = strawberry.field(description="The new customer.")


@strawberry.type(description="The customer was changed.")
class UpdateCustomerSuccess:
    customer: Customer = strawberry.field(description="The customer as it is now.")


CreateCustomerResult = Annotated[
    CreateCustomerSuccess | CustomerAlreadyExists,
    strawberry.union("CreateCustomerResult", description="The new customer, or why there is none."),
]
UpdateCustomerResult = Annotated[
    UpdateCustomerSuccess | CustomerAlreadyExists,
    strawberry.union("UpdateCustomerResult", description="The changed customer, or why nothing was changed."),
]

_CUSTOMER_FIELDS = ("name", "phone", "whatsapp_user_id", "external_id", "tags", "timezone")


def _given(input: CreateCustomerInput) -> dict[str, object]:
    values = {name: getattr(input, name) for name in _CUSTOMER_FIELDS}
    return {name: value for name, value in values.items() if value is not UNSET}


# --- Permission requests ---


@strawberry.input(description="One of a template's named parameters.")
class TemplateParameterInput:
    name: str = strawberry.field(
        description="The parameter's name or number in the template; with `header.` before it where it stands there."
    )
    value: str = strawberry.field(description="What stands in its place.")


@strawberry.input(description="An approved template, and what to fill in.")
class TemplateInput:
    name: str = strawberry.field(description="The template's name.")
    language: str = strawberry.field(description="Its language, such as en.")
    parameters: list[TemplateParameterInput] = strawberry.field(
        default_factory=list, description="A value for each of its parameters."
    )


@strawberry.input(
    description="Whom to ask, from which number, in which words: a template at any time, or a text of your own within"
    " 24 hours of the customer's last message. Neither means WhatsApp's own words."
)
class RequestCallPermissionInput:
    customer_id: strawberry.ID = strawberry.field(description="Whom to ask.")
    business_number_id: strawberry.ID = strawberry.field(description="From which number.")
    template: TemplateInput | None = strawberry.field(default=None, description="The template to send.")
    text: str | None = strawberry.field(default=None, description="The text to send instead of a template.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input asks once and gives the first result again."
    )


@strawberry.type(description="The customer is being asked.")
class RequestCallPermissionSuccess:
    permission_request: PermissionRequest = strawberry.field(
        description="The request; QUEUED while it is not known whether WhatsApp took it."
    )


RequestCallPermissionResult = Annotated[
    RequestCallPermissionSuccess
    | LimitReached
    | PermissionAlreadyPermanent
    | NumberUnavailable
    | TemplateUnavailable
    | CustomerNotReachable
    | IdempotencyKeyReused
    | WhatsAppRefused,
    strawberry.union("RequestCallPermissionResult", description="The request, or why nothing was sent."),
]


def _content(input: RequestCallPermissionInput) -> Template | FreeForm:
    if input.template is not None and input.text is not None:
        raise bad_input("Give a template or a text, not both.")
    if input.template is not None:
        parameters = {parameter.name: parameter.value for parameter in input.template.parameters}
        if len(parameters) != len(input.template.parameters):
            raise bad_input("Name each of the template's parameters once.")
        return Template(input.template.name, input.template.language, parameters)
    if input.text is not None and not 1 <= len(input.text.strip()) <= LONGEST_TEXT:
        raise bad_input(f"A text has 1 to {LONGEST_TEXT} characters.")
    return FreeForm(input.text)


def _key(key: str | None) -> str | None:
    if key is not None and not 1 <= len(key) <= LONGEST_KEY:
        raise bad_input(f"An idempotencyKey has 1 to {LONGEST_KEY} characters.")
    return key


@strawberry.input(description="Whose permission to ask WhatsApp about.")
class RefreshCallPermissionInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    business_number_id: strawberry.ID = strawberry.field(description="The business number.")


@strawberry.type(description="Something that was believed here and that WhatsApp said otherwise.")
class Difference:
    about: str = strawberry.field(description="What it is about: status or expiresAt.")
    believed: str = strawberry.field(description="What was believed here.")
    whatsapp: str = strawberry.field(description="What WhatsApp said, and what now holds here too.")


@strawberry.type(description="WhatsApp was asked.")
class RefreshCallPermissionSuccess:
    call_permission: CallPermission = strawberry.field(description="The permission as WhatsApp believes it to be.")
    differences: list[Difference] = strawberry.field(description="Where we differed; empty when we agreed.")


RefreshCallPermissionResult = Annotated[
    RefreshCallPermissionSuccess | NumberUnavailable | CustomerNotReachable | WhatsAppRefused,
    strawberry.union("RefreshCallPermissionResult", description="What WhatsApp said, or why it did not say."),
]


# --- Calls ---


@strawberry.input(description="Whom to ring, from which number, with which offer.")
class StartCallInput:
    customer_id: strawberry.ID = strawberry.field(description="Whom to ring.")
    business_number_id: strawberry.ID = strawberry.field(description="From which number.")
    sdp_offer: str = strawberry.field(
        description="The WebRTC offer of the agent's browser. The answer comes as `sdpAnswer` of the call."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input rings once and gives the first result again."
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


# --- API tokens ---


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


def _scope(name: str) -> Scope:
    try:
        return named(name)
    except ValueError as error:
        raise bad_input(str(error)) from error


@strawberry.type(description="What can be done.")
class Mutation:
    @strawberry.mutation(description="Add a customer.")
    async def create_customer(
        self, info: Info, input: Annotated[CreateCustomerInput, strawberry.argument(description="The new customer.")]
    ) -> CreateCustomerResult:
        viewer = info.context.viewer_with(Scope.CUSTOMERS_WRITE)
        result = await customer_actions.create(info.context.resources, viewer, _given(input))
        if isinstance(result, CustomerRow):
            return CreateCustomerSuccess(customer=shown_customer(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="Change a customer: what is left out stays, null clears.")
    async def update_customer(
        self, info: Info, input: Annotated[UpdateCustomerInput, strawberry.argument(description="What to change.")]
    ) -> UpdateCustomerResult:
        viewer = info.context.viewer_with(Scope.CUSTOMERS_WRITE)
        customer_id = ids.decode_as("Customer", input.customer_id)
        result = await customer_actions.update(info.context.resources, viewer, customer_id, _given(input))
        if isinstance(result, CustomerRow):
            return UpdateCustomerSuccess(customer=shown_customer(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="Ask a customer for permission to call, if WhatsApp's rules allow it now.")
    async def request_call_permission(
        self,
        info: Info,
        input: Annotated[RequestCallPermissionInput, strawberry.argument(description="Whom to ask, and how.")],
    ) -> RequestCallPermissionResult:
        viewer = info.context.viewer_with(Scope.PERMISSIONS_REQUEST)
        asking = permission_actions.Asking(
            ids.decode_as("Customer", input.customer_id),
            ids.decode_as("BusinessNumber", input.business_number_id),
            _content(input),
            _key(input.idempotency_key),
        )
        result = await permission_actions.request(info.context.resources, viewer, asking)
        if isinstance(result, RequestRow):
            request = shown_request(result, info.context.resources.now())
            return RequestCallPermissionSuccess(permission_request=request)
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(
        description="Ask WhatsApp what it believes of a permission, take that over, and tell where we differed."
    )
    async def refresh_call_permission(
        self,
        info: Info,
        input: Annotated[RefreshCallPermissionInput, strawberry.argument(description="Whose permission.")],
    ) -> RefreshCallPermissionResult:
        viewer, resources = info.context.viewer_with(Scope.PERMISSIONS_READ), info.context.resources
        customer_id = ids.decode_as("Customer", input.customer_id)
        number_id = ids.decode_as("BusinessNumber", input.business_number_id)
        result = await verification.refresh(resources, viewer, number_id, customer_id)
        if isinstance(result, verification.Verified):
            return RefreshCallPermissionSuccess(
                call_permission=shown_permission(result.permission, resources.now()),
                differences=[Difference(**asdict(difference)) for difference in result.differences],
            )
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="Ring a customer, if they allow it and WhatsApp's limits do.")
    async def start_call(
        self, info: Info, input: Annotated[StartCallInput, strawberry.argument(description="Whom to ring, and how.")]
    ) -> StartCallResult:
        viewer = info.context.viewer_with(Scope.CALLS_WRITE)
        placing = call_actions.Placing(
            ids.decode_as("Customer", input.customer_id),
            ids.decode_as("BusinessNumber", input.business_number_id),
            offer.checked(input.sdp_offer),
            _key(input.idempotency_key),
        )
        result = await call_actions.start(info.context.resources, viewer, placing)
        if isinstance(result, CallRow):
            return StartCallSuccess(call=shown_call(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="Hang up.")
    async def end_call(
        self, info: Info, input: Annotated[EndCallInput, strawberry.argument(description="Which call.")]
    ) -> EndCallResult:
        viewer = info.context.viewer_with(Scope.CALLS_WRITE)
        result = await call_actions.end(info.context.resources, viewer, ids.decode_as("Call", input.call_id))
        if isinstance(result, CallRow):
            return EndCallSuccess(call=shown_call(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="Make an API token for a person or a partner's system.")
    async def create_api_token(
        self, info: Info, input: Annotated[CreateApiTokenInput, strawberry.argument(description="The new token.")]
    ) -> CreateApiTokenResult:
        workspace_id = info.context.workspace_with(Scope.ADMIN)
        scopes = {_scope(scope) for scope in input.scopes}
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
