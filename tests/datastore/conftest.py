"""One datastore for all tests of this room: loading the modules costs it five seconds."""

from collections.abc import Iterator

import pytest
from datastore_support import Datastore, datastore


@pytest.fixture(scope="session")
def judge() -> Iterator[Datastore]:
    """The datastore."""
    with datastore() as found:
        yield found
