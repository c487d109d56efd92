from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import ApiToken, Refusal, TooManyApiTokens


class CreateApiToken(BaseModel):
    create_api_token: Union[
        "CreateApiTokenSuccess",
        "CreateApiTokenTooManyApiTokens",
        "Refusal",
    ] = Field(alias="createApiToken", union_mode="left_to_right")


class CreateApiTokenSuccess(BaseModel):
    typename__: Literal["CreateApiTokenSuccess"] = Field(alias="__typename")
    api_token: "CreateApiTokenCreateApiTokenCreateApiTokenSuccessApiToken" = Field(alias="apiToken")
    secret: str


CreateApiTokenCreateApiTokenCreateApiTokenSuccessApiToken = ApiToken


class CreateApiTokenTooManyApiTokens(TooManyApiTokens, Refusal):
    typename__: Literal["TooManyApiTokens"] = Field(alias="__typename")


CreateApiToken.model_rebuild()
CreateApiTokenSuccess.model_rebuild()
