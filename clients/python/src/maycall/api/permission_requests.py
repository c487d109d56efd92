from pydantic import Field

from .base_model import BaseModel
from .fragments import Customer, Page, PermissionRequest


class PermissionRequests(BaseModel):
    permission_requests: "PermissionRequestsPermissionRequests" = Field(alias="permissionRequests")


class PermissionRequestsPermissionRequests(BaseModel):
    nodes: list["PermissionRequestsNodes"]
    page_info: "PermissionRequestsPermissionRequestsPageInfo" = Field(alias="pageInfo")


class PermissionRequestsNodes(PermissionRequest):
    customer: "PermissionRequestsPermissionRequestsNodesCustomer"


PermissionRequestsPermissionRequestsNodesCustomer = Customer
PermissionRequestsPermissionRequestsPageInfo = Page
PermissionRequests.model_rebuild()
PermissionRequestsPermissionRequests.model_rebuild()
PermissionRequestsNodes.model_rebuild()
