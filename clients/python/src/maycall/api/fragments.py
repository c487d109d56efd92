from datetime import datetime
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    CallDirection,
    CallPermissionStatus,
    CallStatus,
    Caution,
    ChangeCause,
    ChangeKind,
    Environment,
    PermissionAnswer,
    PermissionRequestKind,
    PermissionRequestStatus,
    RefusalCode,
    Role,
    WebhookDeliveryStatus,
)


class Refusal(BaseModel):
    """An expected no: nothing was changed, and nothing was sent."""

    typename__: str = Field(alias="__typename")
    code: RefusalCode
    message: str
    available_at: Optional[datetime] = Field(alias="availableAt")


class ApiToken(BaseModel):
    id: str
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime = Field(alias="createdAt")
    expires_at: Optional[datetime] = Field(alias="expiresAt")
    last_used_at: Optional[datetime] = Field(alias="lastUsedAt")
    revoked_at: Optional[datetime] = Field(alias="revokedAt")


class BusinessNumber(BaseModel):
    id: str
    name: str
    display_phone_number: str = Field(alias="displayPhoneNumber")
    environment: Environment
    calling_enabled: bool = Field(alias="callingEnabled")
    restricted_until: Optional[datetime] = Field(alias="restrictedUntil")
    problem: Optional[str]


class BusinessNumberUnusable(BaseModel):
    reasons: list[str]


class Customer(BaseModel):
    id: str
    name: Optional[str]
    phone: Optional[str]
    whatsapp_user_id: Optional[str] = Field(alias="whatsappUserId")
    external_id: Optional[str] = Field(alias="externalId")
    tags: list[str]
    timezone: Optional[str]


class Call(BaseModel):
    id: str
    direction: CallDirection
    status: CallStatus
    queued_at: datetime = Field(alias="queuedAt")
    started_at: Optional[datetime] = Field(alias="startedAt")
    answered_at: Optional[datetime] = Field(alias="answeredAt")
    ended_at: Optional[datetime] = Field(alias="endedAt")
    duration_seconds: Optional[int] = Field(alias="durationSeconds")
    failure: Optional[str]
    sdp_answer: Optional[str] = Field(alias="sdpAnswer")
    customer: "CallCustomer"
    business_number: "CallBusinessNumber" = Field(alias="businessNumber")


class CallCustomer(Customer):
    pass


class CallBusinessNumber(BaseModel):
    id: str
    name: str


class CallChange(BaseModel):
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    cause: ChangeCause
    previous_status: Optional[CallStatus] = Field(alias="previousStatus")
    status: CallStatus
    call: "CallChangeCall"


class CallChangeCall(Call):
    pass


class Permission(BaseModel):
    id: str
    status: CallPermissionStatus
    granted_at: Optional[datetime] = Field(alias="grantedAt")
    expires_at: Optional[datetime] = Field(alias="expiresAt")
    responded_at: Optional[datetime] = Field(alias="respondedAt")
    unanswered_streak: int = Field(alias="unansweredStreak")
    customer: "PermissionCustomer"
    business_number: "PermissionBusinessNumber" = Field(alias="businessNumber")


class PermissionCustomer(Customer):
    pass


class PermissionBusinessNumber(BaseModel):
    id: str
    name: str


class CallPermissionChange(BaseModel):
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    cause: ChangeCause
    previous_status: CallPermissionStatus = Field(alias="previousStatus")
    status: CallPermissionStatus
    call_permission: "CallPermissionChangeCallPermission" = Field(alias="callPermission")


class CallPermissionChangeCallPermission(Permission):
    pass


class Change(BaseModel):
    cursor: str
    occurred_at: datetime = Field(alias="occurredAt")
    recorded_at: datetime = Field(alias="recordedAt")
    kind: ChangeKind
    cause: ChangeCause
    actor: Optional[str]
    previous_status: Optional[str] = Field(alias="previousStatus")
    status: Optional[str]
    node: Optional["ChangeNode"]
    customer: Optional["ChangeCustomer"]


class ChangeNode(BaseModel):
    typename__: Literal[
        "ApiToken",
        "BusinessNumber",
        "Call",
        "CallPermission",
        "Customer",
        "Node",
        "PermissionRequest",
        "PermissionRequestBatch",
        "Person",
        "WebhookDelivery",
        "WebhookEndpoint",
        "Workspace",
    ] = Field(alias="__typename")
    id: str


class ChangeCustomer(Customer):
    pass


class CustomerAlreadyExists(BaseModel):
    field: str


