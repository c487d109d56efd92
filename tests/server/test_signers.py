"""Who may speak of which business number: each is spoken of only by deliveries that its own app has signed."""

from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
import pytest
import pytest_asyncio

from actions import deliveries
from actions.pair import Pair
from actions.signers import MOST_SECRETS
from models.business_number import BusinessNumber
from models.call_permission import CallPermission
from tests.actions import meta
from tests.ground.house import APP_SECRET, DISPLAY_PHONE_NUMBER, HOUR, NOON, Business, House, open_business
from whatsapp.cloud_api import ListedTemplate
from whatsapp.signature import sign

from .door import Door, opened

OURS, THEIRS = "a1b2c3-the-secret-of-our-app", "d4e5f6-the-secret-of-their-app"
THEIR_WABA = "700000000000001"
NOT_SIGNED = "it is not signed with the secret of this business number's app"


@dataclass(frozen=True)
class Street:
    """Two businesses with an app each, and a third that uses the installation's."""

    house: House
    door: Door
    ours: Business
    theirs: Business
    third: Business

    async def deliver(self, secret: str, *changes: meta.Change, waba_id: str = THEIR_WABA) -> int:
        """Deliver these together, signed with the secret, and tell how that is answered."""
        body = delivery(*changes, waba_id=waba_id)
        return (await self.door.knock(body, sign(body, secret))).status_code

    async def permissions(self) -> list[str]:
        """Tell what the customers' permissions with the three have come to."""
        rows = [await self.door.rows(CallPermission, own.workspace.id) for own in (self.ours, self.theirs, self.third)]
        return [" ".join(row.status.value for row in own) for own in rows]


def delivery(*changes: meta.Change, waba_id: str = THEIR_WABA) -> bytes:
    return orjson.dumps({"object": "whatsapp_business_account", "entry": [{"id": waba_id, "changes": [*changes]}]})


def yes(business: Business, message_id: str = "wamid.yes") -> meta.Change:
    """Let somebody allow this business's calls."""
    change = deepcopy(meta.replied(message_id, NOON))
    change["value"]["metadata"]["phone_number_id"] = business.number.phone_number_id
    return change


async def keep_secret(house: House, business: Business, secret: str | None, **values: str) -> None:
    async with house.resources.database.writing() as session:
        key = business.workspace.id, business.number.id
        number = await session.get_one(BusinessNumber, key)
        house.resources.seal.put(number, "app_secret", secret)
        for name, value in values.items():
            setattr(number, name, value)


@pytest_asyncio.fixture
async def street(house: House) -> AsyncIterator[Street]:
    theirs = await open_business(
        house.resources, "Theirs", phone_number_id="15550101", display_phone_number="+15550101"
    )
    third = await open_business(house.resources, "Third", phone_number_id="15550102", display_phone_number="+15550102")
    async with opened(house.resources) as door:
        await keep_secret(house, house.business, OURS)
        await keep_secret(house, theirs, THEIRS, waba_id=THEIR_WABA)
        yield Street(house, door, house.business, theirs, third)


ASKED = "NOT_REQUESTED NOT_REQUESTED"  # what our two customers have said so far


async def test_a_number_s_own_app_is_believed(street: Street) -> None:
    assert await street.deliver(THEIRS, yes(street.theirs)) == 200
    assert await street.permissions() == [ASKED, "PERMANENT", ""]
    [kept] = await street.door.deliveries()
    assert (kept.signed_for, kept.skipped) == (["15550101"], [])


async def test_only_numbers_that_the_signer_may_speak_of_were_heard_of(street: Street) -> None:
    both = (yes(street.ours, "wamid.ours"), yes(street.theirs, "wamid.theirs"))
    assert await street.deliver(THEIRS, *both) == 200
    heard = [number.heard_at for number in await street.door.rows(BusinessNumber, street.theirs.workspace.id)]
    [ours] = await street.door.rows(BusinessNumber, street.ours.workspace.id)
    assert (heard, ours.heard_at) == ([NOON], None)


async def test_another_s_app_is_turned_away_and_leaves_nothing_behind(street: Street) -> None:
    before = await street.door.state(street.theirs)
    assert await street.deliver(OURS, yes(street.theirs)) == 401
    assert await street.deliver(OURS, yes(street.third)) == 401
    assert await street.door.deliveries() == []
    assert await street.door.state(street.theirs) == before


