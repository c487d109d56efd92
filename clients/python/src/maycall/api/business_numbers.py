from pydantic import Field

from .base_model import BaseModel
from .fragments import BusinessNumber


class BusinessNumbers(BaseModel):
    business_numbers: list["BusinessNumbersBusinessNumbers"] = Field(alias="businessNumbers")


BusinessNumbersBusinessNumbers = BusinessNumber
BusinessNumbers.model_rebuild()
