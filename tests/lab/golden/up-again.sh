ip -n clab-ring-wires link del dev w1z 2>/dev/null || true
ip -n clab-ring-wires link del dev w2z 2>/dev/null || true
ip -n clab-ring-pe2-hosts link del dev eth1 2>/dev/null || true
set -eu
mkdir -p /run/netns
ln -sfn /proc/200/ns/net /run/netns/clab-ring-pe2
ip -batch - <<'CABLES'
link add name eth1 mtu 9216 netns clab-ring-pe2 type veth peer name w1z mtu 9216 netns clab-ring-wires
link add name eth2 mtu 9216 netns clab-ring-pe2 type veth peer name w2z mtu 9216 netns clab-ring-wires
link add name eth9 mtu 9216 netns clab-ring-pe2 type veth peer name eth1 mtu 9216 netns clab-ring-pe2-hosts
CABLES
ip -n clab-ring-pe2 -batch - <<'PORTS'
link set dev eth1 up
link set dev eth2 up
link set dev eth9 up
PORTS
ip -n clab-ring-wires -batch - <<'PORTS'
link set dev w1z up
link set dev w2z up
PORTS
ip -n clab-ring-pe2-hosts -batch - <<'PORTS'
link set dev eth1 up
PORTS
