from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import (
    LimitReached,
    LimitReachedLimit,  # noqa: F401
    PermissionRequest,
    Refusal,
    WhatsAppRefused,
)


class RequestCallPermission(BaseModel):
    request_call_permission: Union[
        "RequestCallPermissionSuccess",
        "RequestCallPermissionLimitReached",
        "RequestCallPermissionPermissionAlreadyPermanent",
        "RequestCallPermissionNumberUnavailable",
        "RequestCallPermissionTemplateUnavailable",
        "RequestCallPermissionCustomerNotReachable",
        "RequestCallPermissionIdempotencyKeyReused",
        "RequestCallPermissionWhatsAppRefused",
        "Refusal",
    ] = Field(alias="requestCallPermission", union_mode="left_to_right")


class RequestCallPermissionSuccess(BaseModel):
    typename__: Literal["RequestCallPermissionSuccess"] = Field(alias="__typename")
    permission_request: "RequestCallPermissionRequestCallPermissionRequestCallPermissionSuccessPermissionRequest" = (
        Field(alias="permissionRequest")
    )


RequestCallPermissionRequestCallPermissionRequestCallPermissionSuccessPermissionRequest = PermissionRequest


class RequestCallPermissionLimitReached(LimitReached, Refusal):
    typename__: Literal["LimitReached"] = Field(alias="__typename")


class RequestCallPermissionPermissionAlreadyPermanent(Refusal):
    typename__: Literal["PermissionAlreadyPermanent"] = Field(alias="__typename")


class RequestCallPermissionNumberUnavailable(Refusal):
    typename__: Literal["NumberUnavailable"] = Field(alias="__typename")


class RequestCallPermissionTemplateUnavailable(Refusal):
    typename__: Literal["TemplateUnavailable"] = Field(alias="__typename")


class RequestCallPermissionCustomerNotReachable(Refusal):
    typename__: Literal["CustomerNotReachable"] = Field(alias="__typename")


class RequestCallPermissionIdempotencyKeyReused(Refusal):
    typename__: Literal["IdempotencyKeyReused"] = Field(alias="__typename")


class RequestCallPermissionWhatsAppRefused(WhatsAppRefused, Refusal):
    typename__: Literal["WhatsAppRefused"] = Field(alias="__typename")


RequestCallPermission.model_rebuild()
RequestCallPermissionSuccess.model_rebuild()
