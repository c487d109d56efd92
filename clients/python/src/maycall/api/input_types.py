from datetime import datetime
from typing import Any, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    CallPermissionStatus,
    CallStatus,
    Environment,
    PermissionRequestStatus,
    PolicyName,
    Role,
)


class CallFilter(BaseModel):
    """Which calls to list. All that is given must hold."""

    statuses: Optional[list[CallStatus]] = None
    "Any of these statuses."
    customer_id: Optional[str] = Field(validation_alias="customerId", serialization_alias="customerId", default=None)
    "With this customer."
    business_number_id: Optional[str] = Field(
        validation_alias="businessNumberId", serialization_alias="businessNumberId", default=None
    )
    "Of this business number."


class CallPermissionFilter(BaseModel):
    """Which call permissions to list. All that is given must hold."""

    statuses: Optional[list[CallPermissionStatus]] = None
    "Any of these statuses, as of now."
    callable_now: Optional[bool] = Field(
        validation_alias="callableNow", serialization_alias="callableNow", default=None
    )
    "Whether the customer may be rung at this moment."
    requestable_now: Optional[bool] = Field(
        validation_alias="requestableNow", serialization_alias="requestableNow", default=None
    )
    "Whether the customer may be asked at this moment."
    expires_before: Optional[datetime] = Field(
        validation_alias="expiresBefore", serialization_alias="expiresBefore", default=None
    )
    "Temporary permissions that are live and run out before this moment."
    customer_tags: Optional[list[str]] = Field(
        validation_alias="customerTags", serialization_alias="customerTags", default=None
    )
    "Customers with at least one of these tags."
    customer_search: Optional[str] = Field(
        validation_alias="customerSearch", serialization_alias="customerSearch", default=None
    )
    "Part of the customer's name or phone."
    business_number_id: Optional[str] = Field(
        validation_alias="businessNumberId", serialization_alias="businessNumberId", default=None
    )
    "Of this business number."


class CreateApiTokenInput(BaseModel):
    """A new API token."""

    name: str
    "Whose it is, or what for."
    scopes: list[str]
    "What it lets its holder do, such as permissions:request."
    expires_at: Optional[datetime] = Field(validation_alias="expiresAt", serialization_alias="expiresAt", default=None)
    "When it ends by itself; left out, when it is revoked."


class CreateBusinessNumberInput(BaseModel):
    """A business number to add. What Meta knows of it is asked of Meta."""

    phone_number_id: str = Field(validation_alias="phoneNumberId", serialization_alias="phoneNumberId")
    "Meta's id of the number, from WhatsApp Manager."
    environment: Environment
    "Where the number lives."
    waba_id: Optional[str] = Field(validation_alias="wabaId", serialization_alias="wabaId", default=None)
    "The id of its WhatsApp Business Account; left out, it is found out where the access token tells."
    name: Optional[str] = None
    "What to call it; left out, as WhatsApp has verified it."
    policy: PolicyName = PolicyName.PRODUCTION
    "The limits that hold for it: SANDBOX for Meta's test numbers."
    access_token: Optional[str] = Field(validation_alias="accessToken", serialization_alias="accessToken", default=None)
    "The access token to speak to WhatsApp with, if it has one of its own. It is kept encrypted and never shown."
    app_secret: Optional[str] = Field(validation_alias="appSecret", serialization_alias="appSecret", default=None)
    "The secret of the app that WhatsApp tells its news through, if it has one of its own. It is kept encrypted and never shown."


class CreateCustomerInput(BaseModel):
    """A new customer, who needs a phone or a whatsappUserId."""

    name: Optional[str] = None
    "What the customer is called."
    phone: Optional[str] = None
    "The customer's phone as E.164."
    whatsapp_user_id: Optional[str] = Field(
        validation_alias="whatsappUserId", serialization_alias="whatsappUserId", default=None
    )
    "WhatsApp's business-scoped user id of the customer."
    external_id: Optional[str] = Field(validation_alias="externalId", serialization_alias="externalId", default=None)
    "The business's own id of the customer."
    tags: Optional[list[str]] = None
    "The business's own tags, 50 at the most."
    timezone: Optional[str] = None
    "The customer's time zone, as in Asia/Kolkata."


