"""A key is put in when an edit is sent, where a leaf is made for one; whatever the device says, no error repeats it."""

from __future__ import annotations

import traceback

import pytest
from lxml import etree
from ncclient.operations.rpc import RPCError
from ncclient.transport.errors import TransportError

from netwright.drivers.huawei_keys import put_in
from netwright.drivers.netconf import NetconfSession
from netwright.errors import DeviceError, DeviceRefused
from netwright.secret import name_of, names_in, reference

KEY = "00112233445566778899AABBCCDDEEFF"
ERROR = """\
<rpc-error xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
  <error-type>application</error-type><error-tag>invalid-value</error-tag><error-severity>error</error-severity>
  <error-path>/ifm/cak[.='{key}']</error-path><error-message>{key} is no key.</error-message>
  <error-info><bad-element>{key}</bad-element></error-info>
</rpc-error>"""


class Known:
    """Has one secret."""

    def value(self, host: str, name: str) -> str:
        return KEY if (host, name) == ("r1", "a.1") else ""


def edit(value: str) -> etree._Element:
    return etree.fromstring(
        f'<ifm xmlns="urn:huawei:yang:huawei-ifm"><description>{value}</description>'
        f'<macsec xmlns="urn:huawei:yang:huawei-macsec"><ckn>{value}</ckn><cak>{value}</cak></macsec></ifm>'
    )


def test_a_reference_says_its_name() -> None:
    assert name_of(reference("a.1")) == "a.1"
    assert (name_of("a.1"), name_of("")) == ("", "")
    assert names_in(["x", reference("a"), reference("b"), reference("a")]) == {"a", "b"}


def test_the_key_goes_where_a_key_belongs_and_nowhere_else() -> None:
    """Who writes a reference into a description does not get the key told by it."""
    sent = edit(reference("a.1"))
    assert put_in("r1", sent, Known()) == {KEY}
    assert etree.tostring(sent, encoding="unicode").count(KEY) == 1
    assert sent.findtext(".//{urn:huawei:yang:huawei-macsec}cak") == KEY


def test_a_cipher_text_that_comes_back_is_sent_as_it_is() -> None:
    sent = edit("%^%#abc%^%#")
    assert put_in("r1", sent, None) == frozenset()
    assert sent.findtext(".//{urn:huawei:yang:huawei-macsec}cak") == "%^%#abc%^%#"


@pytest.mark.parametrize("secrets", [None, Known()])
def test_nothing_is_sent_without_the_key(secrets: Known | None) -> None:
    with pytest.raises(DeviceRefused, match=r"`a\.2`"):
        put_in("r1", edit(reference("a.2")), secrets)


@pytest.mark.parametrize(
    "error",
    [
        RPCError(etree.fromstring(ERROR.format(key=KEY))),
        RPCError(etree.fromstring(ERROR.format(key=KEY.lower()))),
        TransportError(f"cut while {KEY} was sent"),
        OSError(f"{KEY}"),
    ],
)
def test_no_error_repeats_a_key(error: Exception) -> None:
    class Manager:
        connected = True

    def fail(_: object) -> None:
        raise error

    session = NetconfSession("r1", Manager)
    session.open()
    session.never_say(frozenset({KEY}))
    with pytest.raises(DeviceError) as caught:
        session.call(fail)
    said = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert KEY.lower() not in said.lower()
    assert "(a key)" in said
