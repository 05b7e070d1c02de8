"""Loading: every example of the language, where each field stands, and what a run of many files does."""

import gc
import os
from datetime import timedelta
from ipaddress import ip_interface
from pathlib import Path

import pytest

from netwright.diagnostics import Source
from netwright.errors import Refused
from netwright.intents.loader import Intents, load_intents, read_intents
from netwright.intents.places import field_path, field_text
from netwright.intents.pools import AdminPool, NumberPool
from netwright.intents.schema import DeterministicService, ElasticLine, LosslessRdmaPath, TenantSlice

GOOD = Path(__file__).parent / "good"

LINE = """\
apiVersion: netwright/v1
kind: ElasticLine
metadata: {name: branch-7, tenant: shop}
spec:
  endpoints:
    a: {node: pod2-leaf1, port: eth3, vlan: 300, addresses: ["10.41.0.1/24"]}
    z: {node: pop1-gw1, port: 100GE0/2/1, vlan: 300, addresses: ["10.42.0.1/24"]}
  bandwidth: {base: 100M, max: 10G, step: 100M}
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# ---- the examples ---------------------------------------------------------------------------------------------------


def test_services_are_sorted_by_address(intents: Intents) -> None:
    assert [intent.address for intent in intents.all] == [
        "Fabric/metro",
        "DeterministicService/robot-arm",
        "ElasticLine/branch-7",
        "LosslessRdmaPath/hosp-train-1",
        "TenantSlice/hospital-a",
    ]
    assert intents.documents == 5
    assert intents.warnings == ()


def test_the_fabric(intents: Intents) -> None:
    assert intents.fabric
    spec = intents.fabric.spec
    assert (spec.asn, spec.route_reflectors, spec.igp.area, spec.igp.hello) == (
        65000,
        ("core1", "core2"),
        "49.0001",
        timedelta(seconds=3),
    )
    assert spec.pools.rd == AdminPool("65000", 1000, 9999)
    assert spec.pools.node_id == NumberPool(1, 0x3FFF)
    assert spec.pools.sid_function.usid == NumberPool(0xFE00, 0xFEFF)
    assert spec.quarantine == timedelta(days=7)
    assert str(spec.links.prefix) == "2001:db8:0:1000::/52"


def test_the_services(intents: Intents) -> None:
    slice_ = intents.get("TenantSlice/hospital-a")
    assert isinstance(slice_, TenantSlice)
    assert slice_.spec.sites[0].addresses == (ip_interface("10.21.0.1/24"), ip_interface("2001:db8:21::1/64"))
    assert slice_.spec.policy.drift == {"default": "revert", "interface/*/description": "ignore"}
    assert slice_.bandwidth == 20 * 10**9
    assert [path for path, _ in slice_.attachments] == ["spec.sites[0]", "spec.sites[1]"]
    path = intents.get("LosslessRdmaPath/hosp-train-1")
    assert isinstance(path, LosslessRdmaPath)
    assert (path.spec.traffic.bandwidth, path.spec.slo.loss, path.spec.lossless.max_subflows) == (10**11, 1e-5, 16)
    line = intents.get("ElasticLine/branch-7")
    assert isinstance(line, ElasticLine)
    assert line.spec.elasticity[1].when.for_ == timedelta(minutes=5)  # type: ignore[union-attr]
    arm = intents.get("DeterministicService/robot-arm")
    assert isinstance(arm, DeterministicService)
    assert (arm.spec.slo.one_way_delay_ms, arm.spec.traffic.burst_bytes) == (1.0, 15000)


def test_what_is_not_said_is_what_a_user_expects(tmp_path: Path) -> None:
    line = load_intents([write(tmp_path, "a.yaml", LINE)], tmp_path, whole=False).services[0]
    assert isinstance(line, ElasticLine)
    spec = line.spec
    assert (spec.service, spec.slice, spec.protection, spec.schedule) == ("l3vpn", None, "none", None)
    constraints = spec.constraints
    assert (constraints.isolation, constraints.diversity, constraints.encryption) == ("none", "none", "none")
    assert (constraints.minimum_grade, constraints.avoid, constraints.max_hops) == (None, (), None)
    assert spec.policy.drift == {"default": "revert"}


def test_models_are_frozen(intents: Intents) -> None:
    with pytest.raises(ValueError, match="frozen"):
        intents.services[0].spec.service = "l2vpn"  # type: ignore[misc]


# ---- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "path", "line", "column", "marked"),
    [
        ("LosslessRdmaPath/hosp-train-1", "", 3, 18, "hosp-train-1"),
        ("LosslessRdmaPath/hosp-train-1", "spec.traffic.bandwidth", 10, 24, "100G"),
        ("LosslessRdmaPath/hosp-train-1/pop1-gw1/vrf/rd", "spec.endpoints.z.addresses[0]", 8, 66, '"10.32.0.1/24"'),
        ("TenantSlice/hospital-a", "spec.sites[1].vlan", 7, 62, "210"),
        ("TenantSlice/hospital-a", 'spec.policy.drift["interface/*/description"]', 13, 64, "ignore"),
        ("TenantSlice/hospital-a", "spec.sites", 5, 3, "sites"),
        ("ElasticLine/branch-7", "spec.slo.loss", 13, 3, "slo"),
        ("ElasticLine/branch-7", "spec.elasticity[0].at.recurrence.frequency", 11, 73, "daily"),
        ("Fabric/metro", "spec.pools.sid_function.classic", 13, 56, "0x4000-0x7fff"),
    ],
)
def test_every_field_has_a_place(
    intents: Intents, address: str, path: str, line: int, column: int, marked: str
) -> None:
    source = intents.source(address, path)
    assert source
    assert (source.line, source.column) == (line, column)
    assert source.text[source.column - 1 : source.column - 1 + source.length] == marked


def test_what_came_from_no_file_has_no_place(intents: Intents) -> None:
    assert intents.source("ElasticLine/none", "spec.bandwidth") is None
    assert Intents().source("ElasticLine/branch-7") is None


def test_places_count_from_the_top_of_a_file_of_many_documents(tmp_path: Path) -> None:
    text = "# two lines\n" + LINE + "---\n" + LINE.replace("branch-7", "branch-8").replace("300", "301")
    found = load_intents([write(tmp_path, "a.yaml", text)], tmp_path, whole=False)
    assert found.source("ElasticLine/branch-8", "spec.bandwidth.max") == Source(
        "a.yaml", 18, 32, 3, "  bandwidth: {base: 100M, max: 10G, step: 100M}"
    )


def test_places_in_a_document_that_begins_behind_its_marker(tmp_path: Path) -> None:
    found = load_intents([write(tmp_path, "a.yaml", FABRIC)], tmp_path)
    source = found.source("Fabric/m", "spec.asn")
    assert source
    assert source.text[source.column - 1 : source.column - 1 + source.length] == "65000"


FABRIC = (
    "--- &all {apiVersion: netwright/v1, kind: Fabric, metadata: {name: m}, spec: {asn: 65000, "
    "route_reflectors: [c], srv6: {block: 'fd00:1::/32'}, "
    "loopbacks: 'fd00:2::/64', router_ids: 10.255.0.0/16, links: {prefix: 'fd00:3::/52'}, "
    "pools: {rd: '1:1-9', rt: '1:1-9'}}}\n"
)


@pytest.mark.parametrize(
    "path", [("spec", "sites", 1, "vlan"), ("spec", "policy", "drift", "interface/*/description"), ("a",), ("a", 0, 1)]
)
def test_paths_as_text_and_back(path: tuple[str | int, ...]) -> None:
    assert field_path(field_text(path)) == path


# ---- files ----------------------------------------------------------------------------------------------------------


def test_directories_are_walked_and_files_taken_once(tmp_path: Path) -> None:
    for number, name in enumerate(["b/z.yaml", "b/a.yml", "a.yaml", ".git/x.yaml", "b/.hidden.yaml", "notes.txt"]):
        write(
            tmp_path, f"intents/{name}", LINE.replace("branch-7", f"branch-{number}").replace("300", f"{300 + number}")
        )
    folder = tmp_path / "intents"
    found = load_intents([folder, folder / "b" / ".." / "a.yaml", folder / "b"], tmp_path, whole=False)
    assert [service.name for service in found.services] == ["branch-0", "branch-1", "branch-2"]
    place = found.source("ElasticLine/branch-0")
    assert place
    assert place.file == "intents/b/z.yaml"


def test_names_of_files_are_as_the_user_would_type_them(tmp_path: Path) -> None:
    path = write(tmp_path, "net/intents/a.yaml", LINE)
    inside = load_intents([path], tmp_path / "net" / "intents", whole=False).source("ElasticLine/branch-7")
    outside = load_intents([path], tmp_path / "elsewhere", whole=False).source("ElasticLine/branch-7")
    assert inside
    assert outside
    assert (inside.file, outside.file) == ("a.yaml", str(path))


def test_a_folder_that_cannot_be_read_is_no_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An intent that is not seen would be withdrawn."""
    write(tmp_path, "shut/a.yaml", LINE)
    scandir, read = os.scandir, Path.read_bytes

    def guarded(name: str) -> object:
        if name.endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(name)

    monkeypatch.setattr(os, "scandir", guarded)
    monkeypatch.setattr(Path, "read_bytes", lambda path: guarded(str(path)) if path.is_dir() else read(path))
    with pytest.raises(Refused) as refused:
        load_intents([tmp_path], tmp_path)
    assert [str(finding) for finding in refused.value.diagnostics] == [
        "error[unreadable-file] shut cannot be read: Permission denied"
    ]


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + LINE.replace("\n", "\r\n").encode())
    source = load_intents([path], tmp_path, whole=False).source("ElasticLine/branch-7", "spec.bandwidth.max")
    assert source == Source("a.yaml", 8, 32, 3, "  bandwidth: {base: 100M, max: 10G, step: 100M}")


