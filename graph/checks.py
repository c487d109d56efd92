"""What was found of a business number at Meta, aspect by aspect."""

from collections.abc import Iterable

import strawberry

from whatsapp.inspection import Aspect, Found, Verdict


@strawberry.type(description="Something that a finding is about.")
class CheckParticular:
    name: str = strawberry.field(
        description="What it is: `endsAt`, `scope`, `phoneNumberId`, `phone`, `wabaId`, `field`, `toldAt`, `heardAt`,"
        " `count`, or `reason`, which is WhatsApp's own words."
    )
    value: str = strawberry.field(description="Its value; a moment as ISO 8601.")


@strawberry.type(description="One thing that was looked at, and what was found.")
class BusinessNumberCheck:
    aspect: Aspect = strawberry.field(description="What was looked at.")
    verdict: Verdict = strawberry.field(description="How it stands.")
    finding: Found = strawberry.field(description="What was found, for programs.")
    particulars: list[CheckParticular] = strawberry.field(
        description="What the finding is about; of a list, such as of scopes, one for each."
    )
    message: str = strawberry.field(description="What is so, and what to do where something is to be done.")


def shown_particulars(particulars: Iterable[tuple[str, str]]) -> list[CheckParticular]:
    return [CheckParticular(name=name, value=value) for name, value in particulars]
