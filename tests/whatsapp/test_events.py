from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from rules.call import Accepted, CallEvent, Direction, Rejected, Ringing, Taken, Terminated
from rules.permission import Reply, Response, Source
from rules.request import MessageStatus
from whatsapp.events import (
    CallingRestricted,
    CallingSwitched,
    CallMoved,
    CustomerWrote,
    Delivery,
    IdentityChanged,
    MessageMoved,
    News,
    NotADeliveryError,
    PermissionReplied,
    Person,
    TemplateChanged,
    parse,
)

from .samples import CALL, MISSED_CALL, NUMBERS, OTHER_REQUEST, PHONE_NUMBER_ID, REPLY, REQUEST, sample

MEERA = Person("+919812300457", "IN.7401982236615548", "Meera Kulkarni")
MEERA_WITHOUT_A_NAME = Person("+919812300457", "IN.7401982236615548")
CAIO = Person(None, "BR.2290417765031186", "Caio Prado")


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def replied(id_ends: str, reply: Reply, context_id: str | None = REQUEST, person: Person = MEERA) -> PermissionReplied:
    return PermissionReplied(PHONE_NUMBER_ID, person, REPLY + id_ends, context_id, reply)


def moved(
    status: MessageStatus,
    seconds: int,
    message_id: str = REQUEST,
    failure: str | None = None,
    person: Person | None = MEERA,
) -> MessageMoved:
    code = int(failure.split(":")[0]) if failure else None
    return MessageMoved(PHONE_NUMBER_ID, message_id, "cpr:6f1d2c", status, at(seconds), failure, code, person)


def rang(event: CallEvent, person: Person = MEERA, code: int | None = None) -> CallMoved:
    return CallMoved(PHONE_NUMBER_ID, person, CALL, "call:01JD7V3M9Q", Direction.BUSINESS_INITIATED, event, code)


def sdp_of(number: str) -> str:
    found: str = orjson.loads(sample(number))["entry"][0]["changes"][0]["value"]["calls"][0]["session"]["sdp"]
    return found


ALLOWED_FOR_A_WEEK = replied(
    "OTFDN0E1RTIA", Reply(at(1795166047), Response.TEMPORARY, Source.USER_ACTION, at(1795770847))
)
ANSWERED = rang(
    Terminated(
        at(1795169079),
        started_at=at(1795168812),
        ended_at=at(1795169079),
        duration_seconds=267,
    )
)
NEWS: dict[str, list[News]] = {
    "01": [ALLOWED_FOR_A_WEEK],
    "02": [replied("QjQwRDkzRjEA", Reply(at(1795167112), Response.PERMANENT))],
    "03": [replied("NTVFMDdBQzgA", Reply(at(1795194153), Response.PERMANENT), None)],
    "04": [replied("MEM3RjRCOTIA", Reply(at(1795166200), Response.DECLINED))],
    "05": [
        replied(
            "RDFBODQ2MEMA",
            Reply(at(1795243219), Response.TEMPORARY, Source.AUTOMATIC, at(1795848019)),
            MISSED_CALL,
        )
    ],
    "06": [replied("NzI4RUIzNUYA", Reply(at(1795345558), Response.DECLINED, Source.AUTOMATIC), None)],
    "07": [
        replied(
            "QzkzNTFGMEQA",
            Reply(at(1795267664), Response.TEMPORARY, Source.USER_ACTION, at(1795872464)),
            OTHER_REQUEST,
            CAIO,
        )
    ],
    "08": [moved(MessageStatus.SENT, 1795166001)],
    "09": [moved(MessageStatus.DELIVERED, 1795166003)],
    "10": [
        moved(
            MessageStatus.FAILED,
            1795166402,
            OTHER_REQUEST,
            "131026: Message Undeliverable.",
            Person("+919812300990", None),
        )
    ],
    "11": [rang(Taken(at(1795168803), sdp_of("11")))],
    "12": [rang(Ringing(at(1795168804)), MEERA_WITHOUT_A_NAME)],
    "13": [rang(Accepted(at(1795168812)), MEERA_WITHOUT_A_NAME)],
    "14": [rang(Rejected(at(1795168815)), MEERA_WITHOUT_A_NAME)],
    "15": [ANSWERED],
    "16": [rang(Terminated(at(1795168849)))],
    "17": [
        rang(
            Terminated(
                at(1795168841),
                failed=True,
                failure="138021: The WhatsApp client terminated the call because it received no media for a long time.",
            ),
            code=138021,
        )
    ],
    "18": [CallingSwitched(PHONE_NUMBER_ID, enabled=True, at=at(1795065730))],
    "19": [CallingRestricted("+918045550142", at(1795925460), at(1795320660))],
    "20": [
        moved(MessageStatus.READ, 1795166041),
        ALLOWED_FOR_A_WEEK,
        ANSWERED,
        rang(Accepted(at(1795168812)), MEERA_WITHOUT_A_NAME),
        rang(Ringing(at(1795168804)), MEERA_WITHOUT_A_NAME),
    ],
}


