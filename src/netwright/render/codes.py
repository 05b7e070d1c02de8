"""What each code of this room's diagnostics means: the text of `netwright help CODE`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "bad-template": (
        "A template cannot be used: it is no template of Jinja's, lacks the comment that says where its syntax was "
        "established, asks for what the construct does not have, or wrote what the platform cannot read back. The "
        "address is its file and line. A file under templates/ of the network stands in for netwright's own of the "
        "same name: mend it, or take it away."
    ),
    "conflicting-intents": (
        "Two intents want different values at one place of one device's configuration. Both cannot be true, "
        "and netwright does not choose between them: the message shows both values and their owners."
    ),
}
