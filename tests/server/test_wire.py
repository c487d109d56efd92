"""The frames that pushed messages go out in."""

import pytest
from websockets.frames import Frame, Opcode

from server.wire import frame


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 100_000])
def test_a_message_goes_out_in_the_frame_that_the_protocol_has_for_its_length(length: int) -> None:
    text = b"x" * length
    assert frame(text) == Frame(Opcode.TEXT, text).serialize(mask=False)
