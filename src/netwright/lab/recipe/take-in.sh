#!/bin/sh
# Put the router's image into the docker of a machine that does not run yet.
#     take-in.sh ROOT
# docker's store can only be written by docker: so the machine's own dockerd runs for a moment here, in ROOT, with no
# network at all. Runs as root in a mount namespace of its own (unshare --mount --pid --fork): nothing outlives it.
set -eu
root=$1
mount --bind "$root" "$root" # docker unpacks behind a root of its own, and so / has to be a mount
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
cat >"$root/tmp/inside" <<'INSIDE'
containerd >/tmp/containerd.log 2>&1 &
until [ -S /run/containerd/containerd.sock ] && ctr version >/dev/null 2>&1; do sleep 0.2; done
dockerd --containerd /run/containerd/containerd.sock --storage-driver overlay2 --bridge none --iptables=false \
    --ip6tables=false --exec-opt native.cgroupdriver=cgroupfs >/tmp/dockerd.log 2>&1 &
n=0
until docker info >/dev/null 2>&1; do
    n=$((n + 1))
    [ $n -lt 600 ] || { tail -n 5 /tmp/dockerd.log; exit 1; }
    sleep 0.2
done
docker import -c 'CMD ["/usr/lib/netwright/start-router"]' /netwright/router.tar netwright/router:lab || exit 1
docker image inspect -f '{{.RootFS.Type}}' netwright/router:lab >/dev/null || exit 1
pkill -x dockerd
while pgrep -x dockerd >/dev/null; do sleep 0.2; done
INSIDE
chroot "$root" sh /tmp/inside
rm -rf "$root/netwright"
