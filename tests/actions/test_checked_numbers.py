"""Business numbers, checked against a stand-in for Meta before they are added or given other credentials."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from sqlmodel import SQLModel, select

from actions import checked_numbers
from actions.checked_numbers import Credentials, New
from actions.faults import BadInputError, NotFoundError
from actions.resources import Resources
from models.business_number import BusinessNumber, Environment
from models.call_permission import CallPermission
from models.change import Cause, Change, ChangeKind
from models.sealed import Seal
from rules.limits import PolicyName
from rules.refusals import (
    BusinessNumberElsewhere,
    BusinessNumberExists,
    BusinessNumberUnusable,
    CredentialsMissing,
    EncryptionKeyMissing,
    NumberUnchecked,
)
from sandbox import app as stand_in
from tests.ground.house import APP_SECRET, Business, House, open_business
from whatsapp.cloud_api import CloudApi

TOKEN = "EAAB-that-works"
NEW, OTHER, WABA, OTHER_WABA = "529183746501199", "529183746501200", "318840017724999", "318840017725000"
OWN = Credentials(TOKEN, APP_SECRET)


@dataclass(frozen=True)
class Meta:
    """A stand-in for Meta, a client of it with the business's token, and resources that speak to it."""

    house: House
    resources: Resources
    graph: httpx.AsyncClient

    async def create(self, workspace_id: UUID | None = None, **values: Any) -> object:
        new = New(**({"phone_number_id": NEW, "environment": Environment.PRODUCTION, "waba_id": WABA} | values))
        return await checked_numbers.create(self.resources, workspace_id or self.workspace_id, new, actor="an admin")

    @property
    def workspace_id(self) -> UUID:
        return self.house.business.workspace.id

    async def rows(self, table: type[SQLModel]) -> list[Any]:
        async with self.resources.database.reading() as session:
            return list(await session.exec(select(table)))

    async def number(self) -> BusinessNumber:
        [number] = [row for row in await self.rows(BusinessNumber) if row.phone_number_id == NEW]
        assert isinstance(number, BusinessNumber)
        return number

    async def says_no(self, path: str, method: str = "DELETE") -> None:
        (await self.graph.request(method, path)).raise_for_status()


@pytest_asyncio.fixture
async def meta(house: House, tmp_path: Path) -> AsyncIterator[Meta]:
    numbers = (
        stand_in.BusinessNumber(NEW, "918045550999", WABA, "Front desk"),
        stand_in.BusinessNumber(OTHER, "918045551000", OTHER_WABA, "Elsewhere"),
        stand_in.BusinessNumber(house.number.phone_number_id, "918045550142", WABA, "Known"),
    )
    config = stand_in.Config(("http://127.0.0.1:9/",), APP_SECRET, TOKEN, tmp_path / "sandbox.db", numbers)
    app = stand_in.create_app(config)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    url = "http://127.0.0.1/graph/v26.0"
    async with stand_in.running(app), httpx.AsyncClient(base_url=url, transport=transport) as plain:
        whatsapp = CloudApi(url, TOKEN, house.whatsapp.patience, client=plain)
        resources = replace(house.resources, whatsapp=dict.fromkeys(Environment, whatsapp))
        signed = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(base_url=url, transport=transport, headers=signed) as graph:
            yield Meta(house, resources, graph)


async def known(meta: Meta) -> tuple[int, int]:
    return len(await meta.rows(BusinessNumber)), len(await meta.rows(Change))


async def another(meta: Meta) -> Business:
    return await open_business(meta.resources, "Theirs", phone_number_id="1", display_phone_number="+15550101")


async def test_a_number_that_meta_knows_is_added_as_meta_describes_it(meta: Meta) -> None:
    made = await meta.create(waba_id=None, policy=PolicyName.SANDBOX)
    assert isinstance(made, BusinessNumber), made
    number = await meta.number()
    assert (number.display_phone_number, number.name, number.waba_id) == ("+918045550999", "Front desk", WABA)
    assert (number.calling_enabled, number.policy) == (True, PolicyName.SANDBOX)
    assert (number.access_token, number.app_secret) == (None, None)
    assert [row.business_number_id for row in await meta.rows(CallPermission)].count(number.id) == 2
    told = (await meta.rows(Change))[-1]
    assert (told.kind, told.cause, told.actor) == (ChangeKind.BUSINESS_NUMBER, Cause.CREATED, "an admin")


