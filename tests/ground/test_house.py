from actions import calls, permissions
from actions.calls import Placing
from actions.permissions import Asking
from models.permission_request import PermissionRequest
from rules.permission import Status
from rules.refusals import PermissionMissing
from whatsapp.cloud_api import FreeForm, Recipient
from whatsapp.fake import Asked

from .house import OFFER, House


async def test_a_house_can_be_lived_in(house: House) -> None:
    asking = Asking(house.meera.id, house.number.id, FreeForm("May we call?"))
    request = await permissions.request(house.resources, house.admin, asking)

    assert isinstance(request, PermissionRequest)
    assert (request.message_id, request.sent_at) == ("wamid.1", house.clock.now)
    assert house.whatsapp.said == [
        Asked(
            house.number.phone_number_id,
            Recipient("+919812300457", None),
            FreeForm("May we call?"),
            f"cpr:{request.id}",
        )
    ]


async def test_in_a_new_house_nobody_may_be_rung(house: House) -> None:
    refused = await calls.start(house.resources, house.admin, Placing(house.caio.id, house.number.id, OFFER))

    assert refused == PermissionMissing(Status.NOT_REQUESTED)
    assert house.whatsapp.said == []
