"""What the emulated router refuses at the edit and what at validation, over the wire: the reference server's table.

Seen with netopeer2 on the vendor's modules: structure and types are judged at edit-config, references, conditions and
counts not before validate, commit, test-only, or an edit of running; nothing of what is refused stays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from huawei_support import config
from ncclient.operations.rpc import RPCError

IFM = '<ifm xmlns="urn:huawei:yang:huawei-ifm"><interfaces>%s</interfaces></ifm>'
PORT = "<interface%s><name>100GE0/1/0</name>%s</interface>"
NI = '<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances>%s</instances></network-instance>'
AFS = '<afs xmlns="urn:huawei:yang:huawei-l3vpn"><af><type>ipv4-unicast</type>%s</af></afs>'
AF = f"<instance><name>A</name>{AFS}</instance>"
TARGET = "<vpn-targets><vpn-target><value>1:1</value><type>export-extcommunity</type></vpn-target></vpn-targets>"
BGP = '<bgp xmlns="urn:huawei:yang:huawei-bgp"><global><yang-enable>true</yang-enable></global>%s</bgp>'
SLICE = '<net-slices xmlns="urn:huawei:yang:huawei-net-slice"><net-slice>%s</net-slice></net-slices>'


def port(inside: str = "", wish: str = "") -> str:
    return IFM % (PORT % (f' nc:operation="{wish}"' if wish else "", inside))


def refused(action: Callable[[], Any]) -> list[RPCError]:
    with pytest.raises(RPCError) as caught:
        action()
    return list(getattr(caught.value, "errlist", None) or [caught.value])


@pytest.mark.parametrize(
    ("body", "default", "tag", "path"),
    [
        (port("<colour>red</colour>"), "merge", "unknown-element", "interface[name='100GE0/1/0']/colour"),
        ('<ifm xmlns="urn:nobody"/>', "merge", "unknown-namespace", None),
        (port("<mtu>70000</mtu>"), "merge", "invalid-value", "/mtu"),
        (IFM % "<interface><mtu>9000</mtu></interface>", "merge", "missing-element", "/interface[name='']"),
        (port(wish="create"), "merge", "data-exists", "interface[name='100GE0/1/0']"),
        (NI % '<instance nc:operation="delete"><name>A</name></instance>', "merge", "data-missing", "[name='A']"),
        (NI % "<instance><name>A</name><description>x</description></instance>", "none", "data-missing", "[name='A']"),
        (port(wish="conquer"), "merge", "bad-attribute", None),
    ],
    ids=["element", "namespace", "value", "key", "create", "delete", "none", "operation"],
)
def test_refused_at_the_edit(connect: Any, body: str, default: str, tag: str, path: str | None) -> None:
    session = connect()
    before = session.get_config("candidate").data_xml
    for target in ("candidate", "running"):
        (error,) = refused(
            lambda target=target: session.edit_config(target=target, config=config(body), default_operation=default)
        )
        assert error.tag == tag
        assert (error.path or "").endswith(path or "")
        assert path is None or error.path
    assert session.get_config("candidate").data_xml == session.get_config("running").data_xml == before


@pytest.mark.parametrize(
    ("body", "tag", "app_tag", "path"),
    [
        (port("<vrf-name>NOBODY</vrf-name>"), "data-missing", "instance-required", "/vrf-name"),
        (NI % (AF % TARGET), "operation-failed", None, None),
        (BGP % "<base-process><enable>true</enable></base-process>", "operation-failed", "must-violation", "/enable"),
        (port(SLICE % "<slice-id>10</slice-id><data-plane>true</data-plane><flex-channel>1000</flex-channel>"),
         "operation-failed", None, None),
    ],
    ids=["leafref", "when", "must", "choice"],
)  # fmt: skip
def test_accepted_at_the_edit_and_refused_at_validation(
    connect: Any, body: str, tag: str, app_tag: str | None, path: str | None
) -> None:
    session = connect()
    before = session.get_config("running").data_xml
    session.edit_config(target="candidate", config=config(body))
    asked = (
        lambda: session.validate("candidate"),
        session.commit,
        lambda: session.edit_config(target="candidate", config=config(body), test_option="test-only"),
        lambda: session.edit_config(target="running", config=config(body)),
    )
    for one in asked:
        found = [(error.tag, error.app_tag) for error in refused(one)]
        assert (tag, app_tag) in found
        if path is not None:
            assert any((error.path or "").endswith(path) for error in refused(one))
    assert session.get_config("running").data_xml == before


def test_what_is_announced_is_done(connect: Any) -> None:
    assert not [one for one in connect().server_capabilities if "with-defaults" in one]
