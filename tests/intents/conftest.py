"""The complete example documents of the language, and a short way to change them."""

from pathlib import Path

import pytest

from netwright.intents.loader import Intents, load_intents

GOOD = Path(__file__).parent / "good"


@pytest.fixture(scope="session")
def intents() -> Intents:
    return load_intents([GOOD], GOOD)
