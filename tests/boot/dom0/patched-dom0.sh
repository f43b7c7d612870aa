# SPDX-License-Identifier: GPL-2.0-only
# The patched kernel as dom0: processes in four loops while the toolstack works, as create-tiny does with a stock kernel.
. /tests/lib
dmesg | grep -q 'Lamina: features 0x3' || fail "the kernel does not find the extensions"
many() {
	n=0
	while [ "$n" -lt 150 ]; do
		n=$((n + 1))
		[ "$(/bin/busybox echo "$n" | /bin/busybox cat)" = "$n" ] || echo "BAD $1 $n" >>/tmp/bad
	done
}
for loop in 1 2 3 4; do
	many "$loop" &
done
for n in 1 2 3 4 5; do
	run lam create /guests/tiny.cfg
	destroy tiny
done
wait
[ ! -e /tmp/bad ] || fail "processes went wrong: $(head -n 3 /tmp/bad)"
pass
