from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import CallPermissionStatus, CallStatus, PermissionRequestStatus


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


class EndCallInput(BaseModel):
    """Which call to hang up."""

    call_id: str = Field(validation_alias="callId", serialization_alias="callId")
    "The call."


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
    "The same key with the same input asks once and gives the first result again."


class RevokeApiTokenInput(BaseModel):
    """Which token to make useless."""

    api_token_id: str = Field(validation_alias="apiTokenId", serialization_alias="apiTokenId")
    "The token."


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
    "The same key with the same input rings once and gives the first result again."


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


RequestCallPermissionInput.model_rebuild()
TemplateInput.model_rebuild()
