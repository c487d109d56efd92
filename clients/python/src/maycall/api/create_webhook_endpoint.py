from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Refusal, WebhookEndpoint


class CreateWebhookEndpoint(BaseModel):
    create_webhook_endpoint: Union[
        "CreateWebhookEndpointSuccess",
        "CreateWebhookEndpointWebhookAddressRefused",
        "CreateWebhookEndpointWebhookDocumentRefused",
        "CreateWebhookEndpointTooManyWebhookEndpoints",
        "CreateWebhookEndpointEncryptionKeyMissing",
        "Refusal",
    ] = Field(alias="createWebhookEndpoint", union_mode="left_to_right")


class CreateWebhookEndpointSuccess(BaseModel):
    typename__: Literal["CreateWebhookEndpointSuccess"] = Field(alias="__typename")
    webhook_endpoint: "CreateWebhookEndpointCreateWebhookEndpointCreateWebhookEndpointSuccessWebhookEndpoint" = Field(
        alias="webhookEndpoint"
    )
    secret: str


CreateWebhookEndpointCreateWebhookEndpointCreateWebhookEndpointSuccessWebhookEndpoint = WebhookEndpoint


class CreateWebhookEndpointWebhookAddressRefused(Refusal):
    typename__: Literal["WebhookAddressRefused"] = Field(alias="__typename")


class CreateWebhookEndpointWebhookDocumentRefused(Refusal):
    typename__: Literal["WebhookDocumentRefused"] = Field(alias="__typename")


class CreateWebhookEndpointTooManyWebhookEndpoints(Refusal):
    typename__: Literal["TooManyWebhookEndpoints"] = Field(alias="__typename")


class CreateWebhookEndpointEncryptionKeyMissing(Refusal):
    typename__: Literal["EncryptionKeyMissing"] = Field(alias="__typename")


CreateWebhookEndpoint.model_rebuild()
CreateWebhookEndpointSuccess.model_rebuild()