class Eligibility(BaseModel):
    allowed: bool
    blockers: list["EligibilityBlockers"]
    limits: list["EligibilityLimits"]
    cautions: list[Caution]


class EligibilityBlockers(BaseModel):
    code: RefusalCode
    message: str
    available_at: Optional[datetime] = Field(alias="availableAt")


class EligibilityLimits(BaseModel):
    period: str
    maximum: int
    used: int
    resets_at: Optional[datetime] = Field(alias="resetsAt")


class Figures(BaseModel):
    requests_sent: int = Field(alias="requestsSent")
    allowed: int
    declined: int
    ignored: int
    awaited: int
    failed: int
    acceptance: Optional[float]
    average_time_to_answer: Optional[str] = Field(alias="averageTimeToAnswer")
    calls_placed: int = Field(alias="callsPlaced")
    calls_connected: int = Field(alias="callsConnected")
    calls_missed: int = Field(alias="callsMissed")


class LimitReached(BaseModel):
    limit: Optional["LimitReachedLimit"]


class LimitReachedLimit(BaseModel):
    period: str
    maximum: int
    used: int
    resets_at: Optional[datetime] = Field(alias="resetsAt")


class Page(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


class PermissionMissing(BaseModel):
    status: CallPermissionStatus


class PermissionRequest(BaseModel):
    id: str
    kind: PermissionRequestKind
    status: PermissionRequestStatus
    answer: Optional[PermissionAnswer]
    queued_at: datetime = Field(alias="queuedAt")
    sent_at: Optional[datetime] = Field(alias="sentAt")
    delivered_at: Optional[datetime] = Field(alias="deliveredAt")
    read_at: Optional[datetime] = Field(alias="readAt")
    answered_at: Optional[datetime] = Field(alias="answeredAt")
    expires_at: Optional[datetime] = Field(alias="expiresAt")
    failure: Optional[str]


class Person(BaseModel):
    id: str
    name: Optional[str]
    email: Optional[str]
    role: Role
    role_from_provider: bool = Field(alias="roleFromProvider")
    all_business_numbers: bool = Field(alias="allBusinessNumbers")
    invited_by: Optional[str] = Field(alias="invitedBy")
    created_at: datetime = Field(alias="createdAt")
    last_signed_in_at: Optional[datetime] = Field(alias="lastSignedInAt")
    removed_at: Optional[datetime] = Field(alias="removedAt")
    business_numbers: list["PersonBusinessNumbers"] = Field(alias="businessNumbers")


class PersonBusinessNumbers(BaseModel):
    id: str
    name: str


class TooManyApiTokens(BaseModel):
    maximum: int


class TooManyRows(BaseModel):
    maximum: int


class WebhookDelivery(BaseModel):
    id: str
    event: str
    status: WebhookDeliveryStatus
    message_id: str = Field(alias="messageId")
    cursor: Optional[str]
    created_at: datetime = Field(alias="createdAt")
    attempts: int
    next_attempt_at: Optional[datetime] = Field(alias="nextAttemptAt")
    last_attempt_at: Optional[datetime] = Field(alias="lastAttemptAt")
    delivered_at: Optional[datetime] = Field(alias="deliveredAt")
    response_status: Optional[int] = Field(alias="responseStatus")
    response_body: Optional[str] = Field(alias="responseBody")
    failure: Optional[str]


class WebhookEndpoint(BaseModel):
    id: str
    name: str
    url: str
    document: str
    event: str
    enabled: bool
    disabled_at: Optional[datetime] = Field(alias="disabledAt")
    problem: Optional[str]
    failing_since: Optional[datetime] = Field(alias="failingSince")
    cursor: str


class WhatsAppRefused(BaseModel):
    whatsapp_code: Optional[int] = Field(alias="whatsappCode")


ApiToken.model_rebuild()
BusinessNumber.model_rebuild()
BusinessNumberUnusable.model_rebuild()
Customer.model_rebuild()
Call.model_rebuild()
CallChange.model_rebuild()
Permission.model_rebuild()
CallPermissionChange.model_rebuild()
Change.model_rebuild()
CustomerAlreadyExists.model_rebuild()
Eligibility.model_rebuild()
Figures.model_rebuild()
LimitReached.model_rebuild()
Page.model_rebuild()
PermissionMissing.model_rebuild()
PermissionRequest.model_rebuild()
Person.model_rebuild()
TooManyApiTokens.model_rebuild()
TooManyRows.model_rebuild()
WebhookDelivery.model_rebuild()
WebhookEndpoint.model_rebuild()
WhatsAppRefused.model_rebuild()
