"""What can be done about webhook endpoints."""

from typing import Annotated

import strawberry

from actions import webhook_endpoints, webhook_messages
from actions.access import Viewer
from actions.webhook_endpoints import Listening, Secretive, Wishes
from graph import cursors, ids
from graph.context import Info
from graph.costs import ASKS_A_PARTNER, priced
from graph.faults import bad_input
from graph.nodes import WebhookDelivery, WebhookEndpoint, shown_delivery, shown_endpoint
from graph.payloads import listening
from graph.refusals import (
    EncryptionKeyMissing,
    TooManyWebhookEndpoints,
    WebhookAddressRefused,
    WebhookDeliveriesWaiting,
    WebhookDocumentRefused,
    WebhookEndpointDisabled,
    WebhookPlaceLost,
    WebhookSecretJustRotated,
    shown,
)
from graph.scalars import Json
from models.webhook_endpoint import WebhookEndpoint as EndpointRow
from models.webhook_message import WebhookMessage
from models.workspace import Workspace
from rules.access import Scope, allows
from rules.refusals import WebhookDocumentRefused as DocumentRefused

from .tokens import scope_named

_SECRET = "What signs what is sent. It is shown this once: keep it where the receiver finds it."  # noqa: S105 words


@strawberry.input(description="A new webhook endpoint.")
class CreateWebhookEndpointInput:
    name: str = strawberry.field(description="What to call it.")
    url: str = strawberry.field(description="The address to post to, with https.")
    document: str = strawberry.field(description="A GraphQL document with one subscription: its results are sent.")
    variables: Json | None = strawberry.field(default=None, description="The subscription's variables.")
    scopes: list[str] | None = strawberry.field(
        default=None, description="What the payload may show; left out, all that your own token may see."
    )
    after: str | None = strawberry.field(
        default=None, description="Begin with what came after this cursor of the log; left out, from now on."
    )


@strawberry.type(description="The endpoint was made.")
class CreateWebhookEndpointSuccess:
    webhook_endpoint: WebhookEndpoint = strawberry.field(description="The new endpoint.")
    secret: str = strawberry.field(description=_SECRET)


CreateWebhookEndpointResult = Annotated[
    CreateWebhookEndpointSuccess
    | WebhookAddressRefused
    | WebhookDocumentRefused
    | TooManyWebhookEndpoints
    | EncryptionKeyMissing,
    strawberry.union("CreateWebhookEndpointResult", description="The new endpoint, or why there is none."),
]


@strawberry.input(description="What to change of a webhook endpoint: what is left out or null stays.")
class UpdateWebhookEndpointInput:
    webhook_endpoint_id: strawberry.ID = strawberry.field(description="Which endpoint.")
    name: str | None = strawberry.field(default=None, description="What to call it.")
    url: str | None = strawberry.field(default=None, description="The address to post to, with https.")
    document: str | None = strawberry.field(
        default=None, description="Another subscription. Its variables come with it, or it has none."
    )
    variables: Json | None = strawberry.field(default=None, description="Other variables.")
    scopes: list[str] | None = strawberry.field(default=None, description="What the payload may show.")
    enabled: bool | None = strawberry.field(
        default=None, description="Switch it off or on. It goes on where it was, with all that waits for it."
    )
    after: str | None = strawberry.field(
        default=None,
        description="Go on with what came after this cursor of the log, for which it may be told things again or left"
        " without them. What is written down already is sent all the same.",
    )


@strawberry.type(description="The endpoint was changed.")
class UpdateWebhookEndpointSuccess:
    webhook_endpoint: WebhookEndpoint = strawberry.field(description="The endpoint as it is now.")


UpdateWebhookEndpointResult = Annotated[
    UpdateWebhookEndpointSuccess | WebhookAddressRefused | WebhookDocumentRefused | WebhookPlaceLost,
    strawberry.union("UpdateWebhookEndpointResult", description="The endpoint, or why nothing was changed."),
]


@strawberry.input(description="Which webhook endpoint to delete.")
class DeleteWebhookEndpointInput:
    webhook_endpoint_id: strawberry.ID = strawberry.field(description="The endpoint.")
    discard_waiting: bool = strawberry.field(
        default=False, description="Whether to delete it although deliveries are waiting to be taken."
    )


@strawberry.type(description="The endpoint was deleted, with the log of its deliveries.")
class DeleteWebhookEndpointSuccess:
    webhook_endpoint: WebhookEndpoint = strawberry.field(description="The endpoint as it was.")


DeleteWebhookEndpointResult = Annotated[
    DeleteWebhookEndpointSuccess | WebhookDeliveriesWaiting,
    strawberry.union("DeleteWebhookEndpointResult", description="The deleted endpoint, or why it is still there."),
]


