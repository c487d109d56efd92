"""What WhatsApp tells when it is asked for a number's settings, for templates, and for what it believes."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from whatsapp.cloud_api import CloudApi, ListedTemplate, NumberSettings, Taken, Template, Unanswered, Unreached

from .hasty import MEERA, NUMBER, Answer, Meta, hastily, no

ACCOUNT = "318840017724905"
Asking = Callable[[CloudApi], Coroutine[Any, Any, object]]


def told(ask: Asking, answer: Answer) -> tuple[object, list[tuple[str, str, dict[str, Any]]]]:
    """Give what is made of the answer, and what was asked."""

    async def work() -> tuple[object, list[tuple[str, str, dict[str, Any]]]]:
        meta = Meta(answer)
        result = await ask(meta)
        await meta.close()
        return result, meta.said

    return hastily(work())


async def settings(meta: CloudApi) -> object:
    return await meta.number_settings(NUMBER)


async def templates(meta: CloudApi) -> object:
    return await meta.templates(ACCOUNT)


async def state(meta: CloudApi) -> object:
    return await meta.permission_state(NUMBER, MEERA)


# Settings


def restricted(*restrictions: dict[str, Any], key: str = "restrictions_list") -> Answer:
    return {"calling": {"status": "ENABLED", "restrictions": {key: list(restrictions)}}}


PAUSE = {"type": "RESTRICTED_BUSINESS_INITIATED_CALLING", "reason": "feedback", "expiration": 1795252401}
THEIRS = {"type": "RESTRICTED_USER_INITIATED_CALLING", "expiration": 1795999999}
UNTIL = datetime.fromtimestamp(1795252401, UTC)


@pytest.mark.parametrize(
    ("answer", "enabled", "until"),
    [
        ({"calling": {"status": "ENABLED"}}, True, None),
        ({"calling": {"status": "disabled", "callback_permission_status": "ENABLED"}}, False, None),
        (restricted(), True, None),
        (restricted(PAUSE, THEIRS), True, UNTIL),
        (restricted(PAUSE, key="restriction_list"), True, UNTIL),
        (restricted(THEIRS), True, None),
        (restricted({"type": "RESTRICTED_BUSINESS_INITIATED_CALLING"}), True, None),
    ],
)
def test_settings_tell_whether_the_number_may_call_and_until_when_it_is_paused(
    answer: Answer,
    enabled: bool,  # noqa: FBT001 pytest names it
    until: datetime | None,
) -> None:
    result, said = told(settings, answer)
    assert result == NumberSettings(enabled, until)
    assert said == [("GET", f"{NUMBER}/settings", {})]


# Templates

BODY = {"type": "BODY", "text": "Hi {{first_name}}, we would like to call you about {{ ticket }}, {{first_name}}."}


def test_templates_are_told_with_their_parameters_and_whether_they_ask() -> None:
    named = {
        "name": "consent",
        "language": "en",
        "status": "approved",
        "category": "Utility",
        "components": [BODY, {"type": "FOOTER", "text": "You can change this"}, {"type": "call_permission_request"}],
    }
    numbered = {"name": "hello", "language": "hi", "components": [{"type": "BODY", "text": "{{2}} and {{1}}"}]}
    result, said = told(templates, {"data": [named, numbered], "paging": {}})
    assert result == (
        ListedTemplate("consent", "en", "APPROVED", "UTILITY", BODY["text"], ("first_name", "ticket"), asks=True),
        ListedTemplate("hello", "hi", "", "", "{{2}} and {{1}}", ("2", "1"), asks=False),
    )
    assert said == [("GET", f"{ACCOUNT}/message_templates", {"params": {"limit": "1000"}})]


def test_a_template_that_knows_its_parameters_by_number_is_sent_with_them_in_order_and_without_names() -> None:
    texts = {str(number): f"text {number}" for number in (10, 2, 1)}
    template = Template("hello", "hi", texts)
    outcome, [(_, _, content)] = told(
        lambda meta: meta.request_permission(NUMBER, MEERA, template, "cpr:1"), {"messages": [{"id": "wamid.1"}]}
    )
    assert outcome == Taken("wamid.1")
    [body] = content["json"]["template"]["components"]
    assert body["parameters"] == [{"type": "text", "text": f"text {number}"} for number in (1, 2, 10)]


# What is no answer


@pytest.mark.parametrize("ask", [settings, templates, state])
@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"calling": {}},
        {"data": [{}]},
        {"permission": {}},
        {"permission": {"status": "of_2027"}},
        restricted(PAUSE | {"expiration": 10**18}),
    ],
)
def test_an_answer_that_is_not_understood_is_none(ask: Asking, answer: Answer) -> None:
    assert isinstance(told(ask, answer)[0], Unanswered)


@pytest.mark.parametrize("ask", [settings, templates, state])
@pytest.mark.parametrize("answer", [no(613), no(4), Unreached("refused"), Unanswered("timed out")])
def test_where_whatsapp_does_not_answer_that_is_told_as_it_is_and_it_is_not_asked_twice(
    ask: Asking, answer: Answer
) -> None:
    result, said = told(ask, answer)
    assert (result, len(said)) == (answer, 1)
