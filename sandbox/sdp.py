"""Just enough SDP: what Meta demands of an offer, and answers and offers that look like Meta's."""

import re
import secrets
from collections.abc import Callable

LONGEST = 65_536
_CODEC = re.compile(r"a=rtpmap:(\d+) opus/48000", re.IGNORECASE)
_TONES = re.compile(r"a=rtpmap:(\d+) telephone-event/8000", re.IGNORECASE)
_MID = re.compile(r"a=mid:(\S+)")
_RULES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda sdp: bool(sdp.strip()), "SDP is empty."),
    (lambda sdp: len(sdp) <= LONGEST, "SDP is too long."),
    (lambda sdp: sdp.startswith("v=0"), "SDP must start with v=0."),
    (lambda sdp: "\\r\\n" not in sdp, "SDP looks serialised twice: it holds literal backslashes for its line ends."),
    (lambda sdp: "\n" not in sdp.replace("\r\n", ""), "SDP lines must end with CRLF."),
    (lambda sdp: sdp.count("\r\nm=audio ") == 1, "SDP must have exactly one audio stream."),
    (lambda sdp: sdp.count("\r\nm=") == 1, "SDP must have no stream but audio."),
    (lambda sdp: "\r\na=ice-ufrag:" in sdp, "SDP has no ice-ufrag."),
    (lambda sdp: "\r\na=ice-pwd:" in sdp, "SDP has no ice-pwd."),
    (lambda sdp: "\r\na=fingerprint:sha-256 " in sdp.replace("SHA-256", "sha-256"), "SDP has no sha-256 fingerprint."),
    (lambda sdp: "\r\na=setup:actpass" in sdp, "SDP offer must say setup:actpass."),
    (lambda sdp: _CODEC.search(sdp) is not None, "SDP offers no Opus at 48 kHz."),
)


def fault_in_offer(sdp: str) -> str | None:
    """Say what Meta would not accept about an offer, in a sentence; None when it is fine."""
    return next((sentence for holds, sentence in _RULES if not holds(sdp)), None)


def says_where(offer: str) -> bool:
    """Whether whoever offers can be reached: a browser says where, one that is made up mostly does not."""
    return "\r\na=candidate:" in offer


def _describe(mid: str, opus: str, tones: str | None, setup: str) -> str:
    fingerprint = ":".join(f"{byte:02X}" for byte in secrets.token_bytes(32))
    formats = f"{opus} {tones}" if tones else opus
    lines = [
        "v=0",
        f"o=- {secrets.randbits(63)} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {mid}",
        "a=ice-lite",
        f"m=audio 3480 UDP/TLS/RTP/SAVPF {formats}",
        "c=IN IP4 203.0.113.24",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=candidate:1049227713 1 udp 2113937151 203.0.113.24 3480 typ host generation 0 network-cost 50",
        f"a=ice-ufrag:{secrets.token_hex(4)}",
        f"a=ice-pwd:{secrets.token_hex(12)}",
        f"a=fingerprint:sha-256 {fingerprint}",
        f"a=setup:{setup}",
        f"a=mid:{mid}",
        "a=sendrecv",
        "a=rtcp-mux",
        f"a=rtpmap:{opus} opus/48000/2",
        f"a=fmtp:{opus} minptime=10;useinbandfec=1",
    ]
    if tones:
        lines.append(f"a=rtpmap:{tones} telephone-event/8000")
    return "\r\n".join(lines) + "\r\n"


def answer_to(offer: str) -> str:
    """Answer an offer that has no fault, with its own mid and payload types. Nobody listens at the address."""
    mid, opus, tones = _MID.search(offer), _CODEC.search(offer), _TONES.search(offer)
    return _describe(
        mid.group(1) if mid else "0",
        opus.group(1) if opus else "111",
        tones.group(1) if tones else None,
        setup="active",
    )


def new_offer() -> str:
    """Offer a call from a customer's phone."""
    return _describe("0", "111", "126", setup="actpass")
