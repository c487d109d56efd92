"""What Meta warns a business number of, and what it then takes away (call settings, "restrictions").

Pure: `now` is Unix seconds.
"""

from enum import StrEnum


class Violation(StrEnum):
    """What a warning is about, as `violation_info.violation_type` says it."""

    BUSINESS_CALLS = "LOW_BUSINESS_INITIATED_CALLING_QUALITY"
    CUSTOMER_CALLS = "LOW_USER_INITIATED_CALLING_QUALITY"
    PICK_UP = "USER_INITIATED_CALLS_LOW_PICKUP_RATE"


class Restriction(StrEnum):
    """What is taken away, as `restriction_type` says it."""

    BUSINESS_CALLS = "RESTRICTED_BUSINESS_INITIATED_CALLING"
    CUSTOMER_CALLS = "RESTRICTED_USER_INITIATED_CALLING"
    CALL_BUTTON = "RESTRICTED_USER_INITIATED_CALLING_CALL_BUTTON_HIDDEN"

    @property
    def reason(self) -> str:
        """Say why, as the settings do."""
        return {
            Restriction.BUSINESS_CALLS: "Your calls have received negative feedback.",
            Restriction.CUSTOMER_CALLS: "The calls of your customers have received negative feedback.",
            Restriction.CALL_BUTTON: "Too few of your customers' calls are picked up.",
        }[self]
