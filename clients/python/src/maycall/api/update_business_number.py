from datetime import datetime
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode
from .fragments import BusinessNumber, BusinessNumberUnusable, Refusal, WhatsAppRefused


class UpdateBusinessNumber(BaseModel):
    update_business_number: Union[
        "UpdateBusinessNumberSuccess",
        "UpdateBusinessNumberBusinessNumberUnusable",
        "UpdateBusinessNumberCredentialsMissing",
        "UpdateBusinessNumberEncryptionKeyMissing",
        "UpdateBusinessNumberWhatsAppRefused",
        "Refusal",
    ] = Field(alias="updateBusinessNumber", union_mode="left_to_right")


class UpdateBusinessNumberSuccess(BaseModel):
    typename__: Literal["UpdateBusinessNumberSuccess"] = Field(alias="__typename")
    business_number: "UpdateBusinessNumberUpdateBusinessNumberUpdateBusinessNumberSuccessBusinessNumber" = Field(
        alias="businessNumber"
    )


UpdateBusinessNumberUpdateBusinessNumberUpdateBusinessNumberSuccessBusinessNumber = BusinessNumber


class UpdateBusinessNumberBusinessNumberUnusable(BusinessNumberUnusable):
    typename__: Literal["BusinessNumberUnusable"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    available_at: Optional[datetime] = Field(alias="availableAt")


class UpdateBusinessNumberCredentialsMissing(Refusal):
    typename__: Literal["CredentialsMissing"] = Field(alias="__typename")


class UpdateBusinessNumberEncryptionKeyMissing(Refusal):
    typename__: Literal["EncryptionKeyMissing"] = Field(alias="__typename")


class UpdateBusinessNumberWhatsAppRefused(WhatsAppRefused, Refusal):
    typename__: Literal["WhatsAppRefused"] = Field(alias="__typename")


UpdateBusinessNumber.model_rebuild()
UpdateBusinessNumberSuccess.model_rebuild()
