"""What each code of this room's diagnostics means: the text of `netwright help CODE`."""

from __future__ import annotations

from collections.abc import Mapping

_FILES = {
    "no-such-file": (
        "The file or directory named on the command line does not exist. Names are relative to the current "
        "folder, also with -C."
    ),
    "unreadable-file": (
        "The file exists, but the operating system does not let us read it: permissions, or it is not a file."
    ),
    "not-utf8": "Intents are UTF-8 text. The caret shows the first byte that is not; save the file again as UTF-8.",
    "yaml-syntax": (
        "The file is not YAML from this place on, so nothing after it was read. The parser's own words are shown;"
        " what it complains of often began a line earlier, with a bracket or a quote that was not closed."
    ),
    "yaml-tab": "YAML indents with spaces only. Set your editor to write spaces for tabs in .yaml files.",
    "duplicate-key": (
        "A mapping holds the same field twice. Parsers silently take the last; we refuse, because one of the two "
        "was meant."
    ),
    "unsupported-yaml": (
        "This is YAML that means nothing in an intent: tags such as !!python, keys that are not text, an anchor "
        "that contains itself, or a merge (<<) of something that is no mapping."
    ),
    "empty-file": (
        "A .yaml file without any document in it. Harmless, but somebody may have meant to write something there."
    ),
    "not-a-document": "Every document of a file is a mapping with apiVersion, kind, metadata and spec.",
}

_SHAPE = {
    "unknown-kind": (
        "The kinds are Fabric, TenantSlice, LosslessRdmaPath, ElasticLine and DeterministicService, spelled so."
    ),
    "unknown-version": "The only version of the language so far is netwright/v1.",
    "unknown-field": (
        "The field does not belong there. Fields that nobody reads are refused, because a promise that is "
        "silently dropped is worse than an error. Look for a slip of the pen, or for the right place in the "
        "kind's example: `netwright help intents`."
    ),
    "missing-field": "The field has no default: without it the intent has no meaning.",
    "wrong-type": (
        "YAML read this value as another type than the field takes. Text that looks like a number needs quotes "
        '(area: "49.0001"), and a number must not have them.'
    ),
    "unknown-value": "The field takes one of a few words, which the message lists.",
    "out-of-range": "The number is outside what the field allows; the message says the bounds.",
    "wrong-count": "The list has too few or too many items.",
    "too-long": "The text is longer than devices or reports can show.",
    "bad-name": (
        "Names of intents, tenants, sites and sub-slices are DNS labels (RFC 1123): 1 to 63 of a-z, 0-9 and "
        "hyphen, with a letter or digit at both ends; they stand in addresses, VRF names and file names. Nodes "
        "and ports are named as the inventory and the device name them."
    ),
    "bad-rate": (
        "A rate is a number with k, M, G or T, powers of 1000, in bit/s: 100M, 2.5G, 1T. No unit follows: 100G, "
        "not 100Gbps."
    ),
    "bad-duration": (
        "A duration is ISO 8601 in weeks, days, hours, minutes and seconds: PT5M, PT6H, P7D. Years and months "
        "have no fixed length and are refused."
    ),
    "bad-address": (
        "An attachment's address is the router's own, with the length of its subnet: 10.21.0.1/24, "
        "2001:db8:21::1/64. The address of the network itself, broadcast, multicast, loopback and link-local "
        "addresses cannot be it."
    ),
    "bad-prefix": "A prefix is ADDRESS/LENGTH without host bits: 10.9.0.0/16.",
    "bad-pool": (
        "A pool is FIRST-LAST, both included, decimal or with 0x; pools of route distinguishers and targets have "
        "the administrator in front: 65000:1000-9999 (RFC 4364: after an AS number above 65535 or an IPv4 address"
        " at most 65535)."
    ),
    "bad-pin": "A pinned route distinguisher or target is ADMINISTRATOR:NUMBER, for example 65000:1000 (RFC 4364).",
    "bad-instant": (
        "A moment is an ISO 8601 date and time, 2026-12-01T22:00:00+08:00; without an offset it is local to the "
        "time_zone beside it."
    ),
    "unknown-time-zone": (
        "time_zone is a name of the IANA time zone database, such as Asia/Shanghai. Abbreviations such as CST "
        "mean several zones."
    ),
    "bad-day": (
        "A day is monday to sunday, or MO to SU. In a monthly recurrence it may be counted: 1MO is the first "
        "Monday, -1FR the last Friday."
    ),
    "bad-avoid": "What a path avoids is named with its type: node:core3, link:spine1-core2, srlg:duct-7.",
    "bad-area": (
        "An IS-IS area address is an AFI of two hexadecimal digits and groups of four: 49.0001. Keep the quotes, "
        "else YAML reads a number."
    ),
}

