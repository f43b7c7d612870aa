# SPDX-License-Identifier: GPL-2.0-only
# Networks of stock guests over a bridge: ping, files both ways and between guests, three kills of the back end; a user's script;
# interfaces attached and detached, ours and the kernel's.
. /tests/lib
. /tests/lib-net
log=$(console_log net1)
make_bridge xenbr0
make_file

cat >/tmp/hook <<'END'
#!/bin/sh
echo "$1 $vif $XENBUS_PATH" >>/tmp/hook-log
[ "$1" = offline ] || brctl addif "$(xenstore-read "$XENBUS_PATH/bridge")" "$vif"
END
cat >/tmp/bad-hook <<'END'
#!/bin/sh
xenstore-write "$XENBUS_PATH/hotplug-error" "the moon is full"
exit 3
END
chmod +x /tmp/hook /tmp/bad-hook

guest_config net1 /guests/debian.cfg 'vcpus = 1' 'vif = [ "mac=00:16:3e:00:00:02,bridge=xenbr0" ]' \
	'extra = "console=hvc0 guest=net addr=10.9.0.2"'
guest_config net2 /guests/debian.cfg 'vcpus = 2' 'vif = [ "mac=00:16:3e:00:00:03,bridge=xenbr0,vifname=web,script=/tmp/hook" ]' \
	'extra = "console=hvc0 guest=net addr=10.9.0.3 peer=10.9.0.2"'
run lam create /tmp/net1.cfg
run lam create /tmp/net2.cfg
second=$(domid_of net2)
grep -qx "online web backend/qnic/$second/0" /tmp/hook-log || fail "the script was not run: $(cat /tmp/hook-log)"
refused 1 'the moon is full' lam network-attach net1 script=/tmp/bad-hook
no_link "vif$(domid_of net1).1" || fail "a refused interface stayed"
until_true 200 "guest 1 is connected" back_state net1 0 4
until_true 60 "guest 2 is connected" back_state net2 0 4
ls /sys/class/net/xenbr0/brif
until_true 200 "guest 1 reaches dom0" console_has net1 'GUEST-NET ping good'
until_true 200 "guest 2 reaches dom0" console_has net2 'GUEST-NET ping good'
until_true 60 "guest 1 has fetched from dom0" console_has net1 'round 2 good'
until_true 60 "guest 2 has fetched from guest 1" console_has net2 'round 2 good'
from_guest 10.9.0.2
from_guest 10.9.0.3
lam top -b -i 1 -n >/tmp/out
awk '$1 == "net1" || $1 == "net2" { rows += $10 == 1 && $11 > 0 && $12 > 0 } /^Net0 RX: +[1-9][0-9]*bytes/ { lines++ } END { exit !(rows == 2 && lines == 2) }' \
	/tmp/out || fail "lam top on interfaces: $(cat /tmp/out)"
grep GUEST-NET "$(console_log net1)" | head -n 3
grep GUEST-NET "$(console_log net2)" | head -n 3

rounds() {
	sed -n 's/.*GUEST-NET round \([0-9]*\) good.*/\1/p' "$(console_log "$1")" | tail -n 1
}
further() {
	[ "$(rounds net1)" -ge "$((from1 + 2))" ] && [ "$(rounds net2)" -ge "$((from2 + 2))" ]
}
xenstore-ls "/local/domain/0/backend/qnic/$(domid_of net1)/1" 2>/dev/null && fail "nodes of a refused interface stayed"
run lam network-attach net1 bridge=xenbr0
until_true 30 "the second interface is connected" back_state net1 1 4
[ "$(lam list -l net1 | grep -c '"mac"')" -eq 2 ] || fail "list -l does not show the attached interface: $(lam list -l net1)"
run lam network-detach net1 1
until_true 10 "its link is gone" no_link "vif$(domid_of net1).1"
[ "$(lam list -l net1 | grep -c '"mac"')" -eq 1 ] || fail "list -l shows a detached interface: $(lam list -l net1)"
run lam network-attach net1 bridge=xenbr0 backendtype=vif vifname=kernel mtu=1400
kind=vif
until_true 30 "the kernel's interface is connected" back_state net1 1 4
kind=qnic
[ -e /sys/class/net/xenbr0/brif/kernel ] || fail "the kernel's interface is not on the bridge"
[ "$(cat /sys/class/net/kernel/mtu)" = 1400 ] || fail "the MTU is $(cat /sys/class/net/kernel/mtu)"
lam network-list net1
run lam network-detach net1 1
until_true 10 "the kernel's link is gone" no_link kernel

for kill in 1 2 3; do
	from1=$(rounds net1) from2=$(rounds net2)
	old=$(pidof lam-netd)
	run kill -9 "$old"
	until_true 100 "both guests go on after kill $kill" further
	[ "$(pidof lam-netd)" != "$old" ] || fail "lam-netd was not started again"
	[ -e /sys/class/net/xenbr0/brif/web ] || fail "the bridge lost its port"
done
for name in net1 net2; do
	grep -E 'GUEST-NET .*(BAD|stalled)' "$(console_log $name)" && fail "$name says so"
	grep -iE 'still in use|xen_netfront|eth0:' "$(console_log $name)" | tail -n 3
done
destroy net1
destroy net2
until_true 10 "the interfaces are gone" no_link web
grep -qx "offline web backend/qnic/$second/0" /tmp/hook-log || fail "the script was not told of the end: $(cat /tmp/hook-log)"
pass
