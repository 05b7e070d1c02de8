"""What yanglint says, line by line: every shape that was seen of libyang 2.1.30, 3 and 6.4.13."""

import pytest

from netwright.yang.messages import Fault, faults_of, version_of

SEEN = {
    "libyang[0]: Invalid enumeration value \"Foo\". (data path: /m:ifm/interface[name='GE1']/type, line: 2)": Fault(
        'Invalid enumeration value "Foo".', "/m:ifm/interface[name='GE1']/type", 2
    ),
    'libyang[0]: Invalid leafref value "NOPE" - no target instance "/a:b/a:c" with the same value. '
    "(data path: /m:a/b[name='NOPE']/name)": Fault(
        'Invalid leafref value "NOPE" - no target instance "/a:b/a:c" with the same value.', "/m:a/b[name='NOPE']/name"
    ),
    "libyang[0]: When condition \"../x='true' and (../y)\" not satisfied. (data path: /m:a/b[name='x (y)'])": Fault(
        "When condition \"../x='true' and (../y)\" not satisfied.", "/m:a/b[name='x (y)']"
    ),
    'libyang[0]: Node "bras" not found in the "huawei-bras" module. (line: 1)': Fault(
        'Node "bras" not found in the "huawei-bras" module.', "", 1
    ),
    "libyang[0]: Duplicate instance of \"interface\". (data path: /m:a/b[name='GE1'], line: 5)": Fault(
        'Duplicate instance of "interface".', "/m:a/b[name='GE1']", 5
    ),
    'libyang[0]: Not found node "x" in path. (schemadata path: /m:a/b)': Fault('Not found node "x" in path.'),
    'libyang[0]: Bad value. (path: Schema location "/m:a/b", data location "/m:a/b[k=\'1\']", line number 7.)': Fault(
        "Bad value.", "/m:a/b[k='1']", 7
    ),
    'libyang[0]: Node "x" not found. (path: Line number 1.)': Fault('Node "x" not found.', "", 1),
    "libyang[0]: Something without a place": Fault("Something without a place"),
}


@pytest.mark.parametrize(("line", "fault"), SEEN.items())
def test_a_fault_with_its_place(line: str, fault: Fault) -> None:
    assert faults_of(line) == (fault,)


def test_warnings_and_the_rest_are_no_faults() -> None:
    said = "YANGLINT[W]: No saved history.\nlibyang[1]: Node type list used as operand.\nlibyang[2]: verbose\n> \n"
    assert faults_of(said) == ()


def test_what_yanglint_adds_counts_only_where_libyang_is_silent() -> None:
    added = 'YANGLINT[E]: Failed to parse input data file "x.xml".'
    assert faults_of(added) == (Fault('Failed to parse input data file "x.xml".'),)
    assert faults_of(f"libyang[0]: Wrong. (line: 3)\n{added}") == (Fault("Wrong.", "", 3),)


def test_all_faults_in_order_each_once() -> None:
    said = "libyang[0]: A. (line: 2)\nlibyang[1]: between\nlibyang[0]: B. (line: 3)\nlibyang[0]: A. (line: 2)\n"
    assert [fault.message for fault in faults_of(said)] == ["A.", "B."]


def test_a_value_with_a_line_break() -> None:
    said = 'libyang[0]: Invalid value "a\nb". (data path: /m:a, line: 4)\nYANGLINT[E]: Failed.'
    assert faults_of(said) == (Fault('Invalid value "a\nb".', "/m:a", 4),)


@pytest.mark.parametrize(
    ("text", "version"),
    [("yanglint 6.4.13\n", (6, 4, 13)), ("yanglint 2.1.30", (2, 1, 30)), ("bash: no such program", None), ("", None)],
)
def test_version(text: str, version: tuple[int, int, int] | None) -> None:
    assert version_of(text) == version
