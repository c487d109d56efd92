"""Webhook endpoints as an admin meets them through the API."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from actions import customers, webhook_endpoints
from actions.post import Post
from graph import cursors, ids, payloads
from graph.schema import schema
from models.columns import new_id
from models.sealed import Seal
from rules.access import Scope
from tests.ground.house import HOUR, House, open_business
from tests.ground.receiver import Receiver, Says, receiving

from .asking import Api, opened

DOCUMENT = "subscription { callPermissionChanged { cursor status callPermission { id } } }"
NODE = """id name url document variables event scopes enabled disabledAt problem failingSince cursor formerSecretUntil
    createdBy createdAt updatedAt"""
REFUSED = "... on Refusal { code message availableAt }"
CREATE = f"""mutation ($input: CreateWebhookEndpointInput!) {{ createWebhookEndpoint(input: $input) {{
    ... on CreateWebhookEndpointSuccess {{ secret webhookEndpoint {{ {NODE} }} }}
    ... on WebhookDocumentRefused {{ mistakes }} ... on TooManyWebhookEndpoints {{ maximum }} {REFUSED} }} }}"""
UPDATE = f"""mutation ($input: UpdateWebhookEndpointInput!) {{ updateWebhookEndpoint(input: $input) {{
    ... on UpdateWebhookEndpointSuccess {{ webhookEndpoint {{ {NODE} }} }} {REFUSED} }} }}"""
DELETE = f"""mutation ($input: DeleteWebhookEndpointInput!) {{ deleteWebhookEndpoint(input: $input) {{
    ... on DeleteWebhookEndpointSuccess {{ webhookEndpoint {{ id }} }}
    ... on WebhookDeliveriesWaiting {{ waiting }} {REFUSED} }} }}"""
ROTATE = f"""mutation ($input: RotateWebhookSecretInput!) {{ rotateWebhookSecret(input: $input) {{
    ... on RotateWebhookSecretSuccess {{ secret webhookEndpoint {{ formerSecretUntil }} }} {REFUSED} }} }}"""
DELIVERY = """id event status messageId cursor payload attempts nextAttemptAt lastAttemptAt deliveredAt responseStatus
    responseBody failure webhookEndpoint { id }"""
RETRY = f"""mutation ($input: RetryWebhookDeliveryInput!) {{ retryWebhookDelivery(input: $input) {{
    ... on RetryWebhookDeliverySuccess {{ webhookDelivery {{ {DELIVERY} }} }} {REFUSED} }} }}"""
TEST = f"""mutation ($input: TestWebhookEndpointInput!) {{ testWebhookEndpoint(input: $input) {{
    ... on TestWebhookEndpointSuccess {{ webhookDelivery {{ {DELIVERY} durationMilliseconds }} }} {REFUSED} }} }}"""
LIST = f"{{ webhookEndpoints(first: 100) {{ totalCount nodes {{ {NODE} }} }} }}"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Give SQLite alone: what the API says is the same on PostgreSQL, where tests/server sends webhooks too."""
    return sqlite_url


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def made(api: Api, receiver: Receiver, secret: str | None = None, **more: Any) -> dict[str, Any]:
    """Make an endpoint where nothing stands in the way."""
    given = {"name": "CRM", "url": receiver.url, "document": DOCUMENT} | more
    answer = await api.ask(CREATE, secret, input=given)
    assert "secret" in answer, answer
    return {**answer["webhookEndpoint"], "secret": answer["secret"]}


async def deliveries(api: Api, endpoint_id: str, filter: str = "") -> list[dict[str, Any]]:  # noqa: A002 as in the API
    query = f"""query ($id: ID!) {{ node(id: $id) {{ ... on WebhookEndpoint {{
        deliveries(first: 100{filter}) {{ totalCount nodes {{ {DELIVERY} }} }} }} }} }}"""
    found = (await api.ask(query, id=endpoint_id))["deliveries"]
    assert found["totalCount"] == len(found["nodes"])
    nodes: list[dict[str, Any]] = found["nodes"]
    return nodes


async def tell_something(house: House) -> None:
    """Let something change that an endpoint which listens to all changes is told of."""
    await customers.update(house.resources, house.admin, house.meera.id, {"name": f"Meera {new_id()}"})
    await payloads.write(schema, lambda: None, house.resources)


ALL = "subscription { changes { cursor kind } }"


# --- Making one ---


