"""Free words inside the customer service window, templates at any time: what may go out when, and what is checked."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from actions import permissions
from actions.faults import BadInputError
from actions.pair import lock
from models.permission_request import PermissionRequest
from rules.eligibility import window_closes_at, window_open
from rules.refusals import MessagingWindowClosed, TemplateUnavailable
from tests.ground.house import DAY, HOUR, MINUTE, NOON, SECOND, House
from whatsapp.cloud_api import ListedTemplate, Refused, Template, Unanswered, Unreached
from whatsapp.errors import Code, MetaError

from . import meta
from .doing import (
    TEMPLATE,
    ask,
    asked,
    asking,
    hear,
    nothing_written_or_sent,
    permission_of,
    restarted,
)
from .sayings import ACCOUNT, template_moved, wrote

LISTED = ListedTemplate(
    TEMPLATE.name,
    TEMPLATE.language,
    "APPROVED",
    "UTILITY",
    "Hi {{first_name}}, about {{topic}}",
    ("first_name", "topic"),
    asks=True,
)


# The window

Contact = Callable[[House], Awaitable[None]]


async def a_message(house: House) -> None:
    await hear(house.resources, wrote("wamid.hello", NOON))


async def a_missed_call(house: House) -> None:
    await hear(house.resources, meta.dialled("wacid.t", NOON, answered_at=None))


async def an_accepted_call(house: House) -> None:
    await hear(house.resources, meta.call_moved("wacid.o", "ACCEPTED", NOON))


async def a_call_whose_acceptance_was_lost(house: House) -> None:
    await hear(house.resources, meta.terminated("wacid.o", NOON + 10 * MINUTE, answered_at=NOON))


async def a_long_call_of_the_customer(house: House) -> None:
    await hear(house.resources, meta.dialled("wacid.t", NOON + 3 * HOUR, answered_at=NOON))


async def an_answer(house: House) -> None:
    await hear(house.resources, meta.replied("wamid.no", NOON, yes=False))


async def test_where_nobody_knows_whether_the_window_is_open_whatsapp_is_tried_and_says(house: House) -> None:
    house.whatsapp.will(Refused(MetaError(Code.WINDOW_CLOSED, "", "no")))
    assert await ask(house) == MessagingWindowClosed()
    await asked(house)
    assert len(house.whatsapp.asked) == 2


@pytest.mark.parametrize(
    "contact",
    [
        a_message,
        a_missed_call,
        an_accepted_call,
        a_call_whose_acceptance_was_lost,
        a_long_call_of_the_customer,
        an_answer,
    ],
)
async def test_a_contact_opens_the_window_for_a_day_and_then_only_templates_go(house: House, contact: Contact) -> None:
    await contact(house)
    assert (await permission_of(house.resources, house.meera)).last_contact_at == NOON
    house.clock.now = NOON + DAY
    async with nothing_written_or_sent(house):
        assert await ask(house) == MessagingWindowClosed()
    house.clock.now = NOON + DAY - SECOND
    await asked(house)
    house.clock.now = NOON + 3 * DAY
    await asked(house, content=TEMPLATE)


async def test_an_outgoing_call_that_nobody_picked_up_opens_no_window(house: House) -> None:
    await hear(house.resources, meta.call_moved("wacid.o", "RINGING", NOON), meta.terminated("wacid.o", NOON))
    await hear(house.resources, meta.call_moved("wacid.p", "REJECTED", NOON))
    assert (await permission_of(house.resources, house.meera)).last_contact_at is None


async def test_an_older_message_that_comes_late_does_not_close_the_window(house: House) -> None:
    await hear(house.resources, wrote("wamid.new", NOON), wrote("wamid.old", NOON - 2 * DAY))
    await asked(house)


async def test_a_plain_message_of_somebody_unknown_makes_no_customer(house: House) -> None:
    async with nothing_written_or_sent(house):
        await hear(house.resources, wrote("wamid.hello", NOON, phone="+919812300888"))


async def test_the_window_is_shown_as_open_closed_or_unknown(house: House) -> None:
    async with house.resources.database.writing() as session:
        pair = await lock(session, house.business.workspace.id, house.number.id, house.meera.id, house.resources.now)
    unknown = pair.situation(NOON)
    assert (window_open(unknown, NOON), window_closes_at(unknown)) == (None, None)
    heard = replace(unknown, last_contact_at=NOON)
    assert window_closes_at(heard) == NOON + DAY
    assert [window_open(heard, NOON + since) for since in (DAY - SECOND, DAY)] == [True, False]


# Templates


async def test_templates_are_listed_once_and_remembered_for_five_minutes(house: House) -> None:
    house.whatsapp.listed = (LISTED,)
    await asked(house, content=TEMPLATE)
    house.clock.wait(5 * MINUTE - SECOND)
    await asked(house, house.caio, content=TEMPLATE)
    assert house.whatsapp.looked_up == [ACCOUNT]
    house.clock.wait(SECOND)
    await ask(house, content=TEMPLATE)
    assert house.whatsapp.looked_up == [ACCOUNT, ACCOUNT]


@pytest.mark.parametrize("field", ["message_template_status_update", "template_category_update"])
async def test_what_is_remembered_is_forgotten_when_a_template_changes(house: House, field: str) -> None:
    house.whatsapp.listed = (LISTED,)
    await asked(house, content=TEMPLATE)
    house.whatsapp.listed = (replace(LISTED, status="PAUSED"),)
    await hear(house.resources, template_moved(field))
    refused = await ask(house, house.caio, content=TEMPLATE)
    assert refused == TemplateUnavailable("The template 'may_we_call' is paused at WhatsApp.")


UNAVAILABLE: list[tuple[tuple[ListedTemplate, ...], str]] = [
    ((), "There is no template 'may_we_call' in the language 'en'."),
    ((replace(LISTED, language="hi"),), "There is no template 'may_we_call' in the language 'en'."),
    ((replace(LISTED, asks=False),), "The template 'may_we_call' does not ask for permission to call."),
    *(
        ((replace(LISTED, status=status),), f"The template 'may_we_call' is {status.lower()} at WhatsApp.")
        for status in ("PENDING", "PAUSED")
    ),
]


@pytest.mark.parametrize(("listed", "reason"), UNAVAILABLE)
async def test_a_template_that_cannot_be_sent_is_refused_before_anything_is_written(
    house: House, listed: tuple[ListedTemplate, ...], reason: str
) -> None:
    house.whatsapp.listed = listed
    async with nothing_written_or_sent(house):
        refused = await ask(house, content=TEMPLATE)
    assert refused == TemplateUnavailable(reason)


async def test_a_template_that_needs_more_than_texts_is_refused_before_anything_is_written(house: House) -> None:
    house.whatsapp.listed = (replace(LISTED, beyond=("a header of the kind IMAGE", "a button of the kind URL")),)
    async with nothing_written_or_sent(house):
        refused = await ask(house, content=TEMPLATE)
    assert refused == TemplateUnavailable(
        "The template 'may_we_call' has a header of the kind IMAGE and a button of the kind URL,"
        " which cannot be filled in here."
    )


async def test_a_header_s_parameter_is_needed_like_the_body_s(house: House) -> None:
    house.whatsapp.listed = (replace(LISTED, parameters=("header.topic", "first_name", "topic")),)
    async with nothing_written_or_sent(house):
        with pytest.raises(BadInputError, match=r"also needs header\.topic\.$"):
            await ask(house, content=TEMPLATE)
    content = replace(TEMPLATE, parameters={**TEMPLATE.parameters, "header.topic": "Tea"})
    await asked(house, content=content)
    assert [said.content for said in house.whatsapp.asked] == [content]


@pytest.mark.parametrize(
    ("parameters", "fault"),
    [
        ({}, "The template 'may_we_call' also needs first_name, topic."),
        ({"first_name": "Meera"}, "The template 'may_we_call' also needs topic."),
        (
            {"first_name": "Meera", "topic": "it", "name": "?"},
            "The template 'may_we_call' has no parameter name.",
        ),
        ({"first_name": " ", "topic": "it"}, "Give first_name of the template 'may_we_call' a text."),
    ],
)
async def test_wrong_parameters_are_bad_input_and_nothing_is_written(
    house: House, parameters: dict[str, str], fault: str
) -> None:
    house.whatsapp.listed = (LISTED,)
    content = Template(TEMPLATE.name, TEMPLATE.language, parameters)
    async with nothing_written_or_sent(house):
        with pytest.raises(BadInputError) as raised:
            await ask(house, content=content)
    assert str(raised.value) == fault


@pytest.mark.parametrize(
    "listed", [Unreached("refused"), Unanswered("timed out"), Refused(MetaError(4, "", "too many"))]
)
async def test_where_templates_cannot_be_listed_the_request_goes_out_unchecked_and_they_are_asked_for_again(
    house: House, listed: Unreached | Unanswered | Refused
) -> None:
    house.whatsapp.listed = listed
    await asked(house, content=TEMPLATE)
    house.whatsapp.listed = ()
    assert isinstance(await ask(house, house.caio, content=TEMPLATE), TemplateUnavailable)


async def test_a_request_that_went_out_once_is_given_again_though_its_template_is_paused_by_now(house: House) -> None:
    house.whatsapp.listed = (LISTED,)
    first = await asked(house, content=TEMPLATE, key="one")
    async with restarted(house) as other:
        house.whatsapp.listed = (replace(LISTED, status="PAUSED"),)
        again = await permissions.request(other.resources, house.admin, asking(house, content=TEMPLATE, key="one"))
    assert isinstance(again, PermissionRequest)
    assert again.id == first.id
