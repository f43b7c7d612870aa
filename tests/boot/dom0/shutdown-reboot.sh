# SPDX-License-Identifier: GPL-2.0-only
# lam reboot and lam shutdown ask a stock guest through the store; pause and unpause stop and let it run.
. /tests/lib
guest_config web /guests/debian.cfg 'vcpus = 1'
run lam create /tmp/web.cfg
until_true 120 "the guest reaches userspace" console_has web GUEST-USERSPACE

run lam pause web
lam list web | grep -q ' [r-][b-]p---' || fail "lam list does not show the guest as paused"
run lam unpause web

# A disk attached meanwhile is part of the configuration, also over the restart, until it is detached.
shows() {
	lam list -l web | grep -q "$1"
}
dd if=/dev/zero of=/tmp/more.img bs=64k count=4 2>/dev/null
run lam block-attach web /tmp/more.img,raw,xvdb,r
run lam block-attach web /tmp/more.img,raw,xvdc,r
shows more.img && shows xvdc || fail "list -l does not show the attached disks: $(lam list -l web)"
# Not by force: a stock guest that is just reading its partitions would wait for the answer for ever, deaf to its reboot.
run lam block-detach web xvdc
shows xvdc && fail "list -l shows a detached disk"

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
lam block-list web | grep -q '^xvdb .*/tmp/more.img$' || fail "the attached disk is forgotten: $(lam block-list web)"
[ "$(lam block-list web | wc -l)" -eq 2 ] || fail "a detached disk comes back: $(lam block-list web)"
run lam block-detach --force web xvdb
shows xvdb && fail "list -l shows a detached disk"

run lam shutdown web
until_true 120 "the guest is gone after shutdown" no_domain web
pass