async def test_a_new_endpoint_shows_its_secret_once_and_it_is_kept_sealed(
    house: House, api: Api, receiver: Receiver
) -> None:
    endpoint = await made(api, receiver, variables={"more": [1]}, scopes=["permissions:read", "customers:read"])
    secret = endpoint.pop("secret")
    assert secret.startswith("whsec_")
    assert (endpoint["event"], endpoint["enabled"], endpoint["problem"]) == ("callPermissionChanged", True, None)
    assert (endpoint["scopes"], endpoint["createdBy"]) == (["customers:read", "permissions:read"], "admin")
    assert (endpoint["document"], endpoint["variables"]) == (DOCUMENT, {"more": [1]})
    assert endpoint["cursor"] == await api.ask("{ changeCursor }")
    assert await api.ask(LIST) == {"totalCount": 1, "nodes": [endpoint]}
    assert receiver.got == []
    async with house.resources.database.reading() as session:
        [kept] = (await session.exec(text("SELECT secret FROM webhook_endpoint"))).all()  # type: ignore[call-overload]
    assert kept[0].startswith("s1:")
    assert secret not in kept[0]


async def test_what_is_no_subscription_is_refused_with_what_is_wrong(api: Api, receiver: Receiver) -> None:
    named = DOCUMENT.replace("subscription", "subscription A")
    deep = "... on Customer { " * 600 + "id" + "}" * 600
    one = "It must have one operation, and that must be a subscription."
    for document, mistake in (
        ("{ viewer { name } }", one),
        ('mutation { endCall(input: {callId: "x"}) { __typename } }', one),
        (f"{named} subscription B {{ changes {{ kind }} }}", one),
        ("fragment A on Change { kind }", one),
        ("subscription {", "Syntax Error"),
        ("", "Syntax Error"),
        ("subscription { nothing }", "Cannot query field 'nothing'"),
        ("subscription { changes { kind } callChanged { cursor } }", "must select only one"),
        ("subscription { __typename }", "introspection"),
        ('subscription { changes(after: "x") { kind } }', "Leave `after` out of it"),
        ("subscription ($s: [CallPermissionStatus!]!) { callPermissionChanged(statuses: $s) { cursor } }", "non-null"),
        ('subscription { callPermissionChanged(customerIds: ["x"]) { cursor } }', "is not an id of this API"),
        ("subscription { changes { kind } } #" + "x" * 20_000, "characters"),
        (f"subscription {{ changes {{ node {{ {deep} }} }} }}", "."),
    ):
        answer = await api.ask(CREATE, input={"name": "CRM", "url": receiver.url, "document": document})
        assert answer["code"] == "WEBHOOK_DOCUMENT_REFUSED"
        assert answer["mistakes"]
        assert mistake in " ".join(answer["mistakes"])
    assert (await api.ask(LIST))["totalCount"] == 0


async def test_variables_are_an_object_that_fits_the_document(api: Api, receiver: Receiver) -> None:
    document = "subscription ($s: [CallPermissionStatus!]) { callPermissionChanged(statuses: $s) { cursor } }"
    for variables in ({"s": ["MAYBE"]}, {"s": "\0"}, [1], "x"):
        given = {"name": "CRM", "url": receiver.url, "document": document, "variables": variables}
        answer = await api.answer(CREATE, input=given)
        refused = answer["errors"][0] if answer.get("errors") else answer["data"]["createWebhookEndpoint"]
        assert refused.get("code") == "WEBHOOK_DOCUMENT_REFUSED" or refused["extensions"]["code"] == "BAD_USER_INPUT"
    assert (await made(api, receiver, document=document, variables={"s": ["TEMPORARY"]}))["variables"] == {
        "s": ["TEMPORARY"]
    }


async def test_a_payload_never_shows_more_than_the_scopes_it_is_given(
    house: House, api: Api, receiver: Receiver
) -> None:
    given = {"name": "CRM", "url": receiver.url, "document": DOCUMENT}
    refused = await api.ask(CREATE, input=given | {"scopes": ["calls:read"]})
    assert refused["mistakes"] == ["This needs a token with the scope permissions:read."]
    for scopes in ([], ["permissions:everything"]):
        assert (await api.fault(CREATE, input=given | {"scopes": scopes}))[0] == "BAD_USER_INPUT"
    _, secret = await house.business.viewer(Scope.PERMISSIONS_READ, Scope.CUSTOMERS_WRITE)
    for query in (CREATE, LIST):
        assert (await api.fault(query, secret, **({"input": given} if query is CREATE else {})))[0] == "FORBIDDEN"