class CreateWebhookEndpointInput(BaseModel):
    """A new webhook endpoint."""

    name: str
    "What to call it."
    url: str
    "The address to post to, with https."
    document: str
    "A GraphQL document with one subscription: its results are sent."
    variables: Optional[Any] = None
    "The subscription's variables."
    scopes: Optional[list[str]] = None
    "What the payload may show; left out, all that your own token may see."
    after: Optional[str] = None
    "Begin with what came after this cursor of the log; left out, from now on."


class CustomerBy(BaseModel):
    """Which customer: exactly one of these names."""

    id: Optional[str] = None
    "The customer's id."
    phone: Optional[str] = None
    "The customer's phone as E.164."
    external_id: Optional[str] = Field(validation_alias="externalId", serialization_alias="externalId", default=None)
    "The business's own id of the customer."
    whatsapp_user_id: Optional[str] = Field(
        validation_alias="whatsappUserId", serialization_alias="whatsappUserId", default=None
    )
    "WhatsApp's business-scoped user id."


class CustomerFilter(BaseModel):
    """Which customers to list. What is left out does not matter; all that is given must hold."""

    search: Optional[str] = None
    "Part of the name or phone."
    tags: Optional[list[str]] = None
    "At least one of these tags."


class DeleteCustomerInput(BaseModel):
    """Which customer to delete."""

    customer_id: str = Field(validation_alias="customerId", serialization_alias="customerId")
    "Which customer."


class DeleteWebhookEndpointInput(BaseModel):
    """Which webhook endpoint to delete."""

    webhook_endpoint_id: str = Field(validation_alias="webhookEndpointId", serialization_alias="webhookEndpointId")
    "The endpoint."
    discard_waiting: bool = Field(
        validation_alias="discardWaiting", serialization_alias="discardWaiting", default=False
    )
    "Whether to delete it although deliveries are waiting to be taken."


class EndCallInput(BaseModel):
    """Which call to hang up."""

    call_id: str = Field(validation_alias="callId", serialization_alias="callId")
    "The call."


class ImportCustomersInput(BaseModel):
    """Customers to bring in together."""

    customers: list["ImportedCustomerInput"]
    "The rows, 1000 at the most."
    dry_run: bool = Field(validation_alias="dryRun", serialization_alias="dryRun", default=False)
    "Whether only to tell what would come of it."


class ImportedCustomerInput(BaseModel):
    """A customer to create, or to change: whoever has this phone, externalId or whatsappUserId. Of one who is known, what is left out stays, and null clears."""

    name: Optional[str] = None
    "What the customer is called."
    phone: Optional[str] = None
    "The customer's phone as E.164."
    whatsapp_user_id: Optional[str] = Field(
        validation_alias="whatsappUserId", serialization_alias="whatsappUserId", default=None
    )
    "WhatsApp's business-scoped user id of the customer."
    external_id: Optional[str] = Field(validation_alias="externalId", serialization_alias="externalId", default=None)
    "The business's own id of the customer."
    tags: Optional[list[str]] = None
    "The business's own tags, 50 at the most."
    timezone: Optional[str] = None
    "The customer's time zone, as in Asia/Kolkata."


class InvitePersonInput(BaseModel):
    """Whom to let in, and what they may do."""

    email: str
    "The e-mail address that the sign-in provider has verified as theirs."
    role: Role
    "What they may do."
    business_number_ids: Optional[list[str]] = Field(
        validation_alias="businessNumberIds", serialization_alias="businessNumberIds", default=None
    )
    "The business numbers that an agent or viewer may use; left out, none."
    all_business_numbers: Optional[bool] = Field(
        validation_alias="allBusinessNumbers", serialization_alias="allBusinessNumbers", default=None
    )
    "True for every business number, instead of a list."


