from datetime import date

from pydantic import Field

from .base_model import BaseModel
from .fragments import Figures


class PermissionReport(BaseModel):
    permission_report: "PermissionReportPermissionReport" = Field(alias="permissionReport")


class PermissionReportPermissionReport(BaseModel):
    callable_now: int = Field(alias="callableNow")
    running_out_today: int = Field(alias="runningOutToday")
    running_out_this_week: int = Field(alias="runningOutThisWeek")
    totals: "PermissionReportPermissionReportTotals"
    days: list["PermissionReportDays"]


PermissionReportPermissionReportTotals = Figures


class PermissionReportDays(BaseModel):
    day: date
    figures: "PermissionReportPermissionReportDaysFigures"


PermissionReportPermissionReportDaysFigures = Figures
PermissionReport.model_rebuild()
PermissionReportPermissionReport.model_rebuild()
PermissionReportDays.model_rebuild()
