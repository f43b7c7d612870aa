# SPDX-License-Identifier: GPL-2.0-only
# A guest that fetches a file with a checksum for ever, and its back end killed at random moments; counts before and after. Then what it
# may send at most, and IPv6.
. /tests/lib
. /tests/lib-net
. /tests/lib-kills
make_bridge xenbr0
make_file
guest_config net1 /guests/debian.cfg 'vcpus = 1' 'vif = [ "mac=00:16:3e:00:00:02,bridge=xenbr0,rate=250KB/s" ]' \
	'extra = "console=hvc0 guest=net addr=10.9.0.2"'
run lam create /tmp/net1.cfg
log=$(console_log net1)

rounds() {
	sed -n 's/.*GUEST-NET round \([0-9]*\) good.*/\1/p' "$log" | tail -n 1
}
kill_often lam-netd
# While dom0 fetches: never more than its rate.
sent() {
	cat /sys/class/net/vif1.0/statistics/rx_bytes
}
from_guest 10.9.0.2 &
sleep 2
began=$(cut -d' ' -f1 /proc/uptime) from=$(sent)
sleep 4
rate=$(echo "$(sent) $from $(cut -d' ' -f1 /proc/uptime) $began" | awk '{ print int(($1 - $2) / ($3 - $4) / 1000) }')
say "the guest sends $rate KB/s of the 250 that it may"
[ "$rate" -le 270 ] && [ "$rate" -ge 20 ] || fail "the guest sends $rate KB/s of the 250 that it may"
wait $!
run ping -6 -c 3 -q -s 1400 fe80::216:3eff:fe00:2%xenbr0
destroy net1
until_true 10 "its link is gone" no_link vif1.0
pass
