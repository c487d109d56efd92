from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Person, Refusal


class InvitePerson(BaseModel):
    invite_person: Union[
        "InvitePersonSuccess",
        "InvitePersonPersonAlreadyExists",
        "Refusal",
    ] = Field(alias="invitePerson", union_mode="left_to_right")


class InvitePersonSuccess(BaseModel):
    typename__: Literal["InvitePersonSuccess"] = Field(alias="__typename")
    person: "InvitePersonInvitePersonInvitePersonSuccessPerson"


InvitePersonInvitePersonInvitePersonSuccessPerson = Person


class InvitePersonPersonAlreadyExists(Refusal):
    typename__: Literal["PersonAlreadyExists"] = Field(alias="__typename")


InvitePerson.model_rebuild()
InvitePersonSuccess.model_rebuild()
