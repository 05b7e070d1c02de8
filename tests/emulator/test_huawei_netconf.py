"""The rules between NETCONF sessions, as the reference server shows them (netopeer2, same modules): a row a test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from huawei_support import config, element
from lxml import etree
from ncclient.operations.rpc import RPCError

from netwright.emulator.huawei.device import HuaweiDevice
from netwright.emulator.huawei.errors import NC

CFG = "urn:huawei:yang:huawei-cfg"
Connect = Callable[[], Any]


def vrf(name: str, operation: str = "") -> str:
    wish = f' nc:operation="{operation}"' if operation else ""
    return config(
        f'<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances><instance{wish}>'
        f"<name>{name}</name>"
        "</instance></instances></network-instance>"
    )


def bound(vrf_name: str) -> str:
    return config(
        '<ifm xmlns="urn:huawei:yang:huawei-ifm"><interfaces><interface><name>100GE0/1/0</name>'
        f"<vrf-name>{vrf_name}</vrf-name></interface></interfaces></ifm>"
    )


def put(session: Any, body: str, **options: str) -> None:
    session.edit_config(target="candidate", config=body, **options)


def has(session: Any, name: str, source: str = "running") -> bool:
    return f"<name>{name}</name>" in session.get_config(source).xml


def commit(session: Any, *parts: str) -> None:
    session.dispatch(element(f'<commit xmlns="{NC}">{"".join(parts)}</commit>'))


def refused(action: Callable[[], Any]) -> RPCError:
    with pytest.raises(RPCError) as caught:
        action()
    return caught.value


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


CONFIRM_1S = "<confirmed/><confirm-timeout>1</confirm-timeout>"
CONFIRM_9S = "<confirmed/><confirm-timeout>9</confirm-timeout>"


@pytest.fixture
def a(connect: Connect) -> Iterator[Any]:
    return connect()


@pytest.fixture
def b(connect: Connect) -> Iterator[Any]:
    return connect()


def test_hello_tells_what_it_can(a: Any) -> None:
    for word in (
        ":candidate",
        ":confirmed-commit:1.1",
        ":validate:1.1",
        ":writable-running",
        ":startup",
        ":rollback-on-error",
    ):
        assert word in a.server_capabilities, word
    assert any("huawei-srv6?module=huawei-srv6&revision=2022-04-21" in one for one in a.server_capabilities)


def test_edit_accepts_a_broken_reference_and_validate_names_it(a: Any) -> None:
    put(a, bound("NOBODY"))
    error = refused(lambda: a.validate("candidate"))
    assert (error.tag, error.app_tag) == ("data-missing", "instance-required")
    assert error.path.endswith("interface[name='100GE0/1/0']/vrf-name")
    assert refused(a.commit).tag == "data-missing"
    assert not has(a, "NOBODY")


def test_several_objections_come_in_one_reply(a: Any) -> None:
    put(a, bound("NOBODY"))
    put(a, vrf("A"))
    body = (
        '<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances><instance><name>A</name>'
        '<afs xmlns="urn:huawei:yang:huawei-l3vpn"><af><type>ipv4-unicast</type><vpn-targets><vpn-target>'
        "<value>1:1</value>"
        "<type>export-extcommunity</type></vpn-target></vpn-targets></af></afs></instance></instances>"
        "</network-instance>"
    )
    put(a, config(body))
    error = refused(lambda: a.validate("candidate"))
    assert {one.tag for one in error.errlist} == {"data-missing", "operation-failed"}
    when = next(one for one in error.errlist if one.tag == "operation-failed")
    assert when.path is None
    assert "When condition" in when.message


def test_test_only_and_edit_of_running_judge_everything(a: Any) -> None:
    assert refused(lambda: put(a, bound("NOBODY"), test_option="test-only")).tag == "data-missing"
    put(a, vrf("A"), test_option="test-only")
    assert not has(a, "A", "candidate")
    assert refused(lambda: a.edit_config(target="running", config=bound("NOBODY"))).tag == "data-missing"
    a.edit_config(target="running", config=vrf("A"))
    assert has(a, "A")


@pytest.mark.parametrize("option", ["stop-on-error", "continue-on-error", "rollback-on-error"])
def test_an_edit_is_atomic_whatever_is_asked(a: Any, option: str) -> None:
    body = vrf("A").replace("</config>", '<nonsense xmlns="urn:none"/></config>')
    assert refused(lambda: put(a, body, error_option=option)).tag == "unknown-namespace"
    assert not has(a, "A", "candidate")


def test_a_lock_has_one_holder(a: Any, b: Any) -> None:
    a.lock("candidate")
    for action in (lambda: b.lock("candidate"), lambda: put(b, vrf("B")), b.discard_changes):
        error = refused(action)
        assert error.tag == "lock-denied"
        assert f"<session-id>{a.session_id}</session-id>" in error.info
    assert refused(b.commit).tag == "in-use"
    assert refused(lambda: a.lock("candidate")).tag == "operation-failed"
    a.unlock("candidate")
    b.lock("candidate")


def test_a_dirty_candidate_cannot_be_locked(a: Any, b: Any) -> None:
    put(a, vrf("A"))
    assert refused(lambda: b.lock("candidate")).tag == "lock-denied"
    b.discard_changes()
    b.lock("candidate")


@pytest.mark.parametrize("end", ["unlock", "close", "kill", "cut"])
def test_the_end_of_the_holder_takes_the_changes_and_the_lock(a: Any, b: Any, end: str) -> None:
    a.lock("candidate")
    put(a, vrf("A"))
    leave(a, b, end)
    assert eventually(lambda: not has(b, "A", "candidate"), 2)
    b.lock("candidate")


def leave(a: Any, b: Any, end: str) -> None:
    if end == "unlock":
        a.unlock("candidate")
    elif end == "close":
        a.close_session()
    elif end == "kill":
        b.kill_session(a.session_id)
    else:
        a._session.transport.sock.close()


def test_an_unlocked_candidate_undoes_what_others_did(a: Any, b: Any) -> None:
    put(a, vrf("A"))
    b.edit_config(target="running", config=vrf("B"))
    a.commit()
    assert has(a, "A")
    assert not has(a, "B")


def test_a_confirmed_commit_goes_back_in_time(a: Any, device: HuaweiDevice) -> None:
    before = device.running()
    put(a, vrf("A"))
    commit(a, CONFIRM_1S)
    assert has(a, "A")
    start = time.monotonic()
    assert eventually(lambda: device.running() == before, 3)
    assert 0.5 < time.monotonic() - start < 1.6


def test_a_second_confirmed_commit_winds_the_timer_up_and_both_go_back(a: Any, device: HuaweiDevice) -> None:
    before = device.running()
    put(a, vrf("A"))
    commit(a, CONFIRM_1S)
    time.sleep(0.6)
    put(a, vrf("B"))
    commit(a, CONFIRM_1S)
    time.sleep(0.6)
    assert has(a, "A")
    assert has(a, "B")
    assert eventually(lambda: device.running() == before, 2)


def test_a_confirming_commit_takes_what_the_candidate_holds(a: Any) -> None:
    put(a, vrf("A"))
    commit(a, CONFIRM_1S)
    put(a, vrf("B"))
    a.commit()
    time.sleep(1.2)
    assert has(a, "A")
    assert has(a, "B")


@pytest.mark.parametrize("end", ["close", "kill", "cut"])
def test_without_persist_the_end_of_the_session_goes_back(a: Any, b: Any, end: str) -> None:
    put(a, vrf("A"))
    commit(a, CONFIRM_9S)
    leave(a, b, end)
    assert eventually(lambda: not has(b, "A"), 0.5)


def test_persist_outlives_the_session_and_knows_its_name(a: Any, b: Any) -> None:
    put(a, vrf("A"))
    commit(a, CONFIRM_9S, "<persist>t1</persist>")
    a.close_session()
    time.sleep(0.2)
    assert has(b, "A")
    for wrong in ("", "<persist-id>t2</persist-id>"):
        assert refused(lambda wrong=wrong: commit(b, wrong)).tag == "invalid-value"  # type: ignore[misc]
    commit(b, "<persist-id>t1</persist-id>")
    assert has(b, "A")


def test_persist_is_cancelled_by_another_session(a: Any, b: Any) -> None:
    put(a, vrf("A"))
    commit(a, CONFIRM_9S, "<persist>t1</persist>")
    cancel = '<cancel-commit xmlns="{}">{}</cancel-commit>'
    assert refused(lambda: b.dispatch(element(cancel.format(NC, "")))).tag == "invalid-value"
    b.dispatch(element(cancel.format(NC, "<persist-id>t1</persist-id>")))
    assert not has(b, "A")


def test_persist_expires_on_time(a: Any, b: Any) -> None:
    put(a, vrf("A"))
    commit(a, CONFIRM_1S, "<persist>t1</persist>")
    a.close_session()
    assert eventually(lambda: not has(b, "A"), 2)
    assert refused(lambda: commit(b, "<persist-id>t1</persist-id>")).tag == "invalid-value"


def test_what_others_do_while_it_waits_is_lost_when_it_goes_back(a: Any, b: Any, device: HuaweiDevice) -> None:
    before = device.running()
    put(a, vrf("A"))
    commit(a, CONFIRM_1S)
    b.edit_config(target="running", config=vrf("B"))
    assert has(b, "B")
    assert eventually(lambda: device.running() == before, 2)


def test_power_off_while_it_waits_goes_back(run: Callable[..., Any], device: HuaweiDevice, a: Any) -> None:
    before = device.running()
    put(a, vrf("A"))
    commit(a, CONFIRM_9S, "<persist>t1</persist>")
    run(device.stop())
    run(device.start("127.0.0.1", device.test_port))  # type: ignore[attr-defined]
    assert device.running() == before


def test_checkpoints_by_label_number_and_id(a: Any, device: HuaweiDevice) -> None:
    before = device.running()
    rpc(a, "create-user-label-checkpoint", "<user-label>before</user-label>")
    put(a, vrf("A"))
    a.commit()
    assert ("before", "1000000002") in checkpoints(a)
    rpc(a, "rollback-by-user-label", "<user-label>before</user-label>")
    assert device.running() == before
    rpc(a, "rollback-by-last-num", "<checkpoint-num>1</checkpoint-num>")
    assert has(a, "A")
    rpc(a, "rollback-by-commit-id", "<commit-id>1000000001</commit-id>")
    assert device.running() == before
    assert refused(lambda: rpc(a, "rollback-by-commit-id", "<commit-id>7</commit-id>")).tag == "data-missing"
    rpc(a, "delete-user-label-checkpoint", "<commit-id>1000000002</commit-id>")
    assert "before" not in dict(checkpoints(a))


def rpc(session: Any, name: str, inside: str) -> None:
    session.dispatch(element(f'<{name} xmlns="{CFG}">{inside}</{name}>'))


def checkpoints(session: Any) -> list[tuple[str, str]]:
    wanted = element(f'<cfg xmlns="{CFG}"><checkpoints/></cfg>')
    data = session.get(filter=("subtree", wanted)).data_ele
    return [
        (one.findtext(f"{{{CFG}}}user-label") or "", one.findtext(f"{{{CFG}}}commit-id"))
        for one in data.iter(f"{{{CFG}}}checkpoint")
    ]


def test_startup_is_what_was_copied_there(a: Any) -> None:
    put(a, vrf("A"))
    a.commit()
    assert not has(a, "A", "startup")
    a.copy_config(source="running", target="startup")
    assert has(a, "A", "startup")


def test_a_filter_selects_entries_with_their_keys(a: Any) -> None:
    put(a, vrf("A"))
    a.commit()
    wanted = element(
        '<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances><instance><name>A</name>'
        "</instance></instances>"
        "</network-instance>"
    )
    xml = a.get_config("running", filter=("subtree", wanted)).xml
    assert "<name>A</name>" in xml
    assert "_public_" not in xml
    assert "ifm" not in xml


def test_an_unknown_operation_is_refused(a: Any) -> None:
    assert (
        refused(lambda: a.dispatch(element('<execute-command xmlns="urn:huawei:yang:huawei-cli"/>'))).tag
        == "operation-not-supported"
    )


def test_old_framing_still_works(run: Callable[..., Any], device: HuaweiDevice) -> None:
    import asyncssh  # noqa: PLC0415 - only here a client without 1.1 is needed

    async def talk() -> bytes:
        async with asyncssh.connect(
            "127.0.0.1",
            device.test_port,
            username="netwright",
            password="netwright",
            known_hosts=None,  # type: ignore[attr-defined]
        ) as connection:
            out, into, _ = await connection.open_session(subsystem="netconf", encoding=None)
            await into.readuntil(b"]]>]]>")
            capability = "<capability>urn:ietf:params:netconf:base:1.0</capability>"
            hello = f'<hello xmlns="{NC}"><capabilities>{capability}</capabilities></hello>'
            out.write(hello.encode() + b"]]>]]>")
            out.write(
                f'<rpc message-id="7" xmlns="{NC}"><get-config><source><running/></source></get-config></rpc>'.encode()
                + b"]]>]]>"
            )
            answer: bytes = await into.readuntil(b"]]>]]>")
            return answer

    reply = etree.fromstring(run(talk())[:-6])
    assert reply.get("message-id") == "7"
    assert reply.find(f"{{{NC}}}data") is not None


def test_a_silent_session_is_closed(a: Any, device: HuaweiDevice, connect: Connect) -> None:
    device.idle_s = 0.3
    late = connect()
    assert eventually(lambda: not late.connected, 2)
    assert a.connected
