"""Which modules there are, and how they are loaded."""

import pytest

from netwright.yang.modules import Mend, Module, bundle, chosen, deviated, mended, module_of

HEAD = """\
/* module wrong { namespace "urn:not:this"; } */
// another comment
module huawei-x {
  namespace "urn:huawei:yang:huawei-x";   // "quoted // comment"
  prefix x;
  description "module y { namespace \\"urn:y\\"; }";
  revision 2021-05-07;
  revision "2022-02-14";
  revision 2019-01-01;
}
"""


def test_what_a_module_says_of_itself() -> None:
    assert module_of(HEAD) == Module("huawei-x", "urn:huawei:yang:huawei-x", "2022-02-14")


@pytest.mark.parametrize("text", ["", "submodule a { belongs-to b { prefix b; } }", "module a {", "text"])
def test_what_is_no_main_module(text: str) -> None:
    assert module_of(text) is None


def test_what_is_loaded() -> None:
    names = ["huawei-b", "huawei-a", "ietf-netconf", "ietf-syslog", "openconfig-qos"]
    modules = [Module(name, f"urn:{name}", "") for name in names]
    assert chosen(modules, "huawei-", frozenset()) == ["huawei-a", "huawei-b", "ietf-netconf"]
    assert chosen(modules, "huawei-", frozenset({"urn:openconfig-qos"}))[-1] == "openconfig-qos"


def test_a_bundle_imports_each_module_under_a_prefix_of_its_own() -> None:
    text = bundle("all", ["a", "b"])
    assert "import a { prefix i0; }" in text
    assert "import b { prefix i1; }" in text
    assert module_of(text) == Module("all", "urn:netwright:all", "")


def test_a_mend_changes_only_its_module_and_only_what_is_there() -> None:
    mends = (Mend("a", "x{0,255}", "x*", "too large"), Mend("b", "x{0,255}", "y", ""), Mend("a", "not there", "", ""))
    assert mended("a", "pattern x{0,255};", mends) == ("pattern x*;", (mends[0],))
    assert mended("c", "pattern x{0,255};", mends) == ("pattern x{0,255};", ())


def test_from_which_modules_a_module_deviates() -> None:
    text = """
    module m-deviations {
      import m-ifm { prefix ifm; }
      import "m-qos" { prefix 'qos'; }
      import m-bgp { revision-date 2022-01-01; prefix bgp; }
      description "a deviation /bgp:no is none";
      // deviation "/bgp:no" {
      deviation "/ifm:ifm/ifm:interfaces/qos:queue" { deviate not-supported; }
      deviation /ifm:ifm/ifm:mtu { deviate replace; }
    }
    """
    assert deviated(text) == {"m-qos", "m-ifm"}
    assert deviated("module m { import m-ifm { prefix ifm; } augment /ifm:ifm { } }") == frozenset()
