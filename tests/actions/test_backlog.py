"""What waits to be done is counted by what it is, and by how long it should have been done."""

from datetime import timedelta

from actions import backlog
from models.webhook_delivery import WebhookDelivery
from tests.ground.house import HOUR, MINUTE, House
from whatsapp.cloud_api import Unanswered

from .doing import ask


async def deliver_later(house: House, *due_for: timedelta) -> None:
    """Leave deliveries behind that are due for so long."""
    now = house.resources.now()
    async with house.resources.database.writing() as session:
        session.add_all(
            WebhookDelivery(sha256=f"{number}", body=b"", received_at=now, retry_at=now - late)
            for number, late in enumerate(due_for)
        )


async def test_where_nothing_waits_nothing_is_counted(house: House) -> None:
    counted = await backlog.counted(house.resources)
    assert counted.waiting == {"requests": 0, "calls": 0, "deliveries": 0, "messages": 0}
    assert set(counted.due.values()) == {0}
    assert set(counted.oldest.values()) == {timedelta()}


async def test_deliveries_that_are_to_be_tried_again_wait_and_some_are_due(house: House) -> None:
    await deliver_later(house, 3 * MINUTE, MINUTE, -HOUR)
    counted = await backlog.counted(house.resources)
    assert (counted.waiting["deliveries"], counted.due["deliveries"]) == (3, 2)
    assert counted.oldest["deliveries"] == 3 * MINUTE


async def test_a_request_of_which_nobody_knows_waits_and_is_due_once_its_sender_is_given_up(house: House) -> None:
    house.whatsapp.will(Unanswered("the line was cut"))
    await ask(house)
    assert ((await backlog.counted(house.resources)).waiting["requests"]) == 1
    assert ((await backlog.counted(house.resources)).due["requests"]) == 0
    house.clock.wait(HOUR)
    assert ((await backlog.counted(house.resources)).due["requests"]) == 1
