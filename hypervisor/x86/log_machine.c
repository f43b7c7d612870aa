// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine under the log: its lock, last in the lock order, and its clock.
 *
 * A processor that panics must get its words out even if another, now stopped, holds the lock: after log_machine_break_lock()
 * nobody waits any more.
 */
#include "lib/log_machine.h"

#include "x86/log_break.h"
#include "x86/spinlock.h"
#include "x86/time.h"

static spinlock_t lock;
static bool broken;

static u64 acquire(void)
{
	u64 flags = irq_save();

	if (!READ_ONCE(broken)) {
		spin_lock(&lock);
	}
	return flags;
}

static void release(u64 flags)
{
	if (!READ_ONCE(broken)) {
		spin_unlock(&lock);
	}
	irq_restore(flags);
}

void log_machine_break_lock(void)
{
	WRITE_ONCE(broken, true);
}

const struct log_machine log_machine = {
	.acquire = acquire,
	.release = release,
	.now_ns = time_now_ns,
};
