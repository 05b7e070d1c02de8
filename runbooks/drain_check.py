"""Before maintenance: which intents cross a router, on a working or a protection path, and which are attached to it.

.venv/bin/python runbooks/drain_check.py NETWORK ROUTER
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from netwright.app.planning import design_of
from netwright.app.site import network_of, now
from netwright.errors import NetwrightError
from netwright.services.compile import Served
from netwright.wish import Wish


def uses(served: Served, router: str) -> Iterator[str]:
    """How a service depends on the router."""
    if router in served.profile.nodes:
        yield "is attached to it"
    for pair in served.ways:
        if router in pair.there.path.nodes[1:-1]:
            spare = pair.there.protection
            survives = spare is not None and router not in spare.nodes
            ends = f"{pair.there.a} to {pair.there.z}"
            yield f"crosses it from {ends}; " + ("its protection path does not" if survives else "unprotected")


def main() -> int:
    """Run the book; no device is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", type=Path)
    parser.add_argument("router")
    wanted = parser.parse_args()
    network = network_of(Wish(wanted.network))
    if wanted.router not in network.topology.nodes:
        sys.exit(f"{wanted.router} is no router of this network")
    for address, served in design_of(network, now()).served.items():
        for how in uses(served, wanted.router):
            print(f"{address} {how}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NetwrightError as error:
        sys.exit(f"{error}\nexit {error.exit_code}")