@pytest.mark.parametrize("number", NUMBERS)
def test_each_sample_says_exactly_what_it_says_and_nothing_is_skipped(number: str) -> None:
    assert parse(sample(number)) == Delivery(NEWS[number])


# --- One sample, something in it changed ---

Change = Callable[[dict[str, Any]], None]


def changed(number: str, *changes: Change) -> Delivery:
    """Read the sample after its first change's value has been changed."""
    document = orjson.loads(sample(number))
    for change in changes:
        change(document["entry"][0]["changes"][0]["value"])
    return parse(orjson.dumps(document))


def numbers_for_times(value: dict[str, Any]) -> None:
    for item in (*value.get("messages", ()), *value.get("statuses", ()), *value.get("calls", ())):
        for name in ("timestamp", "start_time", "end_time"):
            if name in item:
                item[name] = int(item[name])
        reply = item.get("interactive", {}).get("call_permission_reply", {})
        if "expiration_timestamp" in reply:
            reply["expiration_timestamp"] = int(reply["expiration_timestamp"])


@pytest.mark.parametrize("number", ["01", "05", "08", "11", "12", "15", "20"])
def test_a_time_may_be_a_number_where_the_documentation_shows_a_text(number: str) -> None:
    assert changed(number, numbers_for_times) == Delivery(NEWS[number])


def test_a_time_may_be_a_text_where_the_documentation_shows_a_number() -> None:
    def as_text(value: dict[str, Any]) -> None:
        value["restriction_info"][0]["expiration"] = "1795925460"

    assert changed("19", as_text) == Delivery(NEWS["19"])


@pytest.mark.parametrize("number", ["01", "02", "04", "11", "15", "16"])
def test_without_contacts_the_news_is_the_same_but_for_the_name(number: str) -> None:
    [news] = changed(number, lambda value: value.pop("contacts")).news
    assert isinstance(news, PermissionReplied | CallMoved)
    assert news.person == MEERA_WITHOUT_A_NAME


def swap_ends(value: dict[str, Any]) -> None:
    for call in value["calls"]:
        call["from"], call["to"] = call["to"], call["from"]


@pytest.mark.parametrize("number", ["11", "15", "16", "17"])
def test_a_call_whose_ends_are_swapped_is_still_with_the_customer(number: str) -> None:
    assert changed(number, swap_ends) == Delivery(NEWS[number])


def test_a_call_without_the_customers_phone_is_with_the_one_in_the_contacts() -> None:
    def without_phone(value: dict[str, Any]) -> None:
        del value["calls"][0]["to"]

    assert changed("11", without_phone) == Delivery(NEWS["11"])


def test_a_call_to_somebody_with_a_username_is_known_by_user_id_alone() -> None:
    def by_user_id(value: dict[str, Any]) -> None:
        value["contacts"] = [{"profile": {"name": "Caio Prado"}, "user_id": CAIO.user_id}]
        del value["calls"][0]["to"]
        value["calls"][0]["to_user_id"] = CAIO.user_id

    [news] = changed("11", by_user_id).news
    assert isinstance(news, CallMoved)
    assert news.person == CAIO


PARENT = "IN.ENT.5566778899001122"


def with_parent(value: dict[str, Any]) -> None:
    """Name the customer by their parent user id too, wherever Meta names them by their user id."""
    for item in (*value.get("messages", ()), *value.get("statuses", ()), *value.get("calls", ())):
        for name in ("from", "to", "recipient"):
            if f"{name}_user_id" in item:
                item[f"{name}_parent_user_id"] = PARENT


