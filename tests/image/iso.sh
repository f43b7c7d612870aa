#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes a bootable ISO image: GRUB for BIOS and UEFI with a menu entry that boots Lamina by Multiboot2 and a stock Debian
# kernel with the ramdisk of `make run` as dom0.
# usage: iso.sh BUILD-FOLDER    writes BUILD-FOLDER/lamina.iso
set -eu
out=$1
tree=$out/image/iso
for tool in grub-mkrescue xorriso mformat; do
	command -v $tool >/dev/null || { echo "iso: $tool is missing: run make deps" >&2; exit 1; }
done

rm -rf "$tree" "$out/lamina.iso"
mkdir -p "$tree/boot/grub"
cp "$out/lamina" "$tree/boot/lamina"
strip -g "$tree/boot/lamina"
cp "$out/image/vmlinux" "$tree/boot/vmlinux"
for part in base configs programs tiny debian; do
	[ ! -e "$out/image/$part.cpio" ] || cat "$out/image/$part.cpio"
done >"$tree/boot/ramdisk"

cat >"$tree/boot/grub/grub.cfg" <<'END'
serial --unit=0 --speed=115200
terminal_input serial console
terminal_output serial console
set timeout=3
set default=0
menuentry "Lamina, Debian as dom0" {
	echo "Loading Lamina"
	multiboot2 /boot/lamina console=com1 loglvl=all dom0_mem=512M
	echo "Loading dom0's kernel"
	module2 /boot/vmlinux console=hvc0 earlyprintk=xen
	echo "Loading dom0's ramdisk"
	module2 /boot/ramdisk
}
END
grub-mkrescue -o "$out/lamina.iso.new" "$tree" >"$out/image/iso.log" 2>&1 || {
	tail -n 5 "$out/image/iso.log" >&2
	echo "iso: grub-mkrescue failed; the whole output is in $out/image/iso.log" >&2
	exit 1
}
mv "$out/lamina.iso.new" "$out/lamina.iso"
rm -rf "$tree"
echo "iso: $out/lamina.iso ($(($(wc -c <"$out/lamina.iso") >> 20)) MiB)"
