#!/bin/sh
# Make a root file system from Debian packages alone.
#     root.sh FOLDER SUITE MIRROR PACKAGE...
# Runs as root, in a mount namespace of its own (unshare --mount): what it mounts is gone when it ends, however it ends.
# A suite that debootstrap does not know yet is made by the rules of sid, which never change their name.
set -eu
root=$1 suite=$2 mirror=$3
shift 3

rules=/usr/share/debootstrap/scripts/$suite
[ -e "$rules" ] || rules=/usr/share/debootstrap/scripts/sid
# Nothing of a file system that is half made is worth waiting for the disk, nor are its manuals.
mkdir -p "$root/etc/dpkg/dpkg.cfg.d"
printf 'path-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n' \
    >"$root/etc/dpkg/dpkg.cfg.d/small"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/fast"
echo "step: unpack Debian $suite"
debootstrap --variant=minbase "$suite" "$root" "$mirror" "$rules"

# Nothing starts while it is installed, and nothing asks.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
mkdir -p "$root/etc/apt/apt.conf.d"
for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy*; do
    if [ -f "$file" ]; then cp "$file" "$root/etc/apt/apt.conf.d/"; fi
done

# A kernel finds its disk with these alone; a ramdisk with all of Debian's drivers takes an emulated machine a minute.
mkdir -p "$root/etc/initramfs-tools/conf.d" "$root/usr/share/initramfs-tools/modules.d"
printf 'MODULES=list\nCOMPRESS=zstd\n' >"$root/etc/initramfs-tools/conf.d/netwright"
printf 'virtio_pci\nvirtio_blk\next4\n' >"$root/usr/share/initramfs-tools/modules.d/netwright"

# systemd and frr cannot be configured by debootstrap itself: they want a system that stands.
mount -t proc proc "$root/proc"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
# A mirror may stand still (a snapshot, a copy without a network): its lists are signed, only not of today.
echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/standing-still"
echo "step: fetch the list of packages"
chroot "$root" apt-get -q update
echo "step: install $*"
chroot "$root" apt-get -q -y --no-install-recommends install "$@"
umount "$root/proc"

chroot "$root" dpkg-query -W -f '${Package} ${Version}\n' >"$root/usr/lib/netwright-packages"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb \
    "$root/usr/sbin/policy-rc.d" "$root/etc/resolv.conf" "$root"/etc/ssh/ssh_host_*
for file in "$root"/etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf"; do rm -f "$file"; done
