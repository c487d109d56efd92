"""GraphQL over HTTP by the audits of the field's own package."""

from .conftest import Partner

AUDITS = 61


async def test_every_audit_of_graphql_http_passes_must_should_and_may(partner: Partner) -> None:
    async with partner.running("audits.js") as program:
        results = await program.rest()
    failed = [(audit["id"], audit["name"], audit["reason"]) for audit in results if audit["status"] != "ok"]
    assert failed == []
    assert len(results) >= AUDITS
    assert {audit["name"].split()[0] for audit in results} == {"MUST", "SHOULD", "MAY"}
