from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Refusal, WebhookDelivery


class TestWebhookEndpoint(BaseModel):
    test_webhook_endpoint: Union[
        "TestWebhookEndpointSuccess",
        "TestWebhookEndpointWebhookAddressRefused",
        "Refusal",
    ] = Field(alias="testWebhookEndpoint", union_mode="left_to_right")


class TestWebhookEndpointSuccess(BaseModel):
    typename__: Literal["TestWebhookEndpointSuccess"] = Field(alias="__typename")
    webhook_delivery: "TestWebhookEndpointTestWebhookEndpointTestWebhookEndpointSuccessWebhookDelivery" = Field(
        alias="webhookDelivery"
    )


TestWebhookEndpointTestWebhookEndpointTestWebhookEndpointSuccessWebhookDelivery = WebhookDelivery


class TestWebhookEndpointWebhookAddressRefused(Refusal):
    typename__: Literal["WebhookAddressRefused"] = Field(alias="__typename")


TestWebhookEndpoint.model_rebuild()
TestWebhookEndpointSuccess.model_rebuild()