_MEANING = {
    "choose-one": (
        "Two fields say the same thing in two ways, or none says it: end or duration, count or until, at or when."
        " Keep one."
    ),
    "listed-twice": "A list names the same thing twice; one of them was probably meant to be another.",
    "contradiction": (
        "Two fields of one intent cannot both hold, such as avoiding a node that is an end of the service."
    ),
    "grade-above-isolation": (
        "minimum_grade is the weakest realisation that is accepted, so it cannot be stronger than the isolation "
        "asked for. Without isolation, rates may still be asked to be soft."
    ),
    "missing-addresses": (
        "In a routed VPN the router is the tenant's neighbour and needs an address of its own on each attachment."
    ),
    "addresses-unused": (
        "On l2vpn the routers bridge: addresses and routes of an attachment are not configured anywhere."
    ),
    "assumed-next-hop": (
        "A route names no host, and its subnet has many: the lowest address that is not the router's own is "
        "taken. Say `via` to be sure."
    ),
    "bad-next-hop": (
        "The host behind which a prefix lies must be a neighbour: another address in a subnet of the same attachment."
    ),
    "overlapping-addresses": (
        "Inside one VPN an address is in one place. Two attachments, or an attachment and a route, claim the same"
        " addresses."
    ),
    "no-common-family": (
        "Two attachments of one VPN speak different address families only (one IPv4, the other IPv6), so they can"
        " never talk."
    ),
    "shares-above-one": "The sub-slices together ask for more than the slice has.",
    "same-node": (
        "Both ends of a line are on one node: nothing would cross the network, and there is nothing to promise."
    ),
    "protection-without-diversity": (
        "A protected service without diversity may have both ways on the same fibre. Ask for link, node or srlg "
        "diversity."
    ),
    "max-below-base": "An elastic line's max is less than its base.",
    "outside-range": "A rule of an elastic line asks for a bandwidth outside base to max.",
    "off-grid": "An elastic line has its base and whole steps above it; this bandwidth is between two steps.",
    "burst-too-small": (
        "The token bucket of a deterministic service holds less than one packet, so no packet could ever pass."
    ),
    "end-before-start": (
        "A window must end after it starts, and a recurrence must last at least until its first window."
    ),
    "naive-time": (
        "A time without an offset is local, and nothing says where. Add an offset, or a time_zone beside it; with"
        " a zone, recurring windows keep their local hour over daylight saving time."
    ),
    "zone-mismatch": (
        "A time has an offset, and the time_zone beside it has another one at that moment. Write the local time "
        "without an offset, or the right one."
    ),
    "windows-overlap": (
        "A window is longer than the time until it comes again, so the service never ends. Perhaps the duration "
        "is too long."
    ),
    "bad-key-name": (
        "spec.links.macsec.key names the secrets of links: letters, digits, dots, dashes and underscores, and `{link}` "
        "for the link's name. The keys themselves stand nowhere: the inventory says where they come from."
    ),
    "bad-locator": (
        "Block, node and function bits of an SRv6 SID share 128 bits (RFC 8986, section 3.1), and there must be "
        "some for nodes."
    ),
    "pool-outside": "A pool holds numbers that cannot stand where they are used; the message says which can.",
    "overlapping-prefixes": (
        "The underlay's prefixes (SRv6 block, loopbacks, links) must not overlap: a locator would swallow the others."
    ),
    "prefix-too-small": "The prefix has no room for what is taken from it.",
}

_NETWORK = {
    "duplicate-name": (
        "Two documents of one kind have the same name. A name is the intent's identity: numbers, configuration "
        "and evidence hang on it."
    ),
    "second-fabric": "A network has one Fabric: all others are refused.",
    "no-fabric": "Services need the underlay and the pools that a Fabric describes.",
    "unknown-slice": "The service wants to ride in a TenantSlice that no file defines.",
    "foreign-slice": (
        "The service wants to ride in a slice of another tenant. Slices separate tenants, so this is refused."
    ),
    "bandwidth-exceeds-slice": (
        "A line that rides in a slice shares the slice's bandwidth, and alone it asks for more than there is."
    ),
    "mtu-exceeds-links": (
        "The customer's largest packet and at least one IPv6 header (40 bytes, RFC 8200) must fit into the links "
        "of the underlay."
    ),
    "port-in-use": "A VLAN of a port belongs to one attachment of one service.",
    "pin-taken": (
        "Two services are pinned to the same number. Route targets above all: sharing one would join two VPNs."
    ),
}

CODES: Mapping[str, str] = {**_FILES, **_SHAPE, **_MEANING, **_NETWORK}
"""Each code with one paragraph about it."""
