import hmac

import pytest

from whatsapp.signature import is_genuine, sign

from .samples import sample

SECRET = "demo-app-secret"
# docs/reference/whatsapp-calling.md §5.0
VECTOR = "sha256=9d99cc905b3e868158d6d3e4f6d397049509f3437e0b993ee2fdf5b730873c07"


def test_the_signature_is_the_one_of_the_documentation() -> None:
    assert len(sample("01")) == 1524
    assert sign(sample("01"), SECRET) == VECTOR
    assert is_genuine(sample("01"), VECTOR, SECRET)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        VECTOR.removeprefix("sha256="),
        VECTOR.upper(),
        VECTOR[:-1],
        f"{VECTOR}0",
        f"{VECTOR} ",
        VECTOR.replace("sha256", "sha1"),
        "sha256=9d99cc905b3e868158d6d3e4f6d397049509f3437e0b993ee2fdf5b730873c08",
        "sha256=é",
    ],
)
def test_any_other_signature_is_not_genuine(signature: str | None) -> None:
    assert not is_genuine(sample("01"), signature, SECRET)


def test_one_byte_more_or_another_secret_and_it_is_not_genuine() -> None:
    assert not is_genuine(sample("01") + b"\n", VECTOR, SECRET)
    assert not is_genuine(sample("01"), VECTOR, "demo-app-secreT")


def test_without_a_secret_nothing_is_genuine_not_even_what_is_signed_without_one() -> None:
    assert not is_genuine(b"{}", sign(b"{}", ""), "")


def test_signatures_are_compared_in_constant_time() -> None:
    assert hmac.compare_digest.__name__ in is_genuine.__code__.co_names
    assert is_genuine.__globals__["hmac"] is hmac
