set -e
ip -all netns delete
ip netns add eth3.210
ip -n eth3.210 link set lo up
ip link set eth1 up
ethtool -K eth1 tx off >/dev/null 2>&1 || true
ip link add link eth1 name eth1.210 type vlan id 210
ip link set eth1.210 netns eth3.210
ip -n eth3.210 link set eth1.210 mtu 1500 up
ip -n eth3.210 address add 10.21.0.2/24 dev eth1.210
ip -n eth3.210 address add 2001:db8:21::2/64 dev eth1.210 nodad
ip -n eth3.210 address add 10.21.0.9/24 dev eth1.210
ip -n eth3.210 route add default via 10.21.0.1 dev eth1.210
ip -n eth3.210 route add default via 2001:db8:21::1 dev eth1.210
ip -n eth3.210 address add 10.99.0.1/32 dev lo
ip netns add eth3.211
ip -n eth3.211 link set lo up
ip link set eth1 up
ethtool -K eth1 tx off >/dev/null 2>&1 || true
ip link add link eth1 name eth1.211 type vlan id 211
ip link set eth1.211 netns eth3.211
ip -n eth3.211 link set eth1.211 mtu 1500 up
ip -n eth3.211 address add 10.21.0.1/30 dev eth1.211
ip -n eth3.211 route add default via 10.21.0.2 dev eth1.211
ip -n eth3.211 address add 10.98.0.1/32 dev lo
ip netns add eth9.0
ip -n eth9.0 link set lo up
ip link set eth1 up
ethtool -K eth1 tx off >/dev/null 2>&1 || true
ip link set eth1 netns eth9.0
ip -n eth9.0 link set eth1 mtu 9000 up
ip -n eth9.0 address add 10.22.0.1/31 dev eth1
ip -n eth9.0 route add default via 10.22.0.0 dev eth1
