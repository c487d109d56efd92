from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Refusal, WebhookEndpoint


class UpdateWebhookEndpoint(BaseModel):
    update_webhook_endpoint: Union[
        "UpdateWebhookEndpointSuccess",
        "UpdateWebhookEndpointWebhookAddressRefused",
        "UpdateWebhookEndpointWebhookDocumentRefused",
        "UpdateWebhookEndpointWebhookPlaceLost",
        "Refusal",
    ] = Field(alias="updateWebhookEndpoint", union_mode="left_to_right")


class UpdateWebhookEndpointSuccess(BaseModel):
    typename__: Literal["UpdateWebhookEndpointSuccess"] = Field(alias="__typename")
    webhook_endpoint: "UpdateWebhookEndpointUpdateWebhookEndpointUpdateWebhookEndpointSuccessWebhookEndpoint" = Field(
        alias="webhookEndpoint"
    )


UpdateWebhookEndpointUpdateWebhookEndpointUpdateWebhookEndpointSuccessWebhookEndpoint = WebhookEndpoint


class UpdateWebhookEndpointWebhookAddressRefused(Refusal):
    typename__: Literal["WebhookAddressRefused"] = Field(alias="__typename")


class UpdateWebhookEndpointWebhookDocumentRefused(Refusal):
    typename__: Literal["WebhookDocumentRefused"] = Field(alias="__typename")


class UpdateWebhookEndpointWebhookPlaceLost(Refusal):
    typename__: Literal["WebhookPlaceLost"] = Field(alias="__typename")


UpdateWebhookEndpoint.model_rebuild()
UpdateWebhookEndpointSuccess.model_rebuild()
