from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Person, Refusal


class UpdatePerson(BaseModel):
    update_person: Union[
        "UpdatePersonSuccess",
        "UpdatePersonLastAdmin",
        "UpdatePersonRoleFromProvider",
        "Refusal",
    ] = Field(alias="updatePerson", union_mode="left_to_right")


class UpdatePersonSuccess(BaseModel):
    typename__: Literal["UpdatePersonSuccess"] = Field(alias="__typename")
    person: "UpdatePersonUpdatePersonUpdatePersonSuccessPerson"


UpdatePersonUpdatePersonUpdatePersonSuccessPerson = Person


class UpdatePersonLastAdmin(Refusal):
    typename__: Literal["LastAdmin"] = Field(alias="__typename")


class UpdatePersonRoleFromProvider(Refusal):
    typename__: Literal["RoleFromProvider"] = Field(alias="__typename")


UpdatePerson.model_rebuild()
UpdatePersonSuccess.model_rebuild()
