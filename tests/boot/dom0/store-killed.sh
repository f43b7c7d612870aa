# SPDX-License-Identifier: GPL-2.0-only
# kill -9 of xenstored under a stock guest: lamd starts it again, the tree is the same, the guest's watch still fires.
. /tests/lib
guest_config web /guests/debian.cfg 'vcpus = 1'
run lam create /tmp/web.cfg
until_true 120 "the guest reaches userspace" console_has web GUEST-USERSPACE
tree() {
	xenstore-ls -f -p / | grep -v /marker
}
tree >/tmp/before
i=0
while [ $i -lt 10 ]; do
	i=$((i + 1))
	xenstore-write /marker "$i" || fail "the store does not answer before kill $i"
	kill -9 "$(cat /run/xenstored/socket.pid)"
	until_true 20 "the store answers after kill $i" xenstore-exists /marker
	[ "$(xenstore-read /marker)" = "$i" ] || fail "an acknowledged write was lost at kill $i"
done
tree >/tmp/after
cmp -s /tmp/before /tmp/after || fail "the tree changed: $(diff /tmp/before /tmp/after | head -n 5)"
[ "$(xenstore-control check)" = OK ] || fail "xenstored finds its tree inconsistent"
run lam list
# The guest set this watch before the first kill.
run lam shutdown web
until_true 120 "the guest hears of its shutdown and goes" no_domain web
run lam create /tmp/web.cfg
until_true 120 "another guest reaches userspace" console_has web GUEST-USERSPACE
destroy web
pass