async def test_its_own_credentials_are_sealed_and_used_from_then_on(meta: Meta) -> None:
    stranger = await another(meta)
    made = await meta.create(stranger.workspace.id, own=OWN, name=" Night desk ")
    assert isinstance(made, BusinessNumber), made
    number = await meta.number()
    assert (number.workspace_id, number.name) == (stranger.workspace.id, "Night desk")
    assert checked_numbers.credentials_of(meta.resources, number) == OWN
    assert meta.resources.whatsapp_of(number).access_token == TOKEN


@pytest.mark.parametrize(
    ("values", "beginning"),
    [
        (
            {"own": Credentials("EAAB-wrong")},
            "WhatsApp does not take the access token (190: Invalid OAuth access token",
        ),
        ({"own": Credentials(TOKEN, "wrong")}, "The app secret is not that of the app"),
        ({"phone_number_id": "404404404"}, "WhatsApp shows this access token no number with the id 404404404."),
        ({"waba_id": OTHER_WABA}, f"The number does not belong to the WhatsApp Business Account {OTHER_WABA},"),
        ({"waba_id": "404404404"}, "The number does not belong to the WhatsApp Business Account 404404404,"),
    ],
)
async def test_what_meta_says_no_to_is_refused_and_leaves_nothing(
    meta: Meta, values: dict[str, Any], beginning: str
) -> None:
    before = await known(meta)
    refusal = await meta.create(**values)
    assert isinstance(refusal, BusinessNumberUnusable), refusal
    assert refusal.message.startswith(beginning)
    assert await known(meta) == before


async def test_a_number_whose_news_nobody_would_hear_is_refused(meta: Meta) -> None:
    await meta.says_no(f"/{WABA}/subscribed_apps")
    refusal = await meta.create()
    assert isinstance(refusal, BusinessNumberUnusable), refusal
    assert refusal.message.startswith("The app is not subscribed to the account's webhooks")
    await meta.says_no(f"/{WABA}/subscribed_apps", "POST")
    assert isinstance(await meta.create(), BusinessNumber)


async def test_a_number_that_may_not_call_yet_is_added_as_such(meta: Meta) -> None:
    off = await meta.graph.post(f"/{NEW}/settings", json={"calling": {"status": "DISABLED"}})
    assert off.is_success
    assert isinstance(await meta.create(), BusinessNumber)
    assert not (await meta.number()).calling_enabled


async def test_where_meta_cannot_be_asked_nothing_is_added(meta: Meta) -> None:
    before = await known(meta)
    nowhere = CloudApi("http://127.0.0.1:9/v26.0", TOKEN, meta.house.whatsapp.patience)
    alone = replace(meta, resources=replace(meta.resources, whatsapp=dict.fromkeys(Environment, nowhere)))
    refusal = await alone.create()
    await nowhere.close()
    assert isinstance(refusal, NumberUnchecked), refusal
    assert refusal.message.endswith("so nothing was changed. Try again in a moment.")
    assert await known(meta) == before


async def test_a_number_is_added_once_and_whose_else_it_is_is_not_told(meta: Meta) -> None:
    stranger = await another(meta)
    assert isinstance(await meta.create(), BusinessNumber)
    before = await known(meta)
    assert await meta.create() == BusinessNumberExists()
    assert await meta.create(stranger.workspace.id, own=OWN) == BusinessNumberElsewhere()
    # Whoever may not use it at Meta's learns nothing of it here, whether somebody has it or not.
    taken, free = [
        await meta.create(stranger.workspace.id, own=Credentials("EAAB-wrong"), phone_number_id=number)
        for number in (NEW, OTHER)
    ]
    assert taken == free
    assert isinstance(taken, BusinessNumberUnusable)
    assert await known(meta) == before


async def test_the_installation_s_token_is_lent_to_no_other_workspace(meta: Meta) -> None:
    stranger = await another(meta)
    assert await meta.create(stranger.workspace.id) == CredentialsMissing()
    assert await meta.create(stranger.workspace.id, own=Credentials(app_secret=APP_SECRET)) == CredentialsMissing()
    made = await meta.create(stranger.workspace.id, own=Credentials(TOKEN), waba_id=None)
    assert isinstance(made, BusinessNumber)
    cleared = await checked_numbers.change(meta.resources, stranger.workspace.id, made.id, {"access_token": None})
    assert cleared == CredentialsMissing()


async def test_without_a_key_no_secret_is_taken(meta: Meta) -> None:
    keyless = replace(meta, resources=replace(meta.resources, seal=Seal()))
    assert await keyless.create(own=OWN) == EncryptionKeyMissing()
    assert isinstance(await keyless.create(), BusinessNumber)
    made = await meta.number()
    changed = await checked_numbers.change(keyless.resources, made.workspace_id, made.id, {"app_secret": APP_SECRET})
    assert changed == EncryptionKeyMissing()


