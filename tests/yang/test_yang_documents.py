"""What of a document is judged: byte for byte what is sent, except what nobody has a module for; that is counted."""

from netwright.yang.documents import prepared

TEXT = """\
<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
  <a xmlns="urn:a" xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" nc:operation="create">
    <name>x</name>
    <b xmlns="urn:b">
      <one>1</one>
      <two/>
    </b>
    <last>z &amp; y</last>
  </a>
  <c xmlns="urn:c"><d>1</d></c>
</config>
"""


def test_only_the_envelope_goes_and_every_line_stays_where_it_was() -> None:
    document = prepared(TEXT, {"urn:a", "urn:b", "urn:c"})
    assert (document.leaves, document.left_out) == (5, {})
    before, after = TEXT.splitlines(), document.text.splitlines()
    assert after[1:10] == before[1:10]
    assert "config" not in document.text


def test_what_no_module_describes_is_left_out_and_counted() -> None:
    document = prepared(TEXT, {"urn:a"})
    assert (document.leaves, document.left_out) == (2, {("urn:b", "/a/b"): 2, ("urn:c", "/c"): 1})
    assert "one" not in document.text
    assert 'nc:operation="create"' in document.text
    assert "<last>z &amp; y</last>" in document.text


def test_what_stands_inside_is_left_out_with_it() -> None:
    text = TEXT.replace("<two/>", '<two xmlns="urn:a">3</two>')
    assert prepared(text, {"urn:a", "urn:c"}).left_out == {("urn:b", "/a/b"): 2}


def test_nothing_is_left() -> None:
    document = prepared(TEXT, set())
    assert (document.leaves, sum(document.left_out.values())) == (0, 5)
