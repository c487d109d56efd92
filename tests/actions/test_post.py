"""Posting to addresses that partners named: over real sockets, with a resolver that says what the test wants."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from actions import post as posting
from actions.post import Lookup, Post, Posted, RefusedAddressError
from rules.webhooks import Answer
from tests.ground.certificates import Authority
from tests.ground.house import HOUR, NOON
from tests.ground.receiver import HANGS, Receiver, Says, receiving

NAME = "hooks.partner.example"
PUBLIC, PRIVATE = "93.184.216.34", "10.0.0.7"


def finding(*answers: Sequence[str]) -> Lookup:
    """Give a resolver that answers these one after the other, whatever it is asked; the last for ever."""
    coming = list(answers)

    async def look_up(_host: str, _port: int) -> Sequence[str]:
        return coming.pop(0) if len(coming) > 1 else coming[0]

    return look_up


async def send(post: Post, url: str) -> Posted:
    try:
        return await post.send(url, b"{}", {"webhook-id": "msg_1"}, NOON)
    finally:
        await post.close()


async def test_a_body_is_posted_once_to_the_address_that_was_looked_up_under_the_name_that_was_asked_for() -> None:
    asked = []

    async def look_up(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    async with receiving(Says(202, body=b"thanks")) as receiver:
        receiver.name = NAME
        posted = await send(Post(open=True, look_up=look_up), receiver.url)
    assert (posted.answer, posted.body, posted.failure) == (Answer(202), "thanks", None)
    assert asked == [(NAME, receiver.port)]
    [got] = receiver.got
    assert (got.target, got.body, got.headers["host"]) == ("/hook?for=us", b"{}", f"{NAME}:{receiver.port}")
    assert got.headers["webhook-id"] == "msg_1"


# --- Where nothing is sent ---


@pytest.mark.parametrize(
    "found", [[PRIVATE], ["127.0.0.1"], ["169.254.169.254"], ["::ffff:127.0.0.1"], [PUBLIC, PRIVATE], []]
)
async def test_a_name_with_a_private_address_among_its_own_is_refused_before_and_at_every_attempt(
    found: list[str],
) -> None:
    async with receiving() as receiver:
        url = f"https://{NAME}:{receiver.port}/"
        post = Post(look_up=finding(found))
        with pytest.raises(RefusedAddressError):
            await post.check(url)
        posted = await send(post, url)
    assert posted.answer == Answer(None)
    assert posted.failure
    assert receiver.got == []


async def test_a_name_that_turns_private_after_it_was_checked_is_not_posted_to() -> None:
    post = Post(look_up=finding([PUBLIC], ["127.0.0.1"]))
    async with receiving() as receiver:
        url = f"https://{NAME}:{receiver.port}/"
        await post.check(url)
        posted = await send(post, url)
    assert posted.failure == (
        f"The host {NAME} is at an address that is not on the open internet, and nothing is sent there."
    )
    assert receiver.got == []


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.partner.example/",
        "ftp://hooks.partner.example/",
        "//hooks.partner.example/",
        "hooks.partner.example",
        "https://",
        "https:///path",
        "https://user@hooks.partner.example/",
        "https://user:word@hooks.partner.example/",
        "https://hooks.partner.example/#part",
        "https://hooks.partner.example:22/",
        "https://hooks.partner.example:80/",
        "https://hooks.partner.example:70000/",
        "https://hooks.partner.example/\n",
        "https://hooks.partner.example/" + "a" * 2000,
    ],
)
async def test_an_address_that_is_not_one_to_post_to_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(RefusedAddressError, match=r"\.$"):
        await Post(look_up=finding([PUBLIC])).check(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "2130706433", "0x7f.1", "127.1", "localhost"]
)
async def test_an_inner_address_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(RefusedAddressError, match=r"not on the open internet|cannot be found"):
        await Post().check(f"https://{host}/")


@pytest.mark.parametrize(
    "url", ["https://hooks.partner.example/a?b=c", "https://hooks.partner.example:8443/", "https://bücher.example/"]
)
async def test_an_address_on_the_open_internet_is_accepted(url: str) -> None:
    await Post(look_up=finding([PUBLIC, "2606:4700::1111"])).check(url)


async def test_a_name_that_is_not_found_is_refused_and_may_be_found_another_time() -> None:
    async def look_up(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    post = Post(look_up=look_up)
    with pytest.raises(RefusedAddressError, match="cannot be found"):
        await post.check(f"https://{NAME}/")
    assert (await send(post, f"https://{NAME}/")).failure == f"The host {NAME} cannot be found."


# --- What comes back ---


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async with receiving() as inner, receiving(Says(307, {"location": inner.url})) as outer:
        posted = await send(Post(open=True), outer.url)
    assert posted.answer == Answer(307)
    assert (len(outer.got), inner.got) == (1, [])


async def test_little_is_read_of_a_long_answer() -> None:
    async with receiving(Says(500, body=b"\0no " * 1_000_000)) as receiver:
        posted = await send(Post(open=True), receiver.url)
    assert posted.answer == Answer(500)
    assert posted.body is not None
    assert posted.body == ("�no " * 256)


async def test_an_answer_whose_body_never_comes_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "BODY_SECONDS", 0.05)
    async with receiving(Says(200, body=b"well", drips=True)) as receiver:
        posted = await send(Post(open=True), receiver.url)
    assert (posted.answer, posted.body) == (Answer(200), "well")


async def test_who_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "PATIENCE_SECONDS", 0.2)
    async with receiving(HANGS) as receiver:
        posted = await send(Post(open=True), receiver.url)
    assert (posted.answer, posted.body) == (Answer(None), None)
    assert posted.failure is not None
    assert posted.failure.startswith("No answer within")
    assert posted.took >= timedelta(seconds=0.2)


async def test_who_does_not_listen_is_told_of_and_another_of_the_name_s_addresses_is_tried() -> None:
    async with receiving() as receiver:
        pass
    posted = await send(Post(open=True), receiver.url)
    assert posted.answer == Answer(None)
    assert posted.failure is not None
    assert posted.failure.startswith("The connection could not be made")
    async with receiving() as receiver:
        posted = await send(Post(open=True, look_up=finding(["127.0.0.2", "127.0.0.1"])), receiver.url)
    assert posted.answer == Answer(200)


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("120", timedelta(seconds=120)),
        (format_datetime(NOON + HOUR, usegmt=True), HOUR),
        (format_datetime(NOON - HOUR, usegmt=True), timedelta()),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("9" * 400, timedelta(seconds=99_999_999)),
    ],
)
async def test_an_answer_can_ask_for_patience_in_seconds_or_until_a_moment(said: str, wish: timedelta | None) -> None:
    async with receiving(Says(429, {"retry-after": said})) as receiver:
        posted = await send(Post(open=True), receiver.url)
    assert posted.answer == Answer(429, wish)


# --- TLS ---


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def posted_over_tls(authority: Authority, name: str, trust: ssl.SSLContext | None) -> tuple[Posted, Receiver]:
    async with receiving(tls=authority.server_for(NAME)) as receiver:
        receiver.name = name
        post = Post(open=True, look_up=finding(["127.0.0.1"]), trust=trust)
        return await send(post, receiver.url), receiver


async def test_who_answers_proves_the_name_although_the_connection_goes_to_the_address(authority: Authority) -> None:
    posted, receiver = await posted_over_tls(authority, NAME, authority.trust())
    assert posted.answer == Answer(200)
    assert receiver.got[0].headers["host"] == f"{NAME}:{receiver.port}"


@pytest.mark.parametrize("name", ["other.partner.example", "127.0.0.1"])
async def test_who_proves_another_name_is_told_nothing(authority: Authority, name: str) -> None:
    posted, receiver = await posted_over_tls(authority, name, authority.trust())
    assert (posted.answer, receiver.got) == (Answer(None), [])
    assert posted.failure is not None
    assert "CERTIFICATE_VERIFY_FAILED" in posted.failure


async def test_who_is_vouched_for_by_nobody_known_is_told_nothing(authority: Authority) -> None:
    posted, receiver = await posted_over_tls(authority, NAME, None)
    assert (posted.answer, receiver.got) == (Answer(None), [])


async def test_attempts_share_no_connection(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with receiving(tls=authority.server_for(NAME)) as receiver:
        receiver.name = NAME
        post = Post(open=True, look_up=finding(["127.0.0.1"]), trust=authority.trust())
        first = await post.send(receiver.url, b"{}", {}, NOON)
        receiver.name = "other.partner.example"
        second = await send(post, receiver.url)
    assert (first.answer, second.answer) == (Answer(200), Answer(None))
    assert len(receiver.got) == 1


async def test_closing_before_anything_was_posted_is_nothing() -> None:
    await asyncio.gather(Post().close(), Post().close())
