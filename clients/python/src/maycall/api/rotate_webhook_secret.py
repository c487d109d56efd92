from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Refusal, WebhookEndpoint


class RotateWebhookSecret(BaseModel):
    rotate_webhook_secret: Union[
        "RotateWebhookSecretSuccess",
        "RotateWebhookSecretWebhookSecretJustRotated",
        "RotateWebhookSecretEncryptionKeyMissing",
        "Refusal",
    ] = Field(alias="rotateWebhookSecret", union_mode="left_to_right")


class RotateWebhookSecretSuccess(BaseModel):
    typename__: Literal["RotateWebhookSecretSuccess"] = Field(alias="__typename")
    webhook_endpoint: "RotateWebhookSecretRotateWebhookSecretRotateWebhookSecretSuccessWebhookEndpoint" = Field(
        alias="webhookEndpoint"
    )
    secret: str


RotateWebhookSecretRotateWebhookSecretRotateWebhookSecretSuccessWebhookEndpoint = WebhookEndpoint


class RotateWebhookSecretWebhookSecretJustRotated(Refusal):
    typename__: Literal["WebhookSecretJustRotated"] = Field(alias="__typename")


class RotateWebhookSecretEncryptionKeyMissing(Refusal):
    typename__: Literal["EncryptionKeyMissing"] = Field(alias="__typename")


RotateWebhookSecret.model_rebuild()
RotateWebhookSecretSuccess.model_rebuild()
