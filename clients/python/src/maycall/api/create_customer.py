from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import Customer, CustomerAlreadyExists, Refusal


class CreateCustomer(BaseModel):
    create_customer: Union[
        "CreateCustomerSuccess",
        "CreateCustomerCustomerAlreadyExists",
        "Refusal",
    ] = Field(alias="createCustomer", union_mode="left_to_right")


class CreateCustomerSuccess(BaseModel):
    typename__: Literal["CreateCustomerSuccess"] = Field(alias="__typename")
    customer: "CreateCustomerCreateCustomerCreateCustomerSuccessCustomer"


CreateCustomerCreateCustomerCreateCustomerSuccessCustomer = Customer


class CreateCustomerCustomerAlreadyExists(CustomerAlreadyExists, Refusal):
    typename__: Literal["CustomerAlreadyExists"] = Field(alias="__typename")


CreateCustomer.model_rebuild()
CreateCustomerSuccess.model_rebuild()