def test_no_intents_at_all_are_valid(tmp_path: Path) -> None:
    assert load_intents([tmp_path], tmp_path) == Intents()


def test_a_part_of_a_network_needs_no_fabric_and_no_slice(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", LINE + "  slice: elsewhere\n")
    assert load_intents([path], tmp_path, whole=False).services
    with pytest.raises(Refused) as refused:
        load_intents([path], tmp_path)
    assert [finding.code for finding in refused.value.diagnostics] == ["no-fabric", "unknown-slice"]


def test_a_broken_document_does_not_hide_its_name_from_the_others(tmp_path: Path) -> None:
    broken = (GOOD / "hospital-a.yaml").read_text(encoding="utf-8").replace("20G", "plenty")
    write(tmp_path, "slice.yaml", broken)
    write(tmp_path, "fabric.yaml", (GOOD / "fabric.yaml").read_text(encoding="utf-8").replace("65000\n", "x\n"))
    write(tmp_path, "line.yaml", LINE.replace("tenant: shop", "tenant: hospital-a") + "  slice: hospital-a\n")
    _, findings = read_intents([tmp_path], tmp_path)
    assert [finding.code for finding in findings.found] == ["wrong-type", "bad-rate"]


def test_warnings_do_not_refuse(tmp_path: Path) -> None:
    write(tmp_path, "empty.yaml", "")
    found = load_intents([tmp_path], tmp_path)
    assert [str(finding) for finding in found.warnings] == ["warning[empty-file] empty.yaml holds no document"]


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{path.stem}.yaml", path.read_text(encoding="utf-8")) for path in GOOD.glob("*.yaml")]
    assert load_intents(paths, tmp_path) == load_intents(paths[::-1], tmp_path)


def test_the_garbage_collector_is_back_afterwards(tmp_path: Path) -> None:
    assert gc.isenabled()
    with pytest.raises(Refused):
        load_intents([tmp_path / "none"], tmp_path)
    assert gc.isenabled()


# ---- routes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("addresses", "route", "hop"),
    [
        ('"10.1.0.1/24"', "10.9.0.0/16", "10.1.0.2"),
        ('"10.1.0.9/24"', "10.9.0.0/16", "10.1.0.1"),
        ('"10.1.0.0/31"', "10.9.0.0/16", "10.1.0.1"),
        ('"10.1.0.1/24"', "{prefix: 10.9.0.0/16, via: 10.1.0.77}", "10.1.0.77"),
        ('"10.1.0.1/24", "2001:db8:1::1/64"', '"2001:db8:9::/48"', "2001:db8:1::2"),
    ],
)
def test_routes_point_to_a_host(tmp_path: Path, addresses: str, route: str, hop: str) -> None:
    text = LINE.replace('"10.41.0.1/24"]', f"{addresses}], routes: [{route}]")
    line = load_intents([write(tmp_path, "a.yaml", text)], tmp_path, whole=False).services[0]
    end = line.attachments[0][1]
    assert end.next_hop(end.routes[0]) == hop
    assert end.prefixes[-1] == end.routes[0].prefix


