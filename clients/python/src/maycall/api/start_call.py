from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import (
    Call,
    LimitReached,
    LimitReachedLimit,  # noqa: F401
    PermissionMissing,
    Refusal,
    WhatsAppRefused,
)


class StartCall(BaseModel):
    start_call: Union[
        "StartCallSuccess",
        "StartCallPermissionMissing",
        "StartCallLimitReached",
        "StartCallNumberUnavailable",
        "StartCallCallInProgress",
        "StartCallCustomerNotReachable",
        "StartCallIdempotencyKeyReused",
        "StartCallWhatsAppRefused",
        "Refusal",
    ] = Field(alias="startCall", union_mode="left_to_right")


class StartCallSuccess(BaseModel):
    typename__: Literal["StartCallSuccess"] = Field(alias="__typename")
    call: "StartCallStartCallStartCallSuccessCall"


StartCallStartCallStartCallSuccessCall = Call


class StartCallPermissionMissing(PermissionMissing, Refusal):
    typename__: Literal["PermissionMissing"] = Field(alias="__typename")


class StartCallLimitReached(LimitReached, Refusal):
    typename__: Literal["LimitReached"] = Field(alias="__typename")


class StartCallNumberUnavailable(Refusal):
    typename__: Literal["NumberUnavailable"] = Field(alias="__typename")


class StartCallCallInProgress(Refusal):
    typename__: Literal["CallInProgress"] = Field(alias="__typename")


class StartCallCustomerNotReachable(Refusal):
    typename__: Literal["CustomerNotReachable"] = Field(alias="__typename")


class StartCallIdempotencyKeyReused(Refusal):
    typename__: Literal["IdempotencyKeyReused"] = Field(alias="__typename")


class StartCallWhatsAppRefused(WhatsAppRefused, Refusal):
    typename__: Literal["WhatsAppRefused"] = Field(alias="__typename")


StartCall.model_rebuild()
StartCallSuccess.model_rebuild()
