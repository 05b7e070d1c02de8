"""What SRv6 adds to a packet, and what a shaper must be set to so that the customer gets what was bought.

Sizes are bytes, rates bit/s.
"""

from __future__ import annotations

from enum import StrEnum

IPV6_HEADER = 40  # RFC 8200
SRH_FIXED = 8  # RFC 8754, section 2
SID = 16  # RFC 8754: 128 bits each
ETHERNET = 14  # addresses and type, as Linux counts a packet: without FCS, preamble and gap
VLAN_TAG = 4  # IEEE 802.1Q


class Layer(StrEnum):
    """What a shaper counts. Linux HTB counts Ethernet frames without their FCS (net/sched, qdisc_pkt_len)."""

    IP = "ip"
    ETHERNET = "ethernet"


def srv6_overhead_bytes(sids: int) -> int:
    """H.Encaps (RFC 8986, section 5.1): outer IPv6 header and an SRH with all `sids` SIDs; none: no SRH."""
    return IPV6_HEADER + (SRH_FIXED + SID * sids if sids > 0 else 0)


def srv6_reduced_overhead_bytes(sids: int) -> int:
    """H.Encaps.Red (RFC 8986, section 5.2): the first SID travels in the destination address only; one SID: no SRH."""
    return srv6_overhead_bytes(max(0, sids - 1))


def usid_carriers(micro_sids: int, *, block_bits: int = 32, sid_bits: int = 16) -> int:
    """Carriers (128-bit SIDs) that `micro_sids` need: 6 of 16 bits fit behind a /32 block (RFC 9800, NEXT-C-SID)."""
    return -(-micro_sids // ((128 - block_bits) // sid_bits))


def shaper_bps(
    customer_bps: int, packet_bytes: int, overhead_bytes: int, layer: Layer = Layer.IP, *, tags: int = 0
) -> int:
    """What a shaper must allow so that `customer_bps` of customer IP packets of `packet_bytes` pass; rounded up.

    `overhead_bytes` is the encapsulation between the customer's packet and the counted layer's IP packet;
    on Ethernet `tags` VLAN tags are counted too. Smaller packets than `packet_bytes` need more than this.
    """
    frame = ETHERNET + VLAN_TAG * tags if layer is Layer.ETHERNET else 0
    return -(-customer_bps * (packet_bytes + overhead_bytes + frame) // packet_bytes)


def round_up(rate_bps: int, unit_bps: int) -> int:
    """The next multiple of what a platform's construct can say (1 Mbit/s for a flex-channel)."""
    return -(-rate_bps // unit_bps) * unit_bps


def path_mtu_bytes(customer_mtu: int, overhead_bytes: int) -> int:
    """The IP MTU every core link must have for customer packets of `customer_mtu` to pass whole."""
    return customer_mtu + overhead_bytes


def tcp_share(outer_mtu: int, overhead_bytes: int, *, inner_headers: int = 72, frame_bytes: int = 18) -> float:
    """TCP payload over Ethernet bytes when the outer packet is held at `outer_mtu`.

    By default IPv6 (40), TCP with timestamps (32) inside, Ethernet with FCS (18) outside.
    """
    return (outer_mtu - overhead_bytes - inner_headers) / (outer_mtu + frame_bytes)
