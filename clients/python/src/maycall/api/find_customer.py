from typing import Optional

from .base_model import BaseModel
from .fragments import Customer


class FindCustomer(BaseModel):
    customer: Optional["FindCustomerCustomer"]


FindCustomerCustomer = Customer
FindCustomer.model_rebuild()
