"""RFC 6242: however the bytes arrive, the messages come out as they went in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.emulator.huawei.framing import BrokenFraming, Framer

MESSAGES = st.lists(
    st.binary(min_size=1).filter(lambda data: b"]]>]]>" not in data and not data.endswith(b"]")), max_size=5
)


def received(framer: Framer, stream: bytes, cuts: list[int]) -> list[bytes]:
    found = []
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    for start, end in pairwise(edges):
        framer.feed(stream[start:end])
        while (message := framer.next()) is not None:
            found.append(message)
    return found


@given(messages=MESSAGES, cuts=st.lists(st.integers(min_value=0), max_size=8), chunked=st.booleans())
def test_any_cut_of_the_stream_gives_the_same_messages(messages: list[bytes], cuts: list[int], chunked: bool) -> None:
    framer = Framer()
    framer.chunked = chunked
    stream = b"".join(framer.wrap(message) for message in messages)
    assert received(framer, stream, cuts) == messages


def test_a_message_of_several_chunks_is_one() -> None:
    framer = Framer()
    framer.chunked = True
    assert received(framer, b"\n#2\nab\n#3\ncde\n##\n", [4, 7]) == [b"abcde"]


@pytest.mark.parametrize("stream", [b"<rpc/>", b"\n#0\n\n##\n", b"\nabc", b"\n#12345678901234\n"])
def test_what_is_no_chunk_ends_the_session(stream: bytes) -> None:
    framer = Framer()
    framer.chunked = True
    framer.feed(stream)
    with pytest.raises(BrokenFraming):
        framer.next()
