from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import ImportOutcome, ImportProblem
from .fragments import Customer, Refusal, TooManyRows


class ImportCustomers(BaseModel):
    import_customers: Union[
        "ImportCustomersSuccess",
        "ImportCustomersTooManyRows",
        "Refusal",
    ] = Field(alias="importCustomers", union_mode="left_to_right")


class ImportCustomersSuccess(BaseModel):
    typename__: Literal["ImportCustomersSuccess"] = Field(alias="__typename")
    created: int
    updated: int
    unchanged: int
    refused: int
    rows: list["ImportCustomersSuccessRows"]


class ImportCustomersSuccessRows(BaseModel):
    row: int
    outcome: ImportOutcome
    problem: Optional[ImportProblem]
    message: Optional[str]
    customer: Optional["ImportCustomersImportCustomersImportCustomersSuccessRowsCustomer"]


ImportCustomersImportCustomersImportCustomersSuccessRowsCustomer = Customer


class ImportCustomersTooManyRows(TooManyRows, Refusal):
    typename__: Literal["TooManyRows"] = Field(alias="__typename")


ImportCustomers.model_rebuild()
ImportCustomersSuccess.model_rebuild()
ImportCustomersSuccessRows.model_rebuild()
