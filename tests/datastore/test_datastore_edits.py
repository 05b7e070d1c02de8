"""An edit is right when somebody else's datastore says so: accepted at every step, and what it then runs is wanted.

The judge knows the vendor's modules and the model's deviations, and checks types, leafref, when and must at each step.
"""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from datastore_configs import Drawn, pairs
from datastore_support import Datastore, Refused
from hypothesis import HealthCheck, event, given, settings

from netwright.platforms.huawei import HUAWEI
from netwright.tree import Delta, Tree, between, tree_of

pytestmark = [pytest.mark.yang, pytest.mark.timeout(900)]
PAIRS = 230
JUDGED = 100
"""Of the pairs, those that differ and are both valid: less would say that the test has lost its subject."""


def test_an_edit_leads_there_and_its_reverse_back(judge: Datastore) -> None:
    judged: list[int] = []

    @given(pairs())
    @settings(max_examples=PAIRS, suppress_health_check=list(HealthCheck))
    def one(pair: tuple[Drawn, Drawn]) -> None:
        before, after = pair
        if before.twisted == after.twisted:
            return
        wanted, said = valid(judge, after)
        first, began = valid(judge, before)
        steps = there_and_back(judge, (first, began), (wanted, said))
        judged.append(steps)
        event(f"{steps} transactions")

    one()
    assert sum(steps > 0 for steps in judged) >= JUDGED


def valid(judge: Datastore, drawn: Drawn) -> tuple[Tree, str]:
    """A drawn configuration, without its twists where they are refused, and in the datastore's words."""
    try:
        return drawn.twisted, canonical(judge, drawn.twisted)
    except Refused as refused:
        event("a twist is refused: " + str(refused)[:60])
        return drawn.plain, canonical(judge, drawn.plain)


def send(judge: Datastore, step: Delta) -> None:
    text = HUAWEI.change(step, "xml")
    try:
        judge.edit(text)
    except Refused as refused:
        pytest.fail(f"{refused}\n{text}")


def canonical(judge: Datastore, tree: Tree) -> str:
    judge.put(HUAWEI.text(tree, "xml"))
    return judge.running()


def there_and_back(judge: Datastore, before: tuple[Tree, str], after: tuple[Tree, str]) -> int:
    """Send what leads from the running configuration to another, and then what undoes it; how many transactions."""
    steps = [step for step in HUAWEI.sequence(between(before[0], after[0])) if step]
    for step in steps:
        send(judge, step)
    assert judge.running() == after[1]
    assert tree_of(HUAWEI.parse(after[1], "xml")) == after[0]
    for step in reversed(steps):
        send(judge, step.reverse())
    assert judge.running() == before[1]
    assert tree_of(HUAWEI.parse(before[1], "xml")) == before[0]
    return len(steps)


KINDS = ("bgp", "gre", "ldp", "lsp", "te")


def preferring(*kinds: str) -> Tree:
    """A tunnel policy that prefers these types of tunnels, in this order."""
    entries = "".join(f"<select-tunnel-type><type>{kind}</type></select-tunnel-type>" for kind in kinds)
    chosen = f"<loadbalance>1</loadbalance><select-tunnel-types>{entries}</select-tunnel-types>"
    policy = f"<name>x</name><ipv4-set><select-sequence>{chosen}</select-sequence></ipv4-set>"
    text = (
        f'<tunnel-management xmlns="{SPACE}"><tunnel-policys><tunnel-policy>{policy}</tunnel-policy></tunnel-policys>'
    )
    return tree_of(HUAWEI.parse(f"{text}</tunnel-management>", "xml"))


SPACE = "urn:huawei:yang:huawei-tunnel-management"


def test_a_list_whose_order_is_the_users(judge: Datastore) -> None:
    """`ordered-by user`: the judge keeps the order that it is told, and moves what `yang:insert` moves."""
    orders = [("ldp", "gre", "te"), ("te", "ldp", "gre"), ("gre",), KINDS, tuple(reversed(KINDS)), ("lsp", "bgp", "te")]
    for before, after in pairwise([*orders, orders[0], orders[3]]):
        one, other = preferring(*before), preferring(*after)
        wanted, began = canonical(judge, other), canonical(judge, one)
        assert [kind for kind in re.findall("<type>(.*?)</type>", wanted) if kind in KINDS] == list(after)
        assert there_and_back(judge, (one, began), (other, wanted)) == 1
