"""API tokens made, listed and revoked by an admin, and what their holders may then do."""

import asyncio
from datetime import timedelta

import pytest

from actions import access
from graph import ids
from rules.access import Scope
from tests.ground.house import DAY, MINUTE, NOON, House

from .asking import Api, id_of

CREATE = """mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { ... on CreateApiTokenSuccess {
    secret apiToken { id name prefix scopes createdAt expiresAt lastUsedAt revokedAt } }
    ... on Refusal { code message availableAt } ... on TooManyApiTokens { maximum } } }"""
REVOKE = """mutation ($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { ... on RevokeApiTokenSuccess {
    apiToken { id revokedAt } } ... on Refusal { code message availableAt } } }"""
TOKENS = "{ apiTokens(first: 100) { nodes { id name lastUsedAt revokedAt } totalCount } }"
WHO = "{ viewer { name scopes } }"


async def test_a_token_works_as_it_was_made_and_its_secret_is_shown_once(api: Api) -> None:
    given = {"name": " CRM ", "scopes": ["customers:read", "calls:read"], "expiresAt": "2026-11-21T12:00:00Z"}
    made = await api.ask(CREATE, input=given)
    token, secret = made["apiToken"], made["secret"]
    assert token | {"id": "", "prefix": ""} == {
        "id": "",
        "name": "CRM",
        "prefix": "",
        "scopes": ["calls:read", "customers:read"],
        "createdAt": "2026-11-20T12:00:00Z",
        "expiresAt": "2026-11-21T12:00:00Z",
        "lastUsedAt": None,
        "revokedAt": None,
    }
    assert secret.startswith(token["prefix"])
    assert await api.ask(WHO, secret) == {"name": "CRM", "scopes": ["calls:read", "customers:read"]}
    assert (await api.ask("{ customers(first: 1) { nodes { name } } }", secret))["nodes"]
    assert (await api.fault("{ callPermissions(first: 1) { nodes { id } } }", secret))[0] == "FORBIDDEN"
    assert secret not in str(await api.answer(TOKENS))


async def test_a_token_ends_by_itself(house: House, api: Api) -> None:
    made = await api.ask(CREATE, input={"name": "short", "scopes": ["admin"], "expiresAt": "2026-11-20T12:01:00Z"})
    house.clock.wait(MINUTE - timedelta(microseconds=1))
    assert (await api.ask(WHO, made["secret"]))["name"] == "short"
    house.clock.wait(timedelta(microseconds=1))
    assert (await api.fault(WHO, made["secret"]))[0] == "UNAUTHENTICATED"


async def test_a_revoked_token_is_useless_at_once_and_stays_so(house: House, api: Api) -> None:
    made = await api.ask(CREATE, input={"name": "lost", "scopes": ["admin"]})
    token_id = made["apiToken"]["id"]
    revoked = {"apiToken": {"id": token_id, "revokedAt": "2026-11-20T12:00:00Z"}}
    assert await api.ask(REVOKE, input={"apiTokenId": token_id}) == revoked
    assert (await api.fault(WHO, made["secret"]))[0] == "UNAUTHENTICATED"
    house.clock.wait(DAY)
    assert await api.ask(REVOKE, input={"apiTokenId": token_id}) == revoked


async def test_the_list_has_every_token_newest_first_and_when_each_was_last_used(house: House, api: Api) -> None:
    first = await api.ask(CREATE, input={"name": "first", "scopes": ["admin"]})
    second = await api.ask(CREATE, input={"name": "second", "scopes": ["admin"]})
    await api.ask(REVOKE, input={"apiTokenId": second["apiToken"]["id"]})
    house.clock.wait(MINUTE)
    await api.ask(WHO, first["secret"])
    house.clock.wait(MINUTE / 2)
    await api.ask(WHO, first["secret"])
    listed = await api.ask(TOKENS)
    assert listed["totalCount"] == 3
    assert [(token["name"], token["lastUsedAt"], token["revokedAt"]) for token in listed["nodes"]] == [
        ("second", None, "2026-11-20T12:00:00Z"),
        ("first", "2026-11-20T12:01:00Z", None),
        ("admin", "2026-11-20T12:01:30Z", None),
    ]


