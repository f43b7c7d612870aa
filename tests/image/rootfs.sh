#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes BUILD-FOLDER/image/rootfs.img, a raw disk with a Debian root file system, from this machine's own apt sources and without
# root. usage: rootfs.sh BUILD-FOLDER
# The guest that boots it is called web: root's password is lamina, its network interface has 10.9.0.2/24. It has no kernel: guests/web.cfg names one.
set -eu
out=$1/image
image=$out/rootfs.img
size=1G
packages=systemd-sysv,udev,iproute2,iputils-ping,netcat-openbsd,login,util-linux

for tool in mmdebstrap mke2fs fakeroot; do
	PATH=$PATH:/sbin:/usr/sbin command -v $tool >/dev/null || { echo "rootfs: $tool is missing: make deps installs it" >&2; exit 1; }
done
[ ! -e "$image" ] || [ "$image" -ot "$0" ] || exit 0
mkdir -p "$out"
log=$out/rootfs.log
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# What may stand in the machine's own settings is taken over: sources, proxies, retries.
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
apt-config dump Acquire::http Acquire::https Acquire::Check-Valid-Until >"$scratch/apt.conf"
cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null >"$scratch/machine.list" || true
cat /etc/apt/sources.list.d/*.sources 2>/dev/null >"$scratch/machine.sources" || true

mkdir -p "$scratch/etc/systemd/network"
echo web >"$scratch/etc/hostname"
echo "/dev/xvda / ext4 errors=remount-ro 0 1" >"$scratch/etc/fstab"
printf '[Match]\nName=e*\n[Network]\nAddress=10.9.0.2/24\n' >"$scratch/etc/systemd/network/lan.network"

echo "rootfs: a Debian root file system ($suite) by mmdebstrap"
set -- "$scratch/machine.list" "$scratch/machine.sources"
[ -s "$1" ] || shift
[ -s "${2:-$1}" ] || set -- "$1"
mmdebstrap --variant=minbase --include="$packages" --aptopt="$scratch/apt.conf" \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
	--dpkgopt='path-exclude=/usr/share/man/*' \
	--customize-hook="copy-in $scratch/etc/hostname $scratch/etc/fstab /etc" \
	--customize-hook="copy-in $scratch/etc/systemd/network/lan.network /etc/systemd/network" \
	--customize-hook='echo root:lamina | chroot "$1" chpasswd' \
	--customize-hook='chroot "$1" systemctl enable systemd-networkd' \
	"$suite" "$scratch/rootfs.tar" "$@" >"$log" 2>&1 || { tail -n 15 "$log" >&2; echo "rootfs: mmdebstrap failed" >&2; exit 1; }

echo "rootfs: a file system of $size in $image"
mkdir "$scratch/tree"
PATH=$PATH:/sbin:/usr/sbin fakeroot sh -euc '
	tar -C "$1/tree" --exclude='./dev/*' -xf "$1/rootfs.tar"
	rm -f "$2"
	mke2fs -q -t ext4 -L root -d "$1/tree" "$2.new" "$3"
' sh "$scratch" "$image" "$size" >>"$log" 2>&1 || { tail -n 5 "$log" >&2; echo "rootfs: mke2fs failed" >&2; exit 1; }
mv "$image.new" "$image"
