from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Person, Refusal


class RemovePerson(BaseModel):
    remove_person: Union[
        "RemovePersonSuccess",
        "RemovePersonLastAdmin",
        "Refusal",
    ] = Field(alias="removePerson", union_mode="left_to_right")


class RemovePersonSuccess(BaseModel):
    typename__: Literal["RemovePersonSuccess"] = Field(alias="__typename")
    person: "RemovePersonRemovePersonRemovePersonSuccessPerson"


RemovePersonRemovePersonRemovePersonSuccessPerson = Person


class RemovePersonLastAdmin(Refusal):
    typename__: Literal["LastAdmin"] = Field(alias="__typename")


RemovePerson.model_rebuild()
RemovePersonSuccess.model_rebuild()
