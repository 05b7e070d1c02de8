"""What a Fabric asks for besides, construct by construct: there, changed in place, and taken back, on the datastore.

The constructs and the device that they are for are those of the golden files of tests/platforms/huawei.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
from datastore_support import ROOT, Datastore
from test_datastore_edits import canonical, there_and_back

from netwright.platforms.huawei import HUAWEI
from netwright.tree import Path, Tree, tree_of

pytestmark = [pytest.mark.yang, pytest.mark.timeout(300)]

TAKEN: Mapping[str, tuple[str, ...]] = {
    "binding SID": ("sr_policy-bound",),
    "Flex-Algo": ("flex_algorithm", "twamp_session-link", "twamp_responder-link"),
    "channelised sub-interface": ("channel_interface", "slice-channelised"),
    "time range": ("access_window", "access_window-second"),
}
CHANGED: Mapping[str, tuple[dict[str, Any], int]] = {
    "sr_policy-bound": ({"binding_sid": "fd00:1:1::4102"}, 1),
    "channel_interface": ({"rate_bps": 5 * 10**9}, 1),
    "flex_algorithm": ({"algorithm": 130}, 2),  # the locator's algorithm excludes an update: it goes and comes again
}
"""What is different, and how many transactions that takes."""


@pytest.fixture(scope="module")
def made() -> Iterator[ModuleType]:
    """The module with the constructs: it stands beside its own tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "tests" / "platforms" / "huawei")
        yield import_module("huawei_constructs")


def tree(text: str) -> dict[Path, str]:
    return tree_of(HUAWEI.parse(text, "xml"))


def without(made: ModuleType, *names: str) -> dict[Path, str]:
    """The device less what these constructs alone bring."""
    kept = set(tree(made.baseline()))
    for name, construct in made.CONSTRUCTS.items():
        kept |= set() if name in names else set(tree(made.worded(construct)))
    return {path: value for path, value in made.composed().items() if path in kept}


def judged(judge: Datastore, before: Tree, after: Tree) -> int:
    """How many transactions lead from one to the other, each accepted, and back byte for byte."""
    said = canonical(judge, after)
    return there_and_back(judge, (before, canonical(judge, before)), (after, said))


@pytest.mark.parametrize("names", TAKEN.values(), ids=TAKEN)
def test_it_comes_and_goes_whole(judge: Datastore, made: ModuleType, names: tuple[str, ...]) -> None:
    whole, less = made.composed(), without(made, *names)
    assert less.keys() < whole.keys()
    assert judged(judge, less, whole) == 1


@pytest.mark.parametrize("name", CHANGED)
def test_it_changes_as_far_as_the_modules_let_it_in_place(judge: Datastore, made: ModuleType, name: str) -> None:
    more, transactions = CHANGED[name]
    other = without(made, name) | tree(made.worded(replace(made.CONSTRUCTS[name], **more)))
    assert judged(judge, made.composed(), other) == transactions
