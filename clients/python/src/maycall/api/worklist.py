from pydantic import Field

from .base_model import BaseModel
from .fragments import Page, Permission


class Worklist(BaseModel):
    change_cursor: str = Field(alias="changeCursor")
    call_permissions: "WorklistCallPermissions" = Field(alias="callPermissions")


class WorklistCallPermissions(BaseModel):
    nodes: list["WorklistCallPermissionsNodes"]
    page_info: "WorklistCallPermissionsPageInfo" = Field(alias="pageInfo")


WorklistCallPermissionsNodes = Permission
WorklistCallPermissionsPageInfo = Page
Worklist.model_rebuild()
WorklistCallPermissions.model_rebuild()
