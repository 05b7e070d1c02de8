"""MACsec where encryption is required: the baseline's is left alone, what it does not cover has a key that is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from services_networks import GW1, GW2, at, compiled, elastic, fabric, of, reference_topology, refusals, tenant_slice

from netwright.intents.fabric import Macsec as Asked
from netwright.intents.schema import Fabric
from netwright.services.design import Design
from netwright.services.model import FlexeClient, Macsec, SliceChannel
from netwright.topology.model import Topology

SITES = (at(*GW1, 210), at(*GW2, 211))
HARD, SOFT = ({"isolation": isolation, "encryption": "required"} for isolation in ("hard", "soft"))


def keyed(key: str = "{link}.1") -> Fabric:
    """The Fabric with keys that are named like this."""
    plain = fabric()
    links = plain.spec.links.model_copy(update={"macsec": Asked(key=key)})
    return plain.model_copy(update={"spec": plain.spec.model_copy(update={"links": links})})


def open_links() -> Topology:
    """The reference network with a baseline that encrypts nothing."""
    network = reference_topology()
    return replace(network, links={name: replace(link, encrypted=False) for name, link in network.links.items()})


def keys(design: Design) -> dict[tuple[str, str], str]:
    """The names of keys, by device and interface."""
    nodes = design.fragments
    return {(node, one.port): one.key for node in nodes for one in of(design, Macsec, node)}


def asked(design: Design) -> set[tuple[str, str]]:
    """Where MACsec is looked for."""
    return {(check.device, str(check.where["port"])) for check in design.checks if check.topic == "encryption"}


def test_both_ends_of_each_client_have_the_key_of_their_link_and_are_looked_at() -> None:
    design = compiled(tenant_slice(sites=SITES, constraints=HARD), own=keyed())
    (served,) = design.served.values()
    low = served.lowering
    assert low.clients
    wanted = {
        (node, client.interface(node)): f"{name}.1" for name, client in low.clients.items() for node in client.port_ids
    }
    assert keys(design) == wanted
    baseline = {hop.link for hop in low.hop_rates} - low.clients.keys()
    ends = {
        (node, low.topology.links[name].port_of(node))
        for name in baseline
        for node in (low.topology.links[name].a, low.topology.links[name].z)
    }
    assert asked(design) == wanted.keys() | ends


def test_without_a_key_no_client_is_taken_that_would_send_in_plain_text() -> None:
    design = compiled(tenant_slice(sites=SITES, constraints=HARD))
    (served,) = design.served.values()
    assert of(design, FlexeClient) == []
    assert keys(design) == {}
    assert all(one.exclusive for one in of(design, SliceChannel))
    (said,) = [note for note in served.notes if "MACsec" in note]
    assert said.endswith("exclusive channels instead")
    assert asked(design) == {
        (node, link.port_of(node))
        for link in (reference_topology().links[hop.link] for hop in served.lowering.hop_rates)
        for node in (link.a, link.z)
    }


def test_what_the_baseline_encrypts_is_left_alone() -> None:
    design = compiled(tenant_slice(sites=SITES, constraints=SOFT), own=keyed())
    assert keys(design) == {}
    assert asked(design)


@pytest.mark.parametrize("encryption", ["none", "preferred"])
def test_nothing_is_encrypted_that_nobody_requires(encryption: str) -> None:
    constraints = {"isolation": "hard", "encryption": encryption}
    design = compiled(tenant_slice(sites=SITES, constraints=constraints), own=keyed())
    assert of(design, FlexeClient)
    assert keys(design) == {}
    assert not asked(design)


def test_links_that_the_baseline_leaves_open_are_encrypted_where_the_port_can() -> None:
    """FlexE's can, 400GE's cannot (the module's `when`): the way goes over those that can."""
    line = elastic(constraints={"encryption": "required"})
    assert {code for code, _ in refusals(line, topology=open_links())} == {"path-not-encrypted"}
    design = compiled(line, topology=open_links(), own=keyed("core.3"))
    (served,) = design.served.values()
    links = [reference_topology().links[hop.link] for hop in served.lowering.hop_rates]
    assert keys(design) == {(node, link.port_of(node)): "core.3" for link in links for node in (link.a, link.z)}
    assert asked(design) == keys(design).keys()


def test_a_slice_s_client_is_encrypted_for_who_rides_in_it() -> None:
    """The slice does not require it and its rider does: the client that both use has MACsec, for the rider alone."""
    carrier = tenant_slice("a", SITES, constraints={"isolation": "hard"})
    rider = elastic("b", constraints={"isolation": "hard", "encryption": "required"}, slice="a")
    assert {code for code, _ in refusals(carrier, rider)} == {"slice-has-no-way"}
    design = compiled(carrier, rider, own=keyed())
    owners = {
        fragment.owner
        for of_one in design.fragments.values()
        for fragment in of_one
        if isinstance(fragment.construct, Macsec)
    }
    assert owners == {"ElasticLine/b"}
