from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Call, Refusal, WhatsAppRefused


class EndCall(BaseModel):
    end_call: Union[
        "EndCallSuccess",
        "EndCallCallAlreadyEnded",
        "EndCallWhatsAppRefused",
        "Refusal",
    ] = Field(alias="endCall", union_mode="left_to_right")


class EndCallSuccess(BaseModel):
    typename__: Literal["EndCallSuccess"] = Field(alias="__typename")
    call: "EndCallEndCallEndCallSuccessCall"


EndCallEndCallEndCallSuccessCall = Call


class EndCallCallAlreadyEnded(Refusal):
    typename__: Literal["CallAlreadyEnded"] = Field(alias="__typename")


class EndCallWhatsAppRefused(WhatsAppRefused, Refusal):
    typename__: Literal["WhatsAppRefused"] = Field(alias="__typename")


EndCall.model_rebuild()
EndCallSuccess.model_rebuild()
