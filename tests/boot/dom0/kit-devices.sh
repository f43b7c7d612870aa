# SPDX-License-Identifier: GPL-2.0-only
# Small guests with the kit's front ends on our back ends, which are killed five times each.
. /tests/lib
. /tests/lib-net
make_bridge xenbr0
dd if=/dev/zero of=/tmp/disk.img bs=1M count=4 2>/dev/null
run lam create /guests/disk.cfg
run lam create /guests/net.cfg
until_true 60 "the disk guest has written and read its disk" console_has disk 'DISK round 2 good'
grep DISK "$(console_log disk)" | head -n 1
until_true 30 "the network guest is up" console_has net 'NET 10.9.0.5 at 00:16:3e:0a:09:05'
run ping -c 3 -q 10.9.0.5
run ping -c 3 -q -s 1400 10.9.0.5

rounds() {
	sed -n 's/.*DISK round \([0-9]*\) good.*/\1/p' "$(console_log disk)" | tail -n 1
}
further() {
	console_has disk BAD && fail "the disk guest: $(grep BAD "$(console_log disk)")"
	[ "$(rounds)" -ge "$((from + 2))" ] && ping -c 1 -W 1 -q 10.9.0.5
}
for kill in 1 2 3 4 5; do
	from=$(rounds)
	kill -9 "$(pidof lam-blkd)" "$(pidof lam-netd)" || fail "a back end is not there"
	until_true 60 "both guests go on after kill $kill" further
done
say "after five kills: round $(rounds)"

# A read-only disk is only looked at.
guest_config look /guests/disk.cfg 'disk = [ "/tmp/disk.img,raw,xvda,r" ]'
destroy disk
run lam create /tmp/look.cfg
until_true 30 "a read-only disk is said to be one" console_has look 'read-only'
until_true 30 "the guest powers off" no_domain look
destroy net
pass
