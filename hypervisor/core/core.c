// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bring-up of the core floor. Nothing here allocates or can fail; timers come first because the scheduler uses them.
 */
#include "core/core.h"

#include "core/console.h"
#include "core/sched.h"
#include "core/timer.h"
#include "x86/pcpu.h"

void core_init_cpu(void)
{
	timer_init_cpu(this_pcpu()->id);
	sched_init_cpu(this_pcpu()->id);
}

void core_init(void)
{
	core_init_cpu();
	console_init();
}
