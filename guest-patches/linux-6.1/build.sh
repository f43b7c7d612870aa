#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# make guest-kernel: fetches Debian's linux-source-6.1 by apt (nothing is installed), applies the series, builds the kernels.
# usage: build.sh BUILD-FOLDER [domu] [dom0]
# Each becomes BUILD-FOLDER/linux/NAME.bzImage and NAME.elf (the same, unpacked and stripped: what a hypervisor loads). The source and the
# objects stay in BUILD-FOLDER/linux for the next time; a changed patch or fragment rebuilds what it touches.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/linux"
out=$(cd "$1/linux" && pwd) apt=$(mkdir -p "$1/apt" && cd "$1/apt" && pwd)
shift
[ $# -gt 0 ] || set -- domu dom0
tested=$(sed -n 's/^version //p' "$here/base")
die() {
	echo "guest-kernel: $*" >&2
	exit 1
}

for tool in flex bison bc lz4 patch xz; do
	command -v $tool >/dev/null || die "the program $tool is missing: make guest-kernel installs it"
done

# The source, fetched when it is not there; a newer one than the series was tested with is used, and said.
if [ ! -e "$out/package/.packages" ]; then
	sh "$here/../../tests/image/fetch.sh" "$apt" "$out/package" linux-source-6.1
fi
version=$(sed -n 's/^linux-source-6.1 //p' "$out/package/.packages")
tar=$out/package/usr/src/linux-source-6.1.tar.xz
if [ "$version" != "$tested" ]; then
	echo "guest-kernel: the package is $version, the series was tested with $tested"
elif [ "$(sha256sum <"$tar")" != "$(sed -n 's/^sha256 //p' "$here/base")  -" ]; then
	die "$tar is not what $tested had: remove $out/package and try again"
fi

# A tree per series: the patches' sum names it.
series=$(grep -v '^#' "$here/series" | sed "s|^|$here/|")
# shellcheck disable=SC2086 # a list of files
sum=$(cat $series </dev/null | sha256sum | cut -c1-12)
tree=$out/source
if [ "$(cat "$tree/.series" 2>/dev/null)" != "$version $sum" ]; then
	echo "guest-kernel: unpacking $version"
	rm -rf "$tree" "$tree.new"
	mkdir "$tree.new"
	tar -x -f "$tar" -C "$tree.new" --strip-components=1
	for p in $series; do
		patch -d "$tree.new" -p1 -s --no-backup-if-mismatch <"$p" || die "${p##*/} does not apply to $version"
	done
	echo "$version $sum" >"$tree.new/.series"
	mv "$tree.new" "$tree"
fi

configure() {
	make -s -C "$tree" O="$out/$1" tinyconfig >"$out/$1.log" 2>&1 || return 1
	(cd "$tree" && ./scripts/kconfig/merge_config.sh -m -O "$out/$1" "$out/$1/.config" "$here/config/base.config" \
		"$here/config/$1.config") >>"$out/$1.log" 2>&1 || return 1
	make -s -C "$tree" O="$out/$1" olddefconfig >>"$out/$1.log" 2>&1 || return 1
	lost=$(sed -n 's/=y$/=y/p' "$here/config/base.config" "$here/config/$1.config" | grep -v -x -F -f "$out/$1/.config" || true)
	[ -z "$lost" ] || die "$1: these options did not take effect: $(echo "$lost" | tr '\n' ' ')"
}

for kernel in "$@"; do
	[ -e "$here/config/$kernel.config" ] || die "there is no $here/config/$kernel.config"
	mkdir -p "$out/$kernel"
	want=$(cat "$here/config/base.config" "$here/config/$kernel.config" | sha256sum)
	if [ "$(cat "$out/$kernel/.fragments" 2>/dev/null)" != "$want" ]; then
		configure "$kernel" || { tail -n 20 "$out/$kernel.log" >&2; die "$kernel: the configuration failed"; }
		echo "$want" >"$out/$kernel/.fragments"
	fi
	echo "guest-kernel: building $kernel (log: $out/$kernel.log)"
	if ! KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=lamina KBUILD_BUILD_HOST=lamina \
		make -s -C "$tree" O="$out/$kernel" -j"$(nproc)" bzImage >>"$out/$kernel.log" 2>&1; then
		grep -E 'error|Error' "$out/$kernel.log" | tail -n 20 >&2
		die "$kernel: the build failed"
	fi
	cp "$out/$kernel/arch/x86/boot/bzImage" "$out/$kernel.bzImage"
	strip -o "$out/$kernel.elf" "$out/$kernel/vmlinux"
	echo "guest-kernel: $out/$kernel.bzImage ($(du -k "$out/$kernel.bzImage" | cut -f1) KiB)"
done
