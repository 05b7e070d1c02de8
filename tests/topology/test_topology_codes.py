"""Each code that this room can print is explained, and none is explained here that it cannot print."""

import re

from topology_files import ROOT

from netwright.cli.topics import diagnostic_codes
from netwright.topology.codes import CODES

ROOM = ROOT / "src" / "netwright" / "topology"


def test_every_code_is_explained_and_every_explanation_is_of_a_code() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py") if path.name != "codes.py")
    calls = re.findall(r"(?:error|warning|claim)\((.*?)\)\n", source, re.DOTALL)
    printed = {word for call in calls for word in re.findall(r'"([a-z]+(?:-[a-z0-9]+)+)"', call)}
    printed |= {f"unknown-{what}" for what in ("platform", "site", "node")}
    assert printed <= diagnostic_codes().keys()
    assert CODES.keys() <= printed