async def test_without_a_sandbox_no_number_is_added_to_it(meta: Meta) -> None:
    real = replace(meta, resources=replace(meta.resources, has_sandbox=False))
    with pytest.raises(BadInputError, match="There is no sandbox here"):
        await real.create(environment=Environment.SANDBOX)
    stranger = await another(meta)
    assert isinstance(await meta.create(stranger.workspace.id, environment=Environment.SANDBOX), BusinessNumber)


@pytest.mark.parametrize(
    "values",
    [
        {"phone_number_id": "https://evil.example/x"},
        {"phone_number_id": "../me"},
        {"phone_number_id": "٣٣٣"},
        {"phone_number_id": ""},
        {"waba_id": "1/2"},
        {"name": " "},
        {"name": "x" * 101},
        {"own": Credentials("with a space")},
        {"own": Credentials("EAAB\r\nX-Evil: 1")},
        {"own": Credentials("")},
        {"own": Credentials(TOKEN, "sécret")},
        {"own": Credentials(TOKEN, "x" * 1001)},
    ],
)
async def test_what_cannot_be_meant_is_refused_before_anybody_is_asked(house: House, values: dict[str, Any]) -> None:
    new = New(**({"phone_number_id": NEW, "environment": Environment.PRODUCTION, "waba_id": WABA} | values))
    with pytest.raises(BadInputError) as told:
        await checked_numbers.create(house.resources, house.business.workspace.id, new)
    assert house.whatsapp.looked_up == []
    for secret in (new.own.access_token, new.own.app_secret):
        assert not secret or secret not in str(told.value)


# --- Changed ---


async def change(meta: Meta, **changes: Any) -> object:
    number = await meta.number()
    return await checked_numbers.change(meta.resources, number.workspace_id, number.id, changes, actor="an admin")


async def test_a_name_and_limits_are_changed_without_asking_meta(meta: Meta) -> None:
    await meta.create()
    nowhere = replace(meta, resources=replace(meta.resources, whatsapp={}))
    made = await change(nowhere, name="Day desk", policy=PolicyName.SANDBOX)
    assert isinstance(made, BusinessNumber), made
    number = await meta.number()
    assert (number.name, number.policy) == ("Day desk", PolicyName.SANDBOX)
    told = (await meta.rows(Change))[-1]
    assert (told.cause, told.actor, told.subject_id) == (Cause.UPDATED, "an admin", number.id)


async def test_new_credentials_are_checked_and_the_old_ones_kept_where_they_are_refused(meta: Meta) -> None:
    await meta.create(own=OWN)
    before = await known(meta)
    for secrets in ({"access_token": "EAAB-wrong"}, {"app_secret": "wrong"}):
        assert isinstance(await change(meta, **secrets), BusinessNumberUnusable)
    assert await known(meta) == before
    assert checked_numbers.credentials_of(meta.resources, await meta.number()) == OWN


async def test_credentials_are_given_replaced_and_cleared(meta: Meta) -> None:
    await meta.create()
    assert isinstance(await change(meta, access_token=TOKEN, app_secret=APP_SECRET), BusinessNumber)
    assert checked_numbers.credentials_of(meta.resources, await meta.number()) == OWN
    assert isinstance(await change(meta, app_secret=None), BusinessNumber)
    assert checked_numbers.credentials_of(meta.resources, await meta.number()) == Credentials(TOKEN)
    assert isinstance(await change(meta, access_token=None), BusinessNumber)
    assert checked_numbers.credentials_of(meta.resources, await meta.number()) == Credentials()


async def test_what_whatsapp_held_against_a_number_is_mended_by_credentials_that_work(meta: Meta) -> None:
    await meta.create()
    async with meta.resources.database.writing() as session:
        number = await session.get_one(BusinessNumber, (meta.workspace_id, (await meta.number()).id))
        number.problem = "190: Invalid OAuth access token"
    await change(meta, access_token=TOKEN)
    assert (await meta.number()).problem is None


async def test_nobody_changes_another_s_number(meta: Meta) -> None:
    stranger, made = await another(meta), await meta.create()
    assert isinstance(made, BusinessNumber)
    with pytest.raises(NotFoundError):
        await checked_numbers.change(meta.resources, stranger.workspace.id, made.id, {"name": "Mine"})
    assert (await meta.number()).name == "Front desk"
