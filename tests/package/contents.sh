#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What make install and make deb put down, without a machine: the files, scripts in form, units that systemd accepts,
# configuration that is kept. usage: contents.sh BUILD-FOLDER    needs the package; the last line is "N passed, N failed, N skipped"
set -u
cd "$(dirname "$0")/../.." || exit 2
out=$1
to=$(mktemp -d)
trap 'rm -rf "$to"' EXIT
pass=0 fail=0 skip=0

# claim TEXT COMMAND...: passes when the command succeeds; shows what it says when not.
claim() {
	text=$1
	shift
	if said=$("$@" 2>&1); then
		pass=$((pass + 1))
		echo "PASS package/$text"
	else
		fail=$((fail + 1))
		echo "FAIL package/$text: $said"
	fi
}

files_are_there() {
	for f in boot/lamina/lamina usr/sbin/lam usr/sbin/xl usr/sbin/xentop usr/bin/xenstore-ls usr/lib/lamina/lamd usr/lib/lamina/xenstored \
		usr/lib/lamina/xenconsoled usr/lib/lamina/lam-blkd usr/lib/lamina/lam-netd usr/lib/lamina/lam-export \
		usr/lib/lamina/lam-unpack usr/lib/lamina/lam-domain-xml etc/lamina/lam.conf etc/grub.d/20_lamina \
		etc/kernel/postinst.d/lamina lib/systemd/system/lamina.target usr/share/man/man8/lam-create.8.gz \
		usr/share/man/man5/lam.cfg.5.gz usr/share/bash-completion/completions/xl usr/share/zsh/vendor-completions/_lam; do
		[ -e "$to/$f" ] || [ -L "$to/$f" ] || { echo "$f is missing"; return 1; }
	done
}

configuration_is_kept() {
	echo '# mine' >"$to/etc/lamina/lam.conf"
	sh toolstack/install/install.sh "$out" "$to" && grep -q '^# mine$' "$to/etc/lamina/lam.conf"
}

package_agrees() {
	deb=$(ls "$out"/lamina_*_amd64.deb) || return 1
	[ "$(dpkg-deb -f "$deb" Conflicts)" = "xen-utils-common, xenstore-utils" ] || { echo "Conflicts is wrong"; return 1; }
	dpkg-deb -c "$deb" | awk '{ print $6 }' | sed 's|^\./||; s|/$||' | sort >"$to/in-package"
	(cd "$to" && find boot etc lib usr -print | sort) | comm -23 - "$to/in-package" >"$to/absent"
	[ ! -s "$to/absent" ] || { echo "not in the package: $(head -n 3 "$to/absent")"; return 1; }
	dpkg-deb -c "$deb" | awk '$2 != "root/root" { print; bad = 1 } END { exit bad }'
}

scripts_are_in_form() {
	for f in toolstack/install/*; do
		[ -d "$f" ] || sh -n "$f" || return 1
	done
	for f in postinst prerm postrm; do
		sh -n "toolstack/install/deb/$f" || return 1
	done
}

# systemd complains of programs that are not on this machine: those lines say nothing.
units_are_in_form() {
	said=$(SYSTEMD_UNIT_PATH="$to/lib/systemd/system:" systemd-analyze verify --man=no "$to"/lib/systemd/system/* 2>&1 |
		grep -E '/lam(d|ina|-)[^/]*\.(service|target)' | grep -vE 'is not executable|No such file')
	[ -z "$said" ] || { echo "$said" | head -n 3; return 1; }
}

sh toolstack/install/install.sh "$out" "$to" || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
claim files files_are_there
claim agrees package_agrees
claim kept configuration_is_kept
claim scripts scripts_are_in_form
if command -v systemd-analyze >/dev/null; then
	claim units units_are_in_form
else
	skip=$((skip + 1))
fi
echo "$pass passed, $fail failed, $skip skipped"
[ "$fail" -eq 0 ]