@pytest.mark.parametrize("number", ["01", "03", "07", "08", "11", "12", "13", "15"])
def test_a_parent_user_id_is_one_more_name_of_the_customer(number: str) -> None:
    [before], [news] = parse(sample(number)).news, changed(number, with_parent).news
    assert isinstance(before, PermissionReplied | MessageMoved | CallMoved)
    assert isinstance(news, PermissionReplied | MessageMoved | CallMoved)
    assert before.person is not None
    assert news == replace(before, person=replace(before.person, parent_user_id=PARENT))


def test_a_parent_user_id_may_be_told_in_the_contacts_only_and_be_the_only_name() -> None:
    def in_contacts(value: dict[str, Any]) -> None:
        value["contacts"] = [{"profile": {"name": "Caio Prado"}, "parent_user_id": PARENT}]
        for name in ("from", "from_user_id"):
            value["messages"][0].pop(name, None)

    [news] = changed("01", in_contacts).news
    assert isinstance(news, PermissionReplied)
    assert news.person == Person(None, None, "Caio Prado", PARENT)


def test_the_contact_is_found_by_the_parent_user_id_too() -> None:
    def crowd(value: dict[str, Any]) -> None:
        value["contacts"] = [
            {"profile": {"name": "Caio Prado"}, "wa_id": "5511987650321", "parent_user_id": "BR.ENT.2"},
            {"profile": {"name": "Meera Kulkarni"}, "parent_user_id": PARENT},
        ]
        with_parent(value)

    [news] = changed("01", crowd).news
    assert isinstance(news, PermissionReplied)
    assert news.person == replace(MEERA, parent_user_id=PARENT)


def test_of_several_contacts_the_one_that_the_item_names_is_meant() -> None:
    def crowd(value: dict[str, Any]) -> None:
        value["contacts"].insert(0, {"profile": {"name": "Caio Prado"}, "wa_id": "5511987650321", "user_id": "BR.2"})

    assert changed("01", crowd) == Delivery(NEWS["01"])


def test_a_call_by_the_customer_is_one_and_its_offer_is_nobodys_answer() -> None:
    def incoming(value: dict[str, Any]) -> None:
        call = value["calls"][0]
        call["direction"], call["session"]["sdp_type"] = "USER_INITIATED", "offer"
        call["from"], call["to"] = call["to"], call["from"]
        call["from_user_id"] = call.pop("to_user_id")

    [news] = changed("11", incoming).news
    assert news == CallMoved(
        PHONE_NUMBER_ID, MEERA, CALL, "call:01JD7V3M9Q", Direction.USER_INITIATED, Taken(at(1795168803))
    )


def test_words_are_known_whatever_their_case() -> None:
    def shout(value: dict[str, Any]) -> None:
        value["messages"][0]["interactive"]["call_permission_reply"]["response"] = "ACCEPT"

    def whisper(value: dict[str, Any]) -> None:
        value["calls"][0]["status"] = "Failed"

    assert changed("01", shout) == Delivery(NEWS["01"])
    assert changed("17", whisper) == Delivery(NEWS["17"])


def test_a_permanent_grant_does_not_run_out_even_if_an_expiry_is_sent_along() -> None:
    def with_expiry(value: dict[str, Any]) -> None:
        value["messages"][0]["interactive"]["call_permission_reply"]["expiration_timestamp"] = "1795770847"

    assert changed("02", with_expiry) == Delivery(NEWS["02"])


def test_a_call_that_lasted_was_answered_also_without_its_start() -> None:
    assert changed("15", lambda value: value["calls"][0].pop("start_time")) == Delivery(NEWS["15"])


def test_a_played_message_was_read() -> None:
    def played(value: dict[str, Any]) -> None:
        value["statuses"][0]["status"] = "played"

    assert changed("08", played) == Delivery([moved(MessageStatus.READ, 1795166001)])


def test_calling_that_is_switched_off_is_told() -> None:
    def off(value: dict[str, Any]) -> None:
        value["phone_number_settings"]["calling"]["status"] = "DISABLED"

    assert changed("18", off).news == [CallingSwitched(PHONE_NUMBER_ID, enabled=False, at=at(1795065730))]


# --- What is not understood ---


def put(*path: str | int, to: Any) -> Change:
    def change(value: dict[str, Any]) -> None:
        place: Any = value
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


REPLY_PATH = ("messages", 0, "interactive", "call_permission_reply")


