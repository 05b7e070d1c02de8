"""The driver and the transaction against real NETCONF servers: a case is a test, and names what it needs.

Each case runs against the emulator, Debian's netconfd, and whatever `NETWRIGHT_CONFORMANCE` names; see
docs/conformance.md. What servers do where the standard leaves room is not judged; what the transaction relies on is.
"""

from __future__ import annotations

from collections import Counter

from conformance_support import (
    CANDIDATE,
    MANY,
    PREFIX,
    VALIDATE,
    Server,
    case,
    config,
    has,
    refused,
)

from netwright.drivers.netconf import parse_xml

LATE_S = 3.0
"""So much later than asked a timer may come, on a busy machine."""


AS_SET = "what is read is what was set: nothing that nobody has set is taken for configuration"


@case(AS_SET, CANDIDATE)
def test_as_set(server: Server) -> None:
    read_as_set(server)


@case(f"{AS_SET} (a server that reports all defaults, and can leave them out)", CANDIDATE, "can=report all")
def test_as_set_of_all(server: Server) -> None:
    with server.can["report all"]() as other:
        other.greet()
        assert "with-defaults:1.0" in other.capabilities
        read_as_set(other)


def read_as_set(server: Server) -> None:
    """Set a thing: it is there, and nothing besides."""
    with server.session() as driver:
        before = leaves(driver.get_config("running")["running"])
        asked = server.content.things("a")
        driver.load_merge_candidate(config=asked)
        driver.commit_config()
        now = leaves(driver.get_config("running")["running"])
    assert now - before == leaves(asked)
    assert not before - now


def leaves(text: str) -> Counter[tuple[str, ...]]:
    """Every leaf of a document: the names of what it stands in, its own, and what it says."""
    found = (one for one in parse_xml(text).iter() if not len(one) and (one.text or "").strip())
    return Counter((*(above.tag for above in one.iterancestors()), one.tag, one.text.strip()) for one in found)


# ---- candidate ------------------------------------------------------------------------------------------------------


@case("the hello announces what a transaction needs")
def test_hello(server: Server) -> None:
    for wanted in ("candidate:1.0", "confirmed-commit:1.1", "validate:1.1", "rollback-on-error:1.0"):
        assert wanted in server.capabilities, wanted


@case("what is edited in the candidate runs from the commit on, not before", CANDIDATE)
def test_candidate(server: Server) -> None:
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a"))
        assert has(driver, "a", "candidate")
        assert not has(driver, "a")
        assert "+" in driver.compare_config()
        driver.commit_config()
        assert has(driver, "a")
        assert driver.compare_config() == ""


@case("discarding empties the candidate", CANDIDATE)
def test_discard(server: Server) -> None:
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.discard_config()
        assert not has(driver, "a", "candidate")
        assert driver.compare_config() == ""


@case("an edit is atomic: when one part is refused, no part is in the candidate", CANDIDATE)
def test_atomic(server: Server) -> None:
    with server.session() as driver:
        body = server.content.things("a").replace("</config>", '<nonsense xmlns="urn:none"/></config>')
        refused(lambda: driver.load_merge_candidate(config=body))
        assert not has(driver, "a", "candidate")


@case("texts arrive as they were written, & and < and umlauts too", CANDIDATE)
def test_texts(server: Server) -> None:
    note = server.content.note
    inside = f"<{note}>ACME &amp; Söhne &lt;1&gt;</{note}>"
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a", inside=inside))
        driver.commit_config()
        assert "ACME &amp; Söhne &lt;1" in driver.get_config("running")["running"]


@case("an edit and a configuration of many entries pass the framing whole", CANDIDATE)
def test_large(server: Server) -> None:
    names = [f"many{number}" for number in range(MANY)]
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things(*names))
        driver.commit_config()
        running = driver.get_config("running")["running"]
    assert all(f"{PREFIX}{name}<" in running for name in names)


# ---- what is refused ------------------------------------------------------------------------------------------------


@case("an unknown element is refused at the edit", CANDIDATE)
def test_unknown_element(server: Server) -> None:
    with server.session() as driver:
        edit = server.content.things("a", inside="<nonsense>1</nonsense>")
        tags = refused(lambda: driver.load_merge_candidate(config=edit)).tags
        assert tags & {"unknown-element", "unknown-namespace"}


@case("an unknown namespace is refused at the edit", CANDIDATE)
def test_unknown_namespace(server: Server) -> None:
    with server.session() as driver:
        error = refused(lambda: driver.load_merge_candidate(config=config('<nonsense xmlns="urn:none"/>')))
        assert error.tags & {"unknown-namespace", "unknown-element"}


@case("a value outside its type is refused at the edit, and its place is said", CANDIDATE)
def test_bad_value(server: Server) -> None:
    with server.session() as driver:
        edit = config(server.content.around % server.content.bad_value)
        error = refused(lambda: driver.load_merge_candidate(config=edit))
        assert error.tags == {"invalid-value"}
        assert error.line


@case("an entry without its key is refused at the edit", CANDIDATE)
def test_missing_key(server: Server) -> None:
    entry = server.content.one.replace("<name>%s</name>", "") % ("", "")
    with server.session() as driver:
        error = refused(lambda: driver.load_merge_candidate(config=config(server.content.around % entry)))
        assert error.tags & {"missing-element", "bad-element", "data-missing"}


@case("create of what exists is refused: data-exists", CANDIDATE)
def test_create(server: Server) -> None:
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a"))
        again = server.content.things("a", operation="create")
        assert refused(lambda: driver.load_merge_candidate(config=again)).tags == {"data-exists"}


@case("delete of what is not there is refused: data-missing", CANDIDATE)
def test_delete(server: Server) -> None:
    with server.session() as driver:
        delete = server.content.things("a", operation="delete")
        assert refused(lambda: driver.load_merge_candidate(config=delete)).tags == {"data-missing"}


@case("remove of what is not there changes nothing", CANDIDATE)
def test_remove(server: Server) -> None:
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("b"))
        driver.load_merge_candidate(config=server.content.things("a", operation="remove"))
        assert not has(driver, "a", "candidate")


@case("a reference to nothing is refused no later than by validate, and never runs", CANDIDATE, VALIDATE)
def test_broken_reference(server: Server) -> None:
    with server.session() as driver:

        def stage() -> None:
            driver.load_merge_candidate(config=server.content.dangling("nobody"))
            driver.validate()

        error = refused(stage)
        assert error.tags == {"data-missing"}
        assert server.content.reference in error.line
        driver.discard_config()


@case("commit refuses what validate refuses, and nothing of it runs", CANDIDATE)
def test_commit_judges(server: Server) -> None:
    with server.session() as driver:
        before = server.running()

        def stage() -> None:
            driver.load_merge_candidate(config=server.content.dangling("nobody"))
            driver.commit_config()

        refused(stage)
        assert server.running() == before
        driver.discard_config()


@case("several errors come in one reply, and all are told", CANDIDATE, VALIDATE)
def test_several_errors(server: Server) -> None:
    with server.session() as driver:

        def stage() -> None:
            driver.load_merge_candidate(config=server.content.dangling("nobody", "noone"))
            driver.validate()

        error = refused(stage)
        assert len(error.refusals) == 2
        driver.discard_config()
