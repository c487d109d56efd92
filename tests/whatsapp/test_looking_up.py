"""What WhatsApp tells when it is asked for a number's settings, for templates, and for what it believes."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from whatsapp.cloud_api import (
    MOST_PAGES,
    CloudApi,
    ListedTemplate,
    NumberSettings,
    Taken,
    Template,
    Unanswered,
    Unreached,
)

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
    ("answer", "enabled", "until", "endless"),
    [
        ({"calling": {"status": "ENABLED"}}, True, None, False),
        ({"calling": {"status": "disabled", "callback_permission_status": "ENABLED"}}, False, None, False),
        (restricted(), True, None, False),
        (restricted(PAUSE, THEIRS), True, UNTIL, False),
        (restricted(PAUSE, key="restriction_list"), True, UNTIL, False),
        (restricted(THEIRS), True, None, False),
        (restricted({"type": "RESTRICTED_BUSINESS_INITIATED_CALLING"}), True, None, True),
        (restricted({"type": "RESTRICTED_BUSINESS_INITIATED_CALLING"}, PAUSE), True, UNTIL, False),
    ],
)
def test_settings_tell_whether_the_number_may_call_and_until_when_it_is_paused(
    answer: Answer,
    enabled: bool,  # noqa: FBT001 pytest names it
    until: datetime | None,
    endless: bool,  # noqa: FBT001 the same
) -> None:
    result, said = told(settings, answer)
    assert result == NumberSettings(enabled, until, endless)
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


def listed(*components: dict[str, Any]) -> ListedTemplate:
    """Give what is made of a template with these components and a body."""
    template = {"name": "consent", "language": "en", "components": [*components, {"type": "BODY", "text": "{{1}}"}]}
    result, _ = told(templates, {"data": [template]})
    assert isinstance(result, tuple)
    [only] = result
    assert isinstance(only, ListedTemplate)
    return only


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("About {{ topic }}", ("header.topic", "1")),
        ("Order {{1}}", ("header.1", "1")),
        ("Chai & Co", ("1",)),
    ],
)
@pytest.mark.parametrize("form", [{}, {"format": "TEXT"}, {"format": "text"}])
def test_a_header_in_words_is_told_and_its_parameters_are_apart_from_the_body_s(
    text: str, parameters: tuple[str, ...], form: dict[str, str]
) -> None:
    template = listed({"type": "HEADER", "text": text, **form})
    assert (template.header, template.parameters, template.beyond) == (text, parameters, ())


@pytest.mark.parametrize(
    ("component", "beyond"),
    [
        ({"type": "HEADER", "format": "IMAGE"}, ("a header of the kind IMAGE",)),
        ({"type": "header", "format": "location"}, ("a header of the kind LOCATION",)),
        (
            {"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://chai.example/{{1}}"}]},
            ("a button of the kind URL",),
        ),
        ({"type": "BUTTONS", "buttons": [{"type": "COPY_CODE"}]}, ("a button of the kind COPY_CODE",)),
        (
            {"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://chai.example"}, {"type": "QUICK_REPLY"}]},
            (),
        ),
        ({"type": "FOOTER", "text": "You can change this"}, ()),
    ],
)
def test_what_a_template_needs_that_is_no_text_is_named(component: dict[str, Any], beyond: tuple[str, ...]) -> None:
    template = listed(component)
    assert (template.header, template.parameters, template.beyond) == (None, ("1",), beyond)


def page(name: str, after: str | None, *, more: bool = True) -> dict[str, Any]:
    paging: dict[str, Any] = {"cursors": {"before": "a", "after": after}}
    if more:
        paging["next"] = f"{ACCOUNT}?after={after}"
    return {"data": [{"name": name, "language": "en"}], "paging": paging}


def read_pages(*answers: Answer) -> tuple[object, list[Any]]:
    async def work() -> tuple[object, list[Any]]:
        meta = Meta(*answers)
        result = await meta.templates(ACCOUNT)
        await meta.close()
        return result, [content["params"] for _, _, content in meta.said]

    return hastily(work())


def test_a_list_of_templates_is_read_page_by_page_to_its_end() -> None:
    result, asked = read_pages(page("one", "c1"), page("two", "c2"), page("three", "c3", more=False))
    assert isinstance(result, tuple)
    assert [own.name for own in result if isinstance(own, ListedTemplate)] == ["one", "two", "three"]
    assert asked == [{"limit": "1000"}, {"limit": "1000", "after": "c1"}, {"limit": "1000", "after": "c2"}]


def test_a_list_of_which_a_page_is_missing_is_none() -> None:
    assert read_pages(page("one", "c1"), Unanswered("timed out"))[0] == Unanswered("timed out")


def test_a_list_that_does_not_end_is_none() -> None:
    result, asked = read_pages(page("again", "c1"))
    assert isinstance(result, Unanswered)
    assert len(asked) == MOST_PAGES


def test_texts_for_the_header_go_there_and_the_others_into_the_body() -> None:
    named = Template("hello", "en", {"topic": "tea", "header.topic": "Tea", "first_name": "Meera"})
    numbered = Template("hello", "hi", {"2": "b", "header.1": "h", "1": "a"})
    sent = []
    for template in (named, numbered):

        async def ask(meta: CloudApi, template: Template = template) -> object:
            return await meta.request_permission(NUMBER, MEERA, template, "cpr:1")

        _, [(_, _, content)] = told(ask, {"messages": [{"id": "wamid.1"}]})
        sent.append(content["json"]["template"]["components"])
    assert sent == [
        [
            {"type": "header", "parameters": [{"type": "text", "parameter_name": "topic", "text": "Tea"}]},
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "parameter_name": "topic", "text": "tea"},
                    {"type": "text", "parameter_name": "first_name", "text": "Meera"},
                ],
            },
        ],
        [
            {"type": "header", "parameters": [{"type": "text", "text": "h"}]},
            {"type": "body", "parameters": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        ],
    ]


def test_a_template_that_knows_its_parameters_by_number_is_sent_with_them_in_order_and_without_names() -> None:
    texts = {str(number): f"text {number}" for number in (10, 2, 1)}
    template = Template("hello", "hi", texts)
    outcome, [(_, _, content)] = told(
        lambda meta: meta.request_permission(NUMBER, MEERA, template, "cpr:1"), {"messages": [{"id": "wamid.1"}]}
    )
    assert outcome == Taken("wamid.1")
    [body] = content["json"]["template"]["components"]
    assert body["parameters"] == [{"type": "text", "text": f"text {number}"} for number in (1, 2, 10)]


def test_of_a_question_the_error_that_the_number_may_not_call_means_what_it_did_once_that_too_much_was_asked() -> None:
    assert told(state, no(138013))[0] == no(613)
    assert told(settings, no(138013))[0] == no(138013)


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
