from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import (  # noqa: F401
    Eligibility,
    Permission,
    PermissionBusinessNumber,
    PermissionCustomer,
)


class PermissionOf(BaseModel):
    customer: Optional["PermissionOfCustomer"]


class PermissionOfCustomer(BaseModel):
    call_permission: Optional["PermissionOfCustomerCallPermission"] = Field(alias="callPermission")


class PermissionOfCustomerCallPermission(Permission):
    can_call: "PermissionOfCustomerCallPermissionCanCall" = Field(alias="canCall")
    can_request: "PermissionOfCustomerCallPermissionCanRequest" = Field(alias="canRequest")


PermissionOfCustomerCallPermissionCanCall = Eligibility
PermissionOfCustomerCallPermissionCanRequest = Eligibility
PermissionOf.model_rebuild()
PermissionOfCustomer.model_rebuild()
PermissionOfCustomerCallPermission.model_rebuild()
