"""What each code of this room's diagnostics means: the text of `netwright help CODE`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "no-topology": (
        "inventory/topology.yaml is missing: there is no network here. -C names another folder; `netwright "
        "init DIR` makes a new network."
    ),
    "no-inventory": (
        "inventory/hosts.yaml is missing. It says where each router answers, in Nornir's own format (SimpleInventory)."
    ),
    "no-host": "A router of topology.yaml is not in hosts.yaml: nobody knows where it answers.",
    "host-without-node": (
        "A host of the inventory is no router of topology.yaml. It is left alone: nothing is planned for it."
    ),
    "platform-mismatch": (
        "The router has one platform in topology.yaml and another in hosts.yaml. One of them is a mistake, "
        "and the wrong one would send one vendor's lines to the other's router."
    ),
    "no-credentials": (
        "No name and password were found for the device. The inventory names where they come from "
        "(environment, file or command); the message lists what was tried. Emulated devices need none: --emulated."
    ),
    "bad-credentials": (
        "data.credentials of the inventory says where name and password come from: {env: PREFIX}, {file: "
        "PATH} or {command: [WORD, ...]}. The secrets themselves never stand there."
    ),
    "no-secret": (
        "A configuration names a key (the MACsec key of a link: spec.links.macsec of the Fabric), and nothing has it. "
        "Nothing was sent. The inventory names where keys come from, in data.secrets (environment, file or command); "
        "the message lists what was tried. A key that goes away must still be there: without it nobody could go back. "
        "Emulated devices take one of their own: --emulated."
    ),
    "bad-secret": (
        "The key that was found is no MACsec key (32 or 64 hexadecimal digits), or the two ends of a link would get "
        "two different ones. Nothing was sent."
    ),
    "bad-secrets": (
        "data.secrets of the inventory says where keys come from: {env: PREFIX}, {file: PATH} or {command: [WORD, "
        "...]}. The keys themselves never stand there."
    ),
    "secret-in-inventory": (
        "A password stands in the inventory, which is committed. Take it out, change it on the devices, and "
        "name where it comes from in data.credentials."
    ),
    "unknown-group": "The host or group names a group that groups.yaml does not define.",
    "group-of-itself": (
        "The group is, directly or through others, a member of itself: nobody can say which of its values holds."
    ),
    "bad-value": "The value is of the wrong kind or out of range. The message says what may stand here.",
    "several-documents": (
        "The file holds several YAML documents where one belongs. A `---` too many is the usual cause."
    ),
    "port-used-twice": (
        "Two links end at one port of one router, or a link and an access port share it. A port has one neighbour."
    ),
    "pinned-twice": (
        "The same address, node id or loopback is pinned for two things. Pins come from the baselines; look there."
    ),
    "self-loop": "The link begins and ends at the same router.",
    "half-pinned-link": (
        "One end of the link has a pinned address and the other none. They must be of one prefix, so both are "
        "pinned or neither."
    ),
    "prefix-mismatch": (
        "The two pinned addresses of the link are not of the same prefix: the routers could not talk over it."
    ),
    "flexe-group-used-twice": (
        "Two links of one router use the same FlexE group number. A group is one calendar over one set of lanes."
    ),
    "flexe-exceeds-link": "The FlexE calendar, slots x granularity, is larger than the link it runs on.",
    "flexe-no-physical": (
        "Enabling FlexE on a port takes its Ethernet interface away: the link's interface is then the base client's, "
        "such as FlexE0/2/129. Each end names both: `port` the base client's interface, `physical` the port itself."
    ),
    "physical-without-flexe": (
        "`physical` names the port behind a FlexE interface. Without a FlexE calendar the port is its own interface."
    ),
    "flexe-no-slot": "All slots of the FlexE calendar are the base client's: none is left for a hard slice.",
    "shorter-than-air": (
        "The fibre is said to be shorter than the air line between its sites. Delay is promised from the "
        "length, so a slip here breaks promises: correct the length or a coordinate."
    ),
    "network-in-parts": (
        "Some routers cannot be reached from the rest of the network. `init` leaves them out; a written "
        "network keeps them, and intents between the parts are refused."
    ),
    "no-coordinates": (
        "Neither this node nor any node near it has coordinates in the file. It is drawn in the middle of the others, "
        "and the lengths of its links are guesses."
    ),
    "bad-gml": (
        'The file is not the GML that the Topology Zoo writes: `graph [ node [ id 0 label "x" ] edge [ source '
        "0 target 1 ] ]`. The caret shows where reading stopped."
    ),
    "bad-clab": (
        "The file is not a containerlab topology: it needs topology.nodes, and links with two endpoints NODE:PORT each."
    ),
    "port-renamed": (
        "containerlab calls all ports eth1, eth2 and so on; the platform has its own names, and `init` gave the port "
        "one. Put the port's real name into inventory/topology.yaml before a real device is asked."
    ),
    "link-left-out": (
        "A link of the containerlab file has an end that is no router of ours, so that it is no link of the network. "
        "Where the router is FRR its port stays, as an access port for tenants."
    ),
    "link-assumed": (
        "A containerlab file knows neither the length nor the rate of a link. Delays, buffers and admission are "
        "computed from them: correct what `init` took for granted in inventory/topology.yaml."
    ),
    "model-assumed": (
        "A containerlab file does not name the router's model. `init` wrote down the one that netwright's templates of "
        "the platform were made for; correct it in inventory/topology.yaml where it is another."
    ),
    "no-router": (
        "The containerlab node is no router of a platform that netwright knows. Give it the label, or take it out."
    ),
    "unknown-node-kind": (
        "The containerlab node is of a kind that netwright has no platform for. Give it the label that names one, or "
        "take it out of the file; hosts are left out by themselves."
    ),
    "no-nodes": "The file was read, and holds no router at all. Is it the right file?",
    "no-file": "The file that --from names does not exist. Names are relative to where you stand, also with -C.",
    "unknown-format": (
        "--from takes GML (`.gml`, as the Topology Zoo has it) or a containerlab file (`.yml`, `.yaml`), told "
        "by the name."
    ),
    "unknown-platform": (
        "The platform has no pack in netwright. `netwright show capabilities` lists those that have one."
    ),
    "unknown-site": (
        "The router stands at a site that the file does not list. Sites give the coordinates of the map and of lengths."
    ),
}
