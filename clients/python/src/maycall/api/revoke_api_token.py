from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import ApiToken, Refusal


class RevokeApiToken(BaseModel):
    revoke_api_token: Union[
        "RevokeApiTokenSuccess",
        "RevokeApiTokenLastAdminToken",
        "Refusal",
    ] = Field(alias="revokeApiToken", union_mode="left_to_right")


class RevokeApiTokenSuccess(BaseModel):
    typename__: Literal["RevokeApiTokenSuccess"] = Field(alias="__typename")
    api_token: "RevokeApiTokenRevokeApiTokenRevokeApiTokenSuccessApiToken" = Field(alias="apiToken")


RevokeApiTokenRevokeApiTokenRevokeApiTokenSuccessApiToken = ApiToken


class RevokeApiTokenLastAdminToken(Refusal):
    typename__: Literal["LastAdminToken"] = Field(alias="__typename")


RevokeApiToken.model_rebuild()
RevokeApiTokenSuccess.model_rebuild()
