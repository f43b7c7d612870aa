# SPDX-License-Identifier: GPL-2.0-only
# One attacker after another, each for some seconds beside two bystanders on the same back ends: a disk that is written and checked,
# an interface that answers pings. Bounds, per attack: the daemons are the same processes as before, grow by no more than 4 MiB, log no
# more than 100 lines; lam-netd and xenstored take no more than 80 % of a processor, and the disk guest, which keeps lam-blkd busy all
# the time, still gets a tenth of what it got alone. Afterwards dom0's grants and event channels are what they were.
. /tests/lib
. /tests/lib-net
make_bridge xenbr0
dd if=/dev/zero of=/tmp/disk.img bs=1M count=4 2>/dev/null
dd if=/dev/zero of=/tmp/attacked.img bs=1M count=4 2>/dev/null
run lam create /guests/disk.cfg
run lam create /guests/net.cfg
until_true 60 "the disk guest has written and read its disk" console_has disk 'DISK round 2 good'
until_true 30 "the network guest is up" ping -c 1 -W 1 -q 10.9.0.5
blkd=$(pidof lam-blkd) netd=$(pidof lam-netd) store=$(pidof xenstored)

rounds() {
	sed -n 's/.*DISK round \([0-9]*\) good.*/\1/p' "$(console_log disk)" | tail -n 1
}
further() {
	console_has disk BAD && fail "the disk guest: $(grep BAD "$(console_log disk)")"
	[ "$(rounds)" -ge "$((from + 2))" ] && ping -c 1 -W 1 -q 10.9.0.5
}
ticks() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}
resident_kib() {
	awk '/^VmRSS/ { print $2 }' "/proc/$1/status"
}
counts() {
	lam list -l Domain-0 | awk -F: '/"event_channels"|"mapped_grants"/ { gsub(/[ ,]/, ""); printf "%s ", $0 }'
}
lines() {
	cat /var/log/lamina/*.log 2>/dev/null | wc -l
}
same_counts() {
	[ "$(counts)" = "$before" ]
}
before=$(counts)
[ -n "$before" ] || fail "lam list -l shows no counts"

# bounded DAEMON PID TICKS KIB SINCE: what it used since then.
bounded() {
	[ "$(pidof "$1")" = "$2" ] || fail "$how: $1 is another process than before"
	used=$(($(ticks "$2") - $3)) grown=$(($(resident_kib "$2") - $4)) took=$(($(now) - $5))
	say "$how: $1 used $used of $((took * 100)) ticks, grew by $grown KiB"
	[ "$1" = lam-blkd ] || [ "$used" -le $(((took + 1) * 80)) ] || fail "$how: $1 used $used ticks in $took s"
	[ "$grown" -le 4096 ] || fail "$how: $1 grew by $grown KiB"
}

alone=$(rounds)
sleep 4
alone=$((($(rounds) - alone) / 4))
say "the disk guest alone: $alone rounds a second"

# attack KERNEL WORD
attack() {
	how="$1 $2"
	guest_config attacker /guests/tiny.cfg "kernel = \"/guests/$1\"" "extra = \"$2\"" \
		'disk = [ "/tmp/attacked.img,raw,xvda,w" ]' 'vif = [ "mac=00:16:3e:0a:09:66,bridge=xenbr0" ]' 'on_crash = "preserve"'
	t_blkd=$(ticks "$blkd") t_netd=$(ticks "$netd") t_store=$(ticks "$store")
	k_blkd=$(resident_kib "$blkd") k_netd=$(resident_kib "$netd") k_store=$(resident_kib "$store")
	began=$(now) logged=$(lines)
	lam create /tmp/attacker.cfg >/tmp/said || fail "lam create of $how: $(cat /tmp/said)"
	until_true 30 "the attacker '$how' begins" console_has attacker "HOSTILE $2"
	from=$(rounds)
	sleep "${pause:-4}"
	share=$((($(rounds) - from) * 100 / (alone * ${pause:-4})))
	say "$how: the disk guest has $share % of its speed"
	[ "$share" -ge 10 ] || fail "$how: the disk guest has $share % of its speed"
	from=$(rounds)
	until_true 60 "the bystanders go on beside '$how'" further
	bounded lam-blkd "$blkd" "$t_blkd" "$k_blkd" "$began"
	bounded lam-netd "$netd" "$t_netd" "$k_netd" "$began"
	bounded xenstored "$store" "$t_store" "$k_store" "$began"
	[ "$(($(lines) - logged))" -le 100 ] || fail "$how: $(($(lines) - logged)) lines in the logs"
	console_has attacker BAD && fail "$how: $(grep BAD "$(console_log attacker)")"
	[ "$2" != lies ] || [ "$1" != hostile-blk ] || console_has attacker 'HOSTILE good' || fail "$how: not all was answered"
	lam destroy attacker || fail "the attacker cannot be destroyed"
	until_true 30 "the attacker is gone" no_domain attacker
	until_true 20 "$how: dom0's grants and ports are what they were: $before; now $(counts)" same_counts
}
for word in lies garbage revoke overrun backward full kick; do
	attack hostile-blk $word
done
for word in lies garbage overrun starve kick; do
	attack hostile-net $word
done
for word in states nodes; do
	attack hostile-store $word
done
[ "$(xenstore-control check)" = OK ] || fail "xenstored finds its tree inconsistent"
destroy disk
destroy net
pass
