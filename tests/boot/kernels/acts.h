/* SPDX-License-Identifier: MIT */
/*
 * acts: guests that do one thing of several, by a word on their command line; and a source of random numbers that is the same each time.
 */
#ifndef TESTS_BOOT_KERNELS_ACTS_H
#define TESTS_BOOT_KERNELS_ACTS_H

#include <stdint.h>

struct act {
	const char *word;
	void (*run)(void);
};

/* Says "NAME word" and runs each act whose word is there. The list ends with a NULL word. */
void acts_run(const char *name, const struct act *acts);

/* Marsaglia's xorshift64. */
uint64_t random64(void);

/* Sleeps for ever; events are delivered. */
__attribute__((noreturn)) void sleep_for_ever(void);

#endif