class PermissionRequestFilter(BaseModel):
    """Which permission requests to list. All that is given must hold."""

    statuses: Optional[list[PermissionRequestStatus]] = None
    "Any of these statuses, as of now."
    customer_id: Optional[str] = Field(validation_alias="customerId", serialization_alias="customerId", default=None)
    "To this customer."
    business_number_id: Optional[str] = Field(
        validation_alias="businessNumberId", serialization_alias="businessNumberId", default=None
    )
    "From this business number."


class RefreshCallPermissionInput(BaseModel):
    """Whose permission to ask WhatsApp about."""

    customer_id: str = Field(validation_alias="customerId", serialization_alias="customerId")
    "The customer."
    business_number_id: str = Field(validation_alias="businessNumberId", serialization_alias="businessNumberId")
    "The business number."


class RemovePersonInput(BaseModel):
    """Whom to let in no longer."""

    person_id: str = Field(validation_alias="personId", serialization_alias="personId")
    "Which person."


class RequestCallPermissionInput(BaseModel):
    """Whom to ask, from which number, in which words: a template at any time, or a text of your own within 24 hours of the customer's last message. Neither means WhatsApp's own words."""

    customer_id: str = Field(validation_alias="customerId", serialization_alias="customerId")
    "Whom to ask."
    business_number_id: str = Field(validation_alias="businessNumberId", serialization_alias="businessNumberId")
    "From which number."
    template: Optional["TemplateInput"] = None
    "The template to send."
    text: Optional[str] = None
    "The text to send instead of a template."
    idempotency_key: Optional[str] = Field(
        validation_alias="idempotencyKey", serialization_alias="idempotencyKey", default=None
    )
    "The same key with the same input asks once and gives the first result again, for 24 hours."


class RequestCallPermissionsInput(BaseModel):
    """Whom to ask, from which number, in which words. Give either customerIds or a filter. Neither template nor text means WhatsApp's own words."""

    business_number_id: str = Field(validation_alias="businessNumberId", serialization_alias="businessNumberId")
    "From which number."
    customer_ids: Optional[list[str]] = Field(
        validation_alias="customerIds", serialization_alias="customerIds", default=None
    )
    "Whom to ask, 1000 at the most."
    filter_: Optional["CallPermissionFilter"] = Field(
        validation_alias="filter", serialization_alias="filter", default=None
    )
    "Whom to ask: those whose permission of this number is like this; 1000 at the most."
    template: Optional["TemplateInput"] = None
    "The template to send."
    text: Optional[str] = None
    "The text to send instead of a template."
    idempotency_key: Optional[str] = Field(
        validation_alias="idempotencyKey", serialization_alias="idempotencyKey", default=None
    )
    "The same key with the same input asks once and gives the first batch again."
    dry_run: bool = Field(validation_alias="dryRun", serialization_alias="dryRun", default=False)
    "Whether only to tell what would come of it."


class RetryWebhookDeliveryInput(BaseModel):
    """Which delivery to send again."""

    webhook_delivery_id: str = Field(validation_alias="webhookDeliveryId", serialization_alias="webhookDeliveryId")
    "The delivery, whatever has become of it."


class RevokeApiTokenInput(BaseModel):
    """Which token to make useless."""

    api_token_id: str = Field(validation_alias="apiTokenId", serialization_alias="apiTokenId")
    "The token."


class RotateWebhookSecretInput(BaseModel):
    """Which webhook endpoint to give a new secret."""

    webhook_endpoint_id: str = Field(validation_alias="webhookEndpointId", serialization_alias="webhookEndpointId")
    "The endpoint."
    at_once: bool = Field(validation_alias="atOnce", serialization_alias="atOnce", default=False)
    "Whether the old secret stops signing now, and not after 24 hours: it has leaked."


class StartCallInput(BaseModel):
    """Whom to ring, from which number, with which offer."""

    customer_id: str = Field(validation_alias="customerId", serialization_alias="customerId")
    "Whom to ring."
    business_number_id: str = Field(validation_alias="businessNumberId", serialization_alias="businessNumberId")
    "From which number."
    sdp_offer: str = Field(validation_alias="sdpOffer", serialization_alias="sdpOffer")
    "The WebRTC offer of the agent's browser. The answer comes as `sdpAnswer` of the call."
    idempotency_key: Optional[str] = Field(
        validation_alias="idempotencyKey", serialization_alias="idempotencyKey", default=None
    )
    "The same key with the same input rings once and gives the first result again, for 24 hours."


