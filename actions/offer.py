"""The agent's WebRTC offer, checked before anybody is rung. Source: docs/reference/whatsapp-calling.md §6.4."""

from .faults import BadInputError

LONGEST = 64 * 1024

_NEEDED = ("a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:")


def checked(sdp: str) -> str:
    """Give the offer as WhatsApp wants it, its lines ended by CRLF. BadInputError if it cannot be one."""
    if len(sdp) > LONGEST:
        raise BadInputError(f"The SDP offer is longer than {LONGEST // 1024} kB.")
    lines = sdp.splitlines()
    if not lines or lines[0] != "v=0":
        raise BadInputError("This is not an SDP offer: it does not begin with the line v=0.")
    if sum(line.startswith("m=audio ") for line in lines) != 1 or any(line.startswith("m=video") for line in lines):
        raise BadInputError("The SDP offer needs exactly one audio stream and nothing else.")
    missing = [attribute for attribute in _NEEDED if not any(line.startswith(attribute) for line in lines)]
    if missing:
        raise BadInputError(f"The SDP offer lacks {', '.join(missing)} and so cannot be connected.")
    return "".join(f"{line}\r\n" for line in lines)
