# SPDX-License-Identifier: GPL-2.0-only
# Row 3: life cycle of tiny guests, with 1 and with 50 alive; memory per domain; a stock kernel.
free_kib() { lam info | awk -F: '$1 ~ /^free_memory/ { print ($2 + 0) * 1024 }'; }
available_kib() { awk '/^MemAvailable/ { print $2 }' /proc/meminfo; }
create() { cost-of "$1" lam create -p /guests/tiny.cfg "name=\"$2\"" >/tmp/said 2>&1; grep ^COST /tmp/said || cat /tmp/said; }

sleep 2
create create-first a0
create create-paused-at-1 a1
cost-of list-at-2 lam list | grep ^COST
cost-of destroy-at-2 lam destroy a1 | grep ^COST
sleep 1
free_before=$(free_kib) available_before=$(available_kib)
i=1
while [ $i -le 50 ]; do
	lam create -p /guests/tiny.cfg "name=\"g$i\"" >/dev/null 2>&1 || break
	i=$((i + 1))
done
sleep 2
echo "COST hypervisor-and-guest-KiB-per-domain $(((free_before - $(free_kib)) / 50))"
echo "COST dom0-KiB-per-domain $(((available_before - $(available_kib)) / 50))"
create create-paused-at-51 last
cost-of list-at-52 lam list | grep ^COST
cost-of destroy-at-52 lam destroy last | grep ^COST
i=1
while [ $i -le 50 ]; do
	lam destroy "g$i" >/dev/null 2>&1
	i=$((i + 1))
done
cost-of stock-kernel-create-first lam create -p /guests/debian.cfg | grep ^COST
lam destroy debian
cost-of stock-kernel-create-again lam create -p /guests/debian.cfg | grep ^COST
lam destroy debian
echo BENCH-DONE
