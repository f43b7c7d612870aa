# SPDX-License-Identifier: GPL-2.0-only
# Rows 3 and 4: what one more domain costs with N running ones beside it; then each is asked something through the store.
. /tests/lib
free_kib() { lam info | awk -F: '$1 ~ /^free_memory/ { print ($2 + 0) * 1024 }'; }
available_kib() { awk '/^MemAvailable/ { print $2 }' /proc/meminfo; }
start() { lam create /guests/tiny.cfg "name=\"$1\"" memory=4 maxmem=4; }
# at N: with N domains alive.
at() {
	cost-of "create-paused-at-$1" lam create -p /guests/tiny.cfg 'name="one"' memory=4 maxmem=4 >/tmp/said 2>&1
	grep ^COST /tmp/said || cat /tmp/said
	cost-of "list-at-$1" lam list >/tmp/said
	grep ^COST /tmp/said
	cost-of "destroy-at-$1" lam destroy one | grep ^COST
}
start warm >/dev/null
lam destroy warm
sleep 2
at 0
n=0
for mark in 1 50 100 200 500 1000; do
	[ $mark -ne 100 ] || available_before=$(available_kib) free_before=$(free_kib)
	while [ $n -lt $mark ]; do
		n=$((n + 1))
		start "g$n" >/dev/null || break 2
	done
	sleep 2
	at $mark
done
echo "COST alive $(($(lam list | wc -l) - 2))"
echo "COST dom0-KiB-per-domain $(((available_before - $(available_kib)) / (n - 50)))"
echo "COST hypervisor-and-guest-KiB-per-domain $(((free_before - $(free_kib)) / (n - 50)))"

# The tiny guest takes a word that it does not know away: until it is gone, from before the write on.
cat >/tmp/ask <<'END'
node=/local/domain/$1/control/shutdown
xenstore-write $node ping
while [ "$(xenstore-read $node)" = ping ]; do :; done
END
for domid in $(lam list | awk 'NR > 2 { print $2 }'); do
	cost-of ticks-to-an-answer sh /tmp/ask "$domid" | grep ^COST
done
cost-of shutdown-all-at-$n lam shutdown -a -w | grep ^COST
echo BENCH-DONE
