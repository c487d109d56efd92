"""People sign in with a provider: whom it has seen comes in as what they are here, and nobody else."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import orjson
import pytest
import pytest_asyncio
from sqlmodel import select

from actions import people
from actions.access import Made
from actions.people import Numbers
from models.api_token import ApiToken
from models.person import Person
from rules.access import Admission, Role
from server import beginnings
from server.app import create_app
from server.settings import Settings
from tests.ground.house import HOUR, MINUTE, SECOND, House, open_business
from tests.ground.provider import ASHA, CLIENT_ID, CLIENT_SECRET, ec_key, running

from .signing_in import HERE, Doors, opened, sentence

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WHO = "{ viewer { name role scopes person { name email role roleFromProvider invitedBy allBusinessNumbers } } }"
NO_ROLE = "You have no role here. Ask an admin to invite you by your e-mail address."
NOT_YOURS = "Your e-mail address is not one of those that may come in. Ask an admin to invite you."
DOES_NOT_HOLD = "What the provider says of you does not hold. Sign in again."


@pytest_asyncio.fixture
async def doors(house: House) -> AsyncIterator[Doors]:
    """Everybody of example.com comes in as a viewer."""
    async with opened(house, oidc_default_role="viewer", oidc_email_domains="example.com") as doors:
        yield doors


async def everybody(house: House) -> list[Person]:
    async with house.resources.database.reading() as session:
        return list(await session.exec(select(Person)))


async def invited(house: House, email: str, role: Role = Role.AGENT, numbers: Numbers = people.NO_NUMBERS) -> Person:
    person = await people.invite(house.resources, house.business.workspace.id, email, role, numbers, by="admin")
    assert isinstance(person, Person)
    return person


# --- The way there and back ---


async def test_whoever_the_provider_has_seen_comes_in_with_a_token_in_the_fragment(doors: Doors) -> None:
    token = await doors.sign_in()
    assert (await doors.ask(WHO, token))["data"]["viewer"] == {
        "name": "Asha Rao",
        "role": "VIEWER",
        "scopes": ["calls:read", "customers:read", "permissions:read"],
        "person": {
            "name": "Asha Rao",
            "email": "asha@example.com",
            "role": "VIEWER",
            "roleFromProvider": False,
            "invitedBy": None,
            "allBusinessNumbers": False,
        },
    }
    assert not doors.browser.cookies


async def test_the_cookie_on_the_way_is_the_doors_own_and_short_lived(house: House) -> None:
    async with opened(house, public_url="https://maycall.example") as doors:
        response = await doors.browser.get(f"{HERE}/sign-in")
    name, _, rest = response.headers["Set-Cookie"].partition("=")
    attributes = {part.strip().lower() for part in rest.split(";")[1:]}
    assert name == "__Host-maycall-sign-in"
    assert attributes == {"httponly", "max-age=600", "path=/", "samesite=lax", "secure"}
    assert response.headers["Cache-Control"] == "no-store"


async def test_the_same_person_stays_the_same_and_has_a_sign_in_of_their_own_each_time(doors: Doors) -> None:
    first = await doors.sign_in()
    doors.provider.someone |= {"email": "asha.rao@example.com", "name": "Asha R."}
    second = await doors.sign_in()
    assert first != second
    assert [(person.email, person.name) for person in await everybody(doors.house)] == [
        ("asha.rao@example.com", "Asha R.")
    ]
    assert (await doors.ask("{ viewer { name } }", first))["data"]["viewer"]["name"] == "Asha R."


async def test_a_sign_in_ends_by_itself_after_its_hours(house: House) -> None:
    async with opened(house, oidc_default_role="viewer", oidc_email_domains="*", sign_in_hours=2) as doors:
        token = await doors.sign_in()
        house.clock.wait(2 * HOUR - SECOND)
        assert "errors" not in await doors.ask(WHO, token)
        house.clock.wait(SECOND)
        [error] = (await doors.ask(WHO, token))["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_of_too_many_sign_ins_the_oldest_ends(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MOST_SIGN_INS", 2)
    first, second, third = [await doors.sign_in() for _ in range(3)]
    assert ["data" in await doors.ask(WHO, token) for token in (first, second, third)] == [False, True, True]


async def test_without_a_provider_the_door_says_so_and_pages_offer_none(house: House) -> None:
    async with opened(house, oidc_issuer=None, oidc_client_id="", oidc_client_secret="") as doors:
        for path in ("/sign-in", "/sign-in/callback?code=x&state=y"):
            response = await doors.browser.get(f"{HERE}{path}")
            assert (response.status_code, sentence(response)) == (
                404,
                "Nobody signs in here by a provider: none is set up. Paste a token instead.",
            )
        ways = (await doors.browser.get(f"{HERE}/sign-in/ways")).json()
    assert ways == {"token": True, "provider": False}


async def test_pages_are_told_of_a_provider(doors: Doors) -> None:
    assert (await doors.browser.get(f"{HERE}/sign-in/ways")).json() == {"token": True, "provider": True}


async def test_a_client_that_shows_its_secret_in_the_form_does_so_where_the_provider_wants_that(doors: Doors) -> None:
    doors.provider.told = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert await doors.sign_in()


# --- What proves nothing ---


async def test_an_id_token_that_does_not_hold_lets_nobody_in(doors: Doors) -> None:
    for spoiled in (
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"aud": "somebody else"},
        {"aud": ["maycall", "somebody else"]},
        {"azp": "somebody else"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"sub": "x" * 256},
        {"sub": "nothing\u0000to keep"},
        {"iat": 4_000_000_000},
    ):
        doors.provider.spoiled = spoiled
        assert await doors.refused(401) == DOES_NOT_HOLD, spoiled
    assert await everybody(doors.house) == []


def unsigned(id_token: str) -> str:
    header = base64.urlsafe_b64encode(orjson.dumps({"alg": "none"})).rstrip(b"=").decode()
    return f"{header}.{id_token.split('.')[1]}."


def altered(id_token: str) -> str:
    header, claims, signature = id_token.split(".")
    told = orjson.loads(base64.urlsafe_b64decode(claims + "==")) | {"sub": "somebody-else"}
    return f"{header}.{base64.urlsafe_b64encode(orjson.dumps(told)).rstrip(b'=').decode()}.{signature}"


async def test_an_id_token_that_the_provider_has_not_signed_lets_nobody_in(doors: Doors) -> None:
    for token in (unsigned, altered, lambda _: "no token", lambda _: "a.b.c"):
        doors.provider.token = token
        assert await doors.refused(401) == DOES_NOT_HOLD
    assert await everybody(doors.house) == []


async def test_keys_may_change_at_any_time_and_a_strangers_key_is_none(doors: Doors) -> None:
    await doors.sign_in()
    doors.provider.rotate()
    assert await doors.sign_in()
    doors.provider.signing = ec_key("a stranger's")
    assert await doors.refused(401) == DOES_NOT_HOLD


async def test_what_the_provider_says_of_itself_is_asked_once_an_hour(doors: Doors) -> None:
    for _ in range(3):
        await doors.begin()
    assert doors.provider.asked == ["/.well-known/openid-configuration", "/keys"]
    doors.house.clock.wait(HOUR)
    await doors.begin()
    assert len(doors.provider.asked) == 4


async def test_a_way_back_is_walked_once(doors: Doors) -> None:
    way_back = await doors.meet()
    cookies = dict(doors.browser.cookies)
    assert (await doors.browser.get(way_back)).status_code == 303
    again = await doors.browser.get(way_back)
    assert (again.status_code, sentence(again)) == (400, "This sign-in has taken too long, or began elsewhere.")
    doors.browser.cookies.update(cookies)  # somebody has kept them: the provider takes no code twice
    again = await doors.browser.get(way_back)
    assert (again.status_code, sentence(again)) == (
        401,
        "The provider did not take the code that it sent you back with. Sign in again.",
    )


async def test_a_way_back_is_for_the_browser_that_began_and_for_ten_minutes(doors: Doors) -> None:
    way_back = await doors.meet()
    forged = way_back.replace("state=", "state=x")
    assert sentence(await doors.browser.get(forged)) == "This sign-in has taken too long, or began elsewhere."
    way_back = await doors.meet()
    doors.browser.cookies.clear()
    assert (await doors.browser.get(way_back)).status_code == 400
    way_back = await doors.meet()
    doors.house.clock.wait(10 * MINUTE)
    assert (await doors.browser.get(way_back)).status_code == 400
    assert await everybody(doors.house) == []


async def test_a_cookie_that_we_did_not_write_is_none(doors: Doors) -> None:
    way_back = await doors.meet()
    [(name, cookie)] = doors.browser.cookies.items()
    doors.browser.cookies.clear()
    doors.browser.cookies.set(name, f"{cookie[:-4]}AAAA")
    assert (await doors.browser.get(way_back)).status_code == 400


async def test_a_provider_that_lets_nobody_in_is_quoted_and_its_words_are_harmless(doors: Doors) -> None:
    doors.provider.refusing = "access_denied<script>"
    assert await doors.refused(403) == "The provider did not let you in (access_denied&lt;script&gt;)."


async def test_a_provider_that_is_not_there_or_another_is_told_in_a_sentence(house: House) -> None:
    async with opened(house, oidc_issuer="http://127.0.0.1:9") as doors:
        response = await doors.browser.get(f"{HERE}/sign-in")
    assert response.status_code == 502
    assert sentence(response) == (
        "The sign-in provider cannot be used now: http://127.0.0.1:9/.well-known/openid-configuration gives nothing"
        " that can be read. Try again in a moment, or tell whoever runs Maycall."
    )
    async with opened(house) as doors:
        doors.provider.told = {"issuer": "https://elsewhere.example"}
        response = await doors.browser.get(f"{HERE}/sign-in")
        assert "it calls itself &#x27;https://elsewhere.example&#x27;" in sentence(response)


# --- Who may come in, and as what ---


async def test_nobody_comes_in_whom_nobody_invited_where_nothing_else_is_said(house: House) -> None:
    async with opened(house) as doors:
        assert await doors.refused(403) == NO_ROLE
        assert await everybody(house) == []


async def test_who_is_not_invited_needs_a_verified_address_of_ours(doors: Doors) -> None:
    for spoiled in (
        {"email": "asha@example.org"},
        {"email": "asha@example.com.example.org"},
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
    ):
        doors.provider.spoiled = spoiled
        assert await doors.refused(403) == NOT_YOURS, spoiled
    assert await everybody(doors.house) == []


async def test_a_providers_silence_about_an_address_may_be_trusted_but_not_its_no(house: House) -> None:
    settings = {"oidc_default_role": "viewer", "oidc_email_domains": "example.com", "oidc_trust_email": True}
    async with opened(house, **settings) as doors:
        doors.provider.spoiled = {"email_verified": False}
        assert await doors.refused(403) == NOT_YOURS
        doors.provider.spoiled = {"email_verified": None}
        assert await doors.sign_in()


async def test_the_invited_come_in_as_what_they_were_invited_as(house: House) -> None:
    number = Numbers(frozenset({house.number.id}))
    await invited(house, " ASHA@example.com", Role.AGENT, number)
    async with opened(house) as doors:
        token = await doors.sign_in()
        query = "{ viewer { role businessNumbers { name } person { invitedBy } } }"
        assert (await doors.ask(query, token))["data"]["viewer"] == {
            "role": "AGENT",
            "businessNumbers": [{"name": "Chai & Co"}],
            "person": {"invitedBy": "admin"},
        }


async def test_an_invitation_is_for_one_person_with_a_verified_address(house: House) -> None:
    await invited(house, "asha@example.com", Role.ADMIN)
    async with opened(house) as doors:
        doors.provider.spoiled = {"email_verified": False}
        assert await doors.refused(403) == NO_ROLE
        doors.provider.spoiled = {}
        assert await doors.sign_in()
        doors.provider.someone |= {"sub": "another-with-her-old-address"}
        assert await doors.refused(403) == NO_ROLE


async def test_the_invited_of_another_workspace_come_in_there_and_see_nothing_of_this(house: House) -> None:
    rival = await open_business(
        house.resources, "Rival", phone_number_id="1002003004005", display_phone_number="+918045550199"
    )
    await people.invite(house.resources, rival.workspace.id, "asha@example.com", Role.ADMIN, by="rival")
    async with opened(house, oidc_default_role="viewer", oidc_email_domains="*") as doors:
        token = await doors.sign_in()
        query = "{ viewer { workspace { name } } businessNumbers { name } customers(first: 9) { totalCount } }"
        assert (await doors.ask(query, token))["data"] == {
            "viewer": {"workspace": {"name": "Rival"}},
            "businessNumbers": [{"name": "Rival"}],
            "customers": {"totalCount": 0},
        }


async def test_a_claim_says_the_role(house: House) -> None:
    for path, claims, role in (
        ("groups", {"groups": ["staff", "maycall-desk"]}, "AGENT"),
        ("groups", {"groups": ["maycall-desk", "maycall-admins"]}, "ADMIN"),
        ("groups", {"groups": "maycall-admins"}, "ADMIN"),
        ("realm_access.roles", {"realm_access": {"roles": ["maycall-desk"]}}, "AGENT"),
        ("https://example.com/roles", {"https://example.com/roles": ["maycall-desk"]}, "AGENT"),
        ("roles", {"roles": {"maycall-admins": {"4711": "example.com"}}}, "ADMIN"),
    ):
        roles = "maycall-admins=admin, maycall-desk=agent"
        async with opened(house, oidc_role_claim=path, oidc_roles=roles) as doors:
            doors.provider.someone = ASHA | claims
            viewer = (await doors.ask(WHO, await doors.sign_in()))["data"]["viewer"]
            assert (viewer["role"], viewer["person"]["roleFromProvider"]) == (role, True), claims


async def test_what_the_id_token_leaves_out_is_asked_for_and_must_be_about_the_same_person(house: House) -> None:
    async with opened(house, oidc_role_claim="groups", oidc_roles="desk=agent") as doors:
        doors.provider.someone = {"sub": "asha-1"}
        doors.provider.more = {"groups": ["desk"], "name": "Asha Rao", "email": "asha@example.com"}
        viewer = (await doors.ask(WHO, await doors.sign_in()))["data"]["viewer"]
        assert (viewer["role"], viewer["person"]["name"], viewer["person"]["email"]) == ("AGENT", "Asha Rao", None)
        doors.provider.more |= {"sub": "somebody-else"}
        assert await doors.refused(401) == (
            "The provider speaks of somebody else when it is asked about you. Sign in again."
        )


async def test_a_role_that_the_provider_takes_away_is_gone_with_the_sign_ins_it_gave(house: House) -> None:
    async with opened(house, oidc_role_claim="groups", oidc_roles="admins=admin,desk=agent") as doors:
        doors.provider.someone = ASHA | {"groups": ["admins"]}
        first = await doors.sign_in()
        doors.provider.someone = ASHA | {"groups": ["desk"]}
        await doors.sign_in()
        assert (await doors.ask(WHO, first))["data"]["viewer"]["role"] == "AGENT"
        doors.provider.someone = ASHA | {"groups": []}
        assert await doors.refused(403) == NO_ROLE
        assert "errors" in await doors.ask(WHO, first)


async def test_who_comes_in_by_themselves_uses_no_number_until_one_is_chosen_unless_all_are(house: House) -> None:
    query = "{ businessNumbers { name } }"
    for every, seen in ((False, []), (True, [{"name": "Chai & Co"}])):
        settings = {"oidc_default_role": "agent", "oidc_email_domains": "*", "oidc_all_numbers": every}
        async with opened(house, **settings) as doors:
            doors.provider.someone |= {"sub": f"of those where it is {every}"}
            answer = await doors.ask(query, await doors.sign_in())
            assert answer["data"]["businessNumbers"] == seen


async def test_who_was_removed_does_not_come_in_again_until_invited_again(doors: Doors) -> None:
    token = await doors.sign_in()
    [asha] = await everybody(doors.house)
    await people.remove(doors.house.resources, doors.house.admin, asha.id)
    assert "errors" in await doors.ask(WHO, token)
    assert await doors.refused(403) == "An admin has taken your access away. Ask them to invite you again."
    await invited(doors.house, "asha@example.com", Role.AGENT)
    again = await doors.sign_in()
    assert (await doors.ask(WHO, again))["data"]["viewer"]["role"] == "AGENT"
    assert "errors" in await doors.ask(WHO, token)
    assert len(await everybody(doors.house)) == 1


# --- Failing too often ---


async def test_who_brings_back_too_much_that_proves_nothing_waits(house: House) -> None:
    async with opened(house, oidc_default_role="viewer", oidc_email_domains="*", failed_sign_ins=3) as doors:
        doors.provider.token = unsigned
        for _ in range(3):
            assert await doors.refused(401) == DOES_NOT_HOLD
        asked = len(doors.provider.asked)
        response = await doors.arrive()
        assert (response.status_code, response.headers["Retry-After"]) == (429, "300")
        assert len(doors.provider.asked) == asked
        doors.provider.token = str
        house.clock.wait(timedelta(minutes=5))
        assert await doors.sign_in()


async def test_two_first_sign_ins_at_once_are_of_one_person(house: House) -> None:
    async with opened(house, oidc_default_role="viewer", oidc_email_domains="*") as doors:
        identity = people.Identity(doors.provider.url, "asha-1", "asha@example.com", "Asha")
    admission = Admission(Role.VIEWER)
    welcome = people.Welcome(admission, people.NO_NUMBERS, HOUR)
    made = await asyncio.gather(*(people.sign_in(house.resources, identity, welcome) for _ in range(4)))
    assert len({each.secret for each in made if isinstance(each, Made)}) == 4
    [person] = await everybody(house)
    async with house.resources.database.reading() as session:
        sessions = (await session.exec(select(ApiToken).where(ApiToken.person_id == person.id))).all()
    assert len(sessions) == 4


# --- In the whole app ---


async def test_the_whole_app_has_these_doors(sqlite_url: str, tmp_path: Path, database_url: str) -> None:
    assert database_url == sqlite_url
    async with running(lambda: datetime.now(UTC)) as provider:
        settings = Settings(
            sandbox=True,
            database_url=sqlite_url,
            public_url=HERE,
            oidc_issuer=provider.url,
            oidc_client_id=CLIENT_ID,
            oidc_client_secret=CLIENT_SECRET,
            oidc_role_claim="groups",
            oidc_roles={"admins": Role.ADMIN},
        )
        provider.someone |= {"groups": ["admins"]}
        app = create_app(settings, HERE, tmp_path)
        mounts = {HERE: httpx.ASGITransport(app)}
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(mounts=mounts, trust_env=False, follow_redirects=True) as browser,
        ):
            await beginnings.ensure_workspace(app.state.resources)
            arrived = await browser.get(f"{HERE}/sign-in")
            assert [response.status_code for response in arrived.history][:3] == [303, 302, 303]
            token = urlsplit(arrived.history[2].headers["Location"]).fragment.removeprefix("token=")
            headers = {"Authorization": f"Bearer {token}"}
            answer = await browser.post(f"{HERE}/graphql", json={"query": "{ viewer { name role } }"}, headers=headers)
            assert answer.json()["data"]["viewer"] == {"name": "Asha Rao", "role": "ADMIN"}
            refused = await browser.get(f"{HERE}/sign-in/callback?code=x&state=y")
            assert (refused.status_code, refused.headers["Cache-Control"]) == (400, "no-store")
            assert "script-src 'self'" in refused.headers["Content-Security-Policy"]
