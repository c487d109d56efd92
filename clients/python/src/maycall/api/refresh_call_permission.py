from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Permission, Refusal, WhatsAppRefused


class RefreshCallPermission(BaseModel):
    refresh_call_permission: Union[
        "RefreshCallPermissionSuccess",
        "RefreshCallPermissionNumberUnavailable",
        "RefreshCallPermissionCustomerNotReachable",
        "RefreshCallPermissionWhatsAppRefused",
        "Refusal",
    ] = Field(alias="refreshCallPermission", union_mode="left_to_right")


class RefreshCallPermissionSuccess(BaseModel):
    typename__: Literal["RefreshCallPermissionSuccess"] = Field(alias="__typename")
    call_permission: "RefreshCallPermissionRefreshCallPermissionRefreshCallPermissionSuccessCallPermission" = Field(
        alias="callPermission"
    )
    differences: list["RefreshCallPermissionSuccessDifferences"]


RefreshCallPermissionRefreshCallPermissionRefreshCallPermissionSuccessCallPermission = Permission


class RefreshCallPermissionSuccessDifferences(BaseModel):
    about: str
    believed: str
    whatsapp: str


class RefreshCallPermissionNumberUnavailable(Refusal):
    typename__: Literal["NumberUnavailable"] = Field(alias="__typename")


class RefreshCallPermissionCustomerNotReachable(Refusal):
    typename__: Literal["CustomerNotReachable"] = Field(alias="__typename")


class RefreshCallPermissionWhatsAppRefused(WhatsAppRefused, Refusal):
    typename__: Literal["WhatsAppRefused"] = Field(alias="__typename")


RefreshCallPermission.model_rebuild()
RefreshCallPermissionSuccess.model_rebuild()