class TemplateInput(BaseModel):
    """An approved template, and what to fill in."""

    name: str
    "The template's name."
    language: str
    "Its language, such as en."
    parameters: list["TemplateParameterInput"] = Field(default_factory=lambda: [])
    "A value for each of its parameters."


class TemplateParameterInput(BaseModel):
    """One of a template's named parameters."""

    name: str
    "The parameter's name or number in the template; with `header.` before it where it stands there."
    value: str
    "What stands in its place."


class TestWebhookEndpointInput(BaseModel):
    """Which webhook endpoint to try."""

    webhook_endpoint_id: str = Field(validation_alias="webhookEndpointId", serialization_alias="webhookEndpointId")
    "The endpoint."


class UpdateBusinessNumberInput(BaseModel):
    """What to change of a business number: what is left out stays. New credentials are checked against Meta."""

    business_number_id: str = Field(validation_alias="businessNumberId", serialization_alias="businessNumberId")
    "Which business number."
    name: Optional[str] = None
    "What to call it."
    policy: Optional[PolicyName] = None
    "The limits that hold for it."
    access_token: Optional[str] = Field(validation_alias="accessToken", serialization_alias="accessToken", default=None)
    "Its own access token; null to do without, and use the installation's."
    app_secret: Optional[str] = Field(validation_alias="appSecret", serialization_alias="appSecret", default=None)
    "The secret of its own app; null to do without, and use the installation's."


class UpdateCustomerInput(BaseModel):
    """What to change of a customer: what is left out stays, null clears."""

    name: Optional[str] = None
    "What the customer is called."
    phone: Optional[str] = None
    "The customer's phone as E.164."
    whatsapp_user_id: Optional[str] = Field(
        validation_alias="whatsappUserId", serialization_alias="whatsappUserId", default=None
    )
    "WhatsApp's business-scoped user id of the customer."
    external_id: Optional[str] = Field(validation_alias="externalId", serialization_alias="externalId", default=None)
    "The business's own id of the customer."
    tags: Optional[list[str]] = None
    "The business's own tags, 50 at the most."
    timezone: Optional[str] = None
    "The customer's time zone, as in Asia/Kolkata."
    customer_id: str = Field(validation_alias="customerId", serialization_alias="customerId")
    "Which customer."


class UpdatePersonInput(BaseModel):
    """What to change of a person: what is left out stays."""

    person_id: str = Field(validation_alias="personId", serialization_alias="personId")
    "Which person."
    role: Optional[Role] = None
    "What they may do from now on."
    business_number_ids: Optional[list[str]] = Field(
        validation_alias="businessNumberIds", serialization_alias="businessNumberIds", default=None
    )
    "The business numbers that they may use from now on, instead of those until now."
    all_business_numbers: Optional[bool] = Field(
        validation_alias="allBusinessNumbers", serialization_alias="allBusinessNumbers", default=None
    )
    "True for every business number, instead of a list."


class UpdateWebhookEndpointInput(BaseModel):
    """What to change of a webhook endpoint: what is left out or null stays."""

    webhook_endpoint_id: str = Field(validation_alias="webhookEndpointId", serialization_alias="webhookEndpointId")
    "Which endpoint."
    name: Optional[str] = None
    "What to call it."
    url: Optional[str] = None
    "The address to post to, with https."
    document: Optional[str] = None
    "Another subscription. Its variables come with it, or it has none."
    variables: Optional[Any] = None
    "Other variables."
    scopes: Optional[list[str]] = None
    "What the payload may show."
    enabled: Optional[bool] = None
    "Switch it off or on. It goes on where it was, with all that waits for it."
    after: Optional[str] = None
    "Go on with what came after this cursor of the log, for which it may be told things again or left without them. What is written down already is sent all the same."


ImportCustomersInput.model_rebuild()
RequestCallPermissionInput.model_rebuild()
RequestCallPermissionsInput.model_rebuild()
TemplateInput.model_rebuild()
