#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# make deps: sees which Debian packages are missing and installs those, no others.
# Root (or sudo that asks no password) is needed only when something is missing; without it the script names the
# packages and the command, and fails. Packages that only widen the tests (second compiler, UEFI firmware) are
# wanted, not required: without them the cases that use them are skipped with that reason.
set -u

required="gcc make binutils git python3 qemu-system-x86 cpio kmod xz-utils gzip
	libcmocka-dev libyajl-dev libxml2-dev liblzma-dev libzstd-dev zlib1g-dev liblz4-dev libbz2-dev liblzo2-dev libncurses-dev libevent-dev liburing-dev libnl-3-dev"
wanted="clang libclang-rt-14-dev libxen-dev grub-common grub-pc-bin grub-efi-amd64-bin xorriso mtools ovmf libasan8 libubsan1
	mmdebstrap e2fsprogs fakeroot"
# What building a Linux kernel takes besides: deps.sh guest-kernel.
[ "${1:-}" != guest-kernel ] || required="$required flex bison bc lz4 patch libelf-dev"

missing() {
	for p in "$@"; do
		case $(dpkg-query -W -f '${Status}' "$p" 2>/dev/null) in
		*" installed") ;;
		*) printf '%s ' "$p" ;;
		esac
	done
}

# shellcheck disable=SC2086 # lists of package names
need=$(missing $required)
# shellcheck disable=SC2086
want=$(missing $wanted)
if [ -z "$need$want" ]; then
	echo "deps: everything is installed"
	exit 0
fi

if [ "$(id -u)" -eq 0 ]; then
	root=""
elif sudo -n true 2>/dev/null; then
	root="sudo -n"
else
	if [ -z "$need" ]; then
		echo "deps: all that is required is installed; some test cases will be skipped without: $want"
		exit 0
	fi
	echo "deps: missing packages: $need$want" >&2
	echo "deps: installing needs root; run: apt-get install --no-install-recommends $need$want" >&2
	exit 1
fi

echo "deps: installing $need$want"
log=$(mktemp)
install() {
	$root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$log" 2>&1
}
$root apt-get update >"$log" 2>&1 || echo "deps: apt-get update failed, trying with the package lists at hand" >&2
# shellcheck disable=SC2086
if ! install $need $want; then
	if [ -n "$need" ] && ! install $need; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		echo "deps: could not install: $need" >&2
		exit 1
	fi
	for p in $want; do
		install "$p" || echo "deps: could not install $p; the test cases that use it will be skipped" >&2
	done
fi
rm -f "$log"
echo "deps: done"