@pytest.mark.parametrize(
    ("number", "change", "line"),
    [
        ("01", put(*REPLY_PATH, "response", to="maybe"), "message 0: the response 'maybe' is not known"),
        (
            "01",
            put("messages", 0, "timestamp", to="soon"),
            "message 0: timestamp: Value error, not a time in Unix seconds",
        ),
        ("01", put("messages", 0, "id", to=7), "message 0: id: Input should be a valid string"),
        (
            "01",
            put("messages", 0, to="hello"),
            "message 0: it: Input should be a valid dictionary or instance of _Message",
        ),
        ("01", put("metadata", to=None), "message 0: it does not say for which business number"),
        ("08", put("statuses", 0, "status", to="deleted"), "status 0: the message status 'deleted' is not known"),
        ("11", put("calls", 0, "event", to="call_created"), "call 0: the call event 'call_created' is not known"),
        ("12", put("statuses", 0, "status", to="HUMMING"), "call status 0: the call status 'HUMMING' is not known"),
        (
            "19",
            put("restriction_info", 0, "restriction_type", to="RESTRICTED_USER_INITIATED_CALLING"),
            "restriction 0: the restriction 'RESTRICTED_USER_INITIATED_CALLING' does not concern us",
        ),
        ("19", put("phone_number", to=None), "restriction 0: it does not say which number"),
        ("18", put("phone_number_settings", "calling", to=None), "settings 0: phone_number_settings.calling:"),
    ],
)
def test_what_is_not_understood_is_skipped_with_a_line_that_says_which_and_why(
    number: str, change: Change, line: str
) -> None:
    delivery = changed(number, change)
    assert delivery.news == []
    [skipped] = delivery.skipped
    assert skipped.startswith(f"entry 0, change 0, {line}")


def test_somebody_nobody_names_is_nobody() -> None:
    def anonymous(value: dict[str, Any]) -> None:
        del value["contacts"], value["messages"][0]["from"], value["messages"][0]["from_user_id"]

    delivery = changed("01", anonymous)
    assert delivery == Delivery([], ["entry 0, change 0, message 0: it does not say which customer"])


def test_an_unknown_field_and_a_value_that_is_none_are_skipped_and_the_rest_is_heard() -> None:
    document = orjson.loads(sample("20"))
    document["entry"][0]["changes"].insert(0, {"field": "flows", "value": {}})
    document["entry"][1]["changes"].insert(1, {"field": "calls", "value": [1]})
    document["entry"].insert(0, "not an entry")
    document["something_new"] = {"of": 2027}

    assert parse(orjson.dumps(document)) == Delivery(
        NEWS["20"],
        [
            "entry 1, change 0: the field 'flows' is not known",
            "entry 2, change 1: the value is not an object",
        ],
    )


def test_a_bad_item_keeps_none_of_its_neighbours_from_being_heard() -> None:
    document = orjson.loads(sample("01"))
    messages = document["entry"][0]["changes"][0]["value"]["messages"]
    good = messages[0]
    messages[:] = [None, good, {"id": "wamid.x", "timestamp": "-1e9"}, deepcopy(good), [good]]

    delivery = parse(orjson.dumps(document))

    assert delivery.news == [ALLOWED_FOR_A_WEEK, ALLOWED_FOR_A_WEEK]
    assert len(delivery.skipped) == 3


@pytest.mark.parametrize(
    "absurd",
    [
        {"duration": 2**53},
        {"duration": -(2**53)},
        {"start_time": None, "duration": 10**12},
        {"timestamp": "-62135596800", "start_time": None, "end_time": None, "duration": 267},
        {"timestamp": "253402300800"},
        {"duration": 2**31, "start_time": "0"},
    ],
)
def test_a_call_of_absurd_length_or_time_is_skipped_and_the_call_beside_it_is_not(absurd: dict[str, Any]) -> None:
    def beside(value: dict[str, Any]) -> None:
        value["calls"].insert(0, value["calls"][0] | absurd)

    delivery = changed("15", beside)

    assert delivery.news == [ANSWERED]
    assert len(delivery.skipped) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"entry"',
        b"{}",
        b'{"entry": {}}',
        b'{"entry": null}',
        sample("20")[:-3],
        sample("01").replace(b"Meera", b"\xc3\x28"),
        b'{"entry": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_what_is_no_delivery_at_all_is_refused(body: bytes) -> None:
    with pytest.raises(NotADeliveryError, match=r"^The body is not "):
        parse(body)


