#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The package in a Debian system: a root file system by mmdebstrap with Debian's kernel, GRUB and the peer's tools, into
# which the package is installed by apt; then a machine under QEMU whose dom0 is that system (try.sh runs in it), twice:
# once started directly, once through the menu entry that the installation's update-grub made, where the package is removed.
# usage: package.sh BUILD-FOLDER    the last line is "N passed, N failed, N skipped"; needs the package (make deb) and no root
set -u
cd "$(dirname "$0")/../.."
out=$1
here=tests/package
work=$out/package
deb=$(ls "$out"/lamina_*_amd64.deb 2>/dev/null | tail -n 1)
PATH=$PATH:/sbin:/usr/sbin

for tool in mmdebstrap mke2fs fakeroot qemu-system-x86_64 grub-mkrescue xorriso; do
	command -v $tool >/dev/null || { echo "package: skipped: $tool is missing"; echo "0 passed, 0 failed, 2 skipped"; exit 0; }
done
[ -n "$deb" ] || { echo "package: no package in $out: run make deb"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
mkdir -p "$work"

# make_disk: the file system as an image. apt itself must take the package and throw the peer's tools out.
make_disk() {
	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
	apt-config dump Acquire::http Acquire::https Acquire::Check-Valid-Until >"$work/apt.conf"
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list >"$work/machine.list" 2>/dev/null || true
	cat /etc/apt/sources.list.d/*.sources >"$work/machine.sources" 2>/dev/null || true
	set -- "$work/machine.list" "$work/machine.sources"
	[ -s "$1" ] || shift
	[ -s "${2:-$1}" ] || set -- "$1"
	cp "$deb" "$work/lamina.deb"
	printf '/dev/sda / ext4 errors=remount-ro 0 1\n' >"$work/fstab"
	printf '[Unit]\nAfter=lamina.target\n[Service]\nType=oneshot\nTimeoutStartSec=infinity\nExecStart=/usr/local/sbin/try\n[Install]\nWantedBy=multi-user.target\n' >"$work/try.service"
	mmdebstrap --variant=minbase --aptopt="$work/apt.conf" \
		--include=systemd-sysv,udev,kmod,linux-image-amd64,initramfs-tools,grub2-common,xenstore-utils,zstd \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
		--customize-hook="copy-in $work/lamina.deb /root" \
		--customize-hook='chroot "$1" apt-get install -y --no-install-recommends /root/lamina.deb' \
		--customize-hook='echo lamina >"$1/etc/hostname"' \
		--customize-hook="upload $work/fstab /etc/fstab" \
		--customize-hook="upload $work/try.service /etc/systemd/system/try.service" \
		--customize-hook="upload $here/try.sh /usr/local/sbin/try" \
		--customize-hook="upload $out/kit/tiny /root/tiny" \
		--customize-hook='chmod 755 "$1/usr/local/sbin/try"; chroot "$1" systemctl enable try.service; mkdir -p "$1/boot/grub"' \
		"$suite" "$work/root.tar" "$@" || return 1
	rm -rf "$work/boot"
	mkdir -p "$work/boot"
	tar -C "$work/boot" --strip-components=2 --wildcards -xf "$work/root.tar" './boot/lamina/*' './boot/initrd.img-*' || return 1
	fakeroot sh -euc '
		rm -rf "$1/tree" "$1/disk.img"
		mkdir "$1/tree"
		tar -C "$1/tree" --exclude="./dev/*" -xf "$1/root.tar"
		mke2fs -q -t ext4 -L lamina -d "$1/tree" "$1/disk.img" 3G
		rm -rf "$1/tree"
	' sh "$work" && rm "$work/root.tar"
}

# machine NAME QEMU-ARGUMENT...: runs until it powers off; passes when try.sh says so.
machine() {
	name=$1
	shift
	timeout 900 qemu-system-x86_64 -accel tcg -M pc -cpu max,-smap,-svm -m 2048 -smp 2 -display none -monitor none -serial stdio \
		-no-reboot -nic none -drive "file=$work/disk.img,format=raw,if=ide" "$@" >"$work/$name.log" 2>&1 </dev/null
	if grep -aq '^PACKAGE-PASS' "$work/$name.log"; then
		echo "PASS package/$name"
		pass=$((pass + 1))
	else
		echo "FAIL package/$name: $(grep -a -m1 PACKAGE-FAIL "$work/$name.log" || tail -n 1 "$work/$name.log"); see $work/$name.log"
		fail=$((fail + 1))
	fi
}

# A disc whose GRUB does no more than read the menu that update-grub has made on the disk.
make_disc() {
	rm -rf "$work/disc"
	mkdir -p "$work/disc/boot/grub"
	cat >"$work/disc/boot/grub/grub.cfg" <<'END'
serial --unit=0 --speed=115200
terminal_output serial
search --no-floppy --label lamina --set=root
configfile ($root)/boot/grub/grub.cfg
END
	grub-mkrescue -o "$work/disc.iso" "$work/disc" >"$work/disc.log" 2>&1
}

pass=0 fail=0
# The disk's own time says nothing: the machine writes to it.
if [ ! -e "$work/made" ] || [ "$work/made" -ot "$deb" ] || [ "$work/made" -ot $here/try.sh ]; then
	echo "package: a Debian system with $(basename "$deb")"
	make_disk >"$work/disk.log" 2>&1 || { tail -n 15 "$work/disk.log"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
	: >"$work/made"
fi
kernel=$(ls "$work"/boot/lamina/vmlinux-*) || { echo "package: no kernel was unpacked: $work/disk.log"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
ramdisk=$work/boot/initrd.img-${kernel##*/vmlinux-}
[ -e "$ramdisk" ] || ramdisk=$(find "$work/boot" -name 'initrd.img-*')
machine direct -kernel "$work/boot/lamina/lamina" -append "console=com1 dom0_mem=1G" \
	-initrd "$kernel root=/dev/sda ro console=hvc0 try=direct,$ramdisk"
if make_disc && [ "$fail" -eq 0 ]; then
	# The package is gone from the disk after this.
	rm -f "$work/made"
	machine grub -cdrom "$work/disc.iso" -boot d
fi
echo "$pass passed, $fail failed, 0 skipped"
[ "$fail" -eq 0 ]