async def test_of_a_delivery_about_several_only_the_signer_s_own_is_believed(street: Street) -> None:
    before = [await street.door.state(other) for other in (street.theirs, street.third)]
    everybody = (yes(street.theirs, "wamid.1"), yes(street.ours, "wamid.2"), yes(street.third, "wamid.3"))
    assert await street.deliver(OURS, *everybody) == 200
    assert await street.permissions() == ["PERMANENT NOT_REQUESTED", "", ""]
    assert [await street.door.state(other) for other in (street.theirs, street.third)] == before
    [kept] = await street.door.deliveries()
    assert kept.signed_for == [street.ours.number.phone_number_id]
    assert kept.skipped == [f"PermissionReplied: {NOT_SIGNED}"] * 2


async def test_the_installation_s_app_is_believed_of_numbers_without_one_of_their_own(street: Street) -> None:
    before = await street.door.state(street.theirs)
    assert await street.deliver(APP_SECRET, yes(street.theirs, "wamid.1"), yes(street.third, "wamid.2")) == 200
    assert await street.permissions() == [ASKED, "", "PERMANENT"]
    assert await street.door.state(street.theirs) == before
    [kept] = await street.door.deliveries()
    assert (kept.signed_for, kept.skipped) == (None, [f"PermissionReplied: {NOT_SIGNED}"])


@pytest.mark.parametrize("secrets", [(OURS, THEIRS, APP_SECRET), (APP_SECRET, THEIRS, OURS)])
async def test_the_very_same_bytes_from_three_apps_are_heard_of_each_once(
    street: Street, secrets: tuple[str, ...]
) -> None:
    everybody = (yes(street.theirs, "wamid.1"), yes(street.ours, "wamid.2"), yes(street.third, "wamid.3"))
    for secret in (*secrets, *secrets):
        assert await street.deliver(secret, *everybody) == 200
    assert await street.permissions() == ["PERMANENT NOT_REQUESTED", "PERMANENT", "PERMANENT"]
    assert len(await street.door.deliveries()) == 3


async def test_an_own_secret_that_is_the_installation_s_is_good_for_the_number(street: Street) -> None:
    await keep_secret(street.house, street.theirs, APP_SECRET)
    assert await street.deliver(APP_SECRET, yes(street.theirs)) == 200
    assert await street.permissions() == [ASKED, "PERMANENT", ""]


async def test_once_a_secret_is_changed_or_cleared_the_old_one_is_worth_nothing(street: Street) -> None:
    await keep_secret(street.house, street.theirs, "a new secret")
    assert await street.deliver(THEIRS, yes(street.theirs)) == 401
    assert await street.deliver("a new secret", yes(street.theirs)) == 200
    await keep_secret(street.house, street.theirs, None)
    assert await street.deliver("a new secret", yes(street.theirs, "wamid.2")) == 401


async def test_a_pause_is_believed_of_the_signer_s_own_number_though_another_has_the_same_display_number(
    street: Street,
) -> None:
    await keep_secret(street.house, street.theirs, THEIRS, display_phone_number=DISPLAY_PHONE_NUMBER)
    paused = meta.restricted(NOON + HOUR)
    assert await street.deliver(THEIRS, paused) == 200
    ends = {row.phone_number_id: row.restricted_until for row in await street.door.rows(BusinessNumber)}
    assert ends["15550101"] == NOON + HOUR
    assert ends[street.ours.number.phone_number_id] is None


async def test_a_pause_of_another_s_number_is_not_believed(street: Street) -> None:
    assert await street.deliver(THEIRS, meta.restricted(NOON + HOUR)) == 200
    assert {row.restricted_until for row in await street.door.rows(BusinessNumber)} == {None}
    [kept] = await street.door.deliveries()
    assert kept.skipped == [f"CallingRestricted: {NOT_SIGNED}"]


async def test_nobody_makes_another_s_templates_be_read_again(street: Street) -> None:
    resources, whatsapp = street.house.resources, street.house.whatsapp
    whatsapp.listed = (ListedTemplate("t", "en", "APPROVED", "UTILITY", "", (), asks=True),)
    value = {"message_template_name": "t", "message_template_language": "en", "event": "APPROVED"}
    changed = {"field": "message_template_status_update", "value": value}

    async def look() -> int:
        await resources.templates.of(whatsapp, street.ours.number, NOON)
        return len(whatsapp.looked_up)

    assert await look() == await look() == 1
    our_waba = street.ours.number.waba_id
    await street.deliver(THEIRS, yes(street.theirs), changed, waba_id=our_waba)
    assert await look() == 1
    await street.deliver(OURS, changed, waba_id=our_waba)
    assert await look() == 2


