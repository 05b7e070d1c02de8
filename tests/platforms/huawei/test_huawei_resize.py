"""What an intent may ask for anew is changed in place: one transaction, nothing else touched, and back again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from huawei_constructs import CONSTRUCTS, composed, worded
from huawei_edit import apply

from netwright.platforms.huawei import HUAWEI
from netwright.services import model
from netwright.tree import Path, between, tree_of

LESS = model.Queue("af4", "weighted", 60, 4_000_000, ecn=False)
RESIZES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("access_rate", {"rate_bps": 40 * 10**9}),
    ("slice_channel", {"rate_bps": 40 * 10**9}),
    ("slice_channel-soft", {"rate_bps": 1 * 10**9}),
    ("flexe_client", {"slots": 3}),
    ("channel_interface", {"rate_bps": 5 * 10**9}),
    ("queue_profile", {"queues": (LESS,)}),
    ("core_queue", {"queue": replace(LESS, depth_bytes=8_000_000)}),
    ("traffic_class-own", {"dscp": (34,)}),
    ("trust_list", {"prefixes": ("10.21.0.0/24", "10.98.0.0/16", "2001:db8:21::/64")}),
    ("sr_policy", {"measure": False}),
    ("sr_policy", {"binding_sid": "fd00:1:1::4101"}),
    ("sr_policy-bound", {"binding_sid": "fd00:1:1::4102"}),
    ("access_window", {"closes": "2026-12-08T15:00:00Z"}),
    ("attachment", {"mtu": 4200}),
    ("vrf-evpn", {"description": "TenantSlice/b"}),
)


def tree(construct: model.Construct) -> dict[Path, str]:
    return tree_of(HUAWEI.parse(worded(construct), "xml"))


@pytest.mark.parametrize(("name", "more"), RESIZES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_resize_is_one_transaction_that_touches_nothing_else(name: str, more: dict[str, Any]) -> None:
    before, old = composed(), tree(CONSTRUCTS[name])
    new = tree(replace(CONSTRUCTS[name], **more))
    others = {path for one, construct in CONSTRUCTS.items() if one != name for path in tree(construct)}
    after = {path: value for path, value in before.items() if path not in old.keys() - new.keys() - others} | new
    delta = between(before, after)
    assert delta
    assert {*delta.add, *delta.replace, *delta.remove} <= old.keys() | new.keys()
    for one in (delta, delta.reverse()):
        (only,) = HUAWEI.sequence(one)
        answered = apply(HUAWEI.text(only.before, "xml"), HUAWEI.change(only, "xml"))
        assert tree_of(HUAWEI.parse(answered, "xml")) == one.after()


def test_every_template_of_a_service_is_taken_back_whole() -> None:
    """Each alone: what it brought and nobody else wants goes in one transaction, and the rest is as it was."""
    before = composed()
    for name, construct in CONSTRUCTS.items():
        others = {path for one, other in CONSTRUCTS.items() if one != name for path in tree(other)}
        own = tree(construct).keys() - others
        after = {path: value for path, value in before.items() if path not in own}
        if name in {"bgp", "isis", "locator", "core_interface", "core_interface-flexe", "loopback"} or not own:
            continue  # the ground that others stand on: they go together
        for one in HUAWEI.sequence(between(before, after)):
            assert one.remove
        assert HUAWEI.sequence(between(before, after))[-1].after() == after
