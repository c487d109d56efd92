from pydantic import Field

from .base_model import BaseModel
from .fragments import Page, Permission


class CallPermissions(BaseModel):
    change_cursor: str = Field(alias="changeCursor")
    call_permissions: "CallPermissionsCallPermissions" = Field(alias="callPermissions")


class CallPermissionsCallPermissions(BaseModel):
    nodes: list["CallPermissionsCallPermissionsNodes"]
    page_info: "CallPermissionsCallPermissionsPageInfo" = Field(alias="pageInfo")


CallPermissionsCallPermissionsNodes = Permission
CallPermissionsCallPermissionsPageInfo = Page
CallPermissions.model_rebuild()
CallPermissionsCallPermissions.model_rebuild()
