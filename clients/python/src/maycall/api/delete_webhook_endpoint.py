from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Refusal, WebhookEndpoint


class DeleteWebhookEndpoint(BaseModel):
    delete_webhook_endpoint: Union[
        "DeleteWebhookEndpointSuccess",
        "DeleteWebhookEndpointWebhookDeliveriesWaiting",
        "Refusal",
    ] = Field(alias="deleteWebhookEndpoint", union_mode="left_to_right")


class DeleteWebhookEndpointSuccess(BaseModel):
    typename__: Literal["DeleteWebhookEndpointSuccess"] = Field(alias="__typename")
    webhook_endpoint: "DeleteWebhookEndpointDeleteWebhookEndpointDeleteWebhookEndpointSuccessWebhookEndpoint" = Field(
        alias="webhookEndpoint"
    )


DeleteWebhookEndpointDeleteWebhookEndpointDeleteWebhookEndpointSuccessWebhookEndpoint = WebhookEndpoint


class DeleteWebhookEndpointWebhookDeliveriesWaiting(Refusal):
    typename__: Literal["WebhookDeliveriesWaiting"] = Field(alias="__typename")


DeleteWebhookEndpoint.model_rebuild()
DeleteWebhookEndpointSuccess.model_rebuild()
