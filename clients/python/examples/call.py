"""Ring a customer: MAYCALL_URL=… MAYCALL_TOKEN=… python call.py +919812300457 offer.sdp.

The offer is the agent's, made by RTCPeerConnection. Prints how far the call has come, until it is over.
"""

import asyncio
import os
import sys
from contextlib import aclosing
from pathlib import Path

from maycall import CustomerBy, Maycall, Refusal, StartCallInput


async def main(phone: str, offer: str) -> None:
    """Ring, and follow the call to its end."""
    async with Maycall(os.environ["MAYCALL_URL"], os.environ["MAYCALL_TOKEN"]) as client:
        customer = await client.find_customer(CustomerBy(phone=phone))
        if customer is None:
            sys.exit(f"There is no customer with the phone {phone}.")
        [number, *_] = await client.business_numbers()
        before = await client.change_cursor()
        answer = await client.start_call(
            StartCallInput(customer_id=customer.id, business_number_id=number.id, sdp_offer=Path(offer).read_text())
        )
        if isinstance(answer, Refusal):
            sys.exit(f"{answer.code.value} {answer.message}")
        async with aclosing(client.call_changed(after=before, call_ids=[answer.call.id])) as changes:
            async for change in changes:
                if change.status != change.previous_status:  # else it is WhatsApp's answer to the offer that has come
                    print(change.status.value, flush=True)
                if change.call.ended_at:
                    return


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
