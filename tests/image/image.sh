#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes what the machines under QEMU boot from, without root: fetches and unpacks Debian's kernels and busybox,
# unpacks dom0's kernel to ELF, makes the parts of the ramdisks. What is there already is used again.
# usage: image.sh BUILD-FOLDER DEBIAN-TREE PEER-TREE [peer]
# With `peer` Debian's Xen 4.17 is fetched and unpacked too: the oracle that tests are compared with.
set -eu
here=$(dirname "$0")
out=$1 debian=$2 peer=$3 with=${4:-}
mkdir -p "$out/image"

if [ ! -e "$debian/.packages" ]; then
	sh "$here/fetch.sh" "$out/apt" "$debian" linux-image-amd64 linux-image-cloud-amd64 busybox-static
fi
if [ "$with" = peer ] && [ ! -e "$peer/.packages" ]; then
	sh "$here/fetch.sh" "$out/apt" "$peer" xen-hypervisor-4.17-amd64 xen-utils-4.17 xen-utils-common \
		libxenmisc4.17 xenstore-utils libxenstore4 libxenevtchn1 libxengnttab1 libxencall1 \
		libxenforeignmemory1 libxendevicemodel1 libxentoolcore1 libxentoollog1 libxenhypfs1 libyajl2
fi

bzimage=$(find "$debian/boot" -name 'vmlinuz-*' ! -name '*cloud*' | sort | tail -n 1)
if [ ! -e "$out/image/vmlinux" ] || [ "$out/image/vmlinux" -ot "$debian/.packages" ]; then
	echo "image: unpacking dom0's kernel"
	python3 "$here/vmlinux.py" "$bzimage" "$out/image/vmlinux" "$out/bin/lam-unpack"
fi
if [ -e "$peer/boot/xen-4.17-amd64.gz" ] && [ ! -e "$out/image/xen.elf" ]; then
	gzip -dc "$peer/boot/xen-4.17-amd64.gz" >"$out/image/xen.elf"
fi
python3 -B "$here/parts.py" "$out" "$debian" "$peer"