async def test_templates_that_one_workspace_may_read_are_not_shown_to_another(street: Street) -> None:
    resources, whatsapp = street.house.resources, street.house.whatsapp
    whatsapp.listed = (ListedTemplate("t", "en", "APPROVED", "UTILITY", "", (), asks=True),)
    await resources.templates.of(whatsapp, street.ours.number, NOON)
    whatsapp.listed = ()
    assert street.third.number.waba_id == street.ours.number.waba_id
    assert await resources.templates.of(whatsapp, street.third.number, NOON) == ()


async def test_what_is_tried_again_is_still_believed_only_of_the_signer_s_own(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await street.door.state(street.theirs)
    with monkeypatch.context() as broken:
        broken.setattr(Pair, "settle", _fail)
        assert await street.deliver(OURS, yes(street.theirs, "wamid.1"), yes(street.ours, "wamid.2")) == 200
    assert await street.permissions() == [ASKED, "", ""]
    street.house.clock.wait(HOUR)
    assert await deliveries.retry(street.house.resources) == 1
    assert await street.permissions() == ["PERMANENT NOT_REQUESTED", "", ""]
    assert await street.door.state(street.theirs) == before


async def test_what_was_taken_before_a_number_got_its_own_secret_is_not_lost(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Pair, "settle", _fail)
        assert await street.deliver(APP_SECRET, yes(street.third)) == 200
    await keep_secret(street.house, street.third, "their first own secret")
    street.house.clock.wait(HOUR)
    assert await deliveries.retry(street.house.resources) == 1
    assert await street.permissions() == [ASKED, "", "PERMANENT"]


def _fail(*_given: object, **_named: object) -> None:
    raise ValueError("it cannot be recorded now")


async def test_a_replay_believes_nobody_more_than_at_first(street: Street) -> None:
    everybody = (yes(street.theirs, "wamid.1"), yes(street.ours, "wamid.2"), yes(street.third, "wamid.3"))
    for secret in (OURS, APP_SECRET):
        assert await street.deliver(secret, *everybody) == 200
    since = datetime(2026, 1, 1, tzinfo=UTC)
    replayed = [each async for each in deliveries.replay(street.house.resources, since, dry_run=False)]
    assert len(replayed) == 2
    assert await street.permissions() == ["PERMANENT NOT_REQUESTED", "", "PERMANENT"]


HOSTILE = {
    "no JSON": b"{",
    "deep": b'{"entry":' + b"[" * 100_000,
    "deep and closed": b'{"entry":' + b"[" * 900 + b"]" * 900 + b"}",
    "a list": b"[1, 2]",
    "odd kinds": b'{"entry": [1, null, {"id": 7, "changes": [1, {"value": []}, {"value": {"metadata": 3}}]}]}',
    "a zero byte": b'{"entry": [{"id": "\\u0000", "changes": []}]}',
    "half a character": b'{"entry": [{"id": "\\ud800", "changes": []}]}',
    "very many names": orjson.dumps({"entry": [{"id": f"{number}"} for number in range(5000)]}),
}


async def test_whatever_comes_in_with_a_signature_of_nobody_s_is_turned_away(street: Street) -> None:
    answers = {kind: await street.door.knock(body, sign(body, "nobody's secret")) for kind, body in HOSTILE.items()}
    assert {kind: answer.status_code for kind, answer in answers.items()} == dict.fromkeys(HOSTILE, 401)
    assert await street.door.deliveries() == []


async def test_however_many_others_claim_the_same_account_the_number_that_is_named_is_believed(street: Street) -> None:
    for number in range(MOST_SECRETS):
        phone = f"1111010{number}"
        other = await open_business(street.house.resources, phone_number_id=phone, display_phone_number=f"+{phone}")
        await keep_secret(street.house, other, f"secret {number}", waba_id=THEIR_WABA)
    assert await street.deliver(THEIRS, yes(street.theirs)) == 200
    assert await street.permissions() == [ASKED, "PERMANENT", ""]
