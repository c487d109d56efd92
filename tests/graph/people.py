"""People who have signed in, and a second number of the house's business."""

from actions import business_numbers, people
from actions.access import Made
from actions.people import Identity, Numbers, Welcome
from models.business_number import BusinessNumber, Environment
from models.person import Person
from rules.access import Admission, Role
from tests.ground.house import HOUR, Business, House

NOBODY_ELSE = Welcome(Admission(), people.NO_NUMBERS, 12 * HOUR)


async def invited(business: Business, name: str, role: Role, numbers: Numbers = people.NO_NUMBERS) -> Person:
    email, workspace_id = f"{name.lower()}@example.com", business.workspace.id
    person = await people.invite(business.resources, workspace_id, email, role, numbers, by="admin")
    assert isinstance(person, Person)
    return person


async def signed_in(business: Business, name: str) -> str:
    """Let somebody who was invited sign in, and give the token."""
    identity = Identity("https://login.example", f"{name}-1", f"{name.lower()}@example.com", name)
    made = await people.sign_in(business.resources, identity, NOBODY_ELSE)
    assert isinstance(made, Made)
    return made.secret


async def arrived(business: Business, name: str, role: Role, *numbers: BusinessNumber) -> tuple[Person, str]:
    """Invite somebody for these numbers, and let them sign in."""
    person = await invited(business, name, role, Numbers(frozenset(number.id for number in numbers)))
    return person, await signed_in(business, name)


async def second_number(house: House) -> BusinessNumber:
    return await business_numbers.add(
        house.resources,
        house.business.workspace.id,
        phone_number_id="529183746501133",
        display_phone_number="+918045550143",
        waba_id="318840017724905",
        name="Back office",
        environment=Environment.PRODUCTION,
    )