async def test_an_address_that_is_not_on_the_open_internet_is_refused(house: House, receiver: Receiver) -> None:
    strict = replace(house, resources=replace(house.resources, post=Post()))
    async with opened(strict) as api:
        for url in (receiver.url, receiver.url.replace("http:", "https:"), "https://localhost/hook"):
            answer = await api.ask(CREATE, input={"name": "CRM", "url": url, "document": DOCUMENT})
            assert (answer["code"], answer["availableAt"]) == ("WEBHOOK_ADDRESS_REFUSED", None)
        assert (await api.ask(LIST))["totalCount"] == 0
    async with opened(house) as api:
        endpoint = await made(api, receiver)
    async with opened(strict) as api:
        answer = await api.ask(TEST, input={"webhookEndpointId": endpoint["id"]})
        assert answer["code"] == "WEBHOOK_ADDRESS_REFUSED"
        answer = await api.ask(UPDATE, input={"webhookEndpointId": endpoint["id"], "url": "https://10.0.0.1/"})
        assert answer["code"] == "WEBHOOK_ADDRESS_REFUSED"
    assert receiver.got == []


async def test_a_workspace_has_so_many_endpoints_and_no_more(
    api: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_endpoints, "MOST_ENDPOINTS", 2)
    await made(api, receiver)
    await made(api, receiver)
    answer = await api.ask(CREATE, input={"name": "CRM", "url": receiver.url, "document": DOCUMENT})
    assert (answer["code"], answer["maximum"]) == ("TOO_MANY_WEBHOOK_ENDPOINTS", 2)


async def test_without_a_key_no_secret_is_made(house: House, receiver: Receiver) -> None:
    async with opened(house) as api:
        endpoint = await made(api, receiver)
    async with opened(replace(house, resources=replace(house.resources, seal=Seal()))) as api:
        answer = await api.ask(CREATE, input={"name": "CRM", "url": receiver.url, "document": DOCUMENT})
        assert answer["code"] == "ENCRYPTION_KEY_MISSING"
        answer = await api.ask(ROTATE, input={"webhookEndpointId": endpoint["id"]})
        assert answer["code"] == "ENCRYPTION_KEY_MISSING"


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
async def test_an_endpoint_has_a_name(api: Api, receiver: Receiver, name: str) -> None:
    given = {"name": name, "url": receiver.url, "document": DOCUMENT}
    assert (await api.fault(CREATE, input=given))[0] == "BAD_USER_INPUT"


# --- Changing one ---


async def test_what_is_left_out_of_a_change_stays(house: House, api: Api, receiver: Receiver) -> None:
    endpoint = await made(api, receiver, variables={"x": 1}, scopes=["permissions:read"])
    endpoint.pop("secret")
    house.clock.wait(HOUR)
    changed = await api.ask(UPDATE, input={"webhookEndpointId": endpoint["id"], "name": "ERP"})
    assert changed["webhookEndpoint"] == endpoint | {"name": "ERP", "updatedAt": "2026-11-20T13:00:00Z"}
    document = "subscription { changes { cursor } }"
    changed = await api.ask(UPDATE, input={"webhookEndpointId": endpoint["id"], "document": document})
    after = changed["webhookEndpoint"]
    assert (after["document"], after["event"], after["variables"]) == (document, "changes", {})
    assert after["scopes"] == ["permissions:read"]
    for wrong in ({"document": "{ viewer { name } }"}, {"document": DOCUMENT, "scopes": ["calls:read"]}):
        answer = await api.ask(UPDATE, input={"webhookEndpointId": endpoint["id"]} | wrong)
        assert answer["code"] == "WEBHOOK_DOCUMENT_REFUSED"


async def test_everything_that_happens_to_an_endpoint_is_in_the_log_for_admins(
    house: House, api: Api, receiver: Receiver
) -> None:
    begin = await api.ask("{ changeCursor }")
    endpoint = await made(api, receiver)
    own = {"webhookEndpointId": endpoint["id"]}
    await api.ask(UPDATE, input=own | {"enabled": False})
    await api.ask(UPDATE, input=own | {"enabled": True})
    await api.ask(ROTATE, input=own)
    await api.ask(DELETE, input=own)
    query = """query ($after: String) { changes(after: $after) { nodes {
        kind cause actor previousStatus status node { id } } } }"""
    told = (await api.ask(query, after=begin))["nodes"]
    assert [(one["cause"], one["previousStatus"], one["status"]) for one in told] == [
        ("CREATED", "ENABLED", "ENABLED"),
        ("UPDATED", "ENABLED", "DISABLED"),
        ("UPDATED", "DISABLED", "ENABLED"),
        ("UPDATED", "ENABLED", "ENABLED"),
        ("UPDATED", "ENABLED", "DELETED"),
    ]
    assert {(one["kind"], one["actor"], one["node"] and one["node"]["id"]) for one in told} == {
        ("WEBHOOK_ENDPOINT", "admin", None)
    }
    _, secret = await house.business.viewer(Scope.CUSTOMERS_READ)
    assert (await api.ask(query, secret, after=begin))["nodes"] == []


