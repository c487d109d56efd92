from datetime import datetime
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import PermissionRequestBatchState, RefusalCode
from .fragments import Customer, Refusal, TooManyRows


class RequestCallPermissions(BaseModel):
    request_call_permissions: Union[
        "RequestCallPermissionsSuccess",
        "RequestCallPermissionsTemplateUnavailable",
        "RequestCallPermissionsIdempotencyKeyReused",
        "RequestCallPermissionsTooManyRows",
        "Refusal",
    ] = Field(alias="requestCallPermissions", union_mode="left_to_right")


class RequestCallPermissionsSuccess(BaseModel):
    typename__: Literal["RequestCallPermissionsSuccess"] = Field(alias="__typename")
    batch: Optional["RequestCallPermissionsSuccessBatch"]
    waiting: int
    requested: int
    later: int
    already_allowed: int = Field(alias="alreadyAllowed")
    refused: int
    entries: list["RequestCallPermissionsSuccessEntries"]


class RequestCallPermissionsSuccessBatch(BaseModel):
    id: str


class RequestCallPermissionsSuccessEntries(BaseModel):
    state: PermissionRequestBatchState
    code: Optional[RefusalCode]
    message: Optional[str]
    available_at: Optional[datetime] = Field(alias="availableAt")
    customer: "RequestCallPermissionsRequestCallPermissionsRequestCallPermissionsSuccessEntriesCustomer"


RequestCallPermissionsRequestCallPermissionsRequestCallPermissionsSuccessEntriesCustomer = Customer


class RequestCallPermissionsTemplateUnavailable(Refusal):
    typename__: Literal["TemplateUnavailable"] = Field(alias="__typename")


class RequestCallPermissionsIdempotencyKeyReused(Refusal):
    typename__: Literal["IdempotencyKeyReused"] = Field(alias="__typename")


class RequestCallPermissionsTooManyRows(TooManyRows, Refusal):
    typename__: Literal["TooManyRows"] = Field(alias="__typename")


RequestCallPermissions.model_rebuild()
RequestCallPermissionsSuccess.model_rebuild()
RequestCallPermissionsSuccessEntries.model_rebuild()
