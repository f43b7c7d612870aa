/* SPDX-License-Identifier: MIT */
/*
 * acts: see acts.h.
 */
#include "acts.h"

#include <stddef.h>
#include "boot.h"
#include "event.h"
#include "printf.h"

void acts_run(const char *name, const struct act *acts)
{
	for (; acts->word != NULL; acts++) {
		if (kit_option(acts->word)) {
			kprintf("%s %s\n", name, acts->word);
			acts->run();
		}
	}
}

uint64_t random64(void)
{
	static uint64_t seed = 88172645463325252UL;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	return seed ^= seed << 17;
}

void sleep_for_ever(void)
{
	for (;;) {
		event_disable();
		event_wait();
	}
}
