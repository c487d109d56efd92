from datetime import datetime
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode
from .fragments import BusinessNumber, BusinessNumberUnusable, Refusal, WhatsAppRefused


class CreateBusinessNumber(BaseModel):
    create_business_number: Union[
        "CreateBusinessNumberSuccess",
        "CreateBusinessNumberBusinessNumberTaken",
        "CreateBusinessNumberBusinessNumberUnusable",
        "CreateBusinessNumberCredentialsMissing",
        "CreateBusinessNumberEncryptionKeyMissing",
        "CreateBusinessNumberWhatsAppRefused",
        "Refusal",
    ] = Field(alias="createBusinessNumber", union_mode="left_to_right")


class CreateBusinessNumberSuccess(BaseModel):
    typename__: Literal["CreateBusinessNumberSuccess"] = Field(alias="__typename")
    business_number: "CreateBusinessNumberCreateBusinessNumberCreateBusinessNumberSuccessBusinessNumber" = Field(
        alias="businessNumber"
    )


CreateBusinessNumberCreateBusinessNumberCreateBusinessNumberSuccessBusinessNumber = BusinessNumber


class CreateBusinessNumberBusinessNumberTaken(Refusal):
    typename__: Literal["BusinessNumberTaken"] = Field(alias="__typename")


class CreateBusinessNumberBusinessNumberUnusable(BusinessNumberUnusable):
    typename__: Literal["BusinessNumberUnusable"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    available_at: Optional[datetime] = Field(alias="availableAt")


class CreateBusinessNumberCredentialsMissing(Refusal):
    typename__: Literal["CredentialsMissing"] = Field(alias="__typename")


class CreateBusinessNumberEncryptionKeyMissing(Refusal):
    typename__: Literal["EncryptionKeyMissing"] = Field(alias="__typename")


class CreateBusinessNumberWhatsAppRefused(WhatsAppRefused, Refusal):
    typename__: Literal["WhatsAppRefused"] = Field(alias="__typename")


CreateBusinessNumber.model_rebuild()
CreateBusinessNumberSuccess.model_rebuild()
