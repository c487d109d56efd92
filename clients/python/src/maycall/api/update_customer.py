from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Customer, CustomerAlreadyExists, Refusal


class UpdateCustomer(BaseModel):
    update_customer: Union[
        "UpdateCustomerSuccess",
        "UpdateCustomerCustomerAlreadyExists",
        "Refusal",
    ] = Field(alias="updateCustomer", union_mode="left_to_right")


class UpdateCustomerSuccess(BaseModel):
    typename__: Literal["UpdateCustomerSuccess"] = Field(alias="__typename")
    customer: "UpdateCustomerUpdateCustomerUpdateCustomerSuccessCustomer"


UpdateCustomerUpdateCustomerUpdateCustomerSuccessCustomer = Customer


class UpdateCustomerCustomerAlreadyExists(CustomerAlreadyExists, Refusal):
    typename__: Literal["CustomerAlreadyExists"] = Field(alias="__typename")


UpdateCustomer.model_rebuild()
UpdateCustomerSuccess.model_rebuild()
