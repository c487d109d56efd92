"""A number with an access token of its own is spoken for with it, from the moment it is written, on every server."""

from models.business_number import BusinessNumber
from tests.ground.house import House

from .doing import allow, ask, restarted, rung


async def keep_token(house: House, token: str | None) -> None:
    async with house.resources.database.writing() as session:
        number = await session.get_one(BusinessNumber, (house.business.workspace.id, house.number.id))
        house.resources.seal.put(number, "access_token", token)


async def test_whoever_speaks_uses_the_token_that_the_number_has_then(house: House) -> None:
    tokens = house.whatsapp.tokens
    async with restarted(house) as other:
        await allow(house, house.meera)
        await allow(house, house.caio)
        await rung(house)
        assert tokens == []

        await keep_token(house, "EAAB-first")
        await ask(house, await house.business.customer())
        await rung(other, house.caio)
        assert set(tokens) == {"EAAB-first"}

        tokens.clear()
        await keep_token(house, "EAAB-second")
        for server in (house, other):
            await ask(server, await house.business.customer())
        assert set(tokens) == {"EAAB-second"}

        tokens.clear()
        await keep_token(house, None)
        await ask(other, await house.business.customer())
        assert tokens == []
