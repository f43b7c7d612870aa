# SPDX-License-Identifier: GPL-2.0-only
# lam reboot and lam shutdown ask a stock guest through the store; pause and unpause stop and let it run.
. /tests/lib
guest_config web /guests/debian.cfg 'vcpus = 1'
run lam create /tmp/web.cfg
until_true 120 "the guest reaches userspace" console_has web GUEST-USERSPACE

run lam pause web
lam list web | grep -q ' [r-][b-]p---' || fail "lam list does not show the guest as paused"
run lam unpause web

first=$(domid_of web)
run lam reboot web
restarted() {
	new=$(domid_of web)
	[ -n "$new" ] && [ "$new" != "$first" ]
}
until_true 120 "the guest comes back under a new number" restarted
up_again() {
	[ "$(grep -c GUEST-USERSPACE "$(console_log web)")" -ge 2 ]
}
until_true 120 "the guest reaches userspace again" up_again

run lam shutdown web
until_true 120 "the guest is gone after shutdown" no_domain web
pass
