#!/bin/sh
# How fast this machine forwards: one TCP session for three seconds across two routers that do nothing else. Prints
# iperf3's JSON. Run in a container of its own.
set -e
previous='' number=0
for node in a b c d; do
    ip netns add $node
    ip -n $node link set lo up
    if [ -n "$previous" ]; then
        ip link add name to$node netns $previous type veth peer name to$previous netns $node
        ip -n $previous address add 192.0.2.$((number * 4 + 1))/30 dev to$node
        ip -n $node address add 192.0.2.$((number * 4 + 2))/30 dev to$previous
        ip -n $previous link set to$node up
        ip -n $node link set to$previous up
        number=$((number + 1))
    fi
    previous=$node
done
for node in b c; do ip netns exec $node sysctl -q -w net/ipv4/ip_forward=1; done
ip -n a route add default via 192.0.2.2
ip -n b route add 192.0.2.8/30 via 192.0.2.6
ip -n c route add 192.0.2.0/30 via 192.0.2.5
ip -n d route add default via 192.0.2.9
ip netns exec d iperf3 -s -1 -D >/dev/null
sleep 0.5
exec ip netns exec a iperf3 -c 192.0.2.10 -t 3 -J
