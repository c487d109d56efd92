from pydantic import Field

from .base_model import BaseModel
from .fragments import CallPermissionChange


class CallPermissionChanged(BaseModel):
    call_permission_changed: "CallPermissionChangedCallPermissionChanged" = Field(alias="callPermissionChanged")


CallPermissionChangedCallPermissionChanged = CallPermissionChange
CallPermissionChanged.model_rebuild()
