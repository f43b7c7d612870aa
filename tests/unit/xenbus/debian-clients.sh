#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's own xenstore-utils, unmodified, on our xenstored; and our clients' output beside theirs.
# usage: debian-clients.sh BUILD-FOLDER
# The packages are downloaded and unpacked below the build folder, never installed. Prints PASS or FAIL lines and
# "N passed, N failed, N skipped"; skips everything, with the reason, when there is no network.
set -u
build=$(cd "${1:-build}" && pwd) || exit 2
here=$build/unit/debian-clients
root=$here/root
pass=0 fail=0
export XENSTORED_PATH="$here/socket"

skip()
{
	echo "SKIP unit/xenbus/debian-clients: $1"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}

check() # NAME WANTED GOT
{
	if [ "$2" = "$3" ]; then
		pass=$((pass + 1))
	else
		fail=$((fail + 1))
		echo "FAIL $1: wanted '$2', got '$3'"
	fi
}

mkdir -p "$root"
if [ ! -x "$root/usr/bin/xenstore-read" ]; then
	command -v apt-get >/dev/null || skip "there is no apt-get here"
	for p in xenstore-utils libxenstore4 libxentoolcore1; do
		(cd "$here" && timeout 120 apt-get download "$p" >/dev/null 2>&1) ||
			skip "package $p cannot be downloaded"
		dpkg -x "$here/$p"_*.deb "$root" || skip "package $p cannot be unpacked"
	done
fi
export LD_LIBRARY_PATH="$root/usr/lib/x86_64-linux-gnu"
theirs() { c=$1; shift; timeout 20 "$root/usr/bin/xenstore-$c" "$@" 2>&1; echo "status $?"; }
ours() { c=$1; shift; timeout 20 "$build/bin/xenstore-$c" "$@" 2>&1; echo "status $?"; }

"$build/bin/xenstored" --no-hypervisor --no-journal --log-file "$here/log" || { echo "FAIL xenstored does not start"; exit 1; }
trap 'kill $(cat "$XENSTORED_PATH.pid")' EXIT

check write "status 0" "$(theirs write /a/b/c hello /a/d world)"
check read "hello
status 0" "$(theirs read /a/b/c)"
check list "b
d
status 0" "$(theirs list /a)"
check exists "status 0" "$(theirs exists /a)"
check exists-not "status 1" "$(theirs exists /nowhere)"
check read-not "xenstore-read: couldn't read path /nowhere
status 1" "$(theirs read /nowhere)"
check chmod "status 0" "$(theirs chmod /a/b r5 w7)"
check chmod-recursive "status 0" "$(theirs chmod -r /a/b b9)"
check rm-tidy "status 0" "$(theirs rm -t /a/b/c)"
check rm-tidied "status 1" "$(theirs exists /a/b)"
theirs watch -n 2 /a >"$here/watched" &
watcher=$!
tries=0
while [ "$(theirs read /a/ready)" != "1
status 0" ] && [ $tries -lt 100 ]; do
	[ -s "$here/watched" ] && theirs write /a/ready 1 >/dev/null
	tries=$((tries + 1))
done
theirs write /a/ready 1 >/dev/null
wait $watcher
check watch "/a
/a/ready
status 0" "$(cat "$here/watched")"
# A directory whose names do not fit one message, and a long value with bytes that need escapes.
i=0
set --
while [ $i -lt 400 ]; do
	set -- "$@" "/long/a-rather-long-name-$i" "$i"
	i=$((i + 1))
done
"$root/usr/bin/xenstore-write" "$@"
check long-list 400 "$("$root/usr/bin/xenstore-list" /long | wc -l)"
theirs write /esc 'tab\tnewline\nback\\slash\x01\xff' >/dev/null
theirs write "/wide$(head -c 60 /dev/zero | tr '\0' w)" "$(head -c 90 /dev/zero | tr '\0' v)" >/dev/null
theirs chmod /esc n0 r1 b2 w300 >/dev/null

for arguments in "ls" "ls -p" "ls -f" "ls -f -p" "ls /a" "ls -p /a /tool" "ls /nowhere" "list /" "list -p /a" \
	"list /nowhere" "read /esc" "read -p /esc /a/d" "read -R /esc" "read /nowhere" "exists /a /nowhere" \
	"exists /a" "rm /nowhere/below" "chmod /nowhere r1" "write bad//path 1"; do
	# shellcheck disable=SC2086
	check "same: $arguments" "$(theirs $arguments)" "$(ours $arguments)"
done
check control "OK
status 0" "$(ours control check)"
echo "$pass passed, $fail failed, 0 skipped"
[ "$fail" -eq 0 ]
