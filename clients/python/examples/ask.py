"""Ask a customer for permission to call: MAYCALL_URL=… MAYCALL_TOKEN=… python ask.py +919812300457 "your delivery"."""

import asyncio
import os
import sys

from maycall import (
    CustomerBy,
    LimitReached,
    Maycall,
    Refusal,
    RequestCallPermissionInput,
    TemplateInput,
    TemplateParameterInput,
)


async def main(phone: str, topic: str) -> None:
    """Ask, and say what came of it."""
    async with Maycall(os.environ["MAYCALL_URL"], os.environ["MAYCALL_TOKEN"]) as client:
        customer = await client.find_customer(CustomerBy(phone=phone))
        if customer is None:
            sys.exit(f"There is no customer with the phone {phone}.")
        [number, *_] = await client.business_numbers()
        values = {"first_name": (customer.name or "there").split()[0], "topic": topic}
        answer = await client.request_call_permission(
            RequestCallPermissionInput(
                customer_id=customer.id,
                business_number_id=number.id,
                template=TemplateInput(
                    name="may_we_call",
                    language="en",
                    parameters=[TemplateParameterInput(name=name, value=value) for name, value in values.items()],
                ),
            )
        )
        if isinstance(answer, LimitReached):
            print(f"{answer.limit.used} of {answer.limit.maximum} are used." if answer.limit else "All are used.")
        if isinstance(answer, Refusal):
            print(answer.code.value, answer.message, answer.available_at or "")
        else:
            print(answer.permission_request.status.value, "until", answer.permission_request.expires_at)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
