#!/bin/sh
# The links of the lab: END END DELAY RATE, both ways alike.
#     wires.sh [END ...]     with ends: their links anew, in a box that stands already
again=$*
end() { # INTERFACE OTHER DELAY RATE
    ip link set "$1" up
    ethtool -K "$1" tx off >/dev/null 2>&1
    tc qdisc replace dev "$1" root netem delay "$3" rate "$4" limit 20000
    [ -z "$again" ] || tc qdisc del dev "$1" clsact 2>/dev/null || :
    tc qdisc add dev "$1" clsact
    tc filter add dev "$1" ingress protocol all prio 1 matchall action mirred egress redirect dev "$2"
}
wire() {
    case " $again " in "  " | *" $1 "* | *" $2 "*) ;; *) return ;; esac
    end "$1" "$2" "$3" "$4"
    end "$2" "$1" "$3" "$4"
}
for port in ${again:-$NETWRIGHT_PORTS}; do
    until [ -e "/sys/class/net/$port" ]; do sleep 1; done
    echo 1 >"/proc/sys/net/ipv6/conf/$port/disable_ipv6"
done
set -e
wire w1a w1z 50us 100000000bit  # p1-pe2
wire w2a w2z 100us 100000000bit  # p2-pe2
wire w3a w3z 50us 100000000bit  # pe1-p1
wire w4a w4z 100us 100000000bit  # pe1-p2
set +e
[ -z "$again" ] || exit 0
mkdir -p /run/netwright
touch /run/netwright/ready
exec /usr/lib/netwright/start-host