@strawberry.input(description="Which webhook endpoint to give a new secret.")
class RotateWebhookSecretInput:
    webhook_endpoint_id: strawberry.ID = strawberry.field(description="The endpoint.")
    at_once: bool = strawberry.field(
        default=False, description="Whether the old secret stops signing now, and not after 24 hours: it has leaked."
    )


@strawberry.type(description="The endpoint has a new secret. The old one signs beside it until `formerSecretUntil`.")
class RotateWebhookSecretSuccess:
    webhook_endpoint: WebhookEndpoint = strawberry.field(description="The endpoint.")
    secret: str = strawberry.field(description=_SECRET)


RotateWebhookSecretResult = Annotated[
    RotateWebhookSecretSuccess | WebhookSecretJustRotated | EncryptionKeyMissing,
    strawberry.union("RotateWebhookSecretResult", description="The new secret, or why there is none."),
]


@strawberry.input(description="Which delivery to send again.")
class RetryWebhookDeliveryInput:
    webhook_delivery_id: strawberry.ID = strawberry.field(description="The delivery, whatever has become of it.")


@strawberry.type(description="The delivery is sent now, and again with growing patience until the endpoint takes it.")
class RetryWebhookDeliverySuccess:
    webhook_delivery: WebhookDelivery = strawberry.field(description="The delivery.")


RetryWebhookDeliveryResult = Annotated[
    RetryWebhookDeliverySuccess | WebhookEndpointDisabled,
    strawberry.union("RetryWebhookDeliveryResult", description="The delivery, or why it is not sent."),
]


@strawberry.input(description="Which webhook endpoint to try.")
class TestWebhookEndpointInput:
    webhook_endpoint_id: strawberry.ID = strawberry.field(description="The endpoint.")


@strawberry.type(description="A message of the type `test` was sent, once.")
class TestWebhookEndpointSuccess:
    webhook_delivery: WebhookDelivery = strawberry.field(
        description="What came of it: DELIVERED, or FAILED with the answer or the reason."
    )


TestWebhookEndpointResult = Annotated[
    TestWebhookEndpointSuccess | WebhookAddressRefused,
    strawberry.union("TestWebhookEndpointResult", description="What came of it, or why nothing was sent."),
]


def _scopes(viewer: Viewer, names: list[str] | None) -> frozenset[Scope]:
    """Give what the payload may show: what was asked for, and nothing that the viewer may not see."""
    if names is None:
        return viewer.scopes
    scopes = frozenset(map(scope_named, names))
    if not scopes or not all(allows(viewer.scopes, scope) for scope in scopes):
        raise bad_input("Name at least one scope, and none that your own token does not have.")
    return scopes


async def _listening(info: Info, input: UpdateWebhookEndpointInput) -> Listening | DocumentRefused | None:
    """Give what the endpoint is to listen to, if that is to change."""
    if input.document is None and input.variables is None and input.scopes is None:
        return None
    viewer = info.context.viewer_with(Scope.ADMIN)
    row = await _endpoint(info, input.webhook_endpoint_id)
    if input.variables is not None or input.document is not None:
        variables: object = input.variables
    else:
        variables = row.variables
    scopes = row.held_scopes if input.scopes is None else _scopes(viewer, input.scopes)
    return await listening(info.schema, info.context, input.document or row.document, variables, scopes)


async def _endpoint(info: Info, global_id: str) -> EndpointRow:
    row: EndpointRow | None = await info.context.loaders.webhook_endpoints.load(
        ids.decode_as("WebhookEndpoint", global_id)
    )
    if row is None:
        raise bad_input("There is no such webhook endpoint. Take an id from the query webhookEndpoints.")
    return row


async def _position(info: Info, after: str | None) -> int | None:
    """Read a place in the workspace's log. BAD_USER_INPUT for what is none."""
    if after is None:
        return None
    workspace_id = info.context.workspace_with(Scope.ADMIN)
    position = cursors.decode_log(after, workspace_id)
    async with info.context.resources.database.reading() as session:
        log = await session.get_one(Workspace, workspace_id)
    return cursors.check_place(position, log.pruned_to, log.last_sequence)


