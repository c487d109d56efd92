from pydantic import Field

from .base_model import BaseModel
from .fragments import ApiToken, Page


class ApiTokens(BaseModel):
    api_tokens: "ApiTokensApiTokens" = Field(alias="apiTokens")


class ApiTokensApiTokens(BaseModel):
    nodes: list["ApiTokensApiTokensNodes"]
    page_info: "ApiTokensApiTokensPageInfo" = Field(alias="pageInfo")


ApiTokensApiTokensNodes = ApiToken
ApiTokensApiTokensPageInfo = Page
ApiTokens.model_rebuild()
ApiTokensApiTokens.model_rebuild()