def test_a_delivery_with_nothing_in_it_says_nothing() -> None:
    assert parse(b'{"entry": []}') == Delivery()
    assert parse(b'{"entry": [{}, {"changes": []}, {"changes": {"field": "messages"}}]}') == Delivery()


def test_zero_bytes_that_no_database_can_keep_are_left_out_and_the_grant_counts() -> None:
    def with_zeros(value: dict[str, Any]) -> None:
        value["contacts"][0]["profile"]["name"] = "Meera\x00 Kulkarni"
        value["messages"][0]["from_user_id"] = "\x00IN.7401982236615548"
        value["metadata"]["phone_number_id"] = f"{PHONE_NUMBER_ID}\x00"

    assert changed("01", with_zeros) == Delivery(NEWS["01"])


def test_zero_bytes_in_an_errors_details_are_left_out() -> None:
    def with_zeros(value: dict[str, Any]) -> None:
        value["statuses"][0]["errors"][0]["error_data"]["details"] = "Message\x00 Undeliverable."

    assert changed("10", with_zeros) == Delivery(NEWS["10"])


# --- Other things that customers and WhatsApp do ---


def test_any_other_message_tells_that_the_customer_wrote() -> None:
    [wrote] = changed("01", put("messages", 0, "interactive", to=None)).news
    assert isinstance(wrote, CustomerWrote)
    assert (wrote.person.phone, wrote.at) == ("+919812300457", datetime(2026, 11, 20, 9, 14, 7, tzinfo=UTC))


def test_a_new_user_id_is_told_with_the_one_before() -> None:
    system = {"type": "user_changed_user_id", "previous_user_id": "IN.7401982236615548", "user_id": "IN.99"}
    message = {"id": "wamid.S", "timestamp": "1795300000", "type": "system", "system": system}
    [identity] = changed("01", put("messages", 0, to=message)).news
    assert isinstance(identity, IdentityChanged)
    assert identity.person == Person(None, "IN.7401982236615548")
    assert identity.now_known_as == Person(None, "IN.99")


def test_a_new_parent_user_id_is_told_with_the_one_before() -> None:
    system = {
        "type": "user_changed_user_id",
        "previous_user_id": "IN.7401982236615548",
        "user_id": "IN.99",
        "previous_parent_user_id": PARENT,
        "parent_user_id": "IN.ENT.99",
    }
    message = {"id": "wamid.S", "timestamp": "1795300000", "type": "system", "system": system}
    assert changed("01", put("messages", 0, to=message)).news == [
        IdentityChanged(
            PHONE_NUMBER_ID,
            Person(None, "IN.7401982236615548", parent_user_id=PARENT),
            "wamid.S",
            Person(None, "IN.99", parent_user_id="IN.ENT.99"),
            at(1795300000),
        )
    ]


def test_a_pause_without_a_date_began_as_long_ago_as_meta_s_pauses_last() -> None:
    document = orjson.loads(sample("19"))
    del document["entry"][0]["time"]
    assert parse(orjson.dumps(document)).news == [
        CallingRestricted("+918045550142", at(1795925460), at(1795925460 - 7 * 86_400))
    ]


def test_a_new_number_is_told_with_the_one_before() -> None:
    system = {"type": "user_changed_number", "wa_id": "919812300999", "user_id": "IN.99"}
    message = {"id": "wamid.S", "from": "919812300457", "timestamp": "1795300000", "type": "system", "system": system}
    [identity] = changed("01", put("messages", 0, to=message)).news
    assert isinstance(identity, IdentityChanged)
    assert identity.person == Person("+919812300457", None)
    assert identity.now_known_as == Person("+919812300999", "IN.99")


@pytest.mark.parametrize("field", ["message_template_status_update", "template_category_update"])
def test_a_change_of_a_template_names_it_and_its_account(field: str) -> None:
    value = {"event": "PAUSED", "message_template_name": "may_we_call", "message_template_language": "en"}
    body = {"entry": [{"id": "318840017724905", "changes": [{"field": field, "value": value}]}]}
    assert parse(orjson.dumps(body)).news == [TemplateChanged("318840017724905", "may_we_call", "en")]
