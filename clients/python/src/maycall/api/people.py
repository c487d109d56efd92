from pydantic import Field

from .base_model import BaseModel
from .fragments import Page, Person


class People(BaseModel):
    people: "PeoplePeople"


class PeoplePeople(BaseModel):
    nodes: list["PeoplePeopleNodes"]
    page_info: "PeoplePeoplePageInfo" = Field(alias="pageInfo")


PeoplePeopleNodes = Person
PeoplePeoplePageInfo = Page
People.model_rebuild()
PeoplePeople.model_rebuild()
