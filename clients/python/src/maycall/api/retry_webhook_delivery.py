from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Refusal, WebhookDelivery


class RetryWebhookDelivery(BaseModel):
    retry_webhook_delivery: Union[
        "RetryWebhookDeliverySuccess",
        "RetryWebhookDeliveryWebhookEndpointDisabled",
        "Refusal",
    ] = Field(alias="retryWebhookDelivery", union_mode="left_to_right")


class RetryWebhookDeliverySuccess(BaseModel):
    typename__: Literal["RetryWebhookDeliverySuccess"] = Field(alias="__typename")
    webhook_delivery: "RetryWebhookDeliveryRetryWebhookDeliveryRetryWebhookDeliverySuccessWebhookDelivery" = Field(
        alias="webhookDelivery"
    )


RetryWebhookDeliveryRetryWebhookDeliveryRetryWebhookDeliverySuccessWebhookDelivery = WebhookDelivery


class RetryWebhookDeliveryWebhookEndpointDisabled(Refusal):
    typename__: Literal["WebhookEndpointDisabled"] = Field(alias="__typename")


RetryWebhookDelivery.model_rebuild()
RetryWebhookDeliverySuccess.model_rebuild()
