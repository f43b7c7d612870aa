# SPDX-License-Identifier: GPL-2.0-only
# Ten stock guests at once, all in userspace at the same time, then all destroyed.
. /tests/lib
before=$(free_memory_mib)
for n in 0 1 2 3 4 5 6 7 8 9; do
	guest_config "g$n" /guests/debian.cfg 'vcpus = 1'
	run lam create "/tmp/g$n.cfg"
done
for n in 0 1 2 3 4 5 6 7 8 9; do
	until_true 400 "guest g$n reaches userspace" console_has "g$n" GUEST-USERSPACE
done
[ "$(lam list | grep -c '^g[0-9] ')" -eq 10 ] || fail "lam list does not show ten guests"
lam list
for n in 0 1 2 3 4 5 6 7 8 9; do
	run lam destroy "g$n"
done
memory_is_back() {
	[ "$(free_memory_mib)" = "$before" ]
}
until_true 60 "free memory is $before MiB again" memory_is_back
pass
