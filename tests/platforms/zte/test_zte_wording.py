"""Each template's text, as a golden file: what a construct becomes, parsed back and written canonically."""

import os
import re
from pathlib import Path

import pytest
from jinja2 import Environment, StrictUndefined

from netwright.platforms.zte import ZTE
from netwright.platforms.zte.wording import FILTERS
from netwright.services import model
from netwright.tree import Path as TreePath
from netwright.tree import tree_of

ROOT = Path(__file__).parents[3]
GOLDEN = Path(__file__).parent / "golden"

QUEUES = (
    model.Queue("ef", "strict", 0, 0, ecn=False),
    model.Queue("af4", "weighted", 60, 250_000_000, ecn=False),
    model.Queue("be", "weighted", 40, 0, ecn=False),
)
PORT = "xgei-0/1/0/1"
CONSTRUCTS: dict[str, model.Construct] = {
    "loopback": model.Loopback("fd00:0:0:1::7", "10.255.0.7"),
    "core_interface": model.CoreInterface("cgei-0/1/0/1", "fd00:2::6/127", 9000, "to spine1"),
    "isis": model.Isis(
        "1", "49.0001.0102.5500.0007.00", "49.0001", "0102.5500.0007", 2, "10.255.0.7", "MAIN", "fd00:1:7::1"
    ),
    "isis_circuit": model.IsisCircuit("1", 2, "cgei-0/1/0/1", 10, 3, passive=False, delay_us=100),
    "isis_circuit-loopback": model.IsisCircuit("1", 2, "loopback", 0, 0, passive=True, delay_us=0),
    "bgp": model.Bgp(65000, "10.255.0.7", "MAIN", ("evpn",)),
    "bgp_neighbor": model.BgpNeighbor(65000, "fd00:0:0:1::1", ("evpn",), reflector_client=True, description="rr1"),
    "vrf": model.Vrf(
        "hospital-a", "slice of hospital-a", 1001, ("ipv4", "ipv6"), "65000:1001", ("65000:2001",), "evpn", 65000,
        "10.255.0.7", "MAIN", "", 0, "",
    ),
    "attachment": model.Attachment(
        PORT, 100, "hospital-a", ("10.1.0.1/24", "10.1.1.1/24", "2001:db8::1/64"), 9000, "hospital-a"
    ),
    "static_route": model.StaticRoute("hospital-a", "10.9.0.0/16", "10.1.0.2"),
    "static_route-v6": model.StaticRoute("hospital-a", "2001:db8:9::/48", "2001:db8::2"),
    "access_rate": model.AccessRate("NW-hospital-a", PORT, 100, 100_000_000, 1_500_000, "", 10_000_000_000),
    "access_rate-queued": model.AccessRate("NW-Q", PORT, 100, 100_500, 15_000, "NW-Q", 10_000_000_000),
    "queue_profile": model.QueueProfile("NW-Q", QUEUES),
    "traffic_class": model.TrafficClass("NW-rdma", PORT, 100, (26, 24), 4791, "af4", 26),
    "core_queue": model.CoreQueue("cgei-0/1/0/1", QUEUES[1], (26,)),
}  # fmt: skip


def environment() -> Environment:
    found = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    found.filters.update(FILTERS)
    return found


def worded(name: str, construct: model.Construct) -> dict[TreePath, str]:
    source = (ROOT / "templates" / "zte" / f"{name.partition('-')[0]}.cfg.j2").read_text(encoding="utf-8")
    marked = re.sub(r"(?m)(\S.*#\})$", r"\1@@", source.replace("-#}\n", "-#}", 1))  # as the renderer ends its lines
    facts = {field: getattr(construct, field) for field in construct.__dataclass_fields__}
    text = environment().from_string(marked).render(facts).replace("@@", "")
    return tree_of(ZTE().parse(text, "cfg"))


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_construct_becomes_its_golden_text(name: str) -> None:
    pack = ZTE()
    canonical = pack.text(worded(name, CONSTRUCTS[name]), "cfg")
    golden = GOLDEN / f"{name}.cfg"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(canonical, encoding="utf-8")
    assert canonical == golden.read_text(encoding="utf-8")


def test_every_template_has_a_golden_file() -> None:
    templates = {path.name.split(".")[0] for path in (ROOT / "templates" / "zte").glob("*.j2")} - {"baseline"}
    assert templates == {name.partition("-")[0] for name in CONSTRUCTS}


def test_a_class_without_dscp_is_refused_instead_of_widened() -> None:
    with pytest.raises(ValueError, match="classifies by DSCP only"):
        worded("traffic_class", model.TrafficClass("x", PORT, 1, (), 4791, "af4", 26))


def test_the_locator_of_a_baseline_is_no_configuration() -> None:
    pack = ZTE()
    source = (ROOT / "templates" / "zte" / "baseline.cfg.j2").read_text(encoding="utf-8")
    locator = {"name": "MAIN", "prefix": "fd00:1:7::/48", "end_sid": "fd00:1:7::1"}
    ports = [{"name": PORT, "capacity_bps": 10**10, "core": True, "address": None}]
    text = (
        environment()
        .from_string(source)
        .render(hostname="leaf7", router_id=None, loopback="fd00:0:0:1::7", locator=locator, ports=ports)
    )
    assert "!stand-in locator MAIN fd00:1:7::/48 end-sid fd00:1:7::1" in text
    tree = tree_of(pack.parse(text, "cfg"))
    assert not [path for path in tree if "MAIN" in path[-1]]
    assert tree["if-intf", f"interface {PORT}", "shutdown"] == "no shutdown"
