from pydantic import Field

from .base_model import BaseModel
from .fragments import CallChange


class CallChanged(BaseModel):
    call_changed: "CallChangedCallChanged" = Field(alias="callChanged")


CallChangedCallChanged = CallChange
CallChanged.model_rebuild()
