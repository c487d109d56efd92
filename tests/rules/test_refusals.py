from typing import get_args

import pytest

from rules.limits import Limit, usage
from rules.permission import Status
from rules.refusals import (
    CallLimitReached,
    PermissionMissing,
    Refusal,
    RefusalCode,
    RequestLimitReached,
)

from .facts import NOON, PRODUCTION


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in get_args(Refusal)]

    assert sorted(codes) == sorted(RefusalCode)


@pytest.mark.parametrize(
    ("limit", "beginning"),
    [
        (PRODUCTION.requests[0], "1 permission request in 24 hours is all WhatsApp allows,"),
        (PRODUCTION.requests[1], "2 permission requests in 7 days is all WhatsApp allows,"),
    ],
    ids=["a day", "a week"],
)
def test_a_used_up_request_limit_says_its_numbers(limit: Limit, beginning: str) -> None:
    assert RequestLimitReached(usage(limit, [], NOON)).message == (
        f"{beginning} until the customer takes part in a call. Ask again when this limit resets."
    )


def test_a_used_up_call_limit_says_its_numbers() -> None:
    assert CallLimitReached(usage(PRODUCTION.connected_calls[0], [], NOON)).message == (
        "100 connected calls in 24 hours is all WhatsApp allows. Call again when this limit resets."
    )


def test_a_limit_that_only_whatsapp_knows_says_so_without_numbers() -> None:
    assert RequestLimitReached().message == (
        "WhatsApp allows no further permission request to this customer for now. Try again later."
    )
    assert CallLimitReached().message == "WhatsApp allows no further call for now. Try again later."


def test_a_missing_permission_says_why() -> None:
    assert PermissionMissing(Status.EXPIRED).message == (
        "The customer's permission has run out. Ask for permission before calling."
    )
    assert len({PermissionMissing(status).message for status in Status if not status.allows_calls}) == 5
