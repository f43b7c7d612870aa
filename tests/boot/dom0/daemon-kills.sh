# SPDX-License-Identifier: GPL-2.0-only
# Two guests that check what they do, one on a disk, one over the network, and writes to the store, while all daemons of dom0 are killed
# at random. Afterwards the tree, the counts of ports and grants, and what was written are what they were; the guests' watches fire.
. /tests/lib
. /tests/lib-net
. /tests/lib-kills
make_bridge xenbr0
make_file
dd if=/dev/zero of=/tmp/disk1.img bs=1M count=12 2>/dev/null
guest_config disk1 /guests/debian.cfg 'vcpus = 1' 'extra = "console=hvc0 guest=probe-disk-kills"' 'disk = [ "/tmp/disk1.img,raw,xvda,w" ]'
guest_config net1 /guests/debian.cfg 'vcpus = 1' 'vif = [ "mac=00:16:3e:00:00:02,bridge=xenbr0" ]' \
	'extra = "console=hvc0 guest=net addr=10.9.0.2"'
run lam create /tmp/disk1.cfg
run lam create /tmp/net1.cfg

disk_rounds() {
	grep -c 'GUEST-KILLS .*good' "$(console_log disk1)"
}
net_rounds() {
	grep -c 'GUEST-NET round [0-9]* good' "$(console_log net1)"
}
# Two good checks more of each than at disk_from and net_from.
both_further() {
	! grep -q BAD "$(console_log disk1)" "$(console_log net1)" ||
		fail "a guest says: $(grep -h BAD "$(console_log disk1)" "$(console_log net1)" | head -n 1)"
	[ "$(disk_rounds)" -ge $((disk_from + 2)) ] && [ "$(net_rounds)" -ge $((net_from + 2)) ]
}
go_on() {
	disk_from=$(disk_rounds) net_from=$(net_rounds)
	until_true 120 "both guests go on $1" both_further
}
random() {
	echo $(($(tr -dc 0-9 </dev/urandom | head -c 6 | sed 's/^0*/1/') % $1))
}
tree() {
	xenstore-ls -f -p / | grep -v '^/soak'
}
same_tree() {
	tree >/tmp/after && cmp -s /tmp/before /tmp/after
}
same_counts() {
	[ "$(counts)" = "$before" ]
}
# A write that was answered must be there afterwards, for good.
write() {
	until xenstore-write "/soak/$(($1 % 500))" "$1" 2>/dev/null; do
		usleep 20000
	done
}
kill_one() {
	old=$(pidof "$1") || fail "kill $kill: there is no $1"
	kill -9 "$old"
	end=$(($(now) + 60))
	while new=$(pidof "$1"); [ -z "$new" ] || [ "$new" = "$old" ]; do
		[ "$1" != lamd ] || [ -n "$new" ] || lamd
		[ "$(now)" -lt "$end" ] || fail "$1 is not started again after kill $kill"
		usleep 20000
	done
}

go_on "before the first kill"
tree >/tmp/before
before=$(counts)
say "before: $before"
began=$(now)
kill=0
while [ "$kill" -lt "$kills" ]; do
	kill=$((kill + 1))
	usleep "$(random 200000)"
	write $kill
	case $(random 5) in
	0) kill_one xenstored ;;
	1) kill_one xenconsoled ;;
	2) kill_one lamd ;;
	3) kill_one lam-blkd ;;
	*) kill_one lam-netd ;;
	esac
	if [ $((kill % 50)) -eq 0 ]; then
		go_on "after kill $kill"
		[ $((kill % 100)) -ne 0 ] || say "$kill kills: disk $(disk_rounds), net $(net_rounds)"
	fi
done
say "$kill kills in $(($(now) - began)) s: disk $(disk_rounds), net $(net_rounds)"
until_true 30 "the counts are what they were ($before)" same_counts
until_true 30 "the tree is what it was" same_tree
while [ "$kill" -gt 0 ] && [ "$kill" -gt $((kills - 500)) ]; do
	[ "$(xenstore-read "/soak/$((kill % 500))")" = "$kill" ] || fail "the write of kill $kill was lost"
	kill=$((kill - 1))
done
[ "$(xenstore-control check)" = OK ] || fail "xenstored finds its tree inconsistent"
# Their watches were set before the first kill.
run lam shutdown disk1
run lam shutdown net1
until_true 120 "the guests hear of their shutdown" no_domain disk1
until_true 60 "the other guest hears of it" no_domain net1
pass
