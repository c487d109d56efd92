from pydantic import Field

from .base_model import BaseModel
from .fragments import Customer, Page


class Customers(BaseModel):
    customers: "CustomersCustomers"


class CustomersCustomers(BaseModel):
    nodes: list["CustomersCustomersNodes"]
    page_info: "CustomersCustomersPageInfo" = Field(alias="pageInfo")


CustomersCustomersNodes = Customer
CustomersCustomersPageInfo = Page
Customers.model_rebuild()
CustomersCustomers.model_rebuild()
