#!/bin/sh
# Start FRR's daemons from a root folder (`/` for this machine's own), in namespaces of their own, and run a command there:
#     unshare -n -m -p -f --kill-child sh daemons.sh ROOT COMMAND...
# Everything ends with the namespaces. Needs root; the kernel needs seg6, veth, and dummy or bridge.
set -eu
root=${1%/}
shift
mount -t proc proc "$root/proc"
for folder in run tmp var/tmp; do
    mount -t tmpfs tmpfs "$root/$folder"
    chmod 1777 "$root/$folder"
done
mkdir -p "$root/run/frr" "$root/var/tmp/frr"
chroot "$root/" chown frr:frr /run/frr /var/tmp/frr

ip link set lo up
ip link add sr0 type dummy 2>/dev/null || ip link add sr0 type bridge
ip link set sr0 up
for port in eth1 eth2 eth3.300; do
    ip link add "$port" type veth peer name "p-$port"
    ip link set "$port" up
    ip link set "p-$port" up
done
sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.all.seg6_enabled=1

for daemon in mgmtd zebra staticd bgpd isisd; do
    [ -x "$root/usr/lib/frr/$daemon" ] || continue
    chroot "$root/" "/usr/lib/frr/$daemon" -d -F traditional -A 127.0.0.1 >/dev/null 2>&1
    sleep 0.5
done
until chroot "$root/" vtysh -c 'show version' >/dev/null 2>&1; do sleep 0.5; done
sleep 2
exec "$@"
