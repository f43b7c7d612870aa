# SPDX-License-Identifier: GPL-2.0-only
# The first create after dom0's boot pays for room for mapped grants, and for unpacking the kernel: twice, then.
. /tests/lib
cat >/tmp/start <<'END'
. /tests/lib
lam create "/tmp/$1.cfg" >/dev/null 2>&1
until console_has "$1" GUEST-USERSPACE; do
	usleep 5000
done
END
for n in first again; do
	guest_config "$n" /guests/patched.cfg
	cost-of "create-to-user-space-$n" sh /tmp/start "$n" | grep ^COST
	lam destroy "$n"
done
echo BENCH-DONE
