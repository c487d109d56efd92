from pydantic import Field

from .base_model import BaseModel
from .fragments import Call, Page


class Calls(BaseModel):
    calls: "CallsCalls"


class CallsCalls(BaseModel):
    nodes: list["CallsCallsNodes"]
    page_info: "CallsCallsPageInfo" = Field(alias="pageInfo")


CallsCallsNodes = Call
CallsCallsPageInfo = Page
Calls.model_rebuild()
CallsCalls.model_rebuild()