async def test_only_an_admin_sees_makes_and_revokes_tokens(house: House, api: Api) -> None:
    scopes = [scope for scope in Scope if scope is not Scope.ADMIN]
    viewer, secret = await house.business.viewer(*scopes)
    made = await api.ask(CREATE, input={"name": "CRM", "scopes": ["admin"]})
    for query, given in (
        (CREATE, {"name": "mine", "scopes": ["admin"]}),
        (REVOKE, {"apiTokenId": made["apiToken"]["id"]}),
    ):
        assert (await api.fault(query, secret, input=given))[0] == "FORBIDDEN"
    assert (await api.fault(TOKENS, secret))[0] == "FORBIDDEN"
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await api.fault(node, secret, id=made["apiToken"]["id"]))[0] == "FORBIDDEN"
    assert await api.ask(node, id=made["apiToken"]["id"]) == {"id": made["apiToken"]["id"]}
    assert (await api.ask(TOKENS))["totalCount"] == 3
    assert viewer.name == "agent"


async def test_a_token_that_could_do_nothing_is_not_made(api: Api) -> None:
    for given, reason in (
        ({"name": " ", "scopes": ["admin"]}, "Give the token a name of 1 to 100 characters"),
        ({"name": "x" * 101, "scopes": ["admin"]}, "Give the token a name of 1 to 100 characters"),
        ({"name": "CRM", "scopes": []}, "Give the token a scope at least"),
        ({"name": "CRM", "scopes": ["customers:*"]}, "'customers:*' is not a scope. There are: customers:read, "),
        ({"name": "CRM", "scopes": ["admin"], "expiresAt": NOON.isoformat()}, "The token would have run out already."),
    ):
        code, message = await api.fault(CREATE, input=given)
        assert (code, message.startswith(reason)) == ("BAD_USER_INPUT", True), message
    assert (await api.ask(TOKENS))["totalCount"] == 1


async def test_the_last_token_that_can_make_others_is_not_revoked(house: House, api: Api) -> None:
    await api.ask(CREATE, input={"name": "CRM", "scopes": ["calls:read"]})
    own = {"apiTokenId": ids.encode("ApiToken", house.admin.token_id)}
    refused = await api.ask(REVOKE, input=own)
    assert refused == {
        "code": "LAST_ADMIN_TOKEN",
        "message": "This is the only token that can make others. Make another one with the scope admin first.",
        "availableAt": None,
    }
    second = await api.ask(CREATE, input={"name": "second", "scopes": ["admin"]})
    assert (await api.ask(REVOKE, input=own))["apiToken"]["revokedAt"] == "2026-11-20T12:00:00Z"
    last = {"apiTokenId": second["apiToken"]["id"]}
    assert (await api.ask(REVOKE, second["secret"], input=last))["code"] == "LAST_ADMIN_TOKEN"


async def test_of_two_admins_who_revoke_each_other_at_once_one_remains(house: House, api: Api) -> None:
    made = await api.ask(CREATE, input={"name": "second", "scopes": ["admin"]})
    first, second = ids.encode("ApiToken", house.admin.token_id), made["apiToken"]["id"]
    await asyncio.gather(
        api.answer(REVOKE, input={"apiTokenId": second}),
        api.answer(REVOKE, made["secret"], input={"apiTokenId": first}),
    )
    whoever = [await api.answer(WHO), await api.answer(WHO, made["secret"])]
    assert len([answer for answer in whoever if answer.get("data")]) == 1


async def test_there_may_be_so_many_working_tokens_and_no_more(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "MOST_TOKENS", 2)
    second = await api.ask(CREATE, input={"name": "second", "scopes": ["admin"]})
    refused = await api.ask(CREATE, input={"name": "third", "scopes": ["admin"]})
    assert (refused["code"], refused["maximum"]) == ("TOO_MANY_API_TOKENS", 2)
    await api.ask(REVOKE, input={"apiTokenId": second["apiToken"]["id"]})
    assert "secret" in await api.ask(CREATE, input={"name": "third", "scopes": ["admin"]})


async def test_a_token_that_is_not_there_cannot_be_revoked(house: House, api: Api) -> None:
    wrong = await api.fault(REVOKE, input={"apiTokenId": id_of(house.meera)})
    assert wrong == ("BAD_USER_INPUT", "This is the id of a Customer, but a ApiToken is needed here.")
