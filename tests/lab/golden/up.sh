set -eu
mkdir -p /run/netns
ln -sfn /proc/100/ns/net /run/netns/clab-ring-p1
ln -sfn /proc/101/ns/net /run/netns/clab-ring-p2
ln -sfn /proc/102/ns/net /run/netns/clab-ring-pe1
ln -sfn /proc/103/ns/net /run/netns/clab-ring-pe2
ln -sfn /proc/104/ns/net /run/netns/clab-ring-pe1-hosts
ln -sfn /proc/105/ns/net /run/netns/clab-ring-pe2-hosts
ln -sfn /proc/106/ns/net /run/netns/clab-ring-wires
ip -batch - <<'CABLES'
link add name eth1 mtu 9216 netns clab-ring-p1 type veth peer name w1a mtu 9216 netns clab-ring-wires
link add name eth1 mtu 9216 netns clab-ring-pe2 type veth peer name w1z mtu 9216 netns clab-ring-wires
link add name eth2 mtu 9216 netns clab-ring-p2 type veth peer name w2a mtu 9216 netns clab-ring-wires
link add name eth2 mtu 9216 netns clab-ring-pe2 type veth peer name w2z mtu 9216 netns clab-ring-wires
link add name eth1 mtu 9216 netns clab-ring-pe1 type veth peer name w3a mtu 9216 netns clab-ring-wires
link add name eth2 mtu 9216 netns clab-ring-p1 type veth peer name w3z mtu 9216 netns clab-ring-wires
link add name eth2 mtu 9216 netns clab-ring-pe1 type veth peer name w4a mtu 9216 netns clab-ring-wires
link add name eth1 mtu 9216 netns clab-ring-p2 type veth peer name w4z mtu 9216 netns clab-ring-wires
link add name eth3 mtu 9216 netns clab-ring-pe1 type veth peer name eth1 mtu 9216 netns clab-ring-pe1-hosts
link add name eth4 mtu 9216 netns clab-ring-pe1 type veth peer name eth2 mtu 9216 netns clab-ring-pe1-hosts
link add name eth9 mtu 9216 netns clab-ring-pe2 type veth peer name eth1 mtu 9216 netns clab-ring-pe2-hosts
CABLES
ip -n clab-ring-p1 -batch - <<'PORTS'
link set dev eth1 up
link set dev eth2 up
PORTS
ip -n clab-ring-wires -batch - <<'PORTS'
link set dev w1a up
link set dev w1z up
link set dev w2a up
link set dev w2z up
link set dev w3a up
link set dev w3z up
link set dev w4a up
link set dev w4z up
PORTS
ip -n clab-ring-pe2 -batch - <<'PORTS'
link set dev eth1 up
link set dev eth2 up
link set dev eth9 up
PORTS
ip -n clab-ring-p2 -batch - <<'PORTS'
link set dev eth2 up
link set dev eth1 up
PORTS
ip -n clab-ring-pe1 -batch - <<'PORTS'
link set dev eth1 up
link set dev eth2 up
link set dev eth3 up
link set dev eth4 up
PORTS
ip -n clab-ring-pe1-hosts -batch - <<'PORTS'
link set dev eth1 up
link set dev eth2 up
PORTS
ip -n clab-ring-pe2-hosts -batch - <<'PORTS'
link set dev eth1 up
PORTS
