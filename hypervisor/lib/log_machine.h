/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the log needs from the machine under it: a lock that any context may take, and the time. x86/log_machine.c defines
 * the table; tests define their own.
 */
#ifndef LAMINA_LIB_LOG_MACHINE_H
#define LAMINA_LIB_LOG_MACHINE_H

#include "lib/types.h"

struct log_machine {
	/* Takes the log lock with interrupts off and returns what release() restores; a panicking processor gets through. */
	u64 (*acquire)(void);
	void (*release)(u64 saved);
	/* Nanoseconds since boot; 0 before the clock is known. */
	u64 (*now_ns)(void);
};
extern const struct log_machine log_machine;

#endif
