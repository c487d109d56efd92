"""What can be done about permissions to call."""

from dataclasses import asdict
from typing import Annotated

import strawberry

from actions import permissions as permission_actions
from actions import verification
from graph import ids
from graph.context import Info
from graph.costs import ASKS_WHATSAPP, priced
from graph.faults import bad_input
from graph.nodes import CallPermission, PermissionRequest, shown_permission, shown_request
from graph.refusals import (
    CustomerNotReachable,
    IdempotencyKeyReused,
    LimitReached,
    NumberUnavailable,
    PermissionAlreadyPermanent,
    TemplateUnavailable,
    WhatsAppRefused,
    shown,
)
from models.permission_request import PermissionRequest as RequestRow
from rules.access import Scope
from whatsapp.cloud_api import FreeForm, Template

from .idempotency import idempotency_key

LONGEST_TEXT = 1024  # what WhatsApp takes as the body of an interactive message


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
        default=None,
        description="The same key with the same input asks once and gives the first result again, for 24 hours.",
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


def content_of(template: TemplateInput | None, text: str | None) -> Template | FreeForm:
    """Read in which words to ask. BAD_USER_INPUT for what cannot be meant."""
    if template is not None and text is not None:
        raise bad_input("Give a template or a text, not both.")
    if template is not None:
        parameters = {parameter.name: parameter.value for parameter in template.parameters}
        if len(parameters) != len(template.parameters):
            raise bad_input("Name each of the template's parameters once.")
        return Template(template.name, template.language, parameters)
    if text is not None and not 1 <= len(text.strip()) <= LONGEST_TEXT:
        raise bad_input(f"A text has 1 to {LONGEST_TEXT} characters.")
    return FreeForm(text)


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


@strawberry.type
class PermissionMutations:
    @strawberry.mutation(
        description="Ask a customer for permission to call, if WhatsApp's rules allow it now.",
        metadata=priced(ASKS_WHATSAPP),
    )
    async def request_call_permission(
        self,
        info: Info,
        input: Annotated[RequestCallPermissionInput, strawberry.argument(description="Whom to ask, and how.")],
    ) -> RequestCallPermissionResult:
        viewer = info.context.viewer_with(Scope.PERMISSIONS_REQUEST)
        asking = permission_actions.Asking(
            ids.decode_as("Customer", input.customer_id),
            ids.decode_as("BusinessNumber", input.business_number_id),
            content_of(input.template, input.text),
            idempotency_key(input.idempotency_key),
        )
        result = await permission_actions.request(info.context.resources, viewer, asking)
        if isinstance(result, RequestRow):
            request = shown_request(result, info.context.resources.now())
            return RequestCallPermissionSuccess(permission_request=request)
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(
        description="Ask WhatsApp what it believes of a permission, take that over, and tell where we differed.",
        metadata=priced(ASKS_WHATSAPP),
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
