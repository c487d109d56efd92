"""Meta's deliveries as its documentation shows them: invented ids, consistent with each other."""

from pathlib import Path

FOLDER = Path(__file__).parent / "samples"
FILES = sorted(FOLDER.glob("*.json"))
NUMBERS = [path.name[:2] for path in FILES]

PHONE_NUMBER_ID = "529183746501122"
REQUEST = "wamid.HBgMOTE5ODEyMzAwNDU3FQIAERgSN0EzRjkxQzA1RDJFNEI2OEMxAA=="
OTHER_REQUEST = "wamid.HBgMOTE5ODEyMzAwNDU3FQIAERgSMTk0QjdFRDAyMkE1RjhDNjMwAA=="
CALL = "wacid.HBgMOTE5ODEyMzAwNDU3FQIAERggNEQ5QjFGMDNDN0E4NEUyNUI2RDAxMjlFOEY3QTNDNTEA"
MISSED_CALL = "wacid.HBgMOTE5ODEyMzAwNDU3FQIAEhggQjdDMEU0MTlGMkQ2NDhBMTlDM0U1RDcwOEExRjYyQjQA"
REPLY = "wamid.HBgMOTE5ODEyMzAwNDU3FQIAEhgg"  # the beginning of each reply's id


def sample(number: str) -> bytes:
    """Give the raw bytes of the sample whose file begins with this number."""
    [path] = FOLDER.glob(f"{number}_*.json")
    return path.read_bytes()
