# SPDX-License-Identifier: GPL-2.0-only
# From the machine's start to dom0's first process; a stock guest from its entry to its first process.
cost-of machine-start-to-dom0-user-space
. /tests/lib
guest_config fig /guests/debian.cfg 'vcpus = 1'
lam create -p /tmp/fig.cfg >/dev/null 2>&1
cat >/tmp/start <<'END'
. /tests/lib
lam unpause fig
until console_has fig GUEST-USERSPACE; do
	usleep 20000
done
END
cost-of unpause-to-guest-user-space sh /tmp/start | grep ^COST
echo BENCH-DONE
