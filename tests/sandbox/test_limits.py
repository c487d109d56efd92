"""Meta's counting, without any HTTP: `now` is a parameter."""

from sandbox.conversation import (
    Consequence,
    Conversation,
    connected,
    request_sent,
    request_usage,
    unanswered,
    window_is_open,
    window_opened,
)
from sandbox.limits import PRODUCTION, TEST, Period, usage
from sandbox.permission import (
    NEVER_ASKED,
    SEVEN_DAYS,
    Answer,
    Standing,
    allows_calls,
    at,
    granted,
    meta_status,
    refused,
)
from sandbox.request import (
    Kind,
    PermissionRequest,
    Stage,
    can_be_answered,
    expires_at,
    latest_answerable,
    stage,
    superseded_on_answer,
    superseded_on_arrival,
)

NOON = 1_795_000_000
DAY = 86_400


def _pair() -> Conversation:
    return Conversation("number", "919812300457")


def _request(name: str, *, delivered_at: int = NOON, answered_at: int | None = None) -> PermissionRequest:
    answer = None if answered_at is None else Answer.TEMPORARY
    return PermissionRequest(
        name,
        "number",
        "919812300457",
        Kind.TEMPLATE,
        "May we?",
        sent_at=NOON,
        delivered_at=delivered_at,
        answer=answer,
        answered_at=answered_at,
    )


def test_a_limit_frees_itself_at_the_very_second_the_window_has_rolled_on() -> None:
    full = usage([NOON], Period.DAY, 1, NOON + DAY - 1)
    assert (full.used, full.frees_at) == (1, NOON + DAY)
    free = usage([NOON], Period.DAY, 1, NOON + DAY)
    assert (free.used, free.frees_at) == (0, None)


def test_an_overfull_window_frees_when_enough_have_left_it() -> None:
    assert usage([NOON, NOON + 10, NOON + 20], Period.DAY, 2, NOON + 30).frees_at == NOON + 10 + DAY


def test_a_second_request_waits_a_day_and_a_third_a_week() -> None:
    pair = request_sent(_pair(), NOON)
    day, week = request_usage(pair, PRODUCTION, NOON + 1)
    assert (day.frees_at, week.frees_at) == (NOON + DAY, None)
    pair = request_sent(pair, NOON + DAY)
    day, week = request_usage(pair, PRODUCTION, NOON + 3 * DAY)
    assert (day.frees_at, week.frees_at) == (None, NOON + 7 * DAY)


def test_a_connected_call_in_either_direction_frees_the_requests() -> None:
    for by_business in (True, False):
        pair = connected(request_sent(_pair(), NOON), NOON + 5, by_business=by_business)
        assert [each.used for each in request_usage(pair, PRODUCTION, NOON + 6)] == [0, 0]
        assert len(pair.connected_at) == int(by_business)


def test_two_unanswered_calls_nudge_and_four_revoke() -> None:
    pair = Conversation("number", "919812300457", permission=granted(Answer.PERMANENT, NOON))
    consequences = []
    for call in range(4):
        pair, consequence = unanswered(pair, PRODUCTION, NOON + call)
        consequences.append(consequence)
    assert consequences == [
        Consequence.NOTHING,
        Consequence.NUDGE,
        Consequence.NOTHING,
        Consequence.REVOKE,
    ]
    assert (pair.permission.standing, pair.unanswered_streak) == (Standing.REVOKED, 0)


def test_a_test_number_is_nudged_after_five_and_revoked_after_ten() -> None:
    pair = Conversation("number", "919812300457", permission=granted(Answer.PERMANENT, NOON))
    consequences = []
    for call in range(10):
        pair, consequence = unanswered(pair, TEST, NOON + call)
        consequences.append(consequence)
    assert consequences.index(Consequence.NUDGE) == 4
    assert consequences.index(Consequence.REVOKE) == 9


def test_a_call_that_is_answered_ends_the_streak() -> None:
    pair, _ = unanswered(_pair(), PRODUCTION, NOON)
    assert pair.unanswered_streak == 1
    assert connected(pair, NOON + 1, by_business=True).unanswered_streak == 0


def test_the_window_closes_24_hours_after_it_was_opened() -> None:
    pair = window_opened(_pair(), NOON)
    assert window_is_open(pair, NOON + DAY - 1)
    assert not window_is_open(pair, NOON + DAY)


def test_a_temporary_grant_lasts_168_hours_to_the_second() -> None:
    permission = granted(Answer.TEMPORARY, NOON)
    assert permission.expires_at == NOON + 168 * 3600
    assert allows_calls(permission, NOON + SEVEN_DAYS - 1)
    assert at(permission, NOON + SEVEN_DAYS).standing is Standing.EXPIRED
    assert meta_status(permission, NOON + SEVEN_DAYS) == "no_permission"


def test_a_permanent_grant_has_no_end() -> None:
    permission = granted(Answer.PERMANENT, NOON)
    assert permission.expires_at is None
    assert meta_status(permission, NOON + 100 * SEVEN_DAYS) == "permanent"


def test_refusing_revokes_what_was_allowed_and_declines_what_was_not() -> None:
    assert refused(NEVER_ASKED, NOON).standing is Standing.DECLINED
    assert refused(granted(Answer.PERMANENT, NOON), NOON + 1).standing is Standing.REVOKED


def test_an_unanswered_request_dies_7_days_after_its_delivery() -> None:
    request = _request("one", delivered_at=NOON)
    assert expires_at(request) == NOON + SEVEN_DAYS
    assert can_be_answered(request, NOON + SEVEN_DAYS - 1)
    assert stage(request, NOON + SEVEN_DAYS) is Stage.EXPIRED


def test_an_answered_request_dies_7_days_after_the_answer() -> None:
    request = _request("one", answered_at=NOON + 100)
    assert stage(request, NOON + 100 + SEVEN_DAYS - 1) is Stage.ANSWERED
    assert stage(request, NOON + 100 + SEVEN_DAYS) is Stage.EXPIRED


def test_a_newer_request_ends_an_unanswered_one_on_arrival_and_an_answered_one_when_it_is_answered() -> None:
    silent, answered = _request("silent"), _request("answered", answered_at=NOON + 1)
    assert [ended.id for ended in superseded_on_arrival([silent, answered], NOON + 2)] == ["silent"]
    newer = _request("newer")
    assert [each.id for each in superseded_on_answer([answered, newer], newer, NOON + 3)] == ["answered"]
    assert superseded_on_answer([answered, newer], answered, NOON + 3) == []


def test_the_newest_living_request_is_the_one_that_is_answered() -> None:
    assert latest_answerable([_request("one"), _request("two")], NOON + 1) == _request("two")
    assert latest_answerable([_request("one")], NOON + SEVEN_DAYS) is None
