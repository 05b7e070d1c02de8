set -eu
docker network inspect netwright-ring >/dev/null 2>&1 ||
docker network create --subnet 198.18.0.0/16 --label containerlab=ring netwright-ring >/dev/null
jobs=''
settle() { for job in $jobs; do wait "$job"; done; jobs=""; }
docker run -d -t --privileged --name clab-ring-p1 --hostname p1 --network netwright-ring --ip 198.18.1.1 --restart no --sysctl net.ipv6.conf.all.disable_ipv6=0 -v "$PWD"/files/p1:/netwright:ro -e 'NETWRIGHT_PORTS=eth1 eth2' -e NETWRIGHT_PASSWORD=the-password -e CLAB_LABEL_NETWRIGHT_ROLE=router -e CLAB_LABEL_CONTAINERLAB=ring -e CLAB_LABEL_CLAB_NODE_NAME=p1 -e CLAB_LABEL_CLAB_NODE_LONGNAME=clab-ring-p1 -e CLAB_LABEL_CLAB_NODE_KIND=linux -e CLAB_LABEL_CLAB_NODE_TYPE= -e CLAB_LABEL_CLAB_NODE_GROUP= -e CLAB_LABEL_CLAB_TOPO_FILE="$PWD"/ring.clab.yml -e CLAB_INTFS=2 --label netwright-role=router --label containerlab=ring --label clab-node-name=p1 --label clab-node-longname=clab-ring-p1 --label clab-node-kind=linux --label clab-node-type= --label clab-node-group= --label clab-topo-file="$PWD"/ring.clab.yml netwright/router:lab /usr/lib/netwright/start-router >/dev/null & jobs="$jobs $!"
docker run -d -t --privileged --name clab-ring-p2 --hostname p2 --network netwright-ring --ip 198.18.1.2 --restart no --sysctl net.ipv6.conf.all.disable_ipv6=0 -v "$PWD"/files/p2:/netwright:ro -e 'NETWRIGHT_PORTS=eth2 eth1' -e NETWRIGHT_PASSWORD=the-password -e CLAB_LABEL_NETWRIGHT_ROLE=router -e CLAB_LABEL_CONTAINERLAB=ring -e CLAB_LABEL_CLAB_NODE_NAME=p2 -e CLAB_LABEL_CLAB_NODE_LONGNAME=clab-ring-p2 -e CLAB_LABEL_CLAB_NODE_KIND=linux -e CLAB_LABEL_CLAB_NODE_TYPE= -e CLAB_LABEL_CLAB_NODE_GROUP= -e CLAB_LABEL_CLAB_TOPO_FILE="$PWD"/ring.clab.yml -e CLAB_INTFS=2 --label netwright-role=router --label containerlab=ring --label clab-node-name=p2 --label clab-node-longname=clab-ring-p2 --label clab-node-kind=linux --label clab-node-type= --label clab-node-group= --label clab-topo-file="$PWD"/ring.clab.yml netwright/router:lab /usr/lib/netwright/start-router >/dev/null & jobs="$jobs $!"
docker run -d -t --privileged --name clab-ring-pe1 --hostname pe1 --network netwright-ring --ip 198.18.1.3 --restart no --sysctl net.ipv6.conf.all.disable_ipv6=0 -v "$PWD"/files/pe1:/netwright:ro -e 'NETWRIGHT_PORTS=eth1 eth2 eth3 eth4' -e NETWRIGHT_PASSWORD=the-password -e CLAB_LABEL_NETWRIGHT_ROLE=router -e CLAB_LABEL_CONTAINERLAB=ring -e CLAB_LABEL_CLAB_NODE_NAME=pe1 -e CLAB_LABEL_CLAB_NODE_LONGNAME=clab-ring-pe1 -e CLAB_LABEL_CLAB_NODE_KIND=linux -e CLAB_LABEL_CLAB_NODE_TYPE= -e CLAB_LABEL_CLAB_NODE_GROUP= -e CLAB_LABEL_CLAB_TOPO_FILE="$PWD"/ring.clab.yml -e CLAB_INTFS=4 --label netwright-role=router --label containerlab=ring --label clab-node-name=pe1 --label clab-node-longname=clab-ring-pe1 --label clab-node-kind=linux --label clab-node-type= --label clab-node-group= --label clab-topo-file="$PWD"/ring.clab.yml netwright/router:lab /usr/lib/netwright/start-router >/dev/null & jobs="$jobs $!"
docker run -d -t --privileged --name clab-ring-pe2 --hostname pe2 --network netwright-ring --ip 198.18.1.4 --restart no --sysctl net.ipv6.conf.all.disable_ipv6=0 -v "$PWD"/files/pe2:/netwright:ro -e 'NETWRIGHT_PORTS=eth1 eth2 eth9' -e NETWRIGHT_PASSWORD=the-password -e CLAB_LABEL_NETWRIGHT_ROLE=router -e CLAB_LABEL_CONTAINERLAB=ring -e CLAB_LABEL_CLAB_NODE_NAME=pe2 -e CLAB_LABEL_CLAB_NODE_LONGNAME=clab-ring-pe2 -e CLAB_LABEL_CLAB_NODE_KIND=linux -e CLAB_LABEL_CLAB_NODE_TYPE= -e CLAB_LABEL_CLAB_NODE_GROUP= -e CLAB_LABEL_CLAB_TOPO_FILE="$PWD"/ring.clab.yml -e CLAB_INTFS=3 --label netwright-role=router --label containerlab=ring --label clab-node-name=pe2 --label clab-node-longname=clab-ring-pe2 --label clab-node-kind=linux --label clab-node-type= --label clab-node-group= --label clab-topo-file="$PWD"/ring.clab.yml netwright/router:lab /usr/lib/netwright/start-router >/dev/null & jobs="$jobs $!"
settle; echo 'started 4/7'
docker run -d -t --privileged --name clab-ring-pe1-hosts --hostname pe1-hosts --network netwright-ring --ip 198.18.128.3 --restart no --sysctl net.ipv6.conf.all.disable_ipv6=0 -e CLAB_LABEL_NETWRIGHT_ROLE=hosts -e CLAB_LABEL_CONTAINERLAB=ring -e CLAB_LABEL_CLAB_NODE_NAME=pe1-hosts -e CLAB_LABEL_CLAB_NODE_LONGNAME=clab-ring-pe1-hosts -e CLAB_LABEL_CLAB_NODE_KIND=linux -e CLAB_LABEL_CLAB_NODE_TYPE= -e CLAB_LABEL_CLAB_NODE_GROUP= -e CLAB_LABEL_CLAB_TOPO_FILE="$PWD"/ring.clab.yml -e CLAB_INTFS=2 --label netwright-role=hosts --label containerlab=ring --label clab-node-name=pe1-hosts --label clab-node-longname=clab-ring-pe1-hosts --label clab-node-kind=linux --label clab-node-type= --label clab-node-group= --label clab-topo-file="$PWD"/ring.clab.yml netwright/router:lab /usr/lib/netwright/start-host >/dev/null & jobs="$jobs $!"
docker run -d -t --privileged --name clab-ring-pe2-hosts --hostname pe2-hosts --network netwright-ring --ip 198.18.128.4 --restart no --sysctl net.ipv6.conf.all.disable_ipv6=0 -e CLAB_LABEL_NETWRIGHT_ROLE=hosts -e CLAB_LABEL_CONTAINERLAB=ring -e CLAB_LABEL_CLAB_NODE_NAME=pe2-hosts -e CLAB_LABEL_CLAB_NODE_LONGNAME=clab-ring-pe2-hosts -e CLAB_LABEL_CLAB_NODE_KIND=linux -e CLAB_LABEL_CLAB_NODE_TYPE= -e CLAB_LABEL_CLAB_NODE_GROUP= -e CLAB_LABEL_CLAB_TOPO_FILE="$PWD"/ring.clab.yml -e CLAB_INTFS=1 --label netwright-role=hosts --label containerlab=ring --label clab-node-name=pe2-hosts --label clab-node-longname=clab-ring-pe2-hosts --label clab-node-kind=linux --label clab-node-type= --label clab-node-group= --label clab-topo-file="$PWD"/ring.clab.yml netwright/router:lab /usr/lib/netwright/start-host >/dev/null & jobs="$jobs $!"
docker run -d -t --privileged --name clab-ring-wires --hostname wires --network netwright-ring --ip 198.18.255.0 --restart no --sysctl net.ipv6.conf.all.disable_ipv6=0 -v "$PWD"/files/wires:/netwright:ro -e 'NETWRIGHT_PORTS=w1a w1z w2a w2z w3a w3z w4a w4z' -e CLAB_LABEL_NETWRIGHT_ROLE=wires -e CLAB_LABEL_CONTAINERLAB=ring -e CLAB_LABEL_CLAB_NODE_NAME=wires -e CLAB_LABEL_CLAB_NODE_LONGNAME=clab-ring-wires -e CLAB_LABEL_CLAB_NODE_KIND=linux -e CLAB_LABEL_CLAB_NODE_TYPE= -e CLAB_LABEL_CLAB_NODE_GROUP= -e CLAB_LABEL_CLAB_TOPO_FILE="$PWD"/ring.clab.yml -e CLAB_INTFS=8 --label netwright-role=wires --label containerlab=ring --label clab-node-name=wires --label clab-node-longname=clab-ring-wires --label clab-node-kind=linux --label clab-node-type= --label clab-node-group= --label clab-topo-file="$PWD"/ring.clab.yml netwright/router:lab /bin/sh /netwright/wires.sh >/dev/null & jobs="$jobs $!"
settle
mkdir -p /run/netns
docker inspect -f '{{.State.Pid}} {{.Name}}' clab-ring-p1 clab-ring-p2 clab-ring-pe1 clab-ring-pe2 clab-ring-pe1-hosts clab-ring-pe2-hosts clab-ring-wires | while read -r pid name; do
    ln -sfn "/proc/$pid/ns/net" "/run/netns${name}"
done
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
echo deployed