async def test_an_endpoint_can_begin_and_go_on_anywhere_in_the_log(house: House, api: Api, receiver: Receiver) -> None:
    begin = await api.ask("{ changeCursor }")
    await tell_something(house)
    endpoint = await made(api, receiver, document=ALL, after=begin)
    assert endpoint["cursor"] == begin
    await payloads.write(schema, lambda: None, house.resources)
    assert len(await deliveries(api, endpoint["id"])) == 2  # the customer, and the endpoint itself
    changed = await api.ask(UPDATE, input={"webhookEndpointId": endpoint["id"], "after": begin})
    assert changed["webhookEndpoint"]["cursor"] == begin
    await payloads.write(schema, lambda: None, house.resources)
    assert len(await deliveries(api, endpoint["id"])) == 2 + 3
    for wrong in ("x", cursors.encode_log(new_id(), 1), cursors.encode_log(house.admin.workspace_id, 1000)):
        given = {"webhookEndpointId": endpoint["id"], "after": wrong}
        assert (await api.fault(UPDATE, input=given))[0] == "BAD_USER_INPUT"


async def test_an_endpoint_that_has_not_taken_everything_is_deleted_only_when_that_is_meant(
    house: House, api: Api, receiver: Receiver
) -> None:
    endpoint = await made(api, receiver, document=ALL)
    await tell_something(house)
    own = {"webhookEndpointId": endpoint["id"]}
    answer = await api.ask(DELETE, input=own)
    assert (answer["code"], answer["waiting"]) == ("WEBHOOK_DELIVERIES_WAITING", 1)
    [delivery] = await deliveries(api, endpoint["id"])
    answer = await api.ask(DELETE, input=own | {"discardWaiting": True})
    assert answer == {"webhookEndpoint": {"id": endpoint["id"]}}
    assert await api.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[endpoint["id"], delivery["id"]]) == [
        None,
        None,
    ]
    assert (await api.ask(LIST))["totalCount"] == 0


async def test_a_new_secret_comes_beside_the_old_one_for_a_day(house: House, api: Api, receiver: Receiver) -> None:
    endpoint = await made(api, receiver)
    own, first = {"webhookEndpointId": endpoint["id"]}, endpoint["secret"]
    rotated = await api.ask(ROTATE, input=own)
    second, until = rotated["secret"], rotated["webhookEndpoint"]["formerSecretUntil"]
    assert (until, first != second) == ("2026-11-21T12:00:00Z", True)
    refused = await api.ask(ROTATE, input=own)
    assert (refused["code"], refused["availableAt"]) == ("WEBHOOK_SECRET_JUST_ROTATED", until)

    async def signed_by(*secrets: str) -> list[bool]:
        await api.ask(TEST, input=own)
        return [_verifies(receiver, secret, house) for secret in secrets]

    assert await signed_by(first, second) == [True, True]
    house.clock.wait(timedelta(hours=24))
    assert await signed_by(first, second) == [False, True]
    third = (await api.ask(ROTATE, input=own))["secret"]
    assert await signed_by(second, third) == [True, True]
    leaked = await api.ask(ROTATE, input=own | {"atOnce": True})
    assert leaked["webhookEndpoint"]["formerSecretUntil"] is None
    assert await signed_by(second, third, leaked["secret"]) == [False, False, True]


def _verifies(receiver: Receiver, secret: str, house: House) -> bool:
    try:
        receiver.got[-1].verified(secret, house.clock.now)
    except Exception as error:  # noqa: BLE001 the library's own, which is named below
        assert type(error).__name__ == "WebhookVerificationError"  # noqa: PT017 it may also not be raised
        return False
    return True


# --- Trying, and trying again ---


