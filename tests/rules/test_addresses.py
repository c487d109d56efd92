import pytest

from rules.addresses import is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "172.15.0.1", "2606:4700::1111", "2a00:1450::2004"])
def test_what_anybody_could_speak_to_may_be_posted_to(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1"),  # noqa: S104
        *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16"),  # clouds' own
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "192.88.99.1"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fc00::1", "ff02::1", "fec0::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"),
        *("2002:7f00:1::1", "2001:0:7f00:1::1", "3fff::1", "2606:4700::1111%eth0"),
        *("", "localhost", "2130706433", "0x7f.1", "127.1", "8.8.8.8/32"),
    ],
)
def test_what_is_private_local_shared_reserved_or_in_disguise_may_not(address: str) -> None:
    assert not is_public(address)
