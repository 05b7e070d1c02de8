"""The inventory is read as Nornir reads it, without secrets, and says what is wrong."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from nornir.plugins.inventory.simple import SimpleInventory
from topology_files import INVENTORY

from netwright.diagnostics import Diagnostics, Severity
from netwright.errors import Refused
from netwright.topology.credentials import Credentials, credentials, together
from netwright.topology.inventory import Host, Inventory, load_inventory, match
from netwright.topology.model import Node, Topology

HOSTS = """\
r1: {hostname: 192.0.2.1, groups: [pe, lab], data: {rack: 7}}
r2: {hostname: 192.0.2.2, port: 2222, platform: frr, groups: [lab]}
"""
GROUPS = """\
all: {data: {allow_unverified: [isis], site: earth, rack: 1}}
pe: {platform: zte, port: 22, groups: [all], data: {allow_unverified: [vrf, loopback]}}
lab: {platform: huawei, port: 830, data: {site: moon, credentials: {env: LAB}}}
"""
DEFAULTS = "{port: 1, username: automat, data: {site: nowhere, colour: red}}\n"


def written(folder: Path, hosts: str = HOSTS, groups: str = GROUPS, defaults: str = DEFAULTS) -> Path:
    for name, text in (("hosts", hosts), ("groups", groups), ("defaults", defaults)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def codes(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        load_inventory(folder)
    return [(finding.code, finding.address) for finding in refused.value.diagnostics]


@pytest.mark.parametrize("where", ["reference", "inheritance"])
def test_it_is_what_nornir_reads(where: str, tmp_path: Path) -> None:
    folder = INVENTORY if where == "reference" else written(tmp_path)
    ours = load_inventory(folder)
    theirs = SimpleInventory(*(str(folder / f"{name}.yaml") for name in ("hosts", "groups", "defaults"))).load()
    assert list(ours.hosts) == sorted(theirs.hosts)
    for name, host in theirs.hosts.items():
        mine = ours.hosts[name]
        assert (mine.hostname, mine.port, mine.platform) == (host.hostname, host.port, host.platform)
        assert mine.username == (host.username or "")
        assert mine.groups == tuple(group.name for group in host.groups)
        assert dict(mine.data) == host.extended_data()


def test_a_consent_is_inherited_like_any_value_and_the_nearest_counts(tmp_path: Path) -> None:
    inventory = load_inventory(written(tmp_path))
    assert inventory.allow_unverified("r1") == {"vrf", "loopback"}
    assert inventory.allow_unverified("r2") == frozenset()


MISTAKES = [
    (HOSTS.replace("groups: [lab]", "groups: [lap]"), GROUPS, ("unknown-group", "Host/r2")),
    (HOSTS.replace("port: 2222", "prot: 2222"), GROUPS, ("unknown-field", "Host/r2")),
    (HOSTS.replace("2222", "70000"), GROUPS, ("bad-value", "Host/r2")),
    (HOSTS.replace("hostname: 192.0.2.1, ", ""), GROUPS, ("missing-field", "Host/r1")),
    (HOSTS, GROUPS.replace("groups: [all]", "groups: [pe]"), ("group-of-itself", "Group/pe")),
    (HOSTS, GROUPS.replace("[vrf, loopback]", "vrf"), ("bad-value", "Group/pe")),
    (HOSTS + "r1: {}\n", GROUPS, ("duplicate-key", "inventory/hosts.yaml")),
]


@pytest.mark.parametrize(("hosts", "groups", "expected"), MISTAKES)
def test_a_mistake_is_refused(hosts: str, groups: str, expected: tuple[str, str], tmp_path: Path) -> None:
    assert codes(written(tmp_path, hosts, groups)) == [expected]


@pytest.mark.parametrize("name", ["hosts", "groups", "defaults"])
def test_a_password_in_a_file_is_refused_and_not_repeated(name: str, tmp_path: Path) -> None:
    written(tmp_path)
    line = "password: sesame\n" if name == "defaults" else "lab: {password: sesame}\n"
    (tmp_path / f"{name}.yaml").write_text(line, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load_inventory(tmp_path)
    first = refused.value.diagnostics[0]
    assert (first.code, first.source.line if first.source else 0) == ("secret-in-inventory", 1)
    assert "sesame" not in "".join(str(finding) for finding in refused.value.diagnostics)


def test_groups_that_name_each_other_end(tmp_path: Path) -> None:
    groups = "pe: {platform: zte, port: 22, groups: [lab]}\nlab: {groups: [pe], port: 23}\n"
    inventory = load_inventory(written(tmp_path, groups=groups))
    assert (inventory.hosts["r1"].port, inventory.hosts["r2"].platform) == (22, "frr")


def test_only_hosts_must_exist(tmp_path: Path) -> None:
    (tmp_path / "hosts.yaml").write_text("r1: {hostname: h, port: 22, platform: frr}\n", encoding="utf-8")
    assert load_inventory(tmp_path).hosts["r1"].port == 22
    (tmp_path / "hosts.yaml").unlink()
    assert codes(tmp_path) == [("no-inventory", "inventory/hosts.yaml")]


def test_every_router_needs_a_host_of_its_platform() -> None:
    def host(name: str, platform: str) -> Host:
        return Host(name, "h", 22, platform, "", (), {})

    hosts = {"a": host("a", "frr"), "b": host("b", "zte"), "spare": host("spare", "frr")}
    topology = Topology({name: Node(name, "frr", "s") for name in ("a", "b", "c")}, {})
    found = Diagnostics()
    match(topology, Inventory(hosts), found)
    assert [(f.severity, f.code, f.address) for f in found.found] == [
        (Severity.ERROR, "platform-mismatch", "Node/b"),
        (Severity.ERROR, "no-host", "Node/c"),
        (Severity.WARNING, "host-without-node", "Host/spare"),
    ]


# ---- credentials ----------------------------------------------------------------------------------------------------

ENVIRON = {"LAB_USERNAME": "ann", "LAB_PASSWORD": "s3: cret", "NETWRIGHT_USERNAME": "bob", "NETWRIGHT_PASSWORD": "pw"}


def secret(data: Mapping[str, object], username: str = "", printed: str = "") -> Credentials:
    host = Host("r1", "h", 22, "frr", username, (), {"credentials": data} if data else {})  # type: ignore[dict-item]
    return credentials(host, environ=ENVIRON, run=lambda command: printed if command == ("vault", "r1") else "")


def test_the_environment_is_the_way_unless_another_is_named() -> None:
    assert secret({}) == Credentials("bob", "pw")
    assert secret({"env": "LAB"}) == Credentials("ann", "s3: cret")


def test_a_file_and_a_command_hold_two_lines(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("# ours\nusername: eve\npassword: p: w \n", encoding="utf-8")
    assert secret({"file": str(path)}) == Credentials("eve", "p: w ")
    printed = "password: q\nusername: kim\nurl: x\n"
    assert secret({"command": ["vault", "r1"]}, printed=printed) == Credentials("kim", "q")


def test_the_first_way_that_yields_both_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("password: from-file\n", encoding="utf-8")
    ways = {"env": "NOBODY", "file": str(path), "command": ["vault", "r1"]}
    printed = "username: kim\npassword: q\n"
    assert secret(ways, printed=printed) == Credentials("kim", "q")
    assert secret(ways, username="automat", printed=printed) == Credentials("automat", "from-file")


def test_a_missing_secret_names_all_the_ways() -> None:
    with pytest.raises(Refused) as refused:
        secret({"env": "NOBODY", "file": "/nowhere", "command": ["vault", "r2"]})
    message = str(refused.value)
    for words in ("NOBODY_USERNAME and NOBODY_PASSWORD", "the file /nowhere", "the command vault r2"):
        assert words in message


@pytest.mark.parametrize("data", [{"env": 7}, {"command": "vault r1"}, {"keyring": "x"}, {"command": []}])
def test_a_way_that_makes_no_sense_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(Refused, match=r"data\.credentials"):
        secret(data)


def test_a_password_is_not_in_the_text_of_the_value() -> None:
    assert "pw" not in repr(Credentials("bob", "pw"))


def test_a_real_program_is_asked_and_one_that_fails_yields_nothing() -> None:
    host = Host("r1", "h", 22, "frr", "", (), {"credentials": {"command": ["printf", "username: a\\npassword: b\\n"]}})
    assert credentials(host, environ={}) == Credentials("a", "b")
    broken = Host("r1", "h", 22, "frr", "", (), {"credentials": {"command": ["false"]}})
    with pytest.raises(Refused, match="the command false"):
        credentials(broken, environ={})


def test_what_many_devices_miss_alike_is_one_finding_and_names_the_way_without() -> None:
    found = Diagnostics()
    for name, prefix in (("r1", "A"), ("r2", "A"), ("r3", "A"), ("r4", "B")):
        host = Host(name, "h", 22, "frr", "", (), {"credentials": {"env": prefix}})
        with pytest.raises(Refused) as refused:
            credentials(host, environ={})
        found.found += refused.value.diagnostics
    said = [f"{one.address} {one.message}" for one in together(found.found)]
    assert said == [
        "Host/r1 and 2 more devices have no name and password; looked for A_USERNAME and A_PASSWORD in the environment",
        "Host/r4 has no name and password; looked for B_USERNAME and B_PASSWORD in the environment",
    ]
    assert "--emulated" in found.found[0].hint


def test_what_is_wrong_with_a_value_is_told_where_it_is_said(tmp_path: Path) -> None:
    """The host's own row first, then its groups' in order, then the defaults: as values are inherited."""
    (tmp_path / "hosts.yaml").write_text("r1:\n  hostname: h\n  groups: [near]\n  data: {site: x}\n", encoding="utf-8")
    (tmp_path / "groups.yaml").write_text(
        "far:\n  platform: frr\n  port: 22\n  data:\n    credentials:\n      command: vault\nnear:\n  groups: [far]\n",
        encoding="utf-8",
    )
    (tmp_path / "defaults.yaml").write_text("data: {credentials: {env: LAB}, model: m}\n", encoding="utf-8")
    host = load_inventory(tmp_path).hosts["r1"]
    with pytest.raises(Refused) as refused:
        credentials(host)
    place = refused.value.diagnostics[0].source
    assert place is not None
    assert (place.file, place.line, place.text.strip()) == ("inventory/groups.yaml", 6, "command: vault")
    places = [host.source("site"), host.source("model"), host.source("nobody")]
    assert [(place.file, place.line) if place else None for place in places] == [
        ("inventory/hosts.yaml", 4),
        ("inventory/defaults.yaml", 1),
        None,
    ]
