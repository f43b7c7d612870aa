# SPDX-License-Identifier: GPL-2.0-only
# Figures under -icount shift=0, where a nanosecond is an instruction: boot of a stock guest to userspace, create of both guests.
. /tests/lib

# Instructions so far, in millions, as the time stamp counter's clock tells them.
millions() {
	awk '{ print int($1 * 1000) }' /proc/uptime
}

# measure WHAT COMMAND...: prints the millions of instructions that passed in the whole machine while the command ran.
measure() {
	what=$1
	shift
	from=$(millions)
	"$@" >/dev/null 2>&1 || fail "'$*' failed"
	echo "LAMTEST-FIGURE $what: $(($(millions) - from)) million instructions"
}

userspace() {
	until console_has fig GUEST-USERSPACE; do
		usleep 50000
	done
}

guest_config fig /guests/debian.cfg 'vcpus = 1'
measure "first create of the stock guest, paused" lam create -p /tmp/fig.cfg
from=$(millions)
lam unpause fig
userspace
echo "LAMTEST-FIGURE from unpause to userspace: $(($(millions) - from)) million instructions"
lam destroy fig
measure "second create of the stock guest, paused" lam create -p /tmp/fig.cfg
lam destroy fig

# The clock's steps are ten million instructions: short things are done twenty times.
twenty() {
	for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		"$@" || return 1
	done
}

create_and_destroy() {
	lam create -p /guests/tiny.cfg && lam destroy tiny
}

measure "twenty times a program that does nothing" twenty busybox true
measure "twenty times list" twenty lam list
measure "twenty times create of the tiny guest, paused, and destroy" twenty create_and_destroy
pass
