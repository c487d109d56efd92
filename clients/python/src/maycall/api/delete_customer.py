from datetime import datetime
from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Refusal


class DeleteCustomer(BaseModel):
    delete_customer: Union[
        "DeleteCustomerSuccess",
        "DeleteCustomerCallInProgress",
        "Refusal",
    ] = Field(alias="deleteCustomer", union_mode="left_to_right")


class DeleteCustomerSuccess(BaseModel):
    typename__: Literal["DeleteCustomerSuccess"] = Field(alias="__typename")
    deleted_customer_id: str = Field(alias="deletedCustomerId")
    deleted_at: datetime = Field(alias="deletedAt")


class DeleteCustomerCallInProgress(Refusal):
    typename__: Literal["CallInProgress"] = Field(alias="__typename")


DeleteCustomer.model_rebuild()