@strawberry.type
class WebhookMutations:
    @strawberry.mutation(
        description="Have a subscription's results posted to an address, for who cannot hold a socket."
    )
    async def create_webhook_endpoint(
        self,
        info: Info,
        input: Annotated[CreateWebhookEndpointInput, strawberry.argument(description="The new endpoint.")],
    ) -> CreateWebhookEndpointResult:
        viewer, resources = info.context.viewer_with(Scope.ADMIN), info.context.resources
        position, scopes = await _position(info, input.after), _scopes(viewer, input.scopes)
        heard = await listening(info.schema, info.context, input.document, input.variables, scopes)
        if isinstance(heard, DocumentRefused):
            return shown(heard)  # type: ignore[return-value] # what an action can refuse, its union can show
        result = await webhook_endpoints.create(resources, viewer, input.name, input.url, heard, position)
        if isinstance(result, Secretive):
            return CreateWebhookEndpointSuccess(webhook_endpoint=shown_endpoint(result.endpoint), secret=result.secret)
        return shown(result)  # type: ignore[return-value] # the same

    @strawberry.mutation(description="Change a webhook endpoint, or switch it off or on.")
    async def update_webhook_endpoint(
        self,
        info: Info,
        input: Annotated[UpdateWebhookEndpointInput, strawberry.argument(description="What to change.")],
    ) -> UpdateWebhookEndpointResult:
        viewer, resources = info.context.viewer_with(Scope.ADMIN), info.context.resources
        position, heard = await _position(info, input.after), await _listening(info, input)
        if isinstance(heard, DocumentRefused):
            return shown(heard)  # type: ignore[return-value] # what an action can refuse, its union can show
        endpoint_id = ids.decode_as("WebhookEndpoint", input.webhook_endpoint_id)
        wishes = Wishes(input.name, input.url, heard, input.enabled, position)
        result = await webhook_endpoints.update(resources, viewer, endpoint_id, wishes)
        if isinstance(result, EndpointRow):
            return UpdateWebhookEndpointSuccess(webhook_endpoint=shown_endpoint(result))
        return shown(result)  # type: ignore[return-value] # the same

    @strawberry.mutation(description="Delete a webhook endpoint and the log of its deliveries.")
    async def delete_webhook_endpoint(
        self, info: Info, input: Annotated[DeleteWebhookEndpointInput, strawberry.argument(description="Which one.")]
    ) -> DeleteWebhookEndpointResult:
        viewer = info.context.viewer_with(Scope.ADMIN)
        endpoint_id = ids.decode_as("WebhookEndpoint", input.webhook_endpoint_id)
        result = await webhook_endpoints.delete(
            info.context.resources, viewer, endpoint_id, discard_waiting=input.discard_waiting
        )
        if isinstance(result, EndpointRow):
            return DeleteWebhookEndpointSuccess(webhook_endpoint=shown_endpoint(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(
        description="Give a webhook endpoint a new secret, beside which the old one signs for 24 hours."
    )
    async def rotate_webhook_secret(
        self, info: Info, input: Annotated[RotateWebhookSecretInput, strawberry.argument(description="Which one.")]
    ) -> RotateWebhookSecretResult:
        viewer = info.context.viewer_with(Scope.ADMIN)
        endpoint_id = ids.decode_as("WebhookEndpoint", input.webhook_endpoint_id)
        result = await webhook_endpoints.rotate(info.context.resources, viewer, endpoint_id, at_once=input.at_once)
        if isinstance(result, Secretive):
            return RotateWebhookSecretSuccess(webhook_endpoint=shown_endpoint(result.endpoint), secret=result.secret)
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(description="Send a delivery now, also one that was given up or has arrived before.")
    async def retry_webhook_delivery(
        self, info: Info, input: Annotated[RetryWebhookDeliveryInput, strawberry.argument(description="Which one.")]
    ) -> RetryWebhookDeliveryResult:
        viewer = info.context.viewer_with(Scope.ADMIN)
        message_id = ids.decode_as("WebhookDelivery", input.webhook_delivery_id)
        result = await webhook_messages.retry(info.context.resources, viewer, message_id)
        if isinstance(result, WebhookMessage):
            return RetryWebhookDeliverySuccess(webhook_delivery=shown_delivery(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show

    @strawberry.mutation(
        description="Send a webhook endpoint a test, also while it is switched off, and see what comes.",
        metadata=priced(ASKS_A_PARTNER),
    )
    async def test_webhook_endpoint(
        self, info: Info, input: Annotated[TestWebhookEndpointInput, strawberry.argument(description="Which one.")]
    ) -> TestWebhookEndpointResult:
        viewer = info.context.viewer_with(Scope.ADMIN)
        endpoint_id = ids.decode_as("WebhookEndpoint", input.webhook_endpoint_id)
        result = await webhook_messages.test(info.context.resources, viewer, endpoint_id)
        if isinstance(result, WebhookMessage):
            return TestWebhookEndpointSuccess(webhook_delivery=shown_delivery(result))
        return shown(result)  # type: ignore[return-value] # what an action can refuse, its union can show
