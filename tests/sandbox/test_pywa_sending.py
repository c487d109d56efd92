"""pywa says things to the sandbox as if it were Meta, and understands what it answers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pywa import errors
from pywa.types import calls, templates
from pywa.types.callback import CallPermissionRequestButton

from .harness import MEERA, NUMBER, OFFER
from .pywa_business import Business, open_business

_OFFER = calls.SessionDescription(sdp_type="offer", sdp=OFFER)


@pytest.fixture
async def business(tmp_path: Path) -> AsyncIterator[Business]:
    """A business run with pywa."""
    async with open_business(tmp_path) as opened:
        yield opened


async def test_a_free_form_request_can_be_sent(business: Business) -> None:
    sent = await business.client.send_message(
        MEERA, "May we ring you about your delivery?", buttons=CallPermissionRequestButton(), tracker="cpr:1"
    )
    [request] = (await business.sandbox.phone())["requests"]
    assert (request["id"], request["kind"], request["status"]) == (sent.id, "free_form", "delivered")
    assert request["text"] == "May we ring you about your delivery?"
    assert (sent.to, sent.from_phone_id) == (MEERA, NUMBER)


async def test_a_template_request_can_be_sent(business: Business) -> None:
    await business.sandbox.press("window", {"open": False})
    sent = await business.client.send_template(
        MEERA,
        name="may_we_call",
        language=templates.TemplateLanguage.ENGLISH,
        params=[templates.BodyText.params(first_name="Meera", topic="your delivery")],
    )
    [request] = (await business.sandbox.phone())["requests"]
    assert (request["id"], request["kind"]) == (sent.id, "template")
    assert request["text"] == "Hi Meera, may we call you on WhatsApp about your delivery?"


async def test_a_request_template_can_be_made_and_listed(business: Business) -> None:
    template = templates.Template(
        name="callback_consent",
        language=templates.TemplateLanguage.ENGLISH,
        category=templates.TemplateCategory.UTILITY,
        parameter_format=templates.ParamFormat.NAMED,
        components=[
            templates.BodyText("Hi {{first_name}}, may we call?", first_name="Meera"),
            templates.CallPermissionRequestButton(),
        ],
    )
    made = await business.client.create_template(template)
    assert made.status is templates.TemplateStatus.APPROVED
    listed = await business.client.get_templates()
    assert [found.name for found in listed] == ["may_we_call", "callback_consent"]
    assert isinstance(listed[1].components[1], templates.CallPermissionRequestButton)


async def test_a_customer_can_be_addressed_by_user_id(business: Business) -> None:
    await business.sandbox.press("identity", {"username": "meera.k", "hide_phone": True})
    user_id = (await business.sandbox.phone())["user_id"]
    sent = await business.client.send_message(user_id, "May we?", buttons=CallPermissionRequestButton())
    assert sent.to == user_id
    await business.sandbox.press("reply", {"answer": "temporary"})
    assert (await business.client.initiate_call(user_id, _OFFER)).id.startswith("wacid.")
    assert (await business.sandbox.phone())["calls"][0]["status"] == "ringing"


async def test_a_call_can_be_started_and_ended(business: Business) -> None:
    await business.sandbox.press("grant", {"answer": "permanent"})
    call = await business.client.initiate_call(MEERA, _OFFER, tracker="call:1")
    assert (await business.sandbox.phone())["calls"][0]["wacid"] == call.id
    assert await business.client.terminate_call(call.id)
    assert (await business.sandbox.phone())["calls"][0]["status"] == "cancelled"


async def test_a_customers_call_can_be_taken(business: Business) -> None:
    wacid = (await business.sandbox.press("dial", {"ring": True})).json()["call"]["wacid"]
    answer = calls.SessionDescription(sdp_type="answer", sdp=OFFER)
    assert await business.client.pre_accept_call(wacid, answer)
    assert await business.client.accept_call(wacid, answer)
    assert (await business.sandbox.phone())["calls"][0]["status"] == "in_progress"


async def test_settings_can_be_read_and_changed(business: Business) -> None:
    settings = await business.client.get_business_phone_number_settings()
    assert settings.calling is not None
    assert settings.calling.status is calls.CallingSettingsStatus.ENABLED
    settings.calling.callback_permission_status = calls.CallbackPermissionStatus.ENABLED
    assert await business.client.update_business_phone_number_settings(calling=settings.calling)
    read = (await business.sandbox.graph(f"{NUMBER}/settings")).json()["calling"]
    assert read["callback_permission_status"] == "ENABLED"
    assert read["status"] == "ENABLED"


async def _asked(business: Business) -> calls.CallPermissions:
    # The client's own get_call_permissions gives its API half of the arguments it requires, so that it raises before
    # anything is asked; what lies below it speaks Meta's language well.
    with pytest.raises(TypeError, match="recipient"):
        await business.client.get_call_permissions(MEERA)
    answer = await business.client.api.get_call_permissions(phone_id=NUMBER, user_wa_id=MEERA, recipient=None)
    return calls.CallPermissions.from_dict(answer)


async def test_a_temporary_permission_and_its_limits_can_be_read(business: Business) -> None:
    await business.client.send_message(MEERA, "May we?", buttons=CallPermissionRequestButton())
    await business.sandbox.press("reply", {"answer": "temporary"})
    known = await _asked(business)
    expires_at = (await business.sandbox.phone())["permissions"][0]["expires_at"]
    assert known.permission.status is calls.CallPermissionStatus.TEMPORARY
    assert known.permission.expiration_time is not None
    assert known.permission.expiration_time.timestamp() == expires_at
    [ask, call] = known.actions
    assert (ask.action_name, ask.limits[0].current_usage) == ("send_call_permission_request", 1)
    assert (call.action_name, call.can_perform_action) == ("start_call", True)


async def test_it_does_not_know_permanent_permissions(business: Business) -> None:
    # Since November 2025 Meta's status may be `permanent`. pywa knows two values, warns of any other and reads UNKNOWN:
    # a customer who allowed calls for good looks like one of whom nothing is known.
    await business.sandbox.press("grant", {"answer": "permanent"})
    with pytest.warns(errors.PywaUnknownEnumMemberWarning, match="permanent"):
        known = await _asked(business)
    assert known.permission.status is calls.CallPermissionStatus.UNKNOWN
    assert known.actions[1].can_perform_action is True


async def test_metas_refusals_are_its_own_exceptions(business: Business) -> None:
    with pytest.raises(errors.CallPermissionNotFound):
        await business.client.initiate_call(MEERA, _OFFER)
    await business.sandbox.press("grant", {"answer": "permanent"})
    call = await business.client.initiate_call(MEERA, _OFFER)
    with pytest.raises(errors.DuplicateCall):
        await business.client.initiate_call(MEERA, _OFFER)
    await business.client.terminate_call(call.id)
    for code, kind in (
        (138000, errors.CallingNotEnabled),
        (138001, errors.ReceiverUncallable),
        (138012, errors.BusinessInitiatedCallsLimitHit),
        (130429, errors.RateLimitHit),
        (131056, errors.TooManyMessages),
        (190, errors.ExpiredAccessToken),
    ):
        await business.sandbox.script("errors", code=code, on="calls")
        with pytest.raises(kind) as refused:
            await business.client.initiate_call(MEERA, _OFFER)
        assert (refused.value.code, refused.value.type) == (code, "OAuthException")
        assert refused.value.details
    await business.sandbox.press("window", {"open": False})
    with pytest.raises(errors.ReEngagementMessage):
        await business.client.send_message(MEERA, "Hello")


async def test_an_answer_without_an_envelope_is_the_http_status(business: Business) -> None:
    await business.sandbox.script("errors", http_status=502)
    with pytest.raises(errors.WhatsAppError) as refused:
        await business.client.send_message(MEERA, "Hello")
    assert (refused.value.code, refused.value.status_code) == (502, 502)
