"""What each code of this room's diagnostics means: the text of `netwright help CODE`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "conflicting-intents": (
        "Two intents want different values at one place of one device's configuration. Both cannot be true, "
        "and netwright does not choose between them: the message shows both values and their owners."
    ),
}