async def test_a_test_is_sent_at_once_and_says_what_came_of_it(house: House, api: Api, receiver: Receiver) -> None:
    endpoint = await made(api, receiver)
    receiver.says += [Says(204), Says(500, body=b"no such thing"), Says(410)]
    own = {"webhookEndpointId": endpoint["id"]}
    sent = (await api.ask(TEST, input=own))["webhookDelivery"]
    assert (sent["status"], sent["responseStatus"], sent["failure"]) == ("DELIVERED", 204, None)
    assert (sent["event"], sent["cursor"], sent["attempts"]) == ("test", None, 1)
    assert sent["durationMilliseconds"] >= 0
    [got] = receiver.got
    assert got.verified(endpoint["secret"], house.clock.now) == {
        "type": "test",
        "timestamp": "2026-11-20T12:00:00Z",
        "data": {"webhookEndpoint": {"name": "CRM"}},
    }
    assert got.headers["content-type"] == "application/json"
    assert (got.id, got.body.decode()) == (sent["messageId"], sent["payload"])

    sent = (await api.ask(TEST, input=own))["webhookDelivery"]
    assert (sent["status"], sent["responseBody"]) == ("FAILED", "no such thing")
    assert (sent["failure"], sent["nextAttemptAt"]) == ("The endpoint answered 500.", None)
    await api.ask(TEST, input=own)
    [now] = (await api.ask(LIST))["nodes"]
    assert (now["enabled"], now["failingSince"]) == (True, None)
    await api.ask(UPDATE, input=own | {"enabled": False})
    assert (await api.ask(TEST, input=own))["webhookDelivery"]["status"] == "DELIVERED"
    assert len(await deliveries(api, endpoint["id"])) == 4
    assert len(await deliveries(api, endpoint["id"], ", filter: {statuses: [FAILED]}")) == 2


async def test_a_delivery_is_sent_again_at_a_person_s_word_unless_its_endpoint_is_off(
    house: House, api: Api, receiver: Receiver
) -> None:
    endpoint = await made(api, receiver, document=ALL)
    await tell_something(house)
    [delivery] = await deliveries(api, endpoint["id"])
    own = {"webhookDeliveryId": delivery["id"]}
    house.clock.wait(HOUR)
    again = (await api.ask(RETRY, input=own))["webhookDelivery"]
    assert again == delivery | {"nextAttemptAt": "2026-11-20T13:00:00Z"}
    await api.ask(UPDATE, input={"webhookEndpointId": endpoint["id"], "enabled": False})
    assert (await api.ask(RETRY, input=own))["code"] == "WEBHOOK_ENDPOINT_DISABLED"
    assert receiver.got == []


# --- Nobody else's ---


async def test_another_workspace_sees_and_touches_nothing_of_it(house: House, api: Api, receiver: Receiver) -> None:
    endpoint = await made(api, receiver, document=ALL)
    await tell_something(house)
    [delivery] = await deliveries(api, endpoint["id"])
    other = await open_business(
        house.resources, "Rival", phone_number_id="1002003004005", display_phone_number="+918045550199"
    )
    before = await api.ask(LIST)
    both = [endpoint["id"], delivery["id"]]
    assert await api.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", other.secret, ids=both) == [None, None]
    assert await api.ask(LIST, other.secret) == {"totalCount": 0, "nodes": []}
    own = {"webhookEndpointId": endpoint["id"]}
    no_endpoint = "There is no such webhook endpoint. Take an id from the query webhookEndpoints."
    no_delivery = "There is no such webhook delivery. Take an id from the deliveries of a webhook endpoint."
    for query, given, message in (
        (UPDATE, own | {"enabled": False}, no_endpoint),
        (UPDATE, own | {"document": DOCUMENT}, no_endpoint),
        (DELETE, own, no_endpoint),
        (ROTATE, own, no_endpoint),
        (TEST, own, no_endpoint),
        (RETRY, {"webhookDeliveryId": delivery["id"]}, no_delivery),
    ):
        assert await api.fault(query, other.secret, input=given) == ("BAD_USER_INPUT", message)
    assert await api.ask(LIST) == before
    assert receiver.got == []
    theirs = await made(api, receiver, other.secret, document=ALL)
    await tell_something(house)
    assert len(await deliveries(api, endpoint["id"])) == 2
    node = "query ($id: ID!) { node(id: $id) { ... on WebhookEndpoint { deliveries(first: 9) { totalCount } } } }"
    assert await api.ask(node, other.secret, id=theirs["id"]) == {"deliveries": {"totalCount": 0}}


async def test_one_who_is_no_admin_reads_no_endpoint_by_its_id(house: House, api: Api, receiver: Receiver) -> None:
    endpoint = await made(api, receiver)
    _, secret = await house.business.viewer(Scope.CUSTOMERS_READ)
    for kind in ("WebhookEndpoint", "WebhookDelivery"):
        node_id = ids.encode(kind, ids.decode(endpoint["id"])[1])
        assert (await api.fault("query ($id: ID!) { node(id: $id) { id } }", secret, id=node_id))[0] == "FORBIDDEN"