# ---- many files -----------------------------------------------------------------------------------------------------


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if nobody had left a thread behind: a process that has threads does not fork."""
    monkeypatch.setattr("netwright.crew.threading.active_count", lambda: 1)


def read_by(processes: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Intents, list[str]]:
    monkeypatch.setenv("NETWRIGHT_PROCESSES", str(processes))
    intents, findings = read_intents([folder], folder)
    return intents, [str(finding) for finding in findings.found]


@pytest.mark.usefixtures("alone")
def test_any_number_of_processes_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        write(tmp_path, f"{number}.yaml", LINE.replace("branch-7", f"branch-{number}").replace("300", str(number + 1)))
    write(tmp_path, "3a.yaml", "kind: [\n")
    write(tmp_path, "5a.yaml", "")
    plain = read_by(1, tmp_path, monkeypatch)
    assert len(plain[0].services) == 7
    assert len(plain[1]) == 3, "a file that is no YAML, an empty one, and no Fabric"
    for processes in (2, 3, 20):
        read = read_by(processes, tmp_path, monkeypatch)
        assert read == plain
        assert read[0].source("ElasticLine/branch-6", "spec.bandwidth") == plain[0].source(
            "ElasticLine/branch-6", "spec.bandwidth"
        )


@pytest.mark.usefixtures("alone")
def test_what_is_defined_twice_is_seen_by_whoever_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fabric = (GOOD / "fabric.yaml").read_text(encoding="utf-8")
    write(tmp_path, "a.yaml", fabric)
    write(tmp_path, "b.yaml", LINE)
    write(tmp_path, "c.yaml", LINE)
    write(tmp_path, "d.yaml", fabric.replace("name: ", "name: other-", 1))
    plain = read_by(1, tmp_path, monkeypatch)
    assert "error[duplicate-name]" in "".join(plain[1])
    assert "error[second-fabric]" in "".join(plain[1])
    assert [read_by(processes, tmp_path, monkeypatch) for processes in (2, 4)] == [plain, plain]


@pytest.mark.usefixtures("alone")
def test_a_few_files_are_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETWRIGHT_PROCESSES", raising=False)
    monkeypatch.setattr("netwright.crew.at_work", lambda *_: pytest.fail("went elsewhere"))
    write(tmp_path, "a.yaml", LINE)
    assert len(read_intents([tmp_path], tmp_path)[0].services) == 1
