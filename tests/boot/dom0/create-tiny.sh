# SPDX-License-Identifier: GPL-2.0-only
# The kit's tiny guest in 8 MiB: created paused, let go, says hello, destroyed; free memory is what it was.
. /tests/lib
before=$(free_memory_mib)
run lam create -p /guests/tiny.cfg
lam list tiny | grep -q ' [r-][b-]p---' || fail "lam create -p does not leave the guest paused"
run lam unpause tiny
until_true 30 "the tiny guest says hello" console_has tiny '[Hh]ello'
lam list
destroy tiny
memory_is_back() {
	[ "$(free_memory_mib)" = "$before" ]
}
until_true 30 "free memory is $before MiB again" memory_is_back
pass
